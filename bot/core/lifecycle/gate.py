"""Before the first permit: the plan is made, people decide, and it is queued."""

from typing import Final

from bot.core import events as ev
from bot.core.effects import RingDoorbell
from bot.core.events import Event
from bot.core.gates import stood_at
from bot.core.lifecycle.line import stepped_aside
from bot.core.lifecycle.next import Next, ended, in_phase, refusal, with_plan
from bot.core.lifecycle.sent import doubted, permitted
from bot.core.operation import (
    Approval,
    AwaitingApproval,
    Cancelled,
    Expired,
    Failed,
    Operation,
    Queued,
    Rejected,
)
from bot.core.plan import Plan
from bot.core.reminders import gate_reminder_at

VOIDS_MAX: Final = 5  # of an operation that needs no approval: then people are asked


def while_awaiting(operation: Operation, phase: AwaitingApproval, event: Event) -> Next:
    """Return what *event* makes of an operation that people decide on."""
    match event:
        case ev.Planned(plan=plan):
            return _planned(operation, event, plan)
        case ev.PlanRefused(code=code, reason=reason):
            return ended(operation, Failed(at=event.at, code=code, reason=reason))
        case ev.ApprovalGiven():
            if event.at >= phase.expires_at:
                raise refusal(operation, event, "the time to approve is over")
            return _approved(operation, event)
        case ev.ApprovalReminded():
            return _reminded(operation, phase, event)
        case ev.ApprovalRefused(reason=reason):
            return ended(operation, Rejected(at=event.at, by=event.by, reason=reason))
        case ev.ApprovalLapsed():
            if event.at < phase.expires_at:
                raise refusal(operation, event, "there is still time to approve")
            return ended(operation, Expired(at=event.at))
        case ev.ApprovalsVoided():
            return _voided(operation, event)
        case ev.SteppedAside():
            return stepped_aside(operation, event)
        case ev.Withdrawn():
            return _withdrawn(operation, event)
        case ev.AnswerLost(step=0):
            return doubted(operation, event)
        case _:
            raise refusal(operation, event)


def while_queued(operation: Operation, event: Event) -> Next:
    """Return what *event* makes of an operation that is about to be sent."""
    match event:
        case ev.Planned(plan=plan):
            return _planned(operation, event, plan)
        case ev.PlanRefused(code=code, reason=reason):
            return ended(operation, Failed(at=event.at, code=code, reason=reason))
        case ev.ApprovalsVoided():
            return _voided(operation, event)
        case ev.SteppedAside():
            return stepped_aside(operation, event)
        case ev.Withdrawn():
            return _withdrawn(operation, event)
        case ev.PermitGranted():
            return permitted(operation, event, step=0)
        case ev.AnswerLost(step=0):
            return doubted(operation, event)
        case _:
            raise refusal(operation, event)


def _planned(operation: Operation, event: ev.Planned, plan: Plan) -> Next:
    if operation.plan.is_made:
        raise refusal(operation, event, "the plan is made already")
    if not plan.is_made:
        raise refusal(operation, event, "nothing was observed")
    made = _weighed(with_plan(operation, plan))
    if not made.approvals_needed and not isinstance(made.phase, AwaitingApproval):
        return Next(made, ())  # whoever planned it goes on with it
    if not isinstance(operation.phase, AwaitingApproval):  # nobody was needed but for what it is
        return Next(in_phase(made, _open_until(made, event)), ())
    return Next(_called(made, operation.phase, event), ())


def _weighed(operation: Operation) -> Operation:
    """Return it with as many approvals as its plan takes: more where nothing undoes it.

    In an incident it has gates: those who may approve come first, then its lead. The more that it
    takes are the former's.
    """
    more = operation.irreversible_approvals - operation.approvals_needed
    if not operation.plan.no_way_back or more <= 0:
        return operation
    gates = operation.gates
    if gates:
        gates = (gates[0].model_copy(update={"needed": gates[0].needed + more}), *gates[1:])
    needed = operation.approvals_needed + more
    return operation.model_copy(update={"approvals_needed": needed, "gates": gates})


def _open_until(operation: Operation, event: Event) -> AwaitingApproval:
    return AwaitingApproval(expires_at=event.at + operation.approval_window)


def _called(operation: Operation, phase: AwaitingApproval, event: Event) -> Operation:
    """Return it with the reminder left out that would come right after the call."""
    at = gate_reminder_at(operation)
    is_late = at is not None and event.at >= at
    return in_phase(operation, phase.model_copy(update={"reminded": int(is_late)}))


def _approved(operation: Operation, event: ev.ApprovalGiven) -> Next:
    if not operation.plan.is_made or event.digest != operation.plan.digest:
        raise refusal(operation, event, "another plan was approved")
    if any(given.by == event.by for given in operation.approvals):
        raise refusal(operation, event, "this person approved before")
    approval = Approval(
        by=event.by,
        at=event.at,
        digest=event.digest,
        gates=event.gates,
        behalf=event.behalf,
        is_escalated=event.is_escalated,
    )
    approved = operation.model_copy(update={"approvals": (*operation.approvals, approval)})
    if operation.gates and None in stood_at(approved):
        raise refusal(operation, event, "the gates that this person can open are open")
    if len(approved.approvals) < operation.approvals_needed:
        return Next(approved, ())
    return Next(in_phase(approved, Queued()), (RingDoorbell(),))


def _reminded(operation: Operation, phase: AwaitingApproval, event: Event) -> Next:
    """Count it, and those that were missed: people are called once, not for each."""
    at = gate_reminder_at(operation)
    if at is None or event.at < at:
        raise refusal(operation, event, "it is too early, or was said before")
    while at is not None and event.at >= at:
        phase = phase.model_copy(update={"reminded": phase.reminded + 1})
        operation = in_phase(operation, phase)
        at = gate_reminder_at(operation)
    return Next(operation, ())


def _voided(operation: Operation, event: ev.ApprovalsVoided) -> Next:
    if not (operation.plan.is_made and event.plan.is_made):
        raise refusal(operation, event, "there is no plan to compare")
    renewed = _weighed(with_plan(operation, event.plan)).model_copy(
        update={"approvals": (), "round": operation.round + 1}
    )
    needed = renewed.approvals_needed or int(operation.round >= VOIDS_MAX)
    if needed == 0:
        return Next(in_phase(renewed, Queued()), ())  # whoever looked goes on with it
    asked = renewed.model_copy(update={"approvals_needed": needed})
    return Next(in_phase(asked, _open_until(asked, event)), ())


def _withdrawn(operation: Operation, event: ev.Withdrawn) -> Next:
    return ended(operation, Cancelled(at=event.at, by=event.by, reason=event.reason))
