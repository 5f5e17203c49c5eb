"""Rules about what is asked for, and when: the whole of what each of them says."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from bot.core.codes import rules as codes
from bot.core.codes.service import SecretInReason
from bot.core.codes.systems import NoSuchStrategy
from bot.core.policy import Freeze
from bot.core.rules import Abilities, Facts, Finding
from tests.core.builders import a_policy, foreign
from tests.core.rules.found import OPERATIONS, YES, Table, cases, found, no, wish, world
from tests.core.rules.known import AFTER, a_change, a_target, local
from tests.journal.builders import NOON, an_id

DRY: Final = wish("deploy", dry_run=True)
NO_OPERATION: Final = world(operation=None)
NO_WAY: Final = foreign("The API keeps no revisions")
SECRET: Final = "postgres://ann:hunter2@db/shop is new"
OLDER: Final = an_id(9)
STRATEGIES: Final = ("one-batch", "rolling:N")


def able(*actions: Any, **more: Any) -> Facts:
    """Return what is known of a target whose system can do this."""
    return world(abilities=Abilities(title="thing", actions=frozenset(actions), **more))


def cannot(action: Any, *can: Any) -> Finding:
    """Return what is said of what a system cannot do."""
    return no(codes.Unsupported(action=action, system="thing", can=can))


SUPPORTED: Final[Table] = {
    "supported": {
        "it can": (wish("restart"), able("restart"), YES),
        "it cannot": (
            wish("restart"),
            able("stop", "deploy", "scale", no_rollback=NO_WAY),
            cannot("restart", "deploy", "scale", "stop"),
        ),
        "it cannot go back": (
            wish("rollback command"),
            able("stop", "deploy"),
            cannot("rollback", "deploy", "stop"),
        ),
        "it says why it cannot": (
            wish("rollback command"),
            able("deploy", no_rollback=NO_WAY),
            Finding(verdict="no", why=NO_WAY),
        ),
        "nothing says what to create": (
            a_change("create"),
            able("create"),
            no(codes.NotCreatable(target="checkout")),
        ),
        "something says what to create": (
            a_change("create"),
            able("create").model_copy(update={"target": a_target(create={})}),
            YES,
        ),
        "it takes no values": (
            a_change("deploy", version="1", values={"a": "b"}),
            able("deploy"),
            no(codes.NoValues(system="thing", target="checkout")),
        ),
        "it takes values": (
            a_change("deploy", values={"a": "b"}),
            able("deploy", takes_values=True),
            YES,
        ),
        "it takes no values, but a way on": (
            a_change("restart", way="retry"),
            able("restart"),
            YES,
        ),
        "nothing to cancel": (
            a_change("deploy", way="cancel"),
            able("deploy"),
            no(codes.NothingToCancel(system="thing", target="checkout")),
        ),
        "nothing to cancel, with values": (
            a_change("deploy", way="cancel"),
            able("deploy", takes_values=True),
            no(codes.NothingToCancel(system="thing", target="checkout")),
        ),
        "something to cancel": (
            a_change("deploy", way="cancel"),
            able("deploy", cancels=True),
            YES,
        ),
        "a way to deploy a version": (
            a_change("deploy", version="1", way="retry"),
            able("deploy"),
            YES,
        ),
        "one of its strategies": (
            a_change("deploy", version="1", strategy="rolling:20"),
            able("deploy", strategies=STRATEGIES),
            YES,
        ),
        "another strategy": (
            a_change("deploy", version="1", strategy="rolling:0"),
            able("deploy", strategies=STRATEGIES),
            no(NoSuchStrategy(word="rolling:0", known=STRATEGIES)),
        ),
        "it has no strategies": (
            a_change("deploy", version="1", strategy="one-batch"),
            able("deploy"),
            no(codes.NoStrategies(system="thing", target="checkout")),
        ),
        "no version": (a_change("deploy"), able("deploy"), no(codes.NoVersion())),
        "a restart of no version": (a_change("restart"), able("restart"), YES),
        "for a press": (wish("approve"), able(), None),
        "without a target": (wish("deploy"), world(target=None), None),
        "of an unknown system": (wish("deploy"), world(abilities=None), None),
    },
}

WANTED: Final = world(policy=a_policy(reason="required"))
REASONS: Final[Table] = {
    "reason": {
        "none is wanted": (wish("deploy"), world(), YES),
        "none is given": (
            wish("deploy"),
            WANTED,
            no(codes.ReasonRequired(), "policies.prod.reason"),
        ),
        "words": (wish("deploy", reason="new prices"), WANTED, YES),
        "it undoes another": (wish("rollback command", rollback_of=OLDER), WANTED, YES),
        "it goes on with another": (wish("deploy", follows=OLDER), WANTED, YES),
        "a dry run": (DRY, WANTED, None),
        "for a press": (wish("recover"), WANTED, None),
        "without a policy": (wish("deploy"), world(policy=None), None),
    },
    "secrecy": {
        "of a change": (wish("deploy", reason=SECRET), world(), no(SecretInReason())),
        "of a rejection": (wish("reject", reason=SECRET), world(), no(SecretInReason())),
        "of a way on": (wish("recover", reason=SECRET), world(), no(SecretInReason())),
        "harmless words": (wish("deploy", reason="new prices"), world(), YES),
        "no words": (wish("deploy"), world(), None),
        "no words of a rejection": (wish("reject"), world(), None),
        "for an approval": (wish("approve"), world(), None),
    },
}

TODAY: Final = Freeze(days=(AFTER.weekday(),), reason="rest")
TOMORROW: Final = Freeze(days=((AFTER + timedelta(days=1)).weekday(),), reason="rest")
SALE: Final = Freeze(first=date(2026, 11, 20), last=date(2026, 11, 30), reason="sale")
PLACE: Final = "policies.prod.freezes"
NEXT_DAY: Final = datetime(2026, 11, 22, tzinfo=UTC)
REST: Final = codes.Frozen(weekday=AFTER.weekday(), words="rest", ends=NEXT_DAY)
BY_DAY: Final = no(REST, PLACE)
OVER: Final = datetime(2026, 12, 1, tzinfo=UTC)
BY_DATE: Final = no(codes.Frozen(until="2026-11-30", words="sale", ends=OVER), PLACE)
WAITS: Final = Finding.wait(REST, place=PLACE, until=NEXT_DAY)


def frozen(*freezes: Freeze, place: str = "failed", **more: Any) -> Facts:
    """Return what is known where a policy has these freezes."""
    known = world(place, policy=a_policy(freezes=freezes), local=local(AFTER))
    return known.model_copy(update=more)


BACK: Final = OPERATIONS["failed"].model_copy(update={"action": "rollback"})
FREEZES: Final[Table] = {
    "freeze": {
        "none": (wish("deploy"), frozen(), YES),
        "by day": (wish("deploy"), frozen(TODAY), BY_DAY),
        "on another day": (wish("deploy"), frozen(TOMORROW), YES),
        "by date": (wish("deploy"), frozen(SALE), BY_DATE),
        "the second": (wish("deploy"), frozen(TOMORROW, SALE), BY_DATE),
        "the first of two": (wish("deploy"), frozen(TODAY, SALE), BY_DAY),
        "by day and date": (
            wish("deploy"),
            frozen(SALE.model_copy(update={"days": TODAY.days})),
            BY_DATE,
        ),
        "by day, when the dates are over": (
            wish("deploy"),
            frozen(TODAY.model_copy(update={"first": NOON.date(), "last": date(2026, 11, 20)})),
            BY_DAY,
        ),
        "without an end": (
            wish("deploy"),
            frozen(SALE.model_copy(update={"last": None})),
            YES,
        ),
        "without a beginning": (
            wish("deploy"),
            frozen(SALE.model_copy(update={"first": None})),
            YES,
        ),
        "a way on": (wish("recover"), frozen(TODAY), BY_DAY),
        "the next step of what waits": (
            wish("recover"),
            frozen(TODAY, place="waiting"),
            None,
        ),
        "a way on with a way back": (wish("recover"), frozen(TODAY, operation=BACK), None),
        "a way on with nothing": (wish("recover"), frozen(TODAY, operation=None), None),
        "a way back": (wish("roll back"), frozen(TODAY), None),
        "a way back by command": (wish("rollback command"), frozen(TODAY), None),
        "the first step": (wish("send"), frozen(TODAY, place="queued"), WAITS),
        "the next step": (
            wish("send", step=1),
            frozen(TODAY, place="ready for the last"),
            None,
        ),
        "the first step back": (wish("send"), frozen(TODAY, operation=BACK), None),
        "the first step of nothing": (wish("send"), frozen(TODAY, operation=None), None),
        "a dry run": (DRY, frozen(TODAY), None),
        "an approval": (wish("approve"), frozen(TODAY, place="planned"), None),
        "a plan": (wish("prepare"), frozen(TODAY), None),
        "without a policy": (wish("deploy"), frozen(TODAY, policy=None), YES),
    },
    "drain": {
        "a change": (wish("deploy"), world(is_draining=True), no(codes.Draining())),
        "a way back": (wish("roll back"), world(is_draining=True), no(codes.Draining())),
        "a way on": (wish("recover"), world("failed", is_draining=True), no(codes.Draining())),
        "a way on with nothing": (
            wish("recover"),
            world(operation=None, is_draining=True),
            no(codes.Draining()),
        ),
        "the next step of what waits": (
            wish("recover"),
            world("waiting", is_draining=True),
            YES,
        ),
        "it does not": (wish("recover"), world("failed"), YES),
        "a dry run": (DRY, world(is_draining=True), None),
        "an approval": (wish("approve"), world(is_draining=True), None),
        "a permit": (wish("send"), world(is_draining=True), None),
    },
}


@pytest.mark.parametrize(("rule", "case"), cases(SUPPORTED))
def test_a_system_is_asked_for_what_it_can(rule: str, case: str) -> None:
    """Who asks for what the API cannot do is told what it can, or what is missing."""
    intent, known, said = SUPPORTED[rule][case]
    assert found(rule, intent, known) == said


@pytest.mark.parametrize(("rule", "case"), cases(REASONS))
def test_a_reason_is_there_and_tells_no_secret(rule: str, case: str) -> None:
    """A policy may want a reason; none is kept that holds a secret, wherever it was typed."""
    intent, known, said = REASONS[rule][case]
    assert found(rule, intent, known) == said


@pytest.mark.parametrize(("rule", "case"), cases(FREEZES))
def test_nothing_begins_while_something_holds_it(rule: str, case: str) -> None:
    """Freezes and draining hold what begins, tell why and until when, and hold nothing else."""
    intent, known, said = FREEZES[rule][case]
    assert found(rule, intent, known) == said
