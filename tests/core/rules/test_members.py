"""Rules about who acts at all: the whole of what each of them says."""

from typing import Any, Final

import pytest

from bot.core.codes import rules as codes
from bot.core.codes.grammar import ReasonMissing
from bot.core.policy import NO_POLICY
from bot.core.rules import Facts, Finding, Halt, Lock, Locked, Unlock, Unlocked
from bot.core.rules.lock import LockedByPerson
from bot.core.verbs.details import Details
from tests.core.builders import a_policy
from tests.core.rules.found import OPERATIONS, YES, Table, cases, found, no, wish, world, yes
from tests.core.rules.known import PEOPLE
from tests.journal.builders import ANN, BOB, NOON, SECOND

LOCK: Final = Lock(target="checkout", reason="Black Friday")
UNLOCK: Final = Unlock(target="checkout")
OF: Final = OPERATIONS["planned"].id


def barred(kind: str) -> Finding:
    """Return a no for what the person is."""
    return no(codes.Barred(kind=kind), "members only")


def locked(who: str = "listed", **more: Any) -> Facts:
    """Return what is known of a target that Ann locked."""
    lock = Locked(target="checkout", by=ANN, at=NOON, reason="Black Friday")
    other = Unlocked(target="checkout", by=BOB, at=NOON + SECOND)
    return world("failed", kept=(other, lock), **{"person": PEOPLE[who], **more})


BY_ANN: Final = no(
    LockedByPerson(by=ANN, since=NOON, words="Black Friday", target="checkout"), who=(ANN,)
)

MEMBERS: Final[Table] = {
    "policy": {
        "it has one": (wish("deploy"), world(), YES),
        "it names none": (
            wish("deploy"),
            world(policy=a_policy().model_copy(update={"name": NO_POLICY})),
            no(codes.NoPolicy(target="checkout"), "targets.checkout.policy"),
        ),
        "it names none, and is gone": (
            wish("cancel"),
            world(policy=a_policy().model_copy(update={"name": NO_POLICY}), target=None),
            no(codes.PolicyGone(policy="prod"), "policies.prod"),
        ),
        "it is gone": (
            wish("approve"),
            world(policy=None),
            no(codes.PolicyGone(policy="prod"), "policies.prod"),
        ),
        "it is gone before a change": (
            wish("deploy"),
            world(policy=None, operation=None),
            no(codes.PolicyGone(policy=""), "policies."),
        ),
        "for a question": (wish("ask"), world(policy=None), None),
        "for a halt": (Halt(reason="network down"), world(policy=None), None),
        "for a lock": (LOCK, world(), YES),
        "for a look at it": (Details(operation=OF), world(policy=None), None),
    },
    "membership": {
        "a member": (wish("deploy"), world(), yes("members")),
        "asks": (wish("ask"), world(), yes("members")),
        "a guest asks": (wish("ask"), world(person=PEOPLE["guest"]), barred("guest")),
        "a bot": (wish("deploy"), world(person=PEOPLE["bot"]), barred("bot")),
        "a stranger": (wish("deploy"), world(person=PEOPLE["stranger"]), barred("stranger")),
        "of another workspace": (
            wish("deploy"),
            world(person=PEOPLE["of another team"]),
            barred("stranger"),
        ),
        "of none": (wish("deploy"), world(person=PEOPLE["of no team"]), barred("stranger")),
        "deactivated": (wish("deploy"), world(person=PEOPLE["deactivated"]), barred("deactivated")),
        "unknown": (wish("deploy"), world(person=None), no(codes.RightsUnknown())),
        "anybody": (wish("deploy"), world(person=None, is_anybody=True), None),
        "before a permit": (wish("send"), world(person=None), None),
        "before the plan": (wish("prepare"), world(person=None), None),
    },
    "lock": {
        "nobody locked it": (wish("deploy"), world(), YES),
        "somebody else": (wish("deploy"), locked(), BY_ANN),
        "the person": (wish("deploy"), locked("requester"), YES),
        "nobody acts": (wish("recover"), locked(person=None), BY_ANN),
        "a way back": (wish("roll back"), locked(), BY_ANN),
        "a way on": (wish("recover"), locked(), BY_ANN),
        "another lock": (LOCK, locked(), BY_ANN),
        "unlocked by another": (UNLOCK, locked(), no(ReasonMissing(verb="unlock"))),
        "unlocked by another for a reason": (
            UNLOCK.model_copy(update={"reason": "a fix"}),
            locked(),
            YES,
        ),
        "a dry run": (wish("deploy", dry_run=True), locked(), None),
        "at the gate": (wish("approve"), locked(), None),
        "before a permit": (wish("send"), locked(), YES),
        "a question": (wish("ask"), locked(), None),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(MEMBERS))
def test_who_acts_is_a_member_and_not_locked_out(rule: str, case: str) -> None:
    """Whoever may not act at all is told what is in the way: a policy, an account, a lock."""
    intent, known, said = MEMBERS[rule][case]
    assert found(rule, intent, known) == said
