"""What Redis is told of answers: bells, and what was answered; all that waits in one trip.

A thread of its own tells it. Who rings waits for that trip alone, since an answer says whether it
starts now, or when Redis is back; nobody waits for the rest. Who rings right behind another does
not wait either: Redis was there a moment ago. While many wait for their answers, bells are rung
behind them: an answer has three seconds, a plan has none. Losing it loses nothing but time: the
sweeper rings for what nobody rang for, and the journal knows what was recorded.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from math import inf
from queue import Empty, SimpleQueue
from typing import Final, NamedTuple

from bot.core.errors import QueueUnavailableError
from bot.core.records import OperationId
from bot.redis.doorbell import SEEN_SECONDS, RedisDoorbell

log: Final = logging.getLogger("slipway.doorbell")

MOST: Final = 128  # told in one trip
LOOK_SECONDS: Final = (
    0.5  # between two looks whether Redis is there, while there is nothing to tell
)
PATIENCE_SECONDS: Final = 1.0  # that whoever rings waits; Redis' own limits are shorter
LATELY_SECONDS: Final = 0.1  # since a bell was rung, in which Redis is taken to be there
BEHIND_SECONDS: Final = 0.003  # in which an answer leaves, and its key comes, where nobody waits
HELD_SECONDS: Final = 1.0  # that bells wait for those who wait for answers
HELD_MOST: Final = 4_096  # bells, keys and wakes that wait for them
REMEMBERED: Final = 20_000  # answers that this process knows without asking


class Bell:
    """Bells that are to be rung, and who waits to hear whether they were."""

    def __init__(self, operation_ids: Sequence[OperationId]) -> None:
        self.operation_ids = operation_ids
        self._why = "Redis does not answer"
        self._is_over = threading.Event()

    def end(self, why: str = "") -> None:
        """Let it be known that they were rung, or *why* they were not."""
        self._why = why
        self._is_over.set()

    def wait(self) -> None:
        """Wait until they were rung.

        Raises:
            QueueUnavailableError: they were not.
        """
        self._is_over.wait(PATIENCE_SECONDS)
        if self._why:
            raise QueueUnavailableError(self._why)


class Told(NamedTuple):
    """What is to be told: bells, keys of answers, whether the outbox is to look."""

    bells: list[Bell]
    keys: list[str]
    wakes: bool


class Afterwards:
    """A doorbell that all who answer share, and keys of answers that are noted behind them."""

    def __init__(self, doorbell: RedisDoorbell, now: Callable[[], float] = time.monotonic) -> None:
        self._doorbell = doorbell
        self._now = now
        self._waiting: SimpleQueue[Told] = SimpleQueue()
        self._answered: OrderedDict[str, float] = OrderedDict()  # keys, and until when
        self._lock = threading.Lock()
        self._is_crowded = False  # somebody stands in line for an answer
        self._hurry = threading.Event()  # what waits is to be told now
        self._away = ""  # why Redis is away, where it is
        self._rang_at = -inf  # when the last bell was rung
        self._ends = False
        self._thread = threading.Thread(target=self._tell, daemon=True)

    @property
    def waiting(self) -> int:
        """How much waits to be told."""
        return self._waiting.qsize()

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def close(self) -> None:
        """Tell what waits, and end."""
        self._ends = True
        self._hurry.set()
        self._put(Told([], [], wakes=False))
        self._thread.join(timeout=2.0)

    def give_way(self, waiting: int) -> None:
        """Ring behind the answers that so many wait for; at once where nobody does."""
        was_crowded, self._is_crowded = self._is_crowded, bool(waiting)
        if was_crowded and not waiting:
            self._hurry.set()

    def ring(self, *operation_ids: OperationId) -> None:
        """Let workers look at the operations.

        Raises:
            QueueUnavailableError: Redis is away; it is rung once it is back, or by the sweeper.
                While many wait for an answer, or right behind another, as far as is known.
        """
        bell = Bell(operation_ids)
        self._put(Told([bell], [], wakes=False))
        self._must_be_there()
        if not self._is_crowded and self._now() > self._rang_at + LATELY_SECONDS:
            self._hurry.set()  # behind the bell: so whoever is woken by it finds that
            bell.wait()

    def look_again(self, operation_id: OperationId, at: datetime | None) -> None:
        """Put the operation on the poll schedule, at once."""
        self._doorbell.look_again(operation_id, at)

    def wake_outbox(self) -> None:
        """Let the outbox look.

        Raises:
            QueueUnavailableError: Redis is known to be away.
        """
        self._put(Told([], [], wakes=True))
        self._must_be_there()

    def has(self, key: str, *, here: bool = False) -> bool:
        """Return whether the signed request of this key was answered, *here* or by any process."""
        with self._lock:
            is_known = self._now() < self._answered.get(key, 0.0)
        return is_known or (not here and self._doorbell.has(key))

    def note(self, key: str) -> None:
        """Note that the signed request of this key is answered."""
        with self._lock:
            self._answered[key] = self._now() + SEEN_SECONDS
            while len(self._answered) > REMEMBERED:
                self._answered.popitem(last=False)
        self._put(Told([], [key], wakes=False))

    def _put(self, told: Told) -> None:
        self._waiting.put(told)

    def _must_be_there(self) -> None:
        if self._away:
            raise QueueUnavailableError(self._away)

    def _tell(self) -> None:
        while not (self._ends and self._waiting.empty()):
            told = self._next()
            try:
                if told is None:
                    self._doorbell.ping()
                else:
                    self._doorbell.tell(_named(told), told.keys, wakes=told.wakes)
                self._away = ""
                if told and told.bells:
                    self._rang_at = self._now()
                _end(told)
            except QueueUnavailableError as error:
                self._lost(told, error)

    def _lost(self, told: Told | None, error: QueueUnavailableError) -> None:
        self._away, self._rang_at = str(error) or "Redis is away", -inf
        _end(told, self._away)
        for each in _named(told) if told else ():
            log.warning("doorbell.lost", extra={"operation_id": each, "why": self._away})

    def _let_answers_pass(self) -> None:
        """Wait behind the answers, unless somebody's own waits for this."""
        if self.waiting < HELD_MOST:
            self._hurry.wait(HELD_SECONDS if self._is_crowded else BEHIND_SECONDS)
        self._hurry.clear()

    def _next(self) -> Told | None:
        """Return all that waits, up to a bound; None: nothing came for a while."""
        try:
            first = self._waiting.get(timeout=LOOK_SECONDS)
        except Empty:
            return None
        self._let_answers_pass()
        found = [first]
        while len(found) < MOST and not self._waiting.empty():
            found.append(self._waiting.get())
        bells = [each for told in found for each in told.bells]
        keys = [each for told in found for each in told.keys]
        return Told(bells, keys, wakes=any(each.wakes for each in found))


def _named(told: Told) -> list[OperationId]:
    return [operation_id for bell in told.bells for operation_id in bell.operation_ids]


def _end(told: Told | None, why: str = "") -> None:
    for each in told.bells if told else ():
        each.end(why)
