"""Facts, people and policies for the tests of the rules."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bot.core.operation import Failed, Operation, RecoveryOption, Running
from bot.core.policy import ANYONE, Member, Policy
from bot.core.records import SLIPWAY, Asked, Parameters
from bot.core.rules import (
    Abilities,
    Again,
    Approve,
    Ask,
    Cancel,
    Change,
    Executed,
    Facts,
    Hold,
    Intent,
    Newest,
    NotExecuted,
    Prepare,
    Recover,
    Reject,
    Review,
    RollBack,
    Seen,
    Send,
    StartNow,
    TakeTurn,
)
from bot.core.target import Target
from bot.core.verbs.details import Details
from bot.core.verbs.keep_waiting import KeepWaiting
from bot.core.verbs.look_again import LookAgain
from tests.core.builders import PLACES, TEAM, a_member, a_policy, foreign
from tests.journal.builders import ANN, BOB, HOUR, NOON

DEVS, SRE = "S0DEVS", "S0SRE"
AFTER: Final = NOON + HOUR - timedelta(minutes=1)  # the gates are open, no settle time is over
LATE: Final = NOON + HOUR  # the settle times are over, and so are the gates
RETRY: Final = RecoveryOption(
    name="retry", label=foreign("Retry"), explanation=foreign("once more")
)

PEOPLE: Final[dict[str, Member]] = {
    "listed": a_member(BOB),
    "in the group": a_member("U0SUE", SRE),
    "in the other group": a_member("U0DEV", DEVS),
    "unlisted": a_member("U0TOM"),
    "requester": a_member(ANN),
    "requester in the group": a_member(ANN, SRE),
    "guest": a_member(BOB, SRE, DEVS, is_guest=True),
    "bot": a_member(BOB, SRE, DEVS, is_bot=True),
    "stranger": a_member(BOB, SRE, DEVS, is_stranger=True),
    "of another team": a_member(BOB, SRE, DEVS, team="T0OTHER"),
    "of no team": a_member(BOB, SRE, DEVS, team=""),
    "deactivated": a_member(ANN, SRE, DEVS, is_deactivated=True),
    "slipway itself": a_member(SLIPWAY, SRE, DEVS),
}
POLICIES: Final[dict[str, Policy]] = {
    "nothing": a_policy(),
    "people": a_policy(request=(BOB,), approve=(BOB,)),
    "groups": a_policy(request=(DEVS,), approve=(SRE,)),
    "anyone": a_policy(request=(ANYONE,), approve=(ANYONE,)),
    "self": a_policy(request=(ANN,), approve=(SRE, ANN), self_approval=True),
    "rollback": a_policy(request=(BOB,), approve=(BOB,), rollback=(DEVS,)),
    "no rollback": a_policy(request=(ANYONE,), approve=(BOB,), rollback=()),
    "glass": a_policy(request=(DEVS,), approve=(SRE,), break_glass=(BOB,)),
    "no approvers": a_policy(request=(DEVS,), approvals=0),
    "nobody to approve": a_policy(request=(DEVS,), approvals=1),
    "by itself": a_policy(request=(DEVS,), approve=(SRE,), on_failure="rollback"),
}
INTENTS: Final = (
    *("deploy", "rollback command", "restart", "approve", "reject", "cancel", "roll back"),
    *(
        "recover",
        "look again",
        "executed",
        "not executed",
        "keep waiting",
        "details",
        "again",
        "ask",
        "send",
        "prepare",
        "start now",
        "take turn",
        "hold",
    ),
    *("break glass", "review"),
)


def operations() -> dict[str, Operation]:
    """Return an operation at every place of its life; two of them offer a way on."""
    found = {name: make() for name, make in PLACES.items()}
    for name in ("failed", "waiting"):
        phase = found[name].phase
        assert isinstance(phase, Failed | Running)
        offering = phase.model_copy(update={"ways": (RETRY,)})
        found[name] = found[name].model_copy(update={"phase": offering})
    return found


def an_intent(name: str, operation: Operation) -> Intent:
    """Return the intent of this name, about *operation* where it is about one."""
    of, seen = operation.id, Seen(round=operation.round, digest=operation.plan.digest)
    made: dict[str, Callable[[], Intent]] = {
        "deploy": lambda: a_change("deploy", version="1.5.0"),
        "rollback command": lambda: a_change("rollback"),
        "restart": lambda: a_change("restart"),
        "break glass": lambda: a_change("restart").model_copy(
            update={"break_glass": True, "reason": "it is down"}
        ),
        "review": lambda: Review(operation=of, seen=seen),
        "approve": lambda: Approve(operation=of, seen=seen),
        "reject": lambda: Reject(operation=of, seen=seen),
        "cancel": lambda: Cancel(operation=of, seen=seen),
        "roll back": lambda: RollBack(operation=of, seen=seen),
        "recover": lambda: Recover(operation=of, seen=seen, option="retry"),
        "look again": lambda: LookAgain(operation=of, seen=seen),
        "executed": lambda: Executed(operation=of, seen=seen),
        "not executed": lambda: NotExecuted(operation=of, seen=seen),
        "keep waiting": lambda: KeepWaiting(operation=of, seen=seen),
        "details": lambda: Details(operation=of, seen=seen),
        "again": lambda: Again(operation=of, seen=seen),
        "ask": lambda: Ask(topic="targets"),
        "send": lambda: Send(operation=of, step=0),
        "prepare": lambda: Prepare(operation=of),
        "start now": lambda: StartNow(operation=of, seen=seen),
        "take turn": lambda: TakeTurn(operation=of),
        "hold": lambda: Hold(operation=of, seen=seen),
    }
    return made[name]()


def a_change(action: Any, **parameters: Any) -> Change:
    """Return the wish for an action of the target."""
    asked = Asked(action=action, parameters=Parameters(**parameters))
    return Change(target="checkout", asked=asked)


def facts(operation: Operation, person: Member | None, policy: Policy, **known: Any) -> Facts:
    """Return what is known where *person* wishes something about *operation*."""
    usual: dict[str, Any] = {
        "now": AFTER,
        "team": TEAM,
        "person": person,
        "word": "checkout",
        "target": a_target(),
        "policy": policy,
        "abilities": Abilities(title="thing", actions=frozenset({"deploy", "rollback", "restart"})),
        "operation": operation,
        "newest": Newest(id=operation.id, is_open=not operation.is_final),
        "requester": a_member(operation.requester, DEVS, SRE),
        "approvers": tuple(a_member(each.by, SRE) for each in operation.approvals),
    }
    return Facts(**{**usual, **known})


def a_target(**fields: Any) -> Target:
    """Return the target that all is about."""
    given = {"name": "checkout", "system": "servicestage-v3", "connection": "huawei"}
    return Target(**{**given, "policy": "prod", **fields})


def local(now: datetime) -> dict[str, datetime]:
    """Return *now* in UTC, as freezes want it."""
    return {"UTC": now}
