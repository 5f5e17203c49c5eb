"""A journal that was restored: what was under way may have been done since, by nobody's memory."""

import logging
from contextlib import suppress
from typing import Final

from bot.app.resources import Resources
from bot.core import events as ev
from bot.core.codes.operations import Restored
from bot.core.errors import IllegalEventError, UnknownFormatError
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation, Queued, Running, Waiting
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
            event = _event(operation, each.updated_at, parts.clock())
            if event is not None:
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
