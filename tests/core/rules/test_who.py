"""What the rule of rights says, whole: the line of the policy that decides, and whom it lists."""

from typing import Any, Final

import pytest

from bot.core.codes import Code
from bot.core.codes import rules as codes
from bot.core.policy import ANYONE
from bot.core.rules import (
    Dismiss,
    Facts,
    Finding,
    Freeze,
    FreezeAll,
    Halt,
    Lock,
    Locked,
    Resume,
    ThawAll,
    Unlock,
    is_approver,
    is_requester,
    right_of,
)
from bot.core.target import Scope
from bot.core.verbs.details import Details
from tests.core.builders import a_member, a_policy
from tests.core.rules.found import OPERATIONS, Table, cases, found, no, wish, world, yes
from tests.core.rules.known import AFTER, DEVS, PEOPLE, POLICIES, SRE
from tests.journal.builders import ANN, BOB, NOON

LOCK: Final = Lock(target="checkout", reason="Black Friday")
UNLOCK: Final = Unlock(target="checkout")
FREEZE: Final = Freeze(target="checkout", reason="stocktaking")
HALT: Final = Halt(reason="network down")
LOCKED: Final = Locked(target="checkout", by=ANN, at=NOON, reason="Black Friday")
OVER: Final = LOCKED.model_copy(update={"until": AFTER})
ALL: Final = Scope(kind="all", name="all")
NO_OPERATION: Final = world(operation=None)
BACK: Final = OPERATIONS["planned"].model_copy(update={"action": "rollback"})
DEPLOY: Final = codes.MayNotRequest(action="deploy")
GO_BACK: Final = codes.MayNotRequest(action="rollback")
OWN: Final = a_policy(request=(ANN,), approve=(ANN, BOB))


def by(who: str, rules: str = "people", place: str = "planned", **more: Any) -> Facts:
    """Return what is known where this person acts under this policy."""
    return world(place, person=PEOPLE[who], policy=POLICIES[rules], **more)


def anybody(**rules: Any) -> Facts:
    """Return what is known where it is asked what somebody could do, whoever that is."""
    return world(person=None, is_anybody=True, policy=a_policy(**rules))


def refused(code: Code, line: str, *who: str) -> Finding:
    """Return a no that names a line of the policy, and those who may."""
    return no(code, f"policies.prod.{line}", who)


def listed(line: str) -> Finding:
    """Return a yes that names a line of the policy."""
    return yes(f"policies.prod.{line}")


RIGHTS: Final[Table] = {
    "rights": {
        "listed": (wish("deploy"), by("listed"), listed("request")),
        "in the group": (wish("restart"), by("in the other group", "groups"), listed("request")),
        "unlisted": (wish("deploy"), by("unlisted"), refused(DEPLOY, "request", BOB)),
        "another group": (
            wish("restart"),
            by("in the group", "groups"),
            refused(codes.MayNotRequest(action="restart"), "request", DEVS),
        ),
        "anyone": (wish("deploy"), by("unlisted", "anyone"), listed("request")),
        "Slipway is nobody": (
            wish("deploy"),
            by("slipway itself", "anyone"),
            refused(DEPLOY, "request", ANYONE),
        ),
        "back as forth": (
            wish("rollback command"),
            by("unlisted"),
            refused(GO_BACK, "request", BOB),
        ),
        "back by those listed for it": (
            wish("rollback command"),
            by("listed", "rollback"),
            refused(GO_BACK, "rollback", DEVS),
        ),
        "forth all the same": (wish("deploy"), by("listed", "rollback"), listed("request")),
        "back from a card": (
            wish("roll back"),
            by("in the other group", "rollback"),
            listed("rollback"),
        ),
        "back from a card, unlisted": (
            wish("roll back"),
            by("listed", "rollback"),
            refused(GO_BACK, "rollback", DEVS),
        ),
        "on": (wish("recover"), by("unlisted"), refused(codes.MayNotContinue(), "request", BOB)),
        "keeps a rollback away": (
            wish("hold"),
            by("unlisted"),
            refused(codes.MayNotHold(), "request", ANN, BOB),
        ),
        "dismisses": (
            Dismiss(target="checkout", proposal="prop-000000000a"),
            by("unlisted", operation=None),
            refused(codes.MayNotDismiss(), "request", BOB),
        ),
        "a lock": (LOCK, by("listed", "rollback", operation=None), listed("request")),
        "a lock, unlisted": (LOCK, by("unlisted"), refused(codes.MayNotLock(), "request", BOB)),
        "ends no lock": (UNLOCK, by("unlisted"), yes("holder")),
        "ends another's lock": (
            UNLOCK,
            by("unlisted", kept=(LOCKED,)),
            refused(codes.MayNotUnlock(), "approve", BOB),
        ),
        "ends their own lock": (UNLOCK, by("requester", kept=(LOCKED,)), yes("holder")),
        "freezes": (FREEZE, by("listed"), listed("approve")),
        "freezes, unlisted": (
            FREEZE,
            by("unlisted"),
            refused(codes.MayNotFreeze(), "approve", BOB),
        ),
        "halts": (HALT, by("listed", admins=(BOB,)), yes("admins")),
        "halts, unlisted": (
            HALT,
            by("unlisted", admins=(BOB,)),
            no(codes.NotAdmin(), "admins", who=(BOB,)),
        ),
        "somebody halts": (
            HALT,
            anybody().model_copy(update={"admins": (BOB,)}),
            yes("admins"),
        ),
        "ends another's lock, unknown": (
            UNLOCK,
            world(person=None, kept=(LOCKED,)),
            refused(codes.MayNotUnlock(), "approve", BOB),
        ),
        "ends another's lock, listed": (UNLOCK, by("listed", kept=(LOCKED,)), listed("approve")),
        "ends a lock that is over": (UNLOCK, by("unlisted", kept=(OVER,)), yes("holder")),
        "ends another's lock where nobody approves": (
            UNLOCK,
            by("unlisted", "no approvers", kept=(LOCKED,)),
            refused(codes.MayNotUnlock(), "request", DEVS),
        ),
        "freezes where nobody approves": (
            FREEZE,
            by("unlisted", "no approvers"),
            refused(codes.MayNotFreeze(), "request", DEVS),
        ),
        "looks at it": (Details(operation=BACK.id), by("unlisted"), None),
        "halts, without admins": (HALT, by("listed"), no(codes.NoAdmins(), "admins")),
        "approves": (wish("approve"), by("listed"), listed("approve")),
        "approves, unlisted": (
            wish("approve"),
            by("unlisted"),
            refused(codes.NotApprover(), "approve", BOB),
        ),
        "approves what needs nobody": (
            wish("approve"),
            by("in the other group", "no approvers"),
            listed("request"),
        ),
        "approves what needs nobody, unlisted": (
            wish("approve"),
            by("unlisted", "no approvers"),
            refused(codes.NotApprover(), "request", DEVS),
        ),
        "approves what nobody may": (
            wish("approve"),
            by("in the other group", "nobody to approve"),
            refused(codes.NotApprover(), "approve"),
        ),
        "approves a way back that needs nobody": (
            wish("approve"),
            by("in the other group", "nobody to approve", operation=BACK),
            listed("request"),
        ),
        "approves the person's own": (
            wish("approve"),
            world(person=PEOPLE["requester"], policy=OWN),
            refused(codes.SelfApproval(), "self_approval", ANN, BOB),
        ),
        "approves the person's own, as it is written": (
            wish("approve"),
            by("requester", "self"),
            listed("approve"),
        ),
        "rejects the person's own": (
            wish("reject"),
            world(person=PEOPLE["requester"], policy=OWN),
            yes("requester"),
        ),
        "rejects, listed": (wish("reject"), by("listed"), listed("approve")),
        "rejects, unlisted": (
            wish("reject"),
            by("unlisted"),
            refused(codes.MayNotReject(), "approve", ANN, BOB),
        ),
        "cancels the person's own": (wish("cancel"), by("requester"), yes("requester")),
        "cancels, listed": (wish("cancel"), by("listed"), listed("approve")),
        "cancels, unlisted": (
            wish("cancel"),
            by("in the other group", "groups"),
            refused(codes.MayNotCancel(), "approve", ANN, SRE),
        ),
        "decides": (wish("look again"), by("in the group", "groups"), listed("approve")),
        "decides, unlisted": (
            wish("not executed"),
            by("in the other group", "groups"),
            refused(codes.NotDecider(), "approve", SRE),
        ),
        "decides without approvers": (
            wish("keep waiting"),
            by("in the other group", "nobody to approve"),
            listed("request"),
        ),
        "decides without approvers, unlisted": (
            wish("keep waiting"),
            by("unlisted", "nobody to approve"),
            refused(codes.NotDecider(), "request", DEVS),
        ),
        "unknown": (wish("deploy"), world(person=None), refused(DEPLOY, "request", BOB)),
        "unknown, for the requester": (
            wish("cancel"),
            world(person=None),
            refused(codes.MayNotCancel(), "approve", ANN, BOB),
        ),
        "without an operation": (wish("approve"), NO_OPERATION, None),
        "without a policy": (wish("deploy"), world(policy=None), None),
        "for a question": (wish("ask"), world(person=None), None),
        "before the plan": (wish("prepare"), world(person=None), None),
        "before a permit": (wish("send"), world(person=None), None),
    },
}

OFFERED: Final[Table] = {
    "rights": {
        "somebody is listed": (wish("deploy"), anybody(request=(BOB,)), listed("request")),
        "nobody is": (wish("deploy"), anybody(), refused(DEPLOY, "request")),
        "the requester may cancel": (wish("cancel"), anybody(), yes("requester")),
        "another may approve": (wish("approve"), anybody(approve=(ANN, BOB)), listed("approve")),
        "only the requester is listed": (
            wish("approve"),
            anybody(approve=(ANN,)),
            refused(codes.SelfApproval(), "self_approval", ANN),
        ),
        "only the requester is listed, and may": (
            wish("approve"),
            anybody(approve=(ANN,), self_approval=True),
            listed("approve"),
        ),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(RIGHTS))
def test_a_refusal_names_the_line_and_whom_it_lists(rule: str, case: str) -> None:
    """Each wish has its line of the policy; who is refused is told which, and who may instead."""
    intent, known, said = RIGHTS[rule][case]
    assert found(rule, intent, known) == said


@pytest.mark.parametrize(("rule", "case"), cases(OFFERED))
def test_what_anybody_may_is_judged_without_a_person(rule: str, case: str) -> None:
    """A button is offered where its line lists somebody for whom it could count."""
    intent, known, said = OFFERED[rule][case]
    assert found(rule, intent, known) == said


def test_what_admins_alone_may_is_in_no_policy() -> None:
    """No line of a policy says who may halt, freeze or thaw all: the list of admins does."""
    for intent in (HALT, Resume(), FreezeAll(target="all", reason="why"), ThawAll(target="all")):
        assert right_of(intent, POLICIES["anyone"], None) is None
        known = by("unlisted", "anyone", admins=(BOB,), scope=ALL)
        denied = found("rights", intent, known)
        assert denied == no(codes.NotAdmin(), "admins", who=(BOB,))


def test_the_help_looks_at_the_person_it_is_for() -> None:
    """Examples are for members whom the policy lists, each by its own line."""
    asks, approves = a_policy(request=(BOB,)), a_policy(approve=(BOB,))
    for policy, may in ((asks, (True, False)), (approves, (False, True))):
        assert (is_requester(policy, world()), is_approver(policy, world())) == may
        for person in (None, a_member(BOB, is_guest=True), a_member(ANN)):
            known = world(person=person)
            assert not is_requester(policy, known)
            assert not is_approver(policy, known)
