"""The one table of transitions: what an event makes of an operation, and what follows from it."""

from datetime import timedelta
from typing import assert_never

from bot.core import events as ev
from bot.core.effects import RingDoorbell
from bot.core.events import Event
from bot.core.expectation import Expectation
from bot.core.lifecycle.countdown import counting, of_countdown
from bot.core.lifecycle.doubt import surfaced, while_uncertain
from bot.core.lifecycle.gate import VOIDS_MAX, while_awaiting, while_queued
from bot.core.lifecycle.line import while_waiting
from bot.core.lifecycle.next import Next, refusal
from bot.core.lifecycle.review import of_review
from bot.core.lifecycle.sent import (
    DETOURS_MAX,
    may_detour,
    while_running,
    while_stalled,
)
from bot.core.operation import (
    AwaitingApproval,
    Cancelled,
    Expired,
    Failed,
    Hold,
    Operation,
    Queued,
    Rejected,
    Running,
    Stalled,
    Succeeded,
    Uncertain,
    Waiting,
)

__all__ = ["DETOURS_MAX", "VOIDS_MAX", "Next", "begun", "may_detour", "transition"]


def transition(operation: Operation, event: Event) -> Next:
    """Return what *event* makes of *operation*; its sequence rises by one.

    Raises:
        IllegalEventError: the present phase does not accept this event.
    """
    if isinstance(event, ev.Reviewed | ev.ReviewReminded):
        return of_review(operation, event)
    if isinstance(event, ev.RollbackHeld | ev.RollbackBegun | ev.RollbackForgone):
        return of_countdown(operation, event)
    return counting(operation, event, _advanced(operation, event))


def _advanced(operation: Operation, event: Event) -> Next:
    """Return what *event* makes of it in its phase."""
    counted = _counted(operation, event)
    match operation.phase:
        case Waiting(starts_by=None) | Queued() | Running(stage="ready") if isinstance(
            event, ev.HeldBack
        ):
            return _held_back(operation, counted, event)
        case AwaitingApproval() | Queued() | Running(stage="ready") if isinstance(
            event, ev.AnswerAwaited
        ):
            return _awaiting_answer(operation, counted, event)
        case Waiting() as phase:
            return while_waiting(counted, phase, event)
        case AwaitingApproval() as phase:
            return while_awaiting(counted, phase, event)
        case Queued():
            return while_queued(counted, event)
        case Running() as phase:
            return while_running(counted, phase, event)
        case Uncertain() as phase:
            return while_uncertain(counted, phase, event)
        case Stalled() as phase:
            return while_stalled(counted, phase, event)
        case Failed(doubt=Uncertain(), surfaced="") as phase if isinstance(event, ev.ExecutedLate):
            return surfaced(counted, phase, event)
        case Succeeded() | Failed() | Rejected() | Expired() | Cancelled():
            raise refusal(operation, event)
        case _:
            assert_never(operation.phase)


def _counted(operation: Operation, event: Event) -> Operation:
    """Return *operation* one event later: whatever happens ends what it waited for.

    The time in which it was held does not count against its deadline.
    """
    changed: dict[str, object] = {"sequence": operation.sequence + 1, "awaits": None, "held": None}
    if operation.held and operation.deadline_at and not isinstance(event, ev.HeldBack):
        changed["deadline_at"] = operation.deadline_at + (event.at - operation.held.since)
    changed["expected"] = _moved(operation, event)
    return operation.model_copy(update=changed)


def _moved(operation: Operation, event: Event) -> Expectation | None:
    """Return what is expected, with what *event* means for it: it moves, and was held before."""
    expected, held = operation.expected, operation.held
    if expected is None or isinstance(
        event, ev.RanLate | ev.SeemedStuck | ev.HeldBack | ev.AnswerAwaited
    ):
        return expected
    paused = event.at - held.since if held else timedelta()
    return expected.model_copy(update={"since": expected.since + paused, "moved_at": event.at})


def _held_back(operation: Operation, counted: Operation, event: ev.HeldBack) -> Next:
    held = operation.held
    if held is not None and held.reason == event.reason:
        raise refusal(operation, event, "it is known already")
    hold = Hold(since=held.since if held else event.at, reason=event.reason)
    return Next(counted.model_copy(update={"held": hold}), ())


def _awaiting_answer(operation: Operation, counted: Operation, event: ev.AnswerAwaited) -> Next:
    """Keep what is waited for; a plan that people can decide on waits for them alone."""
    is_peoples = isinstance(operation.phase, AwaitingApproval) and operation.plan.is_made
    if operation.awaits is not None or is_peoples:
        raise refusal(operation, event, "it is known already, or nothing is read now")
    return Next(counted.model_copy(update={"awaits": event.awaited}), ())


def begun(operation: Operation) -> Next:
    """Return the effects of an operation that was just requested."""
    return Next(operation.model_copy(update={"sequence": 1}), (RingDoorbell(),))
