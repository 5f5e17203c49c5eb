"""What is expected of an operation's time, and when it is late or may be stuck."""

from datetime import timedelta
from typing import Final

import pytest

from bot.core import events as ev
from bot.core.expectation import Expectation
from bot.core.operation import Hold, Operation
from tests.core.builders import PLACES, USUAL, fitting, foreign, led
from tests.journal.builders import NOON, permitted

ALIKE: Final = USUAL.model_copy(update={"p50": 60.0, "p90": 60.0, "p95": 60.0, "p99": 60.0})


def after(seconds: float) -> Operation:
    """Return an operation that is watched, and moved last so many seconds after its permit."""
    seen = ev.TaskSeen(at=NOON + timedelta(seconds=seconds), step=0, detail=foreign("rolling"))
    return led(PLACES["watching"](), seen)


def at(operation: Operation, seconds: float) -> tuple[bool, bool]:
    """Return whether it is late, and whether it seems stuck, so many seconds after its permit."""
    now = NOON + timedelta(seconds=seconds)
    return operation.is_late(now), operation.is_stuck(now)


def test_late_is_past_what_hardly_any_took() -> None:
    """Past p95; stuck is past p99, where nothing has moved for long."""
    operation = after(10)
    assert at(operation, 100) == (False, False)
    assert at(operation, 101) == (True, False)
    assert at(operation, 120) == (True, False)
    assert at(operation, 121) == (True, True)


def test_what_moves_is_not_stuck() -> None:
    """A quarter of the longest usual time, and half a minute at least, nothing moves before."""
    assert at(after(119), 148) == (True, False)
    assert at(after(119), 150) == (True, True)


def test_times_that_are_all_alike_make_no_false_alarm() -> None:
    """A tenth and five seconds more than half is not late, however alike all were."""
    expected = Expectation(usual=ALIKE, since=NOON, moved_at=NOON)
    assert not expected.is_late(NOON + timedelta(seconds=66))
    assert expected.is_late(NOON + timedelta(seconds=67))


def test_few_samples_are_never_late() -> None:
    """Below five nobody is told shares."""
    few = USUAL.model_copy(update={"samples": 4})
    expected = Expectation(usual=few, since=NOON, moved_at=NOON)
    assert not expected.is_late(NOON + timedelta(days=1))


def test_the_first_permit_sets_it() -> None:
    """A second attempt changes nothing of it."""
    first = led(PLACES["queued"](), permitted(expected=USUAL))
    assert first.expected == Expectation(usual=USUAL, since=NOON, moved_at=NOON)
    other = fitting("not_accepted", first)
    again = led(first, other, permitted(attempt=2, expected=ALIKE))
    assert again.expected is not None
    assert again.expected.usual == USUAL


def test_time_in_which_it_was_held_does_not_count() -> None:
    """What a lock or a freeze keeps back is not late for that, and moves when it goes on."""
    held = Hold(since=NOON, reason=foreign("frozen"))
    waiting = PLACES["ready for the last"]().model_copy(
        update={"held": held, "expected": Expectation(usual=USUAL, since=NOON, moved_at=NOON)}
    )
    hour = NOON + timedelta(hours=1)
    gone_on = led(waiting, ev.PermitGranted(at=hour, step=1, attempt=1))
    assert gone_on.expected == Expectation(usual=USUAL, since=hour, moved_at=hour)


@pytest.mark.parametrize("place", ["waiting", "ready for the last"])
def test_where_people_or_a_detour_take_time_nothing_is_expected(place: str) -> None:
    """What nobody could know at the start is no lateness."""
    known = PLACES[place]().model_copy(
        update={"expected": Expectation(usual=USUAL, since=NOON, moved_at=NOON)}
    )
    assert at(known, 10_000) == (False, False) if place == "waiting" else (True, True)
    event = fitting("step_added" if place == "waiting" else "plan_extended", known)
    assert led(known, event).expected is None


def test_it_is_told_once_each() -> None:
    """The event marks it; it moves nothing."""
    operation = led(PLACES["watching"](), fitting("ran_late", PLACES["watching"]()))
    assert operation.expected == Expectation(usual=USUAL, since=NOON, moved_at=NOON, was_late=True)
