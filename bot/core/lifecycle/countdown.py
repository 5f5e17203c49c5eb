"""After a failure: how long people may say no to the rollback that follows by itself."""

from typing import TypeAlias, assert_never

from bot.core import events as ev
from bot.core.events import Event
from bot.core.lifecycle.next import Next, in_phase, refusal
from bot.core.operation import Countdown, Failed, Operation
from bot.core.records import SLIPWAY

OfCountdown: TypeAlias = ev.RollbackHeld | ev.RollbackBegun | ev.RollbackForgone


def counting(before: Operation, event: Event, found: Next) -> Next:
    """Return *found* with a countdown, where *event* is a failure that may be rolled back.

    It has changed what runs, and it was nobody's decision. A rollback that fails is people's.
    """
    after, phase = found.operation, found.operation.phase
    if not isinstance(phase, Failed) or before.is_final or after.rollback_after is None:
        return found
    is_of_people = event.by != SLIPWAY or after.action != "deploy"
    if is_of_people or not after.changed_what_runs or after.revision_before is None:
        return found
    countdown = Countdown(until=event.at + after.rollback_after)
    return found._replace(operation=_with(after, phase, countdown))


def of_countdown(operation: Operation, event: OfCountdown) -> Next:
    """Return what *event* makes of the countdown, which ends with it."""
    phase, countdown = operation.phase, operation.countdown
    if not isinstance(phase, Failed) or countdown is None:
        raise refusal(operation, event, "no rollback follows by itself")
    if not isinstance(event, ev.RollbackHeld) and event.at < countdown.until:
        raise refusal(operation, event, "there is still time to say no")
    counted = operation.model_copy(update={"sequence": operation.sequence + 1})
    return Next(_with(counted, phase, countdown.model_copy(update=_what_became(event))), ())


def _what_became(event: OfCountdown) -> dict[str, object]:
    match event:
        case ev.RollbackHeld(by=by):
            return {"held_by": by}
        case ev.RollbackBegun(rollback=rollback):
            return {"rollback": rollback}
        case ev.RollbackForgone(reason=reason):
            return {"reason": reason}
        case _:
            assert_never(event)


def _with(operation: Operation, phase: Failed, countdown: Countdown) -> Operation:
    return in_phase(operation, phase.model_copy(update={"countdown": countdown}))
