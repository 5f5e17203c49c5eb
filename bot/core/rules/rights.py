"""Rule: the policy lists the person for what is wished."""

from functools import cache
from typing import NamedTuple, assert_never

from bot.core.codes import Code
from bot.core.codes.rules import (
    ApproversUnknown,
    MayNotBreakGlass,
    MayNotCancel,
    MayNotContinue,
    MayNotDismiss,
    MayNotFreeze,
    MayNotHold,
    MayNotLock,
    MayNotReject,
    MayNotRequest,
    MayNotReview,
    MayNotUnlock,
    NamesUnknown,
    NoAdmins,
    NotAdmin,
    NotApprover,
    NotDecider,
    NotRequester,
    SelfApproval,
    SelfApprovalOfLead,
)
from bot.core.names import ids_in, names_in
from bot.core.operation import Operation
from bot.core.policy import Policy, approvals_needed
from bot.core.records import SLIPWAY, Action
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.gates import entitled, late_approvers, lists
from bot.core.rules.incident import written_gates
from bot.core.rules.intents import (
    Ask,
    Change,
    Intent,
    Prepare,
    Press,
    RightName,
    Send,
    TakeTurn,
    TargetIntent,
)
from bot.core.rules.lock import lock_of
from bot.core.rules.membership import is_member
from bot.core.rules.presses import Approve, GatePress, RollBack


class Right(NamedTuple):
    """Whom a policy lets do something, and what the others are told."""

    key: str  # of the policy: "request"; "": no line of it decides
    listed: tuple[str, ...]
    refusal: Code


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Let those pass whom the policy lists, and the requester where it is the requester's own."""
    policy, operation = facts.policy, facts.operation
    if isinstance(intent, TargetIntent) and intent.right == "admin":
        return _administers(facts)
    if policy is None or isinstance(intent, Ask | TakeTurn | Prepare | Send):
        return None
    if isinstance(intent, TargetIntent) and intent.right == "own":
        return None
    right = right_of(intent, policy, operation)
    if right is None:
        return None
    if isinstance(intent, GatePress) and operation is not None:
        late = late_approvers(operation, policy, facts.now)
        right = right._replace(listed=(*right.listed, *late))
    if _is_return(intent, policy, facts):
        return Finding.yes(f"policies.{policy.name}.on_failure")
    place = f"policies.{policy.name}.{right.key}" if right.key else ""
    requester = operation.requester if operation else None
    is_requesters = isinstance(intent, Press) and intent.is_requesters
    if is_requesters and _acts(facts, requester):
        return Finding.yes("requester")
    if isinstance(intent, TargetIntent) and intent.is_holders and _holds(facts):
        return Finding.yes("holder")
    lent = entitled(facts) if isinstance(intent, GatePress) else ()
    if not _is_listed(facts, right.listed) and not lent:
        known = ids_in(right.listed)
        who = (requester, *known) if is_requesters and requester else known
        return Finding.no(_refusal(right), place=place, who=who)
    if isinstance(intent, Approve) and _is_own(facts, policy, requester, right.listed):
        return _own(facts, policy, right.listed)
    return Finding.yes(place)


def _own(facts: Facts, policy: Policy, listed: tuple[str, ...]) -> Finding:
    """Refuse one's own approval; a lead's gate is open again to whoever leads next."""
    place = f"policies.{policy.name}.self_approval"
    requester = facts.operation.requester if facts.operation else ""
    others = tuple(each for each in listed if not facts.is_same(each, requester))
    leads = bool(policy.led_from) and any(
        all(facts.is_same(each, requester) for each in gate.approve) for gate in policy.gates
    )
    if leads:
        return Finding.no(SelfApprovalOfLead(), place=place, who=others)
    return Finding.no(SelfApproval(), place=place, who=listed)


def _is_return(intent: Intent, policy: Policy, facts: Facts) -> bool:
    """Whether Slipway itself rolls back what failed, as the policy says."""
    if facts.person is None or facts.person.id != SLIPWAY or policy.on_failure != "rollback":
        return False
    match intent:
        case Change(rollback_of=failed, asked=asked):
            return failed is not None and asked.action == "rollback"
        case RollBack():
            return True
        case _:
            return False


@cache
def _may_not_request(action: Action) -> MayNotRequest:
    return MayNotRequest(action=action)


def request_right(policy: Policy, action: Action) -> Right:
    """Return who may ask for *action* under *policy*."""
    if action == "rollback" and policy.rollback is not None:
        return Right("rollback", policy.rollback, _may_not_request(action))
    return Right("request", policy.request, _may_not_request(action))


def glass_right(policy: Policy) -> Right:
    """Return who may break the glass."""
    return Right("break_glass", policy.break_glass, MayNotBreakGlass())


def asked_right(policy: Policy, operation: Operation) -> Right:
    """Return by which right *operation* was asked for."""
    if operation.break_glass is not None:
        return glass_right(policy)
    return request_right(policy, operation.action)


def approve_right(policy: Policy, action: Action) -> Right:
    """Return who may approve; where no approval is needed and nobody listed, who may request."""
    if policy.approve or approvals_needed(policy, action):
        return Right(_approve_key(policy), policy.approve, NotApprover())
    key, listed, _ = request_right(policy, action)
    return Right(key, listed, NotApprover())


def _approve_key(policy: Policy) -> str:
    """Return which line of the policy says who approves."""
    return "gates" if written_gates(policy) else "approve"


def decide_right(policy: Policy, action: Action) -> Right:
    """Return who may decide about what is uncertain or stalled; without approvers, who may ask."""
    if policy.approve:
        return Right(_approve_key(policy), policy.approve, NotDecider())
    key, listed, _ = request_right(policy, action)
    return Right(key, listed, NotDecider())


def reviewers(operation: Operation, policy: Policy | None) -> tuple[str, ...]:
    """Return who may review that the glass was broken for *operation*."""
    return decide_right(policy, operation.action).listed if policy else ()


def right_of(intent: Intent, policy: Policy, operation: Operation | None) -> Right | None:
    """Return the right that *intent* needs; None: it needs none, or is about no operation."""
    match intent:
        case Change(break_glass=True):
            return glass_right(policy)
        case Change(asked=asked):
            return request_right(policy, asked.action)
        case Press() if operation is not None and intent.right is not None:
            return _named(intent.right, policy, operation.action)
        case TargetIntent():
            return _named(intent.right, policy, "deploy")
        case _:
            return None


def _refusal(right: Right) -> Code:
    """Return what those are told who are not listed; of names that stand for nobody, these."""
    names = names_in(right.listed)
    if not names:
        return right.refusal
    is_gate = right.refusal.reason.code == ApproversUnknown(names=()).reason.code
    return (ApproversUnknown if is_gate else NamesUnknown)(names=names)


def _administers(facts: Facts) -> Finding:
    if not facts.admins:
        return Finding.no(NoAdmins(), place="admins")
    if not _is_listed(facts, facts.admins):
        known = ids_in(facts.admins)
        refusal = _refusal(Right("admins", facts.admins, NotAdmin()))
        return Finding.no(refusal, place="admins", who=known)
    return Finding.yes("admins")


def _holds(facts: Facts) -> bool:
    """Return whether the person holds the lock, or nobody does: then there is none to end."""
    lock = lock_of(facts)
    return lock is None or (facts.person is not None and facts.person.id == lock.by)


def _named(name: RightName, policy: Policy, action: Action) -> Right | None:
    match name:
        case "request":
            return request_right(policy, action)
        case "rollback":
            return request_right(policy, "rollback")
        case "hold":
            return request_right(policy, "rollback")._replace(refusal=MayNotHold())
        case "continue":
            return request_right(policy, action)._replace(refusal=MayNotContinue())
        case "dismiss":
            return request_right(policy, action)._replace(refusal=MayNotDismiss())
        case "approve":
            return approve_right(policy, action)
        case "reject":
            return approve_right(policy, action)._replace(refusal=MayNotReject())
        case "cancel":
            return Right(_approve_key(policy), policy.approve, MayNotCancel())
        case "decide":
            return decide_right(policy, action)
        case "review":
            return decide_right(policy, action)._replace(refusal=MayNotReview())
        case "lock":
            return request_right(policy, action)._replace(refusal=MayNotLock())
        case "unlock":
            return approve_right(policy, action)._replace(refusal=MayNotUnlock())
        case "freeze":
            return approve_right(policy, action)._replace(refusal=MayNotFreeze())
        case "requester":
            return Right("", (), NotRequester())
        case "admin" | "own":
            return None
        case _:
            assert_never(name)


def is_requester(policy: Policy, facts: Facts) -> bool:
    """Return whether the person may ask for changes at all: for the help, which decides nothing."""
    return is_member(facts) and _is_listed(facts, policy.request)


def is_approver(policy: Policy, facts: Facts) -> bool:
    """Return whether the person is listed as approver: for the help, which decides nothing."""
    return is_member(facts) and _is_listed(facts, policy.approve)


def _acts(facts: Facts, requester: str | None) -> bool:
    if facts.is_anybody:
        return True
    return facts.person is not None and facts.is_same(facts.person.id, requester)


def _is_listed(facts: Facts, listed: tuple[str, ...]) -> bool:
    if facts.is_anybody:
        return bool(listed)
    return facts.person is not None and lists(listed, facts.person)


def _is_own(facts: Facts, policy: Policy, requester: str | None, listed: tuple[str, ...]) -> bool:
    """Whether only the requester would approve the requester's own wish."""
    if policy.self_approval:
        return False
    if facts.is_anybody:
        return bool(listed) and all(facts.is_same(each, requester) for each in listed)
    return facts.person is not None and facts.is_same(facts.person.id, requester)
