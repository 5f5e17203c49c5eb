"""What the journal knows of changes: which were taken back, and which were not ours."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.lifecycle import transition
from bot.core.operation import Operation, Succeeded
from bot.core.system import Entry
from bot.incident_facts import taken_back
from bot.outside_facts import made_outside
from tests.journal.builders import (
    NOON,
    accepted,
    an_id,
    an_operation,
    approved,
    permitted,
    planned,
)

MINUTE: Final = timedelta(minutes=1)
SORTED: Final = sorted(map(str, range(30)))[-10:]


def change(number: int, before: str, after: str, **known: Any) -> Operation:
    """Return a change that succeeded."""
    made = an_operation(number)
    plan = made.plan.model_copy(update={"before": before, "after": after})
    phase = Succeeded(at=NOON + number * MINUTE)
    return made.model_copy(update={"plan": plan, "phase": phase, **known})


HISTORY: Final = (  # newest first
    change(4, "1.2", "1.3"),
    change(3, "1.1", "1.2"),
    change(2, "1.0", "1.1"),
    change(1, "0.9", "1.0"),
)


@pytest.mark.parametrize(
    ("to", "of", "undone"),
    [
        ("1.2", None, [4]),
        ("1.0", None, [4, 3, 2]),
        ("0.9", None, [4, 3, 2, 1]),
        ("0.5", None, []),
        ("0.5", 3, [4, 3]),
    ],
)
def test_a_rollback_takes_back_what_came_after_its_goal(
    to: str, of: int | None, undone: list[int]
) -> None:
    """The first change after it is the cause; where the journal does not tell, none is named."""
    named = an_id(of) if of else None
    back = change(9, "1.3", to, action="rollback", rollback_of=named)
    assert [each.id for each in taken_back(back, HISTORY)] == [an_id(each) for each in undone]


def test_only_a_rollback_that_succeeded_takes_back() -> None:
    """One that failed left what was there, and a deployment is none."""
    back = change(9, "1.3", "1.2", action="rollback")
    open_ = back.model_copy(update={"phase": an_operation().phase})
    assert taken_back(open_, HISTORY) == ()
    assert taken_back(change(9, "1.3", "1.2"), HISTORY) == ()


def entry(minutes: float, revision: str = "7", when: str = "") -> Entry:
    """Return a row of a history, written so many minutes after noon."""
    at = NOON + minutes * MINUTE
    return Entry(revision=revision, status="deployed", when=when or at.isoformat())


def ran(begun: float, ended: float | None) -> Operation:
    """Return an operation of ours that was sent, and ended, by minutes; None: it runs."""
    now = an_operation(created_at=NOON + begun * MINUTE)
    at = NOON + begun * MINUTE
    for event in (planned(now, at), approved(now, at), permitted(at=at), accepted(at=at)):
        now, _ = transition(now, event)
    if ended is None:
        return now
    return now.model_copy(update={"phase": Succeeded(at=NOON + ended * MINUTE)})


@pytest.mark.parametrize(
    ("entries", "ours", "outside"),
    [
        ([entry(50)], [], ["7"]),
        ([entry(-5)], [], []),  # older than the window
        ([entry(50, "8"), entry(20, "7")], [ran(10, 12)], ["7", "8"]),
        ([entry(11), entry(13.5)], [ran(10, 12)], []),  # ours, by two clocks
        ([entry(5)], [ran(10, 12)], []),  # we know what ran since
        ([entry(50)], [ran(40, None)], []),  # ours may have written it
        ([entry(30)], [ran(40, None), ran(10, 12)], ["7"]),
        ([entry(0, when="yesterday"), entry(0, when="2026-11-21T12:50:00")], [], []),
        ([entry(50, str(number)) for number in range(30)], [], SORTED),
    ],
)
def test_what_was_written_when_nothing_of_ours_ran_is_not_ours(
    entries: list[Entry], ours: list[Operation], outside: list[str]
) -> None:
    """Since our last change, within the window, oldest first; the newest ten of many."""
    found = made_outside("checkout", entries, ours, NOON)
    assert [each.revision for each in found] == outside
