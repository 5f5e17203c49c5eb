"""New operations: recorded once, on a free target, within the limits."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, event, func, select
from sqlalchemy.exc import OperationalError

from bot.core.errors import JournalUnavailableError
from bot.core.ports import AlreadyDelivered, Created, LimitReached, Limits, TargetLocked
from bot.journal import Journal
from bot.journal.commits import Commits
from bot.journal.schema import locks, metadata
from tests.journal.builders import ANN, BOB, an_id, an_operation, apply, create, new, to_the_end


def counted(engine: Engine) -> dict[str, int]:
    """Return how many rows each table has."""
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_a_request_is_recorded_whole(journal: Journal, engine: Engine) -> None:
    """One commit brings the operation, its lock, event, delivery, card and audit record."""
    operation = an_operation()

    made = create(journal, operation)

    assert made == Created(operation=operation)
    assert journal.operations.load(operation.id) == operation
    assert journal.operations.holder("checkout") == operation
    assert [
        (sequence, event.kind) for sequence, event in journal.operations.events(operation.id)
    ] == [(1, "requested")]
    assert {name: rows for name, rows in counted(engine).items() if rows} == {
        "operations": 1,
        "events": 1,
        "locks": 1,
        "requests": 1,
        "surfaces": 1,
        "outbox": 1,
        "audit_unsealed": 1,
        "audit_head": 1,
    }


def test_one_delivery_is_one_operation(journal: Journal) -> None:
    """The same delivery again is answered with the operation that it became, as it stands."""
    create(journal, an_operation(1), delivery="trigger-1")
    ended = apply(journal, an_id(1), *to_the_end(an_operation(1)))

    made = create(journal, an_operation(2, target="billing"), delivery="trigger-1")

    assert made == AlreadyDelivered(operation=ended)
    assert journal.operations.find(an_id(2)) is None


def test_a_target_is_held_by_one(journal: Journal) -> None:
    """An open operation keeps others from its target; a refusal leaves nothing behind."""
    create(journal, an_operation(1))

    made = create(journal, an_operation(2), delivery="trigger-2")

    assert made == TargetLocked(holder=an_operation(1))
    assert journal.operations.find(an_id(2)) is None
    assert isinstance(
        create(journal, an_operation(2, target="billing"), delivery="trigger-2"), Created
    )


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(per_person=2, total=9), LimitReached(scope="person", pending=2)),
        (Limits(per_person=3, total=3), LimitReached(scope="all", pending=3)),
        (Limits(per_person=3, total=4), None),
    ],
)
def test_pending_work_has_limits(
    journal: Journal, limits: Limits, expected: LimitReached | None
) -> None:
    """Open operations are counted, of the person and in all; ended ones are not."""
    for number, person in enumerate([ANN, ANN, BOB, ANN]):
        create(journal, an_operation(number, target=f"t{number}", requester=person))
    apply(journal, an_id(3), *to_the_end(an_operation(3, target="t3")))

    made = create(journal, an_operation(9, target="t9"), limits=limits)

    assert made == (expected or Created(operation=an_operation(9, target="t9")))


def test_the_fence_rises_with_every_lock(journal: Journal, engine: Engine) -> None:
    """A target that is free again keeps its last fence, and the next lock has a higher one."""
    create(journal, an_operation(1))
    apply(journal, an_id(1), *to_the_end(an_operation(1)))
    free = _lock(engine)

    create(journal, an_operation(2))

    assert free == (None, 1)
    assert _lock(engine) == (an_id(2), 2)


def test_of_many_at_once_one_gets_the_target(journal: Journal, other: Journal) -> None:
    """Two processes with four threads each: one operation, seven are told who holds it."""
    asked = [an_operation(number) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, [journal, other] * 4, asked))

    [won] = [each for each in made if isinstance(each, Created)]
    assert [each.holder for each in made if isinstance(each, TargetLocked)] == [won.operation] * 7


def test_of_many_deliveries_at_once_one_counts(journal: Journal, other: Journal) -> None:
    """The same delivery at eight threads of two processes is one operation."""

    def deliver(where: Journal, number: int) -> str:
        asked = an_operation(number, target=f"t{number}")
        made = create(where, asked, delivery="trigger-1")
        assert isinstance(made, Created | AlreadyDelivered)
        return made.operation.id

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(deliver, [journal, other] * 4, range(8)))

    assert len(set(ids)) == 1
    assert len(journal.operations.recent(10)) == 1


def test_limits_hold_under_a_race(journal: Journal, other: Journal) -> None:
    """However many ask at once, no more than the limit are open."""
    asked = [an_operation(number, target=f"t{number}") for number in range(12)]

    with ThreadPoolExecutor(8) as pool:
        limits = Limits(per_person=5, total=200)
        made = list(
            pool.map(
                lambda where, each: create(where, each, limits=limits), [journal, other] * 6, asked
            )
        )

    assert sum(isinstance(each, Created) for each in made) == 5


def test_a_commit_whose_answer_was_lost_is_read_back(journal: Journal, engine: Engine) -> None:
    """Where the connection breaks after the commit, the operation is on disk and said to be."""
    _break_in_commit(engine, after="commit")

    assert create(journal, an_operation()) == Created(operation=an_operation())
    assert journal.operations.load(an_id(1)) == an_operation()


def test_a_commit_that_did_not_happen_is_no_record(journal: Journal, engine: Engine) -> None:
    """Where the connection breaks before the commit, nothing is recorded, which is said."""
    _break_in_commit(engine, after="rollback")

    with pytest.raises(JournalUnavailableError):
        create(journal, an_operation())

    assert journal.operations.find(an_id(1)) is None


def test_what_does_not_begin_is_a_fault(journal: Journal) -> None:
    """Only an operation at its first event can be created."""
    late = an_operation(sequence=2)
    with pytest.raises(ValueError, match="does not begin"):
        Commits(journal.database).create([replace(new(an_operation()), operation=late)])


def _break_in_commit(engine: Engine, *, after: str) -> None:
    """Let the next commit's connection break *after* the database did this."""

    def breaks(connection: Connection) -> None:
        event.remove(engine, "commit", breaks)
        getattr(connection.connection, after)()
        raise OperationalError(statement=None, params=None, orig=ConnectionResetError())

    event.listen(engine, "commit", breaks)


def _lock(engine: Engine) -> tuple[str | None, int]:
    with engine.connect() as connection:
        row = connection.execute(select(locks.c.operation_id, locks.c.fence)).one()
        return row.operation_id, row.fence
