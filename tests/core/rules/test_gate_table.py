"""Who opens which gate: the table of gates, times, delegations and approvals, by an oracle."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Final

from bot.core.operation import Approval, Operation, Quorum
from bot.core.policy import Gate, Member, Policy
from bot.core.rules import Approve, Delegated, Facts, Seen, Send, decide
from tests.core.builders import TEAM, a_member, a_policy
from tests.core.rules.found import OPERATIONS
from tests.core.rules.known import DEVS, SRE, a_target
from tests.journal.builders import ANN, BOB, HOUR, NOON

SUE, LEA, TOM = "U0SUE", "U0LEA", "U0TOM"
SEC: Final = "S0SEC"
PEOPLE: Final = {
    "asked": a_member(ANN, SRE, DEVS),  # Ann asked for it, and stands at a gate herself
    "ops": a_member(BOB, SRE),
    "both": a_member(SUE, SRE, SEC),
    "late": a_member(LEA),
    "nobody": a_member(TOM),
    "left": a_member(BOB, SRE, SEC, is_deactivated=True),
}
OPS: Final = Gate(name="ops", approve=(SRE,), approvals=1)
SECURITY: Final = Gate(name="security", approve=(SEC,), approvals=1)
POLICIES: Final = {
    "one gate": a_policy(request=(DEVS,), approve=(SRE,), approvals=1, escalate=(LEA,)),
    "two gates": a_policy(
        request=(DEVS,), approve=(SRE, SEC), approvals=2, gates=(OPS, SECURITY), escalate=(LEA,)
    ),
    "self": a_policy(request=(DEVS,), approve=(SRE,), approvals=1, self_approval=True),
}
TIMES: Final = {"early": NOON + timedelta(minutes=44), "late": NOON + timedelta(minutes=46)}
LENT: Final = {"nothing lent": "", "by ops": BOB, "by both": SUE, "by who asked": ANN}
GIVEN: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "nobody yet": (),
    "ops is open": (("U0OPS", ("ops",)),),
    "Bob has": ((BOB, ("ops",)),),
}


def gated(policy: Policy, given: tuple[tuple[str, tuple[str, ...]], ...]) -> Operation:
    """Return the planned operation with the gates of *policy*, and what was given."""
    planned = OPERATIONS["planned"]
    approvals = tuple(
        Approval(by=by, at=NOON, digest=planned.plan.digest, gates=gates if policy.gates else ())
        for by, gates in given
    )
    quorums = tuple(Quorum(gate=each.name, needed=each.approvals) for each in policy.gates)
    changed = {"gates": quorums, "approvals_needed": policy.approvals, "approvals": approvals}
    return planned.model_copy(update={**changed, "approval_window": HOUR})


def known(operation: Operation, policy: Policy, who: str, when: str, lent: str) -> Facts:
    """Return what is known where this person presses."""
    person, owner = PEOPLE[who], LENT[lent]
    owners = {BOB: PEOPLE["ops"], SUE: PEOPLE["both"], ANN: PEOPLE["asked"]}
    delegation = Delegated(
        target="all", by=owner, at=NOON, delegator=owner, delegate=person.id, until=NOON + 9 * HOUR
    ) if owner else None  # fmt: skip
    return Facts(
        now=TIMES[when],
        team=TEAM,
        person=person,
        target=a_target(),
        policy=policy,
        operation=operation,
        kept=(delegation,) if delegation else (),
        delegators=(owners[owner],) if owner else (),
    )


def expected(policy: Policy, who: str, when: str, lent: str, given: str) -> str:
    """Say in other words whether the press counts: yes, no, or of no effect."""
    person, taken = PEOPLE[who], {"nobody yet": "", "ops is open": "U0OPS", "Bob has": BOB}[given]
    if person.is_deactivated:
        return "no"
    if person.id == ANN and not policy.self_approval:
        return "no"
    rights = [(person.id, opens(person, policy, when))]
    owner = {"": None, BOB: PEOPLE["ops"], SUE: PEOPLE["both"], ANN: PEOPLE["asked"]}[LENT[lent]]
    if owner and owner.id != person.id and (owner.id != ANN or policy.self_approval):
        rights.append((owner.id, opens(owner, policy, when)))
    rights = [(whose, gates) for whose, gates in rights if gates]
    if not rights:
        return "no"
    free = [gates for whose, gates in rights if whose != taken]
    if person.id == taken or not free:
        return "moot"
    if not policy.gates or not taken:
        return "yes"
    return "yes" if any("security" in gates for gates in free) else "moot"


def opens(person: Member, policy: Policy, when: str) -> set[str]:
    """Return the gates that this person's own right opens."""
    late = when == "late" and person.id in policy.escalate
    if not policy.gates:
        return {"the one"} if late or SRE in person.groups else set()
    return {each.name for each in policy.gates if late or person.groups & set(each.approve)}


def test_the_whole_table_of_gates(record_property: Callable[[str, object], None]) -> None:
    """Each person under each policy, at each time, with each right lent, after each approval."""
    wrong = []
    rows = list(product(POLICIES, PEOPLE, TIMES, LENT, GIVEN))
    for rules, who, when, lent, given in rows:
        policy = POLICIES[rules]
        operation = gated(policy, GIVEN[given])
        facts = known(operation, policy, who, when, lent)
        seen = Seen(round=operation.round, digest=operation.plan.digest)
        found = decide(Approve(operation=operation.id, seen=seen), facts).decisive
        answer = "yes" if found is None else "moot" if found.verdict == "moot" else "no"
        if answer != expected(policy, who, when, lent, given):
            wrong.append((rules, who, when, lent, given, answer))
    record_property("rows", len(rows))
    assert wrong == []


LATER: Final = NOON + 2 * HOUR


def test_a_lent_right_is_looked_at_before_the_permit(
    record_property: Callable[[str, object], None],
) -> None:
    """Its owner must still have it, and the delegation be there; its end may have come since."""
    policy = POLICIES["one gate"]
    queued = OPERATIONS["queued"]
    ends = {"lasts": LATER + HOUR, "ended since": NOON + HOUR, "ended before": NOON}
    owners = {
        "still listed": PEOPLE["ops"],
        "not listed": a_member(BOB),
        "left": PEOPLE["left"],
        "who asked": PEOPLE["asked"],
    }
    rows = list(product(ends, owners, (True, False)))
    for end, owner, is_there in rows:
        lender = owners[owner]
        given = Approval(by=TOM, at=NOON, digest=queued.plan.digest, behalf=lender.id)
        lent = Delegated(
            target="prod", by=lender.id, at=NOON, delegator=lender.id, delegate=TOM, until=ends[end]
        )
        facts = Facts(
            now=LATER,
            team=TEAM,
            target=a_target(),
            policy=policy,
            operation=queued.model_copy(update={"approvals": (given,)}),
            kept=(lent,) if is_there else (),
            requester=PEOPLE["asked"],
            approvers=(a_member(TOM),),
            principals=(lender,),
        )
        found = decide(Send(operation=queued.id, step=0), facts).findings
        counts = not any(each.rule == "approvals" and each.verdict == "void" for each in found)
        assert counts == (is_there and owner == "still listed" and end != "ended before"), (
            end,
            owner,
            is_there,
        )
    record_property("rows", len(rows))
