"""Who may open which gate of an operation, and how far each of them is."""

from bot.core.gates import placed, stood_at
from bot.core.operation import Approval, Operation
from bot.core.policy import ANYONE, Gate, Member, Policy, approvals_needed, gates_of
from bot.core.records import HOOK, SLIPWAY, Action, Moment, Record, UserId
from bot.core.reminders import escalates_at
from bot.core.rules.delegate import Delegated
from bot.core.rules.facts import Facts
from bot.core.rules.membership import barred


class Entitled(Record):
    """A right to approve: at which gates it counts, whose it is, and whether it came late."""

    gates: tuple[str, ...]
    behalf: UserId | None = None  # whose it is, where that is somebody else
    is_escalated: bool = False


class GateState(Record):
    """How far one gate is, for people."""

    gate: str  # "": the only one
    needed: int
    given: tuple[Approval, ...]
    who: tuple[str, ...]  # ids of the people and groups that may open it

    @property
    def missing(self) -> int:
        """How many approvals it still wants."""
        return max(0, self.needed - len(self.given))


def lists(listed: tuple[str, ...], person: Member) -> bool:
    """Return whether *listed* names *person*, one of the person's groups, or anyone.

    A hook is nobody: it is listed by its own name or not at all.
    """
    if person.id.startswith(HOOK):
        return person.id in listed
    return person.id != SLIPWAY and (
        ANYONE in listed or person.id in listed or bool(person.groups & set(listed))
    )


def gates_for(policy: Policy, action: Action) -> tuple[Gate, ...]:
    """Return the gates of *action*; where no approval is needed and nobody listed, requesters."""
    gates = gates_of(policy, action)
    if policy.approve or approvals_needed(policy, action):
        return gates
    is_back = action == "rollback" and policy.rollback is not None
    listed = policy.rollback if is_back else policy.request
    return tuple(each.model_copy(update={"approve": listed}) for each in gates)


def opened_by(person: Member, gates: tuple[Gate, ...], late: tuple[str, ...]) -> tuple[str, ...]:
    """Return the gates that *person* can open; whoever is among *late* can open all."""
    is_late = lists(late, person)
    return tuple(each.name for each in gates if is_late or lists(each.approve, person))


def late_approvers(operation: Operation, policy: Policy, now: Moment) -> tuple[str, ...]:
    """Return who may approve, too, since the time has grown short."""
    at = escalates_at(operation)
    return policy.escalate if at is not None and now >= at else ()


def entitled(facts: Facts) -> tuple[Entitled, ...]:
    """Return by which rights the person may approve the operation now."""
    operation, policy, person = facts.operation, facts.policy, facts.person
    if operation is None or policy is None or person is None:
        return ()
    gates, late = gates_for(policy, operation.action), late_approvers(operation, policy, facts.now)
    people = (person, *(each for each in facts.delegators if _lends(each, person, facts)))
    found = ((each, opened_by(each, gates, late)) for each in people)
    return tuple(
        Entitled(
            gates=opens,
            behalf=None if each is person else each.id,
            is_escalated=opens != opened_by(each, gates, ()),
        )
        for each, opens in found
        if opens
    )


def _lends(delegator: Member, person: Member, facts: Facts) -> bool:
    """Whether *person* may use the right of *delegator*, for what somebody else asked for."""
    operation, policy = facts.operation, facts.policy
    if operation is None or policy is None or barred(delegator, facts.team):
        return False
    is_own = facts.is_same(delegator.id, operation.requester) and not policy.self_approval
    return not is_own and not facts.is_same(delegator.id, person.id)


def is_free(right: Entitled, facts: Facts) -> bool:
    """Whether nobody has approved by this right: whoever lends it and who uses it count once."""
    operation, person = facts.operation, facts.person
    owner = right.behalf or (person.id if person else "")
    given = operation.approvals if operation else ()
    return not any(
        facts.is_same(owner, each.by) or (each.behalf and facts.is_same(owner, each.behalf))
        for each in given
    )


def delegates(facts: Facts) -> tuple[UserId, ...]:
    """Return who may approve in somebody's place now."""
    found = (each.delegate for each in facts.all_kept(Delegated) if not each.is_over(facts.now))
    return tuple(dict.fromkeys(found))


def is_in_force(given: Approval, facts: Facts) -> bool:
    """Whether the right that *given* was given by is still lent, as it was at that moment."""
    return any(
        each.delegator == given.behalf and each.delegate == given.by and given.at < each.until
        for each in facts.all_kept(Delegated)
    )


def chosen(facts: Facts) -> Entitled | None:
    """Return the right by which an approval of the person counts now; None: by none any more."""
    operation = facts.operation
    if operation is None:
        return None
    free = (each for each in entitled(facts) if is_free(each, facts))
    return next((each for each in free if _counts(each, operation)), None)


def _counts(right: Entitled, operation: Operation) -> bool:
    """Whether one more approval by *right* brings the gates of *operation* further."""
    needed = {each.gate: each.needed for each in operation.gates}
    fits = [*(each.gates for each in operation.approvals), right.gates]
    return not needed or None not in placed(needed, fits)


def several(operation: Operation, facts: Facts) -> tuple[GateState, ...]:
    """Return how far each gate of *operation* is, where there are several."""
    if not operation.gates or facts.policy is None:
        return ()
    return states(operation, facts.policy, facts.now)


def states(operation: Operation, policy: Policy, now: Moment) -> tuple[GateState, ...]:
    """Return how far each gate of *operation* is; none where no approval is needed."""
    late = late_approvers(operation, policy, now)
    if not operation.gates:
        who = (*policy.approve, *late)
        needed = operation.approvals_needed
        return (GateState(gate="", needed=needed, given=operation.approvals, who=who),) * (
            needed > 0
        )
    listed = {each.name: each.approve for each in gates_for(policy, operation.action)}
    stands = list(zip(operation.approvals, stood_at(operation), strict=True))
    return tuple(
        GateState(
            gate=each.gate,
            needed=each.needed,
            given=tuple(approval for approval, gate in stands if gate == each.gate),
            who=(*listed.get(each.gate, ()), *late),
        )
        for each in operation.gates
    )
