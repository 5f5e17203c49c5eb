"""A journal that was restored: what was under way may have been done since, by nobody's memory."""

import logging
from contextlib import suppress
from typing import Final

from redis.exceptions import RedisError

from bot.app.resources import Resources
from bot.core import events as ev
from bot.core.codes.operations import Restored
from bot.core.errors import IllegalEventError, UnknownFormatError
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation, Queued, Running, Waiting
from bot.core.records import Moment, OperationId
from bot.engine import engine_on
from bot.journal.backup import accept_copy, is_copy
from bot.redis.leases import Leases, owner_here
from bot.redis.witness import Noted, Witness
from bot.systems import system as system_named
from workers.slack.kinds import KINDS

log: Final = logging.getLogger("slipway.journal")

_LOOKED_UP: Final = tuple(name for name, kind in KINDS.items() if kind.doubt == "look_up")


def settle_restored(parts: Resources) -> Resources:
    """Where the journal is a copy, or behind what Redis remembers, let nothing of it be sent again.

    It ends with the pool of Redis closed: whoever forks has nothing open.

    Raises:
        JournalUnavailableError: the journal cannot be reached.
    """
    try:
        if is_copy(parts.journal.database) or _is_set_back(parts):
            _settle(parts)
        accept_copy(parts.journal.database)
        return parts
    finally:
        parts.redis.connection_pool.disconnect()


def keep_witness(parts: Resources) -> None:
    """Let Redis remember how far the journal has come; settle one that was set back, first.

    A fail-over to a standby that lacks the last commits sets it back under whoever works.

    Raises:
        JournalUnavailableError: the journal cannot be reached; what is noted stays.
        ConflictError: an operation moved on all the time; it is settled the next time.
        RedisError: Redis is away.
    """
    witness = Witness(parts.redis)
    noted = witness.noted()
    head = parts.journal.audit.head_after(noted)
    if head is not None:
        witness.move(noted, Noted(*head))
        return
    with Leases(parts.redis, owner_here()).hold("journal:settling") as is_ours:
        if is_ours and _is_set_back(parts):  # nobody settled it meanwhile
            _settle(parts)
            witness.move(witness.noted(), Noted(*parts.journal.audit.head()))


class JournalWitness:
    """What Redis remembers, held against the journal; where it is away, nothing is known."""

    def __init__(self, parts: Resources) -> None:
        self._journal = parts.journal
        self._witness = Witness(parts.redis)

    def is_behind(self) -> bool:
        """Return whether the journal lacks what it once had.

        Raises:
            JournalUnavailableError: the journal cannot be reached.
        """
        noted = self._witness.noted()
        return noted is not None and not self._journal.audit.has(*noted)

    def sent_before(
        self, operation_id: OperationId, step: int, attempt: int, at: Moment
    ) -> Moment | None:
        """Note that a permit is used *at* this moment; return when it was before, if it was.

        That is known nowhere else: the journal was set back, which all get to know.
        """
        try:
            earlier = self._witness.permit(operation_id, step, attempt, at)
            if earlier is not None:
                self._witness.contradict()
        except (RedisError, OSError):
            return None
        return earlier

    def posted_before(self, surface: str) -> bool:
        """Note that a surface is posted now; return whether it was before.

        Where the journal was set back behind its message alone, it lacks no record of the audit:
        then nothing else knows.
        """
        try:
            return self._witness.post(surface)
        except (RedisError, OSError):
            return False

    def not_posted(self, surface: str) -> None:
        """Note that it was not posted after all."""
        with suppress(RedisError, OSError):
            self._witness.unpost(surface)


def _is_set_back(parts: Resources) -> bool:
    noted = Witness(parts.redis).noted()
    return noted is not None and parts.journal.audit.lacks(*noted)


def _settle(parts: Resources) -> None:
    """Doubt what is open, and what is to be posted: Slack may have it from a past that is lost."""
    engine = engine_on(parts.journal, parts.doorbell, parts.traces.happened)
    found = tuple(parts.journal.operations.all_open())
    log.error("journal.restored", extra={"open_operations": len(found)})
    parts.journal.outbox.doubt(_LOOKED_UP, but=[each.id for each in found])
    for each in found:
        # Settled before, or left to the version that recorded it.
        with suppress(IllegalEventError, UnknownFormatError):
            operation = parts.journal.operations.load(each.id)
            event = _event(operation, each.updated_at, parts.clock())
            if event is not None:
                # Before the event: what that tells is new, whatever number it has.
                parts.journal.outbox.doubt(_LOOKED_UP, about=[each.id])
                engine.apply(each.id, event)


def _event(operation: Operation, known_at: Moment, now: Moment) -> Event | None:
    """Return what makes *operation*, as it was at *known_at*, harmless: nothing of it is sent."""
    match operation.phase:
        case AwaitingApproval() | Queued() if operation.plan.is_made:
            return _lost(operation, 0, known_at, now)
        case Waiting() | AwaitingApproval() | Queued():
            return ev.Withdrawn(at=now, reason=Restored().reason)
        case Running(step=step):
            return _lost(operation, step, known_at, now)
        case _:
            return None  # people decide already


def _lost(operation: Operation, step: int, known_at: Moment, now: Moment) -> ev.AnswerLost:
    """Presume that the step was sent since, and let it be looked for."""
    tried = operation.steps[step]
    return ev.AnswerLost(
        at=now,
        step=step,
        attempt=tried.attempt or 1,
        reason=Restored().reason,
        sent_at=tried.permitted_at or known_at,
        decide_after=now + system_named(operation.system).spec.settle,
    )
