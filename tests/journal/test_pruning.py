"""Pruning on both databases: in batches, beside others who prune or write."""

import pytest

from bot.core.errors import ConflictError
from bot.journal import Journal
from bot.journal.audit_anchors import read_key
from bot.journal.pruning import Records
from bot.journal.schema import outbox
from tests.journal.builders import HOUR, NOON, SECOND, an_id, an_operation, apply, create
from tests.journal.builders import to_the_end as course

KEY = read_key("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=", "KEY")
LATER = NOON + 48 * HOUR


@pytest.fixture
def ended(journal: Journal) -> Journal:
    """Three operations that have ended, all told, and one that is open."""
    for number in range(1, 4):
        operation = an_operation(number, target=f"t-{number}", created_at=NOON + number * SECOND)
        create(journal, operation)
        apply(journal, operation.id, *course(operation, NOON + number * SECOND))
    create(journal, an_operation(4, target="open", created_at=NOON))
    with journal.database.begin() as connection:
        connection.execute(outbox.delete())
    journal.audit.seal()
    return journal


def test_each_leaves_once_though_two_prune(ended: Journal, other: Journal) -> None:
    """Who comes second takes out nothing, and both say how much they did."""
    [mine] = ended.pruning.old(LATER)
    [theirs] = other.pruning.old(LATER)
    ids = [each.id for each in mine.leaving]
    assert ids == [an_id(1), an_id(2), an_id(3)] == [each.id for each in theirs.leaving]
    assert [ended.pruning.take_out(ids, LATER), other.pruning.take_out(ids, LATER)] == [3, 0]
    assert list(ended.pruning.old(LATER)) == []


def test_what_changed_meanwhile_stays(ended: Journal, other: Journal) -> None:
    """Whether it may leave is asked again in the transaction in which it leaves."""
    [batch] = ended.pruning.old(LATER)
    create(other, an_operation(5, target="t-1", rollback_of=an_id(1)))
    assert ended.pruning.take_out([each.id for each in batch.leaving], LATER) == 2
    assert ended.operations.find(an_id(1)) is not None


def test_the_moment_of_the_end_counts(ended: Journal) -> None:
    """What was asked for before, and ended after it, stays."""
    [batch] = ended.pruning.old(NOON + 3 * SECOND)
    assert [each.id for each in batch.leaving] == [an_id(1), an_id(2)]


def test_the_newest_record_and_those_of_what_stays_stay(ended: Journal) -> None:
    """The chain never leaves whole, and goes on from where it was cut."""
    ids = [an_id(number) for number in range(1, 4)]
    ended.pruning.take_out(ids, LATER)
    kept_from = ended.pruning.kept_from(LATER)
    assert kept_from == ended.audit.head().sequence
    records = _records(ended, kept_from)
    ended.pruning.cut(records, KEY, "2026-11-22T00:00:00Z")
    report = ended.audit.verify(trusted=frozenset({KEY.public}))
    assert (report.count, report.faults, report.begins_after) == (1, (), kept_from - 1)
    assert ended.pruning.records(LATER, kept_from) is None


def test_a_chain_is_cut_once_though_two_prune(ended: Journal, other: Journal) -> None:
    """Who comes second finds that the chain begins elsewhere, and leaves it alone."""
    mine, theirs = _records(ended, None), _records(other, None)
    ended.pruning.cut(mine, KEY, "2026-11-22T00:00:00Z")
    with pytest.raises(ConflictError, match="somebody else prunes it"):
        other.pruning.cut(theirs, KEY, "2026-11-22T00:00:00Z")
    create(ended, an_operation(6, target="new"))
    ended.audit.seal()
    assert ended.audit.verify().is_sound


def test_batches_follow_one_another(ended: Journal) -> None:
    """What stays is passed, and what comes after it is read."""
    found = [[each.id for each in batch.leaving] for batch in ended.pruning.old(LATER, size=2)]
    assert found == [[an_id(1), an_id(2)], [an_id(3)]]
    create(ended, an_operation(5, target="t-2", follows=an_id(2)))
    assert [batch.staying for batch in ended.pruning.old(LATER, size=1)] == [0, 1, 0]


def _records(journal: Journal, kept_from: int | None) -> Records:
    records = journal.pruning.records(LATER, kept_from)
    assert records is not None
    return records
