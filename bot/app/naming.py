"""Names of slipway.yaml are looked up in Slack: once, and then confirmed from time to time.

Whoever asks first keeps the answer in the journal, where all processes read it. From then on a
name stands for that id: who is called so later gets nothing by it. What Slack says differently is
told, and a person lets go of it by `slipway config names --forget`.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from redis.exceptions import RedisError
from slack_sdk import WebClient

from bot.app.resources import Resources
from bot.catalogue import Catalogue
from bot.core.errors import ConfigurationError, JournalUnavailableError, SlackError
from bot.core.records import SLIPWAY
from bot.redis.cache import Cache
from bot.redis.flags import Flags
from workers.slack import LookUp, Meaning, Wait, look_up

log: Final = logging.getLogger("slipway.names")

AGAIN_SECONDS: Final = 60.0  # until a name that stands for nothing is looked up again
CONFIRM_SECONDS: Final = 3600.0  # until all are
AWAY_SECONDS: Final = 15.0  # until Slack, which did not answer, is asked again
STEP_SECONDS: Final = 0.5  # between two calls of the bot
# Slack's tier 2 is 20 calls a minute for each method: ten at once, and ten more in that minute.
_PACE: Final = 6.0
_AHEAD: Final = 9 * _PACE


class NameKeeper:
    """Looks names up, a call of Slack at a time; its steps are short."""

    def __init__(
        self,
        parts: Resources,
        client: WebClient,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._client = client
        self._monotonic = monotonic
        self._flags = Flags(parts.redis)
        self._cache = Cache(parts.redis)
        self._looking: LookUp | None = None
        self._lane = ""  # whose turn the next call needs
        self._asked: frozenset[str] = frozenset()  # the names without meaning of the last round
        self._again_at = 0.0
        self._confirm_at = 0.0
        self._said: dict[str, str] = {}

    def step(self) -> bool:
        """Make the next call that is due; return whether there was one.

        Raises:
            RedisError, JournalUnavailableError, ConfigurationError: what it needs is away.
        """
        catalogue = self._parts.catalogue()
        if self._looking is None and not self._begun(catalogue):
            return False
        if not self._flags.take(self._lane, _PACE, _AHEAD).is_ours:
            return False
        try:
            self._go_on()
        except StopIteration as end:
            self._looking = None
            self._take(catalogue, end.value)
        except SlackError as error:
            log.warning("names.unasked", extra={"why": str(error)})
            self._looking, self._again_at = None, self._monotonic() + AWAY_SECONDS
            self._asked = frozenset(catalogue.unknown)
        return True

    def _begun(self, catalogue: Catalogue) -> bool:
        """Begin a round where one is due."""
        now, unknown = self._monotonic(), frozenset(catalogue.unknown)
        is_due = bool(unknown) and (bool(unknown - self._asked) or now >= self._again_at)
        if not is_due and (not catalogue.named or now < max(self._confirm_at, self._again_at)):
            return False
        self._asked = unknown
        self._again_at, self._confirm_at = now + AGAIN_SECONDS, now + CONFIRM_SECONDS
        self._looking = look_up(self._client, catalogue.named)
        self._go_on()
        return True

    def _go_on(self) -> None:
        """Let the round go on to its next call."""
        if self._looking is None:
            return
        step = next(self._looking)
        if isinstance(step, Wait):
            self._flags.hold(_lane(step.method), step.seconds)
            step = next(self._looking)
        self._lane = _lane(str(step))

    def _take(self, catalogue: Catalogue, found: Sequence[Meaning]) -> None:
        moved: dict[str, str] = {}
        for each in found:
            known = catalogue.names.get(each.name)
            if known is None and each.id:
                self._keep(each)
            elif known is None:
                self._say(catalogue, each)
            else:
                moved[each.name] = "" if each.id == known else each.id or each.why
                self._say_moved(catalogue, each, known)
        self._cache.put_many(
            {f"moved:{name}": now for name, now in moved.items()}, int(2 * CONFIRM_SECONDS)
        )
        self._asked = frozenset(each.name for each in found if not each.id)
        self._parts.catalogue.names_changed()

    def _keep(self, found: Meaning) -> None:
        self._said.pop(found.name, None)
        now = self._parts.clock()
        if self._parts.journal.names.keep(found.name, found.id, by=SLIPWAY, now=now):
            log.info("name.known", extra={"name_of": found.name, "id": found.id})

    def _say(self, catalogue: Catalogue, found: Meaning) -> None:
        """Say once that nobody counts for this name, and why."""
        if self._said.get(found.name) != found.why:
            self._said[found.name] = found.why
            places = [catalogue.placed(each) for each in catalogue.named[found.name]]
            log.error(
                "name.unknown",
                extra={"name_of": found.name, "why": found.why, "places": places},
            )

    def _say_moved(self, catalogue: Catalogue, found: Meaning, known: str) -> None:
        """Say once that Slack calls something else so, or nothing: what is kept still counts."""
        present = "" if found.id == known else found.id or found.why
        if present and self._said.get(found.name) != present:
            places = [catalogue.placed(each) for each in catalogue.named[found.name]]
            more = {"name_of": found.name, "id": known, "now": present, "places": places}
            log.error("name.moved", extra=more)
        self._said[found.name] = present


def keep_names(keeper: NameKeeper, ending: threading.Event) -> None:
    """Let *keeper* work until the end; what is away is asked again."""
    while not ending.wait(STEP_SECONDS):
        with suppress(RedisError, OSError, JournalUnavailableError, ConfigurationError):
            keeper.step()


def moved_names(cache: Cache, names: Sequence[str]) -> Mapping[str, str]:
    """Return those of *names* that Slack gave to something else, or to nothing, and to what."""
    found = cache.get_many([f"moved:{each}" for each in names])
    return {each: found[f"moved:{each}"] for each in names if found.get(f"moved:{each}")}


def _lane(method: str) -> str:
    return f"slack:{method}"
