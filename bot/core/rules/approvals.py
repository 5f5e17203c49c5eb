"""Rule: no more approvals are wanted than were given, and those given still count."""

from bot.core.codes.rules import ApprovalsMissing, ApproverLost, MoreApprovals
from bot.core.operation import AwaitingApproval, Operation
from bot.core.policy import Member, Policy, approvals_needed
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Prepare, Send
from bot.core.rules.membership import barred
from bot.core.rules.rights import approve_right, lists


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Void the approvals where one of them does not count any more."""
    operation, policy = facts.operation, facts.policy
    if not isinstance(intent, Prepare | Send) or operation is None or policy is None:
        return None
    needed = approvals_needed(policy, operation.action)
    if needed > operation.approvals_needed:
        more = MoreApprovals(needed=needed, needed_then=operation.approvals_needed)
        return Finding.no(more, place=f"policies.{policy.name}")
    if isinstance(intent, Prepare):
        return Finding.yes()
    if isinstance(operation.phase, AwaitingApproval):
        return _missing(operation, operation.phase, policy)
    lost = next(
        (
            person
            for number, person in enumerate(facts.approvers)
            if not _counts(person, facts, policy)
            or any(facts.is_same(person.id, each.id) for each in facts.approvers[:number])
        ),
        None,
    )
    if lost is None:
        return Finding.yes()
    gone = ApproverLost(approver=lost.id)
    return Finding.no(gone) if operation.was_sent else Finding.void(gone)


def _missing(operation: Operation, phase: AwaitingApproval, policy: Policy) -> Finding:
    right = approve_right(policy, operation.action)
    missing = max(1, operation.approvals_needed - len(operation.approvals))
    code = ApprovalsMissing(missing=missing, until=phase.expires_at)
    return Finding.wait(code, place=f"policies.{policy.name}.{right.key}", who=right.listed)


def _counts(person: Member, facts: Facts, policy: Policy) -> bool:
    operation: Operation | None = facts.operation
    if operation is None or barred(person, facts.team):
        return False
    is_own = facts.is_same(person.id, operation.requester) and not policy.self_approval
    return not is_own and lists(approve_right(policy, operation.action).listed, person)
