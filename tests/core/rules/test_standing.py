"""Rules about what an intent is about: the whole of what each of them says."""

from typing import Final

import pytest

from bot.core.codes import rules as codes
from bot.core.codes.operations import TargetGone
from bot.core.operation import Operation
from bot.core.rules import Abilities, Freeze, Lock, Newest, Seen, Thaw, Unlock
from bot.core.target import Scope
from tests.core.builders import foreign
from tests.core.rules.found import (
    OPERATIONS,
    YES,
    Table,
    cases,
    found,
    moot,
    no,
    wish,
    world,
)
from tests.core.rules.known import a_target
from tests.journal.builders import an_id

LOCK: Final = Lock(target="checkout", reason="Black Friday")
FREEZE: Final = Freeze(target="prod", reason="stocktaking")
PROD: Final = Scope(kind="policy", name="prod")
UNKNOWN: Final = codes.UnknownTarget(word="x" * 63, near=("checkout", "check-in"))
NO_SCOPE: Final = codes.UnknownScope(word="x" * 63, near=("checkout", "check-in"))
UNNAMED: Final = codes.UnknownTarget(word="checkout")
NEAR: Final = ("checkout", "check-in")
NO_TARGET: Final = world(target=None, word="x" * 80, near=NEAR)
NO_OPERATION: Final = world(operation=None)
OTHER: Final = an_id(9)
ENDED: Final = OPERATIONS["succeeded"]
FIRST: Final = ENDED.model_copy(update={"plan": ENDED.plan.model_copy(update={"observed": None})})
RESTARTED: Final = ENDED.model_copy(update={"action": "restart"})
BACKLESS: Final = Abilities(title="thing", actions=frozenset({"stop", "deploy", "restart"}))
NO_WAY: Final = foreign("The API keeps no revisions")


def moved(system: str = "servicestage-v3", connection: str = "huawei") -> codes.TargetMoved:
    """Return what is said of a target that is something else now."""
    return codes.TargetMoved(
        target="checkout",
        connection=connection,
        system=system,
        connection_then="huawei",
        system_then="servicestage-v3",
    )


def newer(*, is_open: bool) -> codes.NotNewest:
    """Return what is said where another operation came later."""
    return codes.NotNewest(newer=OTHER, target="checkout", is_open=is_open)


def back(operation: Operation) -> codes.NothingToRollBack:
    """Return what is said of an operation that changed nothing."""
    return codes.NothingToRollBack(operation=operation.id)


EXISTS: Final[Table] = {
    "known": {
        "a change of a target": (wish("deploy"), world(), YES),
        "a change of none": (
            wish("deploy"),
            NO_TARGET,
            no(codes.UnknownTarget(word="x" * 63, near=NEAR)),
        ),
        "a lock of a target": (LOCK, world(), YES),
        "a lock of none": (
            LOCK,
            NO_TARGET,
            no(codes.UnknownTarget(word="x" * 63, near=NEAR)),
        ),
        "a freeze of a policy": (FREEZE, world(target=None, scope=PROD), YES),
        "a freeze of nothing": (
            FREEZE,
            world(word="prd", near=("prod",)),
            no(codes.UnknownScope(word="prd", near=("prod",))),
        ),
        "an unlock of none": (Unlock(target="co"), NO_TARGET, no(UNKNOWN)),
        "a thaw of nothing": (Thaw(target="co"), NO_TARGET, no(NO_SCOPE)),
        "a lock of a policy": (LOCK, world(target=None, scope=PROD), no(UNNAMED)),
        "a press of an operation": (wish("cancel"), world(), YES),
        "a press of none": (wish("cancel"), NO_OPERATION, no(codes.UnknownOperation())),
        "a question": (wish("ask"), NO_TARGET, None),
        "a plan": (wish("prepare"), NO_OPERATION, None),
        "a permit": (wish("send"), NO_OPERATION, None),
    },
    "place": {
        "on its card": (wish("cancel"), world(), YES),
        "elsewhere": (wish("cancel"), world(is_on_card=False), no(codes.WrongPlace())),
        "for a command": (wish("deploy"), world(is_on_card=False), None),
    },
    "target": {
        "the same before a permit": (wish("send"), world(), YES),
        "the same before a way back": (wish("roll back"), world("succeeded"), YES),
        "gone before a permit": (
            wish("send"),
            NO_TARGET,
            no(TargetGone(target="checkout")),
        ),
        "gone before the plan": (
            wish("prepare"),
            NO_TARGET,
            no(TargetGone(target="checkout")),
        ),
        "at another connection": (
            wish("roll back"),
            world(target=a_target(connection="lab")),
            no(moved(connection="lab"), "targets.checkout"),
        ),
        "of another system": (
            wish("recover"),
            world(target=a_target(system="cce-cluster")),
            no(moved(system="cce-cluster"), "targets.checkout"),
        ),
        "for a command": (wish("deploy"), NO_TARGET, None),
        "for a press at the gate": (wish("approve"), NO_TARGET, None),
        "without an operation": (wish("send"), NO_OPERATION, None),
    },
    "newest": {
        "it is": (wish("roll back"), world("succeeded"), YES),
        "nothing was sent": (wish("recover"), world("failed", newest=None), YES),
        "something ended since": (
            wish("roll back"),
            world("succeeded", newest=Newest(id=OTHER, is_open=False)),
            no(newer(is_open=False), operation=OTHER),
        ),
        "something runs": (
            wish("recover"),
            world("failed", newest=Newest(id=OTHER, is_open=True)),
            no(newer(is_open=True), operation=OTHER),
        ),
        "for a command": (wish("deploy"), world(newest=Newest(id=OTHER, is_open=True)), None),
        "without an operation": (wish("roll back"), NO_OPERATION, None),
    },
}

WAYS: Final[Table] = {
    "way_back": {
        "there is one": (wish("roll back"), world("succeeded"), YES),
        "after a failure": (wish("roll back"), world("failed"), YES),
        "rolled back already": (
            wish("roll back"),
            world("succeeded", rolled_back_by=OTHER),
            moot(codes.RolledBackAlready(by=OTHER), OTHER),
        ),
        "while it waits for people": (wish("roll back"), world("waiting"), YES),
        "not ended": (
            wish("roll back"),
            world("watching"),
            no(codes.NotEnded(operation=ENDED.id)),
        ),
        "never sent": (wish("roll back"), world("cancelled"), no(back(ENDED))),
        "only restarted": (wish("roll back"), world(operation=RESTARTED), no(back(ENDED))),
        "nothing ran before": (
            wish("roll back"),
            world(operation=FIRST),
            no(codes.NothingBefore(target="checkout")),
        ),
        "what it took back had failed": (
            wish("roll back"),
            world("succeeded", replaces_what_failed=True),
            no(codes.FailedBefore(operation=ENDED.id, target="checkout")),
        ),
        "the system cannot": (
            wish("roll back"),
            world("succeeded", abilities=BACKLESS),
            no(
                codes.Unsupported(
                    action="rollback", system="thing", can=("deploy", "restart", "stop")
                )
            ),
        ),
        "the system says why": (
            wish("roll back"),
            world("succeeded", abilities=BACKLESS.model_copy(update={"no_rollback": NO_WAY})),
            YES.model_copy(update={"verdict": "no", "why": NO_WAY}),
        ),
        "nobody knows the system": (wish("roll back"), world("succeeded", abilities=None), YES),
        "for a command": (wish("rollback command"), world("watching"), None),
        "without an operation": (wish("roll back"), NO_OPERATION, None),
    },
    "option": {
        "it is offered": (wish("recover"), world("failed"), YES),
        "another one": (
            wish("recover", option="skip"),
            world("failed"),
            no(codes.NoSuchOption()),
        ),
        "it waits for a choice": (wish("recover"), world("waiting"), YES),
        "it waits, and the choice was typed": (
            wish("recover", seen=None),
            world("waiting"),
            YES,
        ),
        "it waits for another choice": (
            wish("recover", option="skip"),
            world("waiting"),
            no(codes.NoSuchOption()),
        ),
        "somebody chose since": (
            wish("recover", seen=Seen(round=1, digest="")),
            world(operation=OPERATIONS["waiting"].model_copy(update={"round": 2})),
            moot(codes.GoneOnAlready()),
        ),
        "it waits no more": (wish("recover"), world("watching"), moot(codes.GoneOnAlready())),
        "of no failure": (wish("recover"), world("succeeded"), no(codes.NoSuchOption())),
        "taken already": (
            wish("recover"),
            world("failed", continued_by=OTHER),
            moot(codes.ContinuedAlready(by=OTHER), OTHER),
        ),
        "rolled back already": (
            wish("recover"),
            world("failed", rolled_back_by=OTHER),
            moot(codes.RolledBackAlready(by=OTHER), OTHER),
        ),
        "for another press": (wish("roll back"), world("failed"), None),
        "without an operation": (wish("recover"), NO_OPERATION, None),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(EXISTS))
def test_what_is_wished_for_has_to_be_there(rule: str, case: str) -> None:
    """A wish is about something that exists, is what it was, and is the newest of its target."""
    intent, known, said = EXISTS[rule][case]
    assert found(rule, intent, known) == said


@pytest.mark.parametrize(("rule", "case"), cases(WAYS))
def test_a_way_back_or_on_is_gone_once(rule: str, case: str) -> None:
    """Who may not go back or on is told what was done instead, or what is missing for it."""
    intent, known, said = WAYS[rule][case]
    assert found(rule, intent, known) == said
