"""Lines of targets in the journal: places, turns, and that exactly one has the target."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core import events as ev
from bot.core.errors import ConflictError
from bot.core.estimates import Estimate
from bot.core.operation import Cancelled, Operation, Queued, Waiting
from bot.core.ports import AlreadyAsked, Created, LimitReached, Limits, QueueFull, TargetLocked
from bot.core.queue import QueueRules
from bot.core.records import Parameters
from bot.journal import Journal
from bot.journal.commits import Commits
from bot.journal.entering import moved
from tests.journal.builders import (
    ANN,
    BOB,
    HOUR,
    NOON,
    accepted,
    an_id,
    an_operation,
    apply,
    approved,
    create,
    permitted,
    planned,
    succeeded,
    to_the_end,
)

ROOM: Final = QueueRules(room=3)
SOON: Final = NOON + timedelta(minutes=1)


def asks(journal: Journal, number: int, **fields: Any) -> Any:
    """Let somebody of its own ask for a deploy of checkout, or what *fields* say."""
    own = {"requester": f"U0W{number}", "parameters": Parameters(version=f"1.{number}.0")}
    return create(journal, an_operation(number, **{**own, **fields}), queue=ROOM)


def line(journal: Journal) -> list[str]:
    """Return who waits for checkout, in order."""
    return [each.id for each in journal.queues.of("checkout")]


def turn(journal: Journal, number: int) -> Operation:
    """Give the operation its turn."""
    return apply(journal, an_id(number), ev.TurnCame(at=SOON))


def test_a_line_keeps_the_order_of_recording(journal: Journal) -> None:
    """Who comes while the target is taken waits; the record says since when, and where."""
    asks(journal, 1)
    made = [asks(journal, each) for each in (2, 3, 4)]
    assert all(isinstance(each, Created) for each in made)
    assert line(journal) == [an_id(2), an_id(3), an_id(4)]
    phases = [each.phase for each in journal.queues.of("checkout")]
    assert phases == [Waiting(since=NOON, place=place) for place in (2, 3, 4)]
    assert journal.queues.all() == {"checkout": journal.queues.of("checkout")}
    full = asks(journal, 5)
    assert isinstance(full, QueueFull)
    assert (full.holder.id, full.waiting) == (an_id(1), 3)


def test_another_target_has_a_line_of_its_own(journal: Journal) -> None:
    """Nobody waits for what is somebody else's."""
    asks(journal, 1)
    asks(journal, 2)
    assert asks(journal, 3, target="billing").operation.phase == an_operation().phase
    assert journal.queues.of("billing") == ()


def test_limits_hold_for_who_waits(journal: Journal) -> None:
    """What waits is open, and counts as such."""
    create(journal, an_operation(1))
    create(journal, an_operation(2, parameters=Parameters(version="2")), queue=ROOM)
    third = an_operation(3, parameters=Parameters(version="3"), action="restart")
    made = create(journal, third, queue=ROOM, limits=Limits(per_person=2, total=9))
    assert made == LimitReached(scope="person", pending=2)


def test_a_turn_takes_the_target_and_counts_as_newer(journal: Journal) -> None:
    """Whoever had its turn later is newer, however early it was asked for."""
    asks(journal, 1, phase=Queued(), approvals_needed=0)
    operation = journal.operations.load(an_id(1))
    apply(journal, an_id(1), planned(operation), permitted())
    asks(journal, 2)
    asks(journal, 3, action="rollback")
    apply(journal, an_id(1), accepted(), succeeded())
    assert journal.operations.holder("checkout") is None
    for number in (3, 2):
        operation = turn(journal, number)
        assert journal.operations.holder("checkout") == operation
        apply(journal, an_id(number), *to_the_end(operation))
    last = journal.operations.last_sent("checkout")
    assert last is not None
    assert last.id == an_id(2)
    assert line(journal) == []


def test_no_turn_is_given_twice(journal: Journal) -> None:
    """Of two at once the target has one; the other one keeps its place."""
    for number in (1, 2, 3):
        asks(journal, number)
    apply(journal, an_id(1), ev.Withdrawn(at=NOON, by=ANN))
    turn(journal, 2)
    with pytest.raises(ConflictError):
        turn(journal, 3)
    assert line(journal) == [an_id(3)]


def test_of_many_turns_and_wishes_at_once_one_has_the_target(journal: Journal) -> None:
    """Workers that give turns and people who ask meet at one place, on both databases."""
    for number in (1, 2, 3, 4):
        asks(journal, number)
    apply(journal, an_id(1), ev.Withdrawn(at=NOON, by=ANN))

    def tried(number: int) -> bool:
        try:
            if number < 5:
                turn(journal, number)
            else:
                asks(journal, number, action="rollback")
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(tried, (2, 3, 4, 5, 6, 7)))
    known = [journal.operations.load(an_id(each)) for each in range(2, 8)]
    having = [each.id for each in known if each.has_target]
    holder = journal.operations.holder("checkout")
    assert holder is not None
    assert having == [holder.id]
    assert len(line(journal)) == 5
    places = [each.phase.place for each in known if isinstance(each.phase, Waiting)]
    assert len(set(places)) == len(places)


def test_a_rollback_and_who_steps_aside_are_one_write(journal: Journal) -> None:
    """The rollback has the target, the other one is first in line, and both have their record."""
    asks(journal, 1)
    apply(journal, an_id(1), planned(journal.operations.load(an_id(1))))
    asks(journal, 2)
    made = asks(journal, 3, action="rollback")
    assert made.passes == an_id(1)
    holder = journal.operations.holder("checkout")
    assert holder is not None
    assert holder.id == an_id(3)
    assert line(journal) == [an_id(1), an_id(2)]
    aside = journal.operations.load(an_id(1))
    assert aside.phase == Waiting(since=NOON, place=1, behind=an_id(3))
    assert not aside.plan.is_made
    journal.audit.seal()
    told = [(each["what"], each["subject"]) for each in journal.audit.export()]
    assert told[-2:] == [("stepped_aside", an_id(1)), ("requested", an_id(3))]


def test_what_was_sent_lets_nobody_pass(journal: Journal) -> None:
    """A rollback that comes a moment after the permit waits at the head."""
    asks(journal, 1, phase=Queued(), approvals_needed=0)
    operation = journal.operations.load(an_id(1))
    apply(journal, an_id(1), planned(operation), permitted())
    asks(journal, 2)
    assert asks(journal, 3, action="rollback").operation.is_in_line
    assert line(journal) == [an_id(3), an_id(2)]


def test_a_newer_deploy_and_what_it_replaces_are_one_write(journal: Journal) -> None:
    """The newer one has the place; the older one ends, and its record names the newer."""
    for number in (1, 2, 3):
        asks(journal, number)
    newer = asks(journal, 4, requester="U0W2", parameters=Parameters(version="9"))
    assert newer.replaces == an_id(2)
    assert line(journal) == [an_id(4), an_id(3)]
    older = journal.operations.load(an_id(2))
    assert isinstance(older.phase, Cancelled)
    assert older.phase.reason is not None
    assert older.phase.reason.params == {"by": an_id(4)}


def test_who_may_start_now_is_replaced_as_well(journal: Journal) -> None:
    """The newer wish is at the head; its turn comes as any other."""
    asks(journal, 1)
    asks(journal, 2)
    apply(journal, an_id(1), ev.Withdrawn(at=NOON, by=ANN))
    offered = apply(journal, an_id(2), ev.TurnOffered(at=SOON, until=NOON + HOUR))
    assert journal.operations.holder("checkout") == offered
    asks(journal, 3, requester="U0W2", created_at=SOON)
    assert journal.operations.holder("checkout") is None
    assert line(journal) == [an_id(3)]


def test_the_same_wish_joins_no_line(journal: Journal) -> None:
    """It is the one that waits already."""
    asks(journal, 1)
    waits = asks(journal, 2).operation
    again = an_operation(9, requester="U0W2", parameters=Parameters(version="1.2.0"))
    assert create(journal, again, queue=ROOM) == AlreadyAsked(operation=waits)


def test_what_cannot_be_read_is_waited_for_by_nobody(journal: Journal) -> None:
    """As the holder it is in the way; in line it keeps its place, and others pass it."""
    asks(journal, 1)
    asks(journal, 2)
    asks(journal, 3)
    with journal.database.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE operations SET record = '{{' WHERE id = '{an_id(2)}'"  # noqa: S608 - an id
        )
    assert line(journal) == [an_id(3)]
    with journal.database.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE operations SET record = '{{' WHERE id = '{an_id(1)}'"  # noqa: S608 - an id
        )
    assert isinstance(asks(journal, 4), TargetLocked)


def test_a_start_is_expected_from_what_such_changes_took(journal: Journal) -> None:
    """What runs takes what is left of its usual time; who has no plan what the last one took."""
    create(journal, an_operation(1))
    steps = (permitted(), ev.TaskAccepted(at=NOON, step=0, attempt=1, task="job-1"))
    operation = journal.operations.load(an_id(1))
    done = succeeded(at=NOON + timedelta(minutes=4))
    apply(journal, an_id(1), planned(operation), approved(operation), *steps, done)
    late = NOON + HOUR
    own: dict[str, Any] = {"created_at": late, "parameters": Parameters(version="2.0.0")}
    create(journal, an_operation(2, phase=Queued(), approvals_needed=0, **own))
    second = journal.operations.load(an_id(2))
    usual = Estimate(p50=240.0, p90=300.0, last=240.0, samples=9)
    sent = ev.PermitGranted(at=late, step=0, attempt=1, expected=usual)
    apply(journal, an_id(2), planned(second), sent)
    for number in (3, 4):
        asks(journal, number, created_at=late)
    found = journal.queues.line("checkout", late + timedelta(minutes=1)).spots
    expected = [each.expected_start for each in found]
    assert expected == [late + timedelta(minutes=4), late + timedelta(minutes=8)]
    assert journal.queues.line("checkout", late).holder == journal.operations.load(an_id(2))


def test_nobody_decides_on_an_old_state_of_the_line(journal: Journal) -> None:
    """A turn for what has left the line is none."""
    asks(journal, 1)
    asks(journal, 2)
    before = journal.operations.load(an_id(2))
    apply(journal, an_id(1), ev.Withdrawn(at=NOON, by=ANN))
    apply(journal, an_id(2), ev.Withdrawn(at=NOON, by=BOB))
    with pytest.raises(ConflictError):
        Commits(journal.database).commit(moved(before, ev.TurnCame(at=SOON)))
    assert journal.operations.holder("checkout") is None
