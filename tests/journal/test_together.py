"""Operations that begin together: each as if it had come by itself, in the same order."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select

from bot.core.errors import JournalUnavailableError
from bot.core.operation import AwaitingApproval, Queued
from bot.core.ports import AuditEntry, Created, Limits
from bot.core.queue import QueueRules
from bot.journal import Journal, journal_on
from bot.journal.commits import Commits
from bot.journal.entering import NewOperation
from bot.journal.schema import metadata
from tests.journal.builders import (
    ANN,
    BOB,
    HOUR,
    NOON,
    SECOND,
    an_id,
    an_operation,
    apply,
    create,
    new,
    to_the_end,
)
from tests.journal.databases import emptied, opened

ENTRY: Final = AuditEntry(at=NOON, who=ANN, what="denied", subject="checkout")
ASKED: Final = st.tuples(
    st.sampled_from(["checkout", "billing", "search", "mail"]),
    st.sampled_from(["deploy", "deploy", "deploy", "rollback", "restart"]),
    st.sampled_from([ANN, BOB]),
    st.integers(min_value=0, max_value=9),  # a delivery
    st.booleans(),  # whether people have to approve it
)


def _new(number: int, asked: tuple[str, str, str, int, bool], rules: QueueRules) -> NewOperation:
    target, action, person, delivery, is_gated = asked
    operation = an_operation(
        number,
        target=target,
        action=action,
        requester=person,
        created_at=NOON + number * SECOND,
        phase=AwaitingApproval(expires_at=NOON + HOUR) if is_gated else Queued(),
        approvals_needed=int(is_gated),
    )
    limits = Limits(per_person=2, total=3)
    return new(operation, delivery=f"d-{delivery}", limits=limits, queue=rules)


@pytest.fixture(scope="module")
def shared(database: str) -> Iterator[Engine]:
    """A journal for all examples: each empties it first."""
    with opened(database) as engine:
        yield engine
        emptied(engine)


def _rows(engine: Engine) -> dict[str, list[str]]:
    """Return all that the journal holds, but for numbers that a database gives by itself."""
    with engine.connect() as connection:
        return {
            name: sorted(repr(_told(row._asdict())) for row in connection.execute(select(table)))
            for name, table in metadata.tables.items()
        }


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in row.items() if name != "id" or isinstance(each, str)}


@settings(max_examples=40)
@given(
    asked=st.lists(ASKED, min_size=1, max_size=12),
    room=st.sampled_from([0, 1, 3]),
    held=st.booleans(),
)
def test_together_is_as_one_after_the_other(
    shared: Engine,
    asked: list[tuple[str, str, str, int, bool]],
    room: int,
    *,
    held: bool,
) -> None:
    """What becomes of each, and every row of every table."""
    wants = [_new(10 + at, each, QueueRules(room=room)) for at, each in enumerate(asked)]
    found = []
    for size in (1, len(wants)):
        emptied(shared)
        _before(shared, is_held=held)
        commits = Commits(shared)
        batches = [wants[at : at + size] for at in range(0, len(wants), size)]
        made = [each for batch in batches for each in commits.create(batch)]
        found.append((made, _rows(shared)))

    assert found[0] == found[1]


def _before(engine: Engine, *, is_held: bool) -> None:
    """Let one target have a past, and another one a holder, where it is held."""
    journal = journal_on(engine)
    create(journal, an_operation(1, target="billing"))
    apply(journal, an_id(1), *to_the_end(an_operation(1, target="billing")))
    if is_held:
        create(journal, an_operation(2, target="search", requester=BOB))


def test_what_is_noted_beside_them_is_on_disk_with_them(journal: Journal, engine: Engine) -> None:
    """Refusals of the same moment come into the audit in the same transaction, alone as well."""
    commits = Commits(engine)
    [made] = commits.create([new(an_operation())], [ENTRY])
    none = commits.create([], [ENTRY, ENTRY])
    assert isinstance(made, Created)
    assert none == []
    told = [each["what"] for each in journal.audit.export()]
    assert told == ["denied", "requested", "denied", "denied"]


def test_one_fault_leaves_nothing_of_all(journal: Journal, engine: Engine) -> None:
    """All begin in one transaction: where it cannot be committed, nothing is there."""

    def breaks(_: object) -> None:
        event.remove(engine, "commit", breaks)
        raise JournalUnavailableError

    event.listen(engine, "commit", breaks)
    wants = [new(an_operation(number, target=f"t{number}")) for number in range(3)]
    with pytest.raises(JournalUnavailableError):
        Commits(engine).create(wants)
    assert journal.operations.recent(10) == ()
