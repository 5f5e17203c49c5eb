"""Rules of Slipway's own intents, right before a call is sent: the whole of what they say."""

from typing import Any, Final

import pytest

from bot.core.codes import rules as codes
from bot.core.operation import Operation
from bot.core.plan import Plan
from bot.core.policy import ANYONE, Member
from bot.core.records import SLIPWAY
from bot.core.rules import Facts, Finding
from tests.core.builders import a_member, a_policy
from tests.core.rules.found import (
    OPERATIONS,
    YES,
    Table,
    cases,
    found,
    no,
    void,
    wish,
    world,
    yes,
)
from tests.core.rules.known import AFTER, DEVS, SRE
from tests.journal.builders import ANN, BOB, HOUR, NOON, SECOND

QUEUED: Final = OPERATIONS["queued"]
PLAN: Final = QUEUED.plan
NO_OPERATION: Final = world("queued", operation=None)
NO_POLICY: Final = world("queued", policy=None)
SUE: Final = a_member("U0SUE", SRE)


def until(seconds: int) -> Facts:
    """Return what is known where the deadline is in so many seconds."""
    ends = QUEUED.model_copy(update={"deadline_at": AFTER + seconds * SECOND})
    return world(operation=ends)


def asked(person: Member | None, operation: Operation = QUEUED, **rules: Any) -> Facts:
    """Return what is known where *person* asked for it, under a policy with these rules."""
    policy = a_policy(approve=(BOB,), **rules)
    return world("queued", operation=operation, requester=person, policy=policy)


def lost(place: str, who: tuple[str, ...], action: Any = "deploy") -> Finding:
    """Return what is said where the requester may not ask any more."""
    return no(codes.RequesterLost(requester=ANN, action=action), place, who)


def approved(*people: Member, place: str = "queued", **rules: Any) -> Facts:
    """Return what is known where *people* approved it, under a policy with these rules."""
    return world(place, approvers=people, policy=a_policy(request=(DEVS,), **rules))


def open_gate(operation: Operation, approvals_needed: int, **rules: Any) -> Facts:
    """Return what is known of *operation* while its gate is open, under these rules."""
    phase = OPERATIONS["planned"].phase
    gated = operation.model_copy(update={"phase": phase, "approvals_needed": approvals_needed})
    return world(operation=gated, policy=a_policy(request=(DEVS,), **rules))


def missing(number: int, line: str, *who: str) -> Finding:
    """Return what is said while people are to approve it."""
    code = codes.ApprovalsMissing(missing=number, until=NOON + HOUR)
    return Finding(verdict="wait", why=code.reason, place=f"policies.prod.{line}", who=who)


def live(**changed: Any) -> Facts:
    """Return what is known where another plan would be made now."""
    return world("queued", live_plan=PLAN.model_copy(update=changed))


def unseen(plan: Plan, revision: str | None) -> Plan:
    """Return *plan* as it is where this revision runs."""
    assert plan.observed is not None
    observed = plan.observed.model_copy(update={"revision": revision})
    return plan.model_copy(update={"observed": observed})


BACK: Final = QUEUED.model_copy(update={"action": "rollback"})
OWN: Final = QUEUED.model_copy(update={"requester": SLIPWAY})
REQUEST, ROLLBACK = "policies.prod.request", "policies.prod.rollback"
EMPTY: Final = QUEUED.model_copy(update={"plan": unseen(PLAN, None)})

PERMITS: Final[Table] = {
    "deadline": {
        "none yet": (wish("send"), world("queued"), YES),
        "not yet": (wish("send"), until(1), YES),
        "now": (wish("send"), until(0), no(codes.DeadlinePassed(deadline=7200.0))),
        "past": (wish("send"), until(-1), no(codes.DeadlinePassed(deadline=7200.0))),
        "for a press": (wish("approve"), until(-1), None),
        "without an operation": (wish("send"), NO_OPERATION, None),
    },
    "requester": {
        "is listed": (wish("send"), asked(a_member(ANN), request=(ANN,)), yes(REQUEST)),
        "is in a group": (wish("send"), asked(a_member(ANN, DEVS), request=(DEVS,)), yes(REQUEST)),
        "left the group": (
            wish("send"),
            asked(a_member(ANN), request=(DEVS, BOB)),
            lost(REQUEST, (DEVS, BOB)),
        ),
        "is deactivated": (
            wish("send"),
            asked(a_member(ANN, is_deactivated=True), request=(ANYONE,)),
            lost(REQUEST, (ANYONE,)),
        ),
        "left the workspace": (
            wish("send"),
            asked(a_member(ANN, team="T0OTHER"), request=(ANYONE,)),
            lost(REQUEST, (ANYONE,)),
        ),
        "is unknown": (wish("send"), asked(None, request=(ANYONE,)), lost(REQUEST, (ANYONE,))),
        "may go back": (
            wish("send"),
            asked(a_member(ANN), BACK, request=(), rollback=(ANN,)),
            yes(ROLLBACK),
        ),
        "may only go on": (
            wish("send"),
            asked(a_member(ANN), BACK, request=(ANN,), rollback=(SRE,)),
            lost(ROLLBACK, (SRE,), "rollback"),
        ),
        "is Slipway": (wish("send"), asked(None, OWN), YES),
        "before the plan": (wish("prepare"), asked(None), None),
        "without an operation": (wish("send"), NO_OPERATION, None),
        "without a policy": (wish("send"), NO_POLICY, None),
    },
    "approvals": {
        "all count": (wish("send"), approved(a_member(BOB), SUE, approve=(BOB, SRE)), YES),
        "one is missing": (
            wish("send"),
            approved(place="planned", approve=(BOB, SRE)),
            missing(1, "approve", BOB, SRE),
        ),
        "one of two is missing": (
            wish("send"),
            open_gate(QUEUED, approvals_needed=2, approve=(BOB,), approvals=2),
            missing(1, "approve", BOB),
        ),
        "both are missing": (
            wish("send"),
            open_gate(OPERATIONS["planned"], approvals_needed=2, approve=(BOB,), approvals=2),
            missing(2, "approve", BOB),
        ),
        "none is needed any more": (
            wish("send"),
            open_gate(BACK, approvals_needed=0, rollback=(SRE,), approvals=0),
            missing(1, "rollback", SRE),
        ),
        "one left the group": (
            wish("send"),
            approved(SUE, a_member(BOB), approve=(SRE,)),
            void(codes.ApproverLost(approver=BOB)),
        ),
        "one left between two steps": (
            wish("send", step=1),
            approved(SUE, a_member(BOB), place="ready for the last", approve=(SRE,)),
            no(codes.ApproverLost(approver=BOB)),
        ),
        "one is a guest": (
            wish("send"),
            approved(a_member(BOB, is_guest=True), approve=(BOB,)),
            void(codes.ApproverLost(approver=BOB)),
        ),
        "one left the workspace": (
            wish("send"),
            approved(a_member(BOB, team="T0OTHER"), approve=(BOB,)),
            void(codes.ApproverLost(approver=BOB)),
        ),
        "the requester's own": (
            wish("send"),
            approved(a_member(ANN), approve=(ANN,)),
            void(codes.ApproverLost(approver=ANN)),
        ),
        "the requester's own may count": (
            wish("send"),
            approved(a_member(ANN), approve=(ANN,), self_approval=True),
            YES,
        ),
        "self-approval lets nobody else": (
            wish("send"),
            approved(a_member(BOB), approve=(ANN,), self_approval=True),
            void(codes.ApproverLost(approver=BOB)),
        ),
        "more are wanted": (
            wish("send"),
            approved(a_member(BOB), approve=(BOB,), approvals=2),
            no(codes.MoreApprovals(needed=2, needed_then=1), "policies.prod"),
        ),
        "fewer are wanted": (
            wish("send"),
            approved(a_member(BOB), approve=(BOB,), approvals=0),
            YES,
        ),
        "more are wanted before the plan": (
            wish("prepare"),
            approved(approve=(BOB,), approvals=2),
            no(codes.MoreApprovals(needed=2, needed_then=1), "policies.prod"),
        ),
        "more are wanted of ways back only": (
            wish("prepare"),
            approved(approve=(BOB,), rollback_approvals=2),
            YES,
        ),
        "more are wanted of this way back": (
            wish("prepare"),
            approved(approve=(BOB,), approvals=0, rollback_approvals=2).model_copy(
                update={"operation": BACK}
            ),
            no(codes.MoreApprovals(needed=2, needed_then=1), "policies.prod"),
        ),
        "a way back by whom its own line lists": (
            wish("send"),
            approved(SUE, rollback=(SRE,), approvals=0).model_copy(update={"operation": BACK}),
            YES,
        ),
        "nobody is asked before the plan": (
            wish("prepare"),
            approved(a_member(BOB, is_guest=True), approve=(BOB,)),
            YES,
        ),
        "for a press": (wish("approve"), approved(a_member(BOB, is_guest=True)), None),
        "without an operation": (wish("send"), NO_OPERATION, None),
        "without a policy": (wish("send"), NO_POLICY, None),
    },
    "live": {
        "the same": (wish("send"), live(), YES),
        "something else runs": (
            wish("send"),
            world("queued", live_plan=unseen(PLAN, "1.3.1")),
            void(codes.LiveChanged(target="checkout", before="1.3.0", now="1.3.1")),
        ),
        "nothing runs now": (
            wish("send"),
            world("queued", live_plan=unseen(PLAN, None)),
            void(codes.LiveChanged(target="checkout", before="1.3.0", now="")),
        ),
        "nothing ran then": (
            wish("send"),
            world(operation=EMPTY, live_plan=PLAN),
            void(codes.LiveChanged(target="checkout", before="", now="1.3.0")),
        ),
        "nothing is read now": (
            wish("send"),
            live(observed=None),
            void(codes.LiveChanged(target="checkout", before="1.3.0", now="")),
        ),
        "the policy is another": (
            wish("send"),
            live(policy_version="v2"),
            void(codes.PolicyChanged()),
        ),
        "other steps would be sent": (wish("send"), live(steps=()), void(codes.PlanChanged())),
        "between two steps": (wish("send", step=1), world("ready for the last"), None),
        "for a press": (wish("approve"), live(steps=()), None),
        "without an operation": (
            wish("send"),
            live(steps=()).model_copy(update={"operation": None}),
            None,
        ),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(PERMITS))
def test_a_call_is_sent_while_all_that_it_stands_on_holds(rule: str, case: str) -> None:
    """Before each permit the rights, the time and the plan are looked at again."""
    intent, known, answer = PERMITS[rule][case]
    assert found(rule, intent, known) == answer


def test_a_plan_that_was_never_read_differs_from_one_that_was() -> None:
    """Nothing known to run is told as nothing, not as a fault of the comparison."""
    unread = QUEUED.model_copy(update={"plan": PLAN.model_copy(update={"observed": None})})
    known = world(operation=unread, live_plan=PLAN)
    changed = codes.LiveChanged(target="checkout", before="", now="1.3.0")
    assert found("live", wish("send"), known) == void(changed)
