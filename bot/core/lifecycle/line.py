"""In the line of a target: its turn comes, it steps aside for a rollback, or it leaves."""

from bot.core import events as ev
from bot.core.codes.operations import TurnMissed
from bot.core.effects import ReleaseLock, RingDoorbell, TakeLock
from bot.core.events import Event
from bot.core.lifecycle.next import Next, ended, in_phase, refusal
from bot.core.operation import (
    AwaitingApproval,
    Cancelled,
    Expired,
    Operation,
    Queued,
    Waiting,
)
from bot.core.plan import Plan


def while_waiting(operation: Operation, phase: Waiting, event: Event) -> Next:
    """Return what *event* makes of an operation that stands in line, or may be started."""
    match event:
        case ev.TurnCame():
            return _its_turn(operation, phase, event)
        case ev.TurnOffered(until=until):
            if phase.starts_by is not None:
                raise refusal(operation, event, "it is offered already")
            offered = phase.model_copy(update={"starts_by": until})
            return Next(in_phase(operation, offered), (TakeLock(),))
        case ev.TurnLapsed():
            if phase.starts_by is None or event.at < phase.starts_by:
                raise refusal(operation, event, "there is still time to start it")
            return ended(operation, Expired(at=event.at, reason=TurnMissed().reason))
        case ev.SteppedAside():
            if phase.starts_by is None:
                raise refusal(operation, event, "it is in nobody's way")
            return stepped_aside(operation, event)
        case ev.Withdrawn(reason=reason):
            return ended(operation, Cancelled(at=event.at, by=event.by, reason=reason))
        case _:
            raise refusal(operation, event)


def stepped_aside(operation: Operation, event: ev.SteppedAside) -> Next:
    """Let a rollback go first: nothing that was planned or approved counts any more."""
    plan, place = operation.plan, event.place
    blank = Plan(
        target=plan.target,
        action=plan.action,
        parameters=plan.parameters,
        policy_version=plan.policy_version,
    )
    anew = {"plan": blank, "steps": (), "approvals": (), "round": operation.round + 1}
    waits = Waiting(since=event.at, place=place, behind=event.rollback)
    return Next(in_phase(operation.model_copy(update=anew), waits), (ReleaseLock(),))


def _its_turn(operation: Operation, phase: Waiting, event: ev.TurnCame) -> Next:
    if phase.starts_by is not None and event.at >= phase.starts_by:
        raise refusal(operation, event, "the time to start it is over")
    takes = () if phase.starts_by else (TakeLock(),)
    expires = event.at + operation.approval_window
    gate = AwaitingApproval(expires_at=expires) if operation.approvals_needed else Queued()
    return Next(in_phase(operation, gate), (*takes, RingDoorbell()))
