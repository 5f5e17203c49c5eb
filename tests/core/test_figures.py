"""Figures: what is counted, and from when to when it is measured."""

from datetime import timedelta
from typing import Any

from bot.core.expectation import Estimate, Expectation
from bot.core.figures import (
    BUCKETS_MAX,
    Figures,
    Past,
    PastApproval,
    PastAsked,
    PastPhase,
    PastPlan,
    PastTry,
    Spread,
    figures,
    ranked,
)
from tests.journal.builders import NOON, an_id, an_operation

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
USUAL = Estimate(p50=60, p90=90, last=60, samples=5)


def past(number: int, ended: str = "succeeded", **fields: Any) -> Past:
    """Return a deployment asked for at hour *number*: a minute later it is sent, and takes two."""
    asked = NOON + timedelta(hours=number)
    known = {
        "id": an_id(number),
        "target": "checkout",
        "policy": "prod",
        "action": "deploy",
        "created_at": asked,
        "phase": PastPhase(kind=ended, at=asked + 3 * MINUTE),
        "plan": PastPlan(before=f"1.{number - 1}", after=f"1.{number}"),
        "steps": (PastTry(attempt=1, started_at=asked + MINUTE),),
    }
    return Past(**{**known, **fields})


def back(number: int, to: str, **fields: Any) -> Past:
    """Return a rollback to the version *to*."""
    return past(number, action="rollback", plan=PastPlan(before="?", after=to), **fields)


def measured(*found: Past, days: int = 10) -> Figures:
    """Return the figures of the days from noon on."""
    newest_first = sorted(found, key=lambda each: each.created_at, reverse=True)
    return figures(newest_first, {}, NOON, NOON + days * DAY)


def test_nothing_is_measured_of_nothing() -> None:
    """No share of none, and no time."""
    told = measured()
    assert (told.deployments, told.bad_share, told.running, told.restore) == (0, None, None, None)


def test_deployments_are_what_brought_a_version_out() -> None:
    """What never left, is under way, or is another action, is none; a rollback is none either.

    Nor is what closes an upgrade that is open.
    """
    closed = past(1, parameters=PastAsked(way="cancel"))
    assert measured(closed, past(2, parameters=PastAsked(way="retry"))).deployments == 1
    told = measured(
        past(1),
        past(2, "failed"),
        past(3, "failed", steps=()),
        past(4, "running"),
        past(5, action="restart"),
        back(6, "1.0"),
    )
    assert (told.deployments, told.failed, told.rolled_back) == (2, 1, 1)
    assert told.per_day == 0.2
    assert told.bad_share == 1.0


def test_a_rollback_takes_back_all_down_to_its_goal() -> None:
    """Pressed, it names what it undoes; typed, it goes behind whatever came after its goal."""
    typed = measured(past(1), past(2), past(3), back(4, "1.1"))
    assert typed.rolled_back == 2
    pressed = measured(past(1), past(2), past(3), back(4, "1.2", rollback_of=an_id(3)))
    assert pressed.rolled_back == 1
    failed = measured(past(1), past(2), back(3, "1.1", phase=PastPhase(kind="failed", at=NOON)))
    assert failed.rolled_back == 0
    elsewhere = measured(past(1), back(2, "1.0", target="billing"))
    assert elsewhere.rolled_back == 0
    beyond = measured(past(2), past(3), back(4, "0.1"))  # to what no change of the window was
    assert beyond.rolled_back == 0


def test_times_begin_and_end_where_people_wait() -> None:
    """Running from the permit, the whole from the wish; trouble ends with the next success."""
    told = measured(past(1), past(2, "failed"), past(3))
    assert told.running == Spread(p50=120, p90=120, samples=2)
    assert told.lead == Spread(p50=180, p90=180, samples=2)
    assert told.restore == Spread(p50=3600, p90=3600, samples=1)
    never = measured(past(1, "failed"), past(2, target="billing"))
    assert never.restore is None


def test_approval_is_waited_for_from_when_there_is_something_to_read() -> None:
    """Not while the plan was made; where that is not known, since it was asked for."""
    asked = past(1, approvals=(PastApproval(at=NOON + timedelta(hours=1, minutes=10)),))
    readable = {asked.id: asked.created_at + 4 * MINUTE}
    known = figures([asked], readable, NOON, NOON + DAY)
    assert known.approval == Spread(p50=360, p90=360, samples=1)
    assert measured(asked).approval == Spread(p50=600, p90=600, samples=1)


def test_the_error_of_our_estimates_is_that_of_the_metric() -> None:
    """By what was expected with the first permit."""
    begun = NOON + timedelta(hours=1, minutes=1)
    expected = Expectation(usual=USUAL, since=begun, moved_at=begun)
    told = measured(past(1, expected=expected))
    assert (told.error, told.within_p90) == (1.0, 0.0)


def test_days_are_few_enough_for_a_chart() -> None:
    """All days are there, in a row, and each deployment once."""
    for days in (1, 7, 15, 16, 30, 365):
        told = measured(past(1), past(26, "failed"), days=days)
        assert 1 <= len(told.buckets) <= BUCKETS_MAX
        inside = told.deployments if days > 1 else 1
        assert sum(each.deployments for each in told.buckets) == inside
        assert sum(each.bad for each in told.buckets) == (1 if days > 1 else 0)


def test_what_happened_today_stands_under_today() -> None:
    """Days are those of UTC, whole ones, and the last of them is that of the report."""
    for days in (1, 7, 30, 365):
        told = figures([past(1)], {}, NOON - days * DAY, NOON + timedelta(hours=3)).buckets
        last = told[-1]
        assert last.deployments == 1
        assert last.since + last.days * DAY == NOON.replace(hour=0) + DAY
        assert {(each.since - told[0].since) % DAY for each in told} == {timedelta()}


def test_ranks_are_of_causes_that_are_known() -> None:
    """Where no cause is known, nothing is said."""
    assert ranked(()) is None
    told = ranked((1, 4, 1, 2))
    assert told is not None
    assert (told.incidents, told.first, told.within_three, told.median) == (4, 2, 3, 1)
    assert (told.hit_at_1, told.hit_at_3, told.mean) == (0.5, 0.75, 2.0)


def test_a_record_of_any_version_can_be_read() -> None:
    """Of it only what figures need is read, whatever else it has."""
    written = an_operation().model_dump(mode="json")
    read = Past.model_validate({**written, "unheard_of": 1})
    assert (read.target, read.policy, read.begun) == ("checkout", "prod", None)
