"""Clocks of others: what a `Date` tells, and who is ahead of whom."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.clocks import ahead, given_at

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "at"),
    [
        ("Sun, 29 Nov 2026 12:00:00 GMT", NOON),
        ("Sun, 29 Nov 2026 11:00:00 GMT, Sun, 29 Nov 2026 12:00:00 GMT", NOON),  # a proxy's first
        ("Sun, 99 Nov 2026 12:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_tells_a_moment_or_nothing(date: str, at: datetime | None) -> None:
    """What cannot be read says nothing of a clock."""
    assert given_at(date) == at


def test_the_one_that_differs_most_counts() -> None:
    """Being ahead is more than nothing, being behind is less; without another clock it is none."""
    minute = timedelta(minutes=1)
    assert ahead(NOON, [NOON - minute, NOON + 3 * minute]) == -3 * minute
    assert ahead(NOON, [NOON - 2 * minute, NOON + minute]) == 2 * minute
    assert ahead(NOON, []) == timedelta(0)
