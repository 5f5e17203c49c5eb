"""A journal that was restored: what was under way may have been done since, by nobody's memory."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from bot.app.resources import Resources
from bot.core import events as ev
from bot.core.codes.operations import Restored
from bot.core.errors import IllegalEventError, UnknownFormatError
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation, Queued, Running, Step, Waiting
from bot.core.records import Moment
from bot.engine import engine_on
from bot.journal.backup import accept_copy, is_copy
from bot.redis.witness import Witness
from bot.systems import system as system_named

log: Final = logging.getLogger("slipway.journal")


def settle_restored(parts: Resources) -> Resources:
    """Where the journal is a copy, or behind what Redis remembers, let nothing of it be sent again.

    It ends with the pool of Redis closed: whoever forks has nothing open.

    Raises:
        JournalUnavailableError: the journal cannot be reached.
    """
    try:
        if is_copy(parts.journal.database) or _is_behind(parts):
            _settle(parts)
        accept_copy(parts.journal.database)
        return parts
    finally:
        parts.redis.connection_pool.disconnect()


def _is_behind(parts: Resources) -> bool:
    noted = Witness(parts.redis).noted()
    return noted is not None and not parts.journal.audit.has(*noted)


def _settle(parts: Resources) -> None:
    engine = engine_on(parts.journal, parts.doorbell, parts.traces.happened)
    found = tuple(parts.journal.operations.all_open())
    log.error("journal.restored", extra={"open_operations": len(found)})
    for each in found:
        # Settled before, or left to the version that recorded it.
        with suppress(IllegalEventError, UnknownFormatError):
            operation = parts.journal.operations.load(each.id)
            for event in _events(operation, each.updated_at, parts.clock()):
                engine.apply(each.id, event)


def _events(operation: Operation, known_at: Moment, now: Moment) -> Iterator[Event]:
    """Yield what makes *operation*, as it was at *known_at*, harmless."""
    match operation.phase:
        case Queued() if operation.plan.is_made:
            yield from _presumed_sent(operation, 0, known_at, now)
        case Waiting() | AwaitingApproval() | Queued():
            yield ev.Withdrawn(at=now, reason=Restored().reason)
        case Running(step=step, stage="ready"):
            yield from _presumed_sent(operation, step, known_at, now)
        case Running(step=step, stage="submitting"):
            yield _lost(operation, operation.steps[step], known_at, now, step)
        case Running(step=step) if step + 1 < len(operation.steps):
            # Its next step may have been sent; people decide before anything follows.
            yield ev.WatchStalled(at=now, step=step, reason=Restored().reason)
        case _:
            pass  # it is only read, or people decide already


def _presumed_sent(
    operation: Operation, step: int, known_at: Moment, now: Moment
) -> Iterator[Event]:
    """Use the permit up, so that nobody sends it, and have it looked for."""
    tried = operation.steps[step]
    used = tried.model_copy(update={"attempt": tried.attempt + 1})
    yield ev.PermitGranted(at=now, step=step, attempt=used.attempt)
    yield _lost(operation, used, known_at, now, step)


def _lost(
    operation: Operation, tried: Step, known_at: Moment, now: Moment, step: int
) -> ev.AnswerLost:
    return ev.AnswerLost(
        at=now,
        step=step,
        attempt=tried.attempt,
        reason=Restored().reason,
        sent_at=tried.permitted_at or known_at,
        decide_after=now + system_named(operation.system).spec.settle,
    )
