"""Rule: the operation stands where the intent can have an effect."""

from bot.core.codes import Code
from bot.core.codes.rules import (
    NotCancellable,
    NothingToLookFor,
    NotReady,
    NotStalled,
    NotUncertain,
    PastGate,
)
from bot.core.operation import AwaitingApproval, Operation, Queued, Stalled, Uncertain
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import (
    Approve,
    Cancel,
    Intent,
    KeepWaiting,
    LookAgain,
    NotExecuted,
    Reject,
)


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Say how things stand where the press comes too late."""
    operation = facts.operation
    if operation is None:
        return None
    match intent:
        case Approve() | Reject():
            return _gate(operation, facts)
        case Cancel():
            is_unsent = isinstance(operation.phase, AwaitingApproval | Queued)
            return _unless(is_unsent, NotCancellable(has_ended=operation.is_final))
        case NotExecuted():
            return _unless(isinstance(operation.phase, Uncertain), NotUncertain())
        case LookAgain():
            return _unless(isinstance(operation.phase, Uncertain | Stalled), NothingToLookFor())
        case KeepWaiting():
            return _unless(isinstance(operation.phase, Stalled), NotStalled())
        case _:
            return None


def _unless(is_so: bool, code: Code) -> Finding:  # noqa: FBT001 - read with its name at each call
    return Finding.yes() if is_so else Finding.moot(code)


def _gate(operation: Operation, facts: Facts) -> Finding:
    if not isinstance(operation.phase, AwaitingApproval):
        return Finding.moot(PastGate(how=_past(operation)))
    if facts.now >= operation.phase.expires_at:
        return Finding.moot(PastGate(how="too_late"))
    return Finding.yes() if operation.plan.is_made else Finding.no(NotReady())


def _past(operation: Operation) -> str:
    match operation.phase.kind:
        case "rejected" | "expired" | "cancelled":
            return operation.phase.kind
        case _:
            return "approved" if operation.approvals else "needs_none"
