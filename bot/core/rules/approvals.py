"""Rule: no more approvals are wanted than were given, and those given still count."""

from bot.core.codes.rules import ApprovalsMissing, ApproverLost, MoreApprovals, WouldNeedApprovals
from bot.core.gates import LEAD, placed
from bot.core.operation import Approval, AwaitingApproval, Operation
from bot.core.policy import Gate, Member, Policy, approvals_needed, approvals_of
from bot.core.records import Action, Moment
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.gates import GateState, gates_for, is_in_force, opened_by, states
from bot.core.rules.incident import written_gates
from bot.core.rules.intents import Change, Intent, Prepare, Send
from bot.core.rules.membership import barred
from bot.core.rules.rights import approve_right


def judge(intent: Intent, facts: Facts) -> Finding | tuple[Finding, ...] | None:
    """Void the approvals where one of them does not count any more; say how far each gate is."""
    operation, policy = facts.operation, facts.policy
    if isinstance(intent, Change) and intent.break_glass and policy is not None:
        return _unasked(intent.asked.action, policy)
    if not isinstance(intent, Prepare | Send) or operation is None or policy is None:
        return None
    if operation.break_glass is not None:
        return _unasked(operation.action, policy)
    more = _more(operation, policy)
    if more is not None:
        return Finding.no(more, place=f"policies.{policy.name}")
    if isinstance(intent, Prepare):
        return Finding.yes()
    if isinstance(operation.phase, AwaitingApproval):
        return _missing(operation, operation.phase.expires_at, policy, facts)
    lost = _lost(operation, policy, facts)
    if lost is None:
        return _passed(operation, policy, facts)
    gone = ApproverLost(approver=lost.id)
    return Finding.no(gone) if operation.was_sent else Finding.void(gone)


def _unasked(action: Action, policy: Policy) -> Finding:
    """Say how many approvals it would take; break-glass passes over that."""
    right, needed = approve_right(policy, action), approvals_needed(policy, action)
    if not needed:
        return Finding.yes()
    code = WouldNeedApprovals(missing=needed)
    return Finding.no(code, place=f"policies.{policy.name}.{right.key}", who=right.listed)


def _more(operation: Operation, policy: Policy) -> MoreApprovals | None:
    """Return which gate wants more people than when it was asked for."""
    is_irreversible = operation.plan.no_way_back is not None
    needed = approvals_of(policy, operation.action, is_irreversible=is_irreversible)
    then = operation.approvals_needed
    if needed > then:
        return MoreApprovals(needed=needed, needed_then=then)
    known = {each.gate: each.needed for each in operation.gates}
    for gate in gates_for(policy, operation.action):
        if gate.name and gate.approvals > known.get(gate.name, 0):
            was = known.get(gate.name, 0)
            return MoreApprovals(needed=gate.approvals, needed_then=was, gate=gate.name)
    return None


def _missing(
    operation: Operation, until: Moment, policy: Policy, facts: Facts
) -> Finding | tuple[Finding, ...]:
    found = states(operation, policy, facts.now)
    if operation.gates:
        return tuple(_of_gate(each, until, policy) for each in found)
    right = approve_right(policy, operation.action)
    missing = max(1, operation.approvals_needed - len(operation.approvals))
    who = found[0].who if found and policy.approve else right.listed
    code = ApprovalsMissing(missing=missing, until=until)
    return Finding.wait(code, place=f"policies.{policy.name}.{right.key}", who=who)


def _of_gate(state: GateState, until: Moment, policy: Policy) -> Finding:
    place = _place(state.gate, policy)
    if not state.missing:
        return Finding.yes(place)
    code = ApprovalsMissing(missing=state.missing, until=until, gate=state.gate)
    return Finding.wait(code, place=place, who=state.who)


def _place(gate: str, policy: Policy) -> str:
    """Return where a gate is written; that of an incident's lead is nowhere."""
    if policy.led_from and gate == LEAD:
        return ""
    is_written = any(each.name == gate for each in written_gates(policy))
    return f"policies.{policy.name}.{f'gates.{gate}' if is_written else 'approve'}"


def _passed(operation: Operation, policy: Policy, facts: Facts) -> Finding | tuple[Finding, ...]:
    found = states(operation, policy, facts.now) if operation.gates else ()
    places = (_place(each.gate, policy) for each in found)
    return tuple(Finding.yes(place) for place in places) or Finding.yes()


def _lost(operation: Operation, policy: Policy, facts: Facts) -> Member | None:
    """Return an approver without whom the gates would not be open now."""
    gates = gates_for(policy, operation.action)
    fits = [_opens(number, facts, policy, gates) for number in range(len(facts.approvers))]
    if not any(each.name for each in gates):
        stand: tuple[str | None, ...] = tuple(each[0] if each else None for each in fits)
    else:
        stand = placed({each.name: each.approvals for each in gates}, fits)
    without = (person for person, gate in zip(facts.approvers, stand, strict=True) if gate is None)
    return next(without, None)


def _opens(number: int, facts: Facts, policy: Policy, gates: tuple[Gate, ...]) -> tuple[str, ...]:
    """Return the gates that this approval would still open."""
    operation, person = facts.operation, facts.approvers[number]
    if operation is None or barred(person, facts.team):
        return ()
    is_own = facts.is_same(person.id, operation.requester) and not policy.self_approval
    if is_own or _is_again(number, facts):
        return ()
    given = operation.approvals[number] if number < len(operation.approvals) else None
    late = policy.escalate if given is not None and given.is_escalated else ()
    if given is None or given.behalf is None:
        return opened_by(person, gates, late)
    return _lent(number, given, facts, gates, late)


def _is_again(number: int, facts: Facts) -> bool:
    """Whether an earlier approval is of the same person, or by the same person's right."""
    theirs = _accounts(number, facts)
    return any(
        facts.is_same(one, other)
        for earlier in range(number)
        for one in _accounts(earlier, facts)
        for other in theirs
    )


def _accounts(number: int, facts: Facts) -> tuple[str, ...]:
    principal = facts.principals[number] if number < len(facts.principals) else None
    return (facts.approvers[number].id, *((principal.id,) if principal else ()))


def _lent(
    number: int, given: Approval, facts: Facts, gates: tuple[Gate, ...], late: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the gates that whoever lent the right could open, where it is still lent."""
    operation, policy = facts.operation, facts.policy
    principal = facts.principals[number] if number < len(facts.principals) else None
    if principal is None or operation is None or policy is None:
        return ()
    is_own = facts.is_same(principal.id, operation.requester) and not policy.self_approval
    if is_own or barred(principal, facts.team) or not is_in_force(given, facts):
        return ()
    return opened_by(principal, gates, late)
