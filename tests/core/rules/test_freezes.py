"""Freezes of slipway.yaml, and draining: the whole of what they say."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.codes import rules as codes
from bot.core.policy import Freeze
from bot.core.rules import Facts, Finding, held_from
from tests.core.builders import a_policy
from tests.core.rules.found import OPERATIONS, YES, Table, cases, found, no, wish, world
from tests.core.rules.known import AFTER, local
from tests.journal.builders import NOON

DRY: Final = wish("deploy", dry_run=True)
TODAY: Final = Freeze(days=(AFTER.weekday(),), reason="rest")
TOMORROW: Final = Freeze(days=((AFTER + timedelta(days=1)).weekday(),), reason="rest")
SALE: Final = Freeze(first=date(2026, 11, 20), last=date(2026, 11, 30), reason="sale")
PLACE: Final = "policies.prod.freezes"
WEEKEND: Final = Freeze(days=(5, 6), reason="rest")
CRON: Final = Freeze(cron="0 12 * * sat", length=timedelta(hours=1), reason="noon")
ONE_O_CLOCK: Final = datetime(2026, 11, 21, 13, tzinfo=UTC)
NOONS: Final = codes.Frozen(words="noon", ends=ONE_O_CLOCK)
BY_CRON: Final = no(NOONS, PLACE)
IN_SHANGHAI: Final = no(
    codes.Frozen(weekday=5, words="rest", ends=datetime(2026, 11, 21, 16, tzinfo=UTC)), PLACE
)
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


def _in_shanghai(freeze: Freeze) -> Facts:
    zone = "Asia/Shanghai"
    freezes = (freeze.model_copy(update={"zone": zone}),)
    there = {zone: AFTER.astimezone(ZoneInfo(zone))}
    return world("failed", policy=a_policy(freezes=freezes), local=there)


WITHIN: Final = AFTER + timedelta(seconds=7, microseconds=11)
BACK: Final = OPERATIONS["failed"].model_copy(update={"action": "rollback"})
QUEUED_BACK: Final = OPERATIONS["queued"].model_copy(update={"action": "rollback"})
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
        "by day, for two days": (
            wish("deploy"),
            frozen(WEEKEND),
            no(
                codes.Frozen(weekday=5, words="rest", ends=datetime(2026, 11, 23, tzinfo=UTC)),
                PLACE,
            ),
        ),
        "on every day": (
            wish("deploy"),
            frozen(TODAY.model_copy(update={"days": tuple(range(7))})),
            no(codes.Frozen(weekday=5, words="rest"), PLACE),
        ),
        "on every day but the one before": (
            wish("deploy"),
            frozen(TODAY.model_copy(update={"days": (5, 6, 0, 1, 2, 3)})),
            no(
                codes.Frozen(weekday=5, words="rest", ends=datetime(2026, 11, 27, tzinfo=UTC)),
                PLACE,
            ),
        ),
        "on its last day": (
            wish("deploy"),
            frozen(SALE.model_copy(update={"last": AFTER.date()})),
            no(codes.Frozen(until="2026-11-21", words="sale", ends=NEXT_DAY), PLACE),
        ),
        "by the clocks of its zone": (wish("deploy"), _in_shanghai(TODAY), IN_SHANGHAI),
        "as cron says": (wish("deploy"), frozen(CRON), BY_CRON),
        "as cron says, and waits": (
            wish("send"),
            frozen(CRON, place="queued"),
            Finding.wait(NOONS, place=PLACE, until=ONE_O_CLOCK),
        ),
        "as cron says at another time": (
            wish("deploy"),
            frozen(CRON.model_copy(update={"length": timedelta(minutes=59)})),
            YES,
        ),
        "as cron says, whatever its days": (
            wish("deploy"),
            frozen(CRON.model_copy(update={"cron": "0 12 * * sun", "days": TODAY.days})),
            YES,
        ),
        "as cron says, where a star with a step leaves the days open": (
            wish("deploy"),
            frozen(CRON.model_copy(update={"cron": "0 12 */10 * sun"})),
            YES,
        ),
        "as cron says, on either kind of days": (
            wish("deploy"),
            frozen(CRON.model_copy(update={"cron": "0 12 1,11,21 * sun"})),
            BY_CRON,
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
        "the first step back": (wish("send"), frozen(TODAY, operation=QUEUED_BACK), None),
        "on its first day": (
            wish("deploy"),
            frozen(SALE.model_copy(update={"first": AFTER.date()})),
            BY_DATE,
        ),
        "within a second": (wish("deploy"), frozen(TODAY, local=local(WITHIN)), BY_DAY),
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


STARTS: Final[dict[str, tuple[Freeze, datetime | None]]] = {
    "as cron says": (
        CRON.model_copy(update={"cron": "30 13 * * sat"}),
        datetime(2026, 11, 21, 13, 30, tzinfo=UTC),
    ),
    "as cron says, later": (
        CRON.model_copy(update={"cron": "0 12 1 1 *"}),
        datetime(2027, 1, 1, 12, tzinfo=UTC),
    ),
    "by day": (TOMORROW, NEXT_DAY),
    "by date": (
        SALE.model_copy(update={"first": date(2026, 11, 25)}),
        datetime(2026, 11, 25, tzinfo=UTC),
    ),
    "by day and date": (
        SALE.model_copy(update={"first": date(2026, 11, 25), "days": TOMORROW.days}),
        NEXT_DAY,
    ),
    "never": (SALE.model_copy(update={"first": date(2026, 1, 1), "last": date(2026, 1, 2)}), None),
    "without an end": (SALE.model_copy(update={"first": date(2027, 1, 1), "last": None}), None),
    "while it lasts": (TODAY, None),
}


@pytest.mark.parametrize("case", STARTS)
def test_a_freeze_begins_when_its_line_says(case: str) -> None:
    """The moment from which cards say it, of each kind of line."""
    freeze, starts = STARTS[case]
    assert held_from(frozen(freeze)) == starts


@given(
    freeze=st.sampled_from([WEEKEND, CRON, SALE, TODAY, TOMORROW]),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin"]),
    hours=st.integers(0, 24 * 400),
    share=st.floats(0, 0.999),
)
def test_it_covers_nothing_until_it_begins(
    freeze: Freeze, zone: str, hours: int, share: float
) -> None:
    """What `held_from` says is the first moment of which the rule says that it is frozen."""
    line = freeze.model_copy(update={"zone": zone})

    def at(moment: datetime) -> Facts:
        there = {zone: moment.astimezone(ZoneInfo(zone))}
        return frozen(line, now=moment, local=there)

    now = AFTER + timedelta(hours=hours)
    starts = held_from(at(now))
    if starts is None:
        assert found("freeze", wish("deploy"), at(now)) != YES or line.last is not None
        return
    between = now + (starts - now) * share
    assert found("freeze", wish("deploy"), at(between)) == YES
    assert found("freeze", wish("deploy"), at(starts)) != YES


@pytest.mark.parametrize(("rule", "case"), cases(FREEZES))
def test_nothing_begins_while_something_holds_it(rule: str, case: str) -> None:
    """Freezes and draining hold what begins, tell why and until when, and hold nothing else."""
    intent, known, said = FREEZES[rule][case]
    assert found(rule, intent, known) == said
