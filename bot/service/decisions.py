"""Decisions: what the buttons of a card mean, judged by the state and the rights at the press."""

from collections.abc import Callable
from typing import Final

from bot.core import events as ev
from bot.core.codes import Denied
from bot.core.commands import REASON_MAX, SECRET_IN_REASON, holds_secret
from bot.core.errors import ConflictError, IllegalEventError
from bot.core.events import Event
from bot.core.operation import (
    AwaitingApproval,
    Operation,
    Queued,
    Stalled,
    Uncertain,
)
from bot.core.outcomes import Caller, Done, FormWanted, Outcome, Press, Unchanged
from bot.core.policy import Member, Policy, may_approve, may_cancel, may_reject, may_resolve
from bot.core.records import Allowed, OperationId
from bot.service.context import ServiceContext
from bot.service.presses import NO_SUCH, pressed
from bot.views.text import duration

_TRIES: Final = 40  # a crowd may press at once; each loses only against one that won

Decision = Event | Denied | Unchanged
Right = Callable[[Policy, Operation, Member, str], Allowed | Denied]


def approve(context: ServiceContext, press: Press) -> Outcome:
    """Count the press as an approval of what the card showed."""

    def decide(operation: Operation) -> Decision:
        closed = _gate_is_closed(context, operation)
        if closed:
            return closed
        if not operation.plan.is_made:
            return _NOT_READY
        if not _saw(press.value, operation):
            return _STALE
        refused = _refused(context, press.caller, operation, may_approve)
        if refused:
            return refused
        if any(given.by == press.caller.user for given in operation.approvals):
            return Unchanged(operation=operation, note="you approved it already")
        return ev.ApprovalGiven(
            at=context.clock(), by=press.caller.user, digest=operation.plan.digest
        )

    return _decided_press(context, press, decide)


def reject(context: ServiceContext, press: Press) -> Outcome:
    """Check whether the person may reject it; the reason comes by a form."""
    operation = pressed(context, press)
    if isinstance(operation, Denied):
        return operation
    decision = _may_still_reject(context, operation, press.caller)
    if decision is None:
        return FormWanted(operation=operation)
    return _told(context, press.caller, operation.id, decision)


def rejected(
    context: ServiceContext, operation_id: OperationId, reason: str, *, by: Caller
) -> Outcome:
    """Reject it with the reason of the form."""

    def decide(operation: Operation) -> Decision:
        decision = _may_still_reject(context, operation, by)
        if decision is not None:
            return decision
        if holds_secret(reason):
            return SECRET_IN_REASON
        return ev.ApprovalRefused(
            at=context.clock(), by=by.user, reason=" ".join(reason.split())[:REASON_MAX]
        )

    return _decided(context, operation_id, by, decide)


def cancel(context: ServiceContext, operation_id: OperationId, *, by: Caller) -> Outcome:
    """Withdraw it, if nothing was sent yet."""

    def decide(operation: Operation) -> Decision:
        if not isinstance(operation.phase, AwaitingApproval | Queued):
            note = "it has ended" if operation.is_final else "it was sent already"
            return Unchanged(operation=operation, note=f"{note} and cannot be cancelled")
        refused = _refused(context, by, operation, may_cancel)
        return refused or ev.Withdrawn(at=context.clock(), by=by.user)

    return _decided(context, operation_id, by, decide)


def look_again(context: ServiceContext, press: Press) -> Outcome:
    """Let a poller look now at what is uncertain or stalled."""
    operation = pressed(context, press)
    if isinstance(operation, Denied):
        return operation
    if not isinstance(operation.phase, Uncertain | Stalled):
        return Unchanged(operation=operation, note="there is nothing to look for")
    refused = _refused(context, press.caller, operation, may_resolve)
    if refused:
        return context.denied(press.caller, operation.id, refused)
    context.engine.look_now(operation.id)
    return Unchanged(operation=operation, note="Slipway is looking again")


def not_executed(context: ServiceContext, press: Press) -> Outcome:
    """Close what is uncertain as never executed, after the settle time.

    It takes as many people as had to approve it, and at least one.
    """

    def decide(operation: Operation) -> Decision:
        if not isinstance(operation.phase, Uncertain):
            return Unchanged(operation=operation, note="it is not uncertain any more")
        refused = _refused(context, press.caller, operation, may_resolve)
        if refused:
            return refused
        now = context.clock()
        if now < operation.phase.decide_after:
            wait = duration(operation.phase.decide_after - now)
            return Denied(
                code="too_early",
                reason=f"the lost call may still surface for {wait}",
                way_out="Decide after that; Slipway keeps looking.",
            )
        said = operation.phase.said
        if press.caller.user in said:
            return Unchanged(operation=operation, note="you said so already")
        if len(said) + 1 < operation.deciders:
            return ev.NotExecutedSaid(
                at=now, by=press.caller.user, said=len(said) + 1, needed=operation.deciders
            )
        return ev.NotExecuted(at=now, by=press.caller.user)

    return _decided_press(context, press, decide)


def keep_waiting(context: ServiceContext, press: Press) -> Outcome:
    """Watch a stalled remote task for one more deadline."""

    def decide(operation: Operation) -> Decision:
        if not isinstance(operation.phase, Stalled):
            return Unchanged(operation=operation, note="it is not stalled any more")
        refused = _refused(context, press.caller, operation, may_resolve)
        if refused:
            return refused
        return ev.WaitExtended(at=context.clock(), by=press.caller.user, extra=operation.deadline)

    return _decided_press(context, press, decide)


def _decided_press(
    context: ServiceContext, press: Press, decide: Callable[[Operation], Decision]
) -> Outcome:
    operation = pressed(context, press)
    if isinstance(operation, Denied):
        return operation
    return _decided(context, operation.id, press.caller, decide)


def _decided(
    context: ServiceContext,
    operation_id: OperationId,
    by: Caller,
    decide: Callable[[Operation], Decision],
) -> Outcome:
    """Decide on the present state, again where somebody else was faster."""
    for _ in range(_TRIES):
        operation = context.journal.operations.find(operation_id)
        if operation is None:
            return context.denied(by, operation_id, NO_SUCH)
        decision = decide(operation)
        if isinstance(decision, Denied | Unchanged):
            return _told(context, by, operation_id, decision)
        try:
            return Done(operation=context.engine.apply_to(operation, decision))
        except (ConflictError, IllegalEventError):
            continue
    return _told(context, by, operation_id, _CROWDED)


def _told(
    context: ServiceContext, by: Caller, subject: str, decision: Denied | Unchanged
) -> Outcome:
    return context.denied(by, subject, decision) if isinstance(decision, Denied) else decision


def _gate_is_closed(context: ServiceContext, operation: Operation) -> Unchanged | None:
    if not isinstance(operation.phase, AwaitingApproval):
        return Unchanged(operation=operation, note=_past_the_gate(operation))
    if context.clock() >= operation.phase.expires_at:
        return Unchanged(operation=operation, note="its time for approval is over")
    return None


def _past_the_gate(operation: Operation) -> str:
    match operation.phase.kind:
        case "rejected" | "expired" | "cancelled":
            return f"it was {operation.phase.kind} already".replace("was expired", "has expired")
        case _:
            return "it was approved already" if operation.approvals else "it needs no approval"


def _may_still_reject(
    context: ServiceContext, operation: Operation, by: Caller
) -> Denied | Unchanged | None:
    closed = _gate_is_closed(context, operation)
    return closed or _refused(context, by, operation, may_reject)


def _refused(
    context: ServiceContext, by: Caller, operation: Operation, right: Right
) -> Denied | None:
    """Return why *by* has not this right now; its policy may have changed since the request."""
    catalogue = context.catalogue()
    policy = catalogue.policies.get(operation.policy)
    if policy is None:
        return Denied(
            code="not_allowed",
            reason=f"the policy {operation.policy} is not in slipway.yaml any more",
            way_out="Ask for the change again.",
            rule=f"policies.{operation.policy}",
        )
    member = context.member(by, (policy,))
    if isinstance(member, Denied):
        return member
    judged = right(policy, operation, member, context.team)
    return judged if isinstance(judged, Denied) else None


def _saw(value: str, operation: Operation) -> bool:
    """Whether the pressed card showed the present plan; a value that names none says nothing."""
    parts = value.split(":")
    if len(parts) != 3:  # noqa: PLR2004 - id, round, digest
        return True
    return parts[1] == str(operation.round) and operation.plan.digest.startswith(parts[2])


_NOT_READY: Final = Denied(
    code="not_ready",
    reason="Slipway is still reading what runs now",
    way_out="Wait for the card to show the plan.",
)
_STALE: Final = Denied(
    code="stale",
    reason="the plan has changed since this card was drawn",
    way_out="Look at the card again, then decide.",
)
_CROWDED: Final = Denied(
    code="try_again",
    reason="too many people decide at this moment, so yours was not counted",
    way_out="Press again.",
)
