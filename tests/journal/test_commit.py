"""Transitions: written once, by whoever saw the newest state."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone

import pytest
from sqlalchemy import Engine, text

from bot.core import events as ev
from bot.core.errors import ConflictError, UnknownFormatError, UnknownOperationError
from bot.core.operation import Operation, Succeeded
from bot.core.rows import UnreadableEvent
from bot.journal import Journal
from bot.journal.columns import FORMAT
from bot.journal.commits import Commits
from bot.journal.entering import moved
from bot.journal.schema import operations
from tests.core.builders import foreign
from tests.journal.builders import (
    ANN,
    NOON,
    accepted,
    an_id,
    an_operation,
    apply,
    approved,
    create,
    permitted,
    planned,
    to_the_end,
)


def test_a_transition_is_recorded(journal: Journal) -> None:
    """The record and its events are what the engine committed, in order."""
    create(journal, an_operation())
    course = to_the_end(an_operation())

    ended = apply(journal, an_id(1), *course)

    assert ended.phase == Succeeded(at=NOON)
    assert journal.operations.load(an_id(1)) == ended
    assert journal.operations.events(an_id(1))[1:] == tuple(enumerate(course, start=2))


def test_the_lock_ends_with_the_operation(journal: Journal) -> None:
    """The target is held through every open phase, and free with the final one."""
    create(journal, an_operation())

    for event in to_the_end(an_operation()):
        assert journal.operations.holder("checkout") is not None
        apply(journal, an_id(1), event)

    assert journal.operations.holder("checkout") is None


def test_a_lock_of_another_is_left_alone(journal: Journal, engine: Engine) -> None:
    """An operation that ends releases only the lock that it holds."""
    create(journal, an_operation(1))
    create(journal, an_operation(2, target="billing"))
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE locks SET operation_id = :other WHERE target = 'checkout'"),
            {"other": an_id(2)},
        )

    apply(journal, an_id(1), ev.Withdrawn(at=NOON, by="U0ANN"))

    assert journal.operations.holder("checkout") == an_operation(2, target="billing")


def test_a_stale_state_changes_nothing(journal: Journal) -> None:
    """Whoever did not see the newest event is told so, and leaves no trace."""
    create(journal, an_operation())
    seen = journal.operations.load(an_id(1))
    newest = apply(journal, an_id(1), planned(seen))
    withdrawn = moved(seen, ev.Withdrawn(at=NOON, by="U0ANN"))

    with pytest.raises(ConflictError, match="sequence 1"):
        Commits(journal.database).commit(withdrawn)

    assert journal.operations.load(an_id(1)) == newest
    assert [kind for _, kind in _kinds(journal)] == ["requested", "planned"]
    journal.audit.seal()
    assert journal.audit.verify().count == 2


def test_of_two_at_once_exactly_one_wins(journal: Journal, other: Journal) -> None:
    """Two decisions about the same state: one is recorded, the other is a conflict."""
    for number in range(20):
        create(journal, an_operation(number, target=f"t{number}"))
        seen = journal.operations.load(an_id(number))

        with ThreadPoolExecutor(2) as pool:
            won = list(pool.map(_withdraw, [journal, other], [seen, seen]))

        assert sorted(won) == [False, True]


def test_no_update_is_lost(journal: Journal, other: Journal) -> None:
    """Four threads of two processes, fifty changes each: two hundred events, gapless."""
    create(journal, an_operation())
    apply(journal, an_id(1), planned(an_operation()), approved(an_operation()))
    apply(journal, an_id(1), permitted(), accepted())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_see, [journal, other] * 2, range(4)))

    sequences = [sequence for sequence, _ in journal.operations.events(an_id(1))]
    assert sequences == list(range(1, 206))
    assert journal.operations.load(an_id(1)).sequence == 205
    journal.audit.seal()
    assert journal.audit.verify().is_sound


def test_what_does_not_follow_is_a_fault(journal: Journal) -> None:
    """A transition leads from one state of an operation to its next."""
    create(journal, an_operation())
    move = moved(an_operation(), planned(an_operation()))
    late = move.after.model_copy(update={"sequence": 3})

    with pytest.raises(ValueError, match="does not follow"):
        Commits(journal.database).commit(move._replace(after=late))


@pytest.fixture
def far_east(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose own zone is not UTC."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_east")
def test_moments_come_back_in_utc(journal: Journal) -> None:
    """A moment of another zone is the same moment in UTC, never the same digits."""
    shanghai = timezone(timedelta(hours=8))
    create(journal, an_operation(created_at=NOON.astimezone(shanghai)))

    [stored] = journal.operations.all_open()

    assert stored.updated_at == NOON
    assert stored.updated_at.utcoffset() == timedelta(0)
    assert stored.expires_at is not None
    assert stored.expires_at.utcoffset() == timedelta(0)


def test_an_unknown_operation_is_named(journal: Journal) -> None:
    """Loading what does not exist says which id was asked for."""
    with pytest.raises(UnknownOperationError, match=an_id(7)):
        journal.operations.load(an_id(7))


@pytest.mark.parametrize(
    "change",
    [{"format": FORMAT + 1}, {"record": "{}"}, {"record": "no json"}],
)
def test_what_another_version_wrote_is_not_guessed(
    journal: Journal, engine: Engine, change: dict[str, object]
) -> None:
    """A record that this version cannot read is named, and never half understood."""
    create(journal, an_operation())
    with engine.begin() as connection:
        connection.execute(operations.update().values(change))

    for read in (journal.operations.load, journal.operations.find):
        with pytest.raises(UnknownFormatError, match=an_id(1)):
            read(an_id(1))


def test_an_event_of_another_version_is_left_out(journal: Journal, engine: Engine) -> None:
    """An event that cannot be read harms no other: the history shows what its row says of it."""
    create(journal, an_operation())
    apply(journal, an_id(1), planned(an_operation()))
    with engine.begin() as connection:
        connection.execute(
            text("""UPDATE events SET body = '{"kind": "beamed_up"}' WHERE sequence = 1""")
        )

    assert _kinds(journal) == [(2, "planned")]
    [(_, first), (_, second)] = journal.operations.history(an_id(1))
    assert first == UnreadableEvent(at=NOON, kind="requested", by=ANN)
    assert second.kind == "planned"


def _kinds(journal: Journal) -> list[tuple[int, str]]:
    return [(sequence, event.kind) for sequence, event in journal.operations.events(an_id(1))]


def _withdraw(journal: Journal, seen: Operation) -> bool:
    try:
        Commits(journal.database).commit(moved(seen, ev.Withdrawn(at=NOON, by="U0ANN")))
    except ConflictError:
        return False
    return True


def _see(journal: Journal, thread: int) -> None:
    """Add fifty events, each to the newest state."""
    left = 50
    while left:
        try:
            apply(
                journal, an_id(1), ev.TaskSeen(at=NOON, step=0, detail=foreign(f"{thread}: {left}"))
            )
        except ConflictError:
            continue
        left -= 1
