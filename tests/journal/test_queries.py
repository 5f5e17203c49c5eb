"""Reading: what holds a target, what was newest, how long things take."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text

from bot.core import events as ev
from bot.core.rows import OpenOperation
from bot.journal import SqlJournal
from tests.journal.builders import (
    ANN,
    BOB,
    CHANNEL,
    HOUR,
    NOON,
    SECOND,
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


def ended(journal: SqlJournal, number: int, **fields: Any) -> None:
    """Record an operation that succeeded."""
    create(journal, an_operation(number, **fields))
    apply(journal, an_id(number), *to_the_end(an_operation(number, **fields)))


def test_a_target_tells_its_operations_apart(journal: SqlJournal) -> None:
    """The holder is open, the latest has ended, the newest may be either."""
    assert (journal.holder("checkout"), journal.latest("checkout")) == (None, None)
    ended(journal, 1)
    ended(journal, 2)
    create(journal, an_operation(3))
    create(journal, an_operation(4, target="billing"))

    found = [journal.holder("checkout"), journal.latest("checkout"), journal.newest("checkout")]

    assert [each and each.id for each in found] == [an_id(3), an_id(2), an_id(3)]


def test_an_unknown_id_finds_nothing(journal: SqlJournal) -> None:
    """Finding what does not exist is no error."""
    assert journal.find(an_id(9)) is None
    assert journal.events(an_id(9)) == ()
    assert journal.card_of(an_id(9)) is None


def test_recent_operations_come_newest_first(journal: SqlJournal) -> None:
    """A list can be cut, kept to one target, and kept to what is open."""
    for number in range(3):
        ended(journal, number, created_at=NOON + number * SECOND)
    create(journal, an_operation(7, created_at=NOON + 7 * SECOND))
    create(journal, an_operation(5, target="billing", created_at=NOON + 5 * SECOND))

    newest, of_target, unfinished = (
        [each.id for each in found]
        for found in (
            journal.recent(3),
            journal.recent(9, "checkout"),
            journal.recent(9, open_only=True),
        )
    )

    assert newest == [an_id(7), an_id(5), an_id(2)]
    assert of_target == [an_id(7), an_id(2), an_id(1), an_id(0)]
    assert unfinished == [an_id(7), an_id(5)]


def test_open_operations_say_where_they_stand(journal: SqlJournal) -> None:
    """Each open operation is told with what a sweeper needs, without reading its record."""
    ended(journal, 1)
    create(journal, an_operation(2, created_at=NOON + SECOND))
    create(journal, an_operation(3, target="billing", created_at=NOON))
    later = NOON + HOUR - SECOND  # the gate is still open
    course = to_the_end(an_operation(3, target="billing"), later)
    apply(journal, an_id(3), *course[:3])

    submitting, waiting = journal.open_operations()

    assert waiting == OpenOperation(
        id=an_id(2),
        target="checkout",
        requester=ANN,
        phase="awaiting_approval",
        stage=None,
        sequence=1,
        updated_at=NOON + SECOND,
        expires_at=NOON + HOUR,
        is_planned=False,
    )
    assert (submitting.phase, submitting.stage) == ("running", "submitting")
    assert not submitting.is_foreign
    assert (submitting.updated_at, submitting.is_planned) == (later, True)
    assert submitting.expires_at is None


def test_a_card_leads_to_its_operation(journal: SqlJournal) -> None:
    """The message of a card is known from when it was posted; a reply's is no card."""
    create(journal, an_operation())
    assert journal.card_of(an_id(1)) == (CHANNEL, None)
    apply(journal, an_id(1), ev.ApprovalRefused(at=NOON, by=BOB, reason="no"))
    for ts in ("100.1", "100.2"):
        [row] = journal.claim_outbox(NOON + HOUR, 9, HOUR)
        journal.sent(row, ts, 2, NOON + HOUR)

    assert journal.card_of(an_id(1)) == (CHANNEL, "100.1")
    assert journal.operation_at(CHANNEL, "100.1") == an_id(1)
    assert journal.operation_at(CHANNEL, "100.2") is None
    assert journal.operation_at("C0OTHER", "100.1") is None


def test_a_rollback_counts_while_it_is_open_or_succeeded(journal: SqlJournal) -> None:
    """A rollback that was withdrawn or failed leaves room for another."""
    ended(journal, 1)
    create(journal, an_operation(2, rollback_of=an_id(1)))
    running = journal.rollback_of(an_id(1))
    apply(journal, an_id(2), ev.Withdrawn(at=NOON, by=BOB))
    withdrawn = journal.rollback_of(an_id(1))
    ended(journal, 3, rollback_of=an_id(1))
    succeeded_one = journal.rollback_of(an_id(1))

    found = (running, withdrawn, succeeded_one)

    assert [each and each.id for each in found] == [an_id(2), None, an_id(3)]


def test_what_follows_counts_while_it_is_open_or_was_sent(journal: SqlJournal) -> None:
    """What goes on with a failed operation and came to nothing leaves room for another."""
    ended(journal, 1)
    create(journal, an_operation(2, follows=an_id(1)))
    running = journal.follower_of(an_id(1))
    apply(journal, an_id(2), ev.Withdrawn(at=NOON, by=BOB))
    withdrawn = journal.follower_of(an_id(1))
    third = an_operation(3, follows=an_id(1))
    create(journal, third)
    failure = ev.StepFailed(at=NOON, step=0, reason="again")
    apply(journal, an_id(3), *to_the_end(third)[:-1], failure)
    failed = journal.follower_of(an_id(1))
    ended(journal, 4, follows=an_id(3))

    found = (running, withdrawn, failed, journal.follower_of(an_id(1)))

    assert [each and each.id for each in found] == [an_id(2), None, an_id(3), an_id(3)]
    assert journal.follower_of(an_id(4)) is None


def test_usual_durations_are_those_of_successes(journal: SqlJournal) -> None:
    """Half and nine tenths of a step's successes stayed within these seconds."""
    for number in range(1, 11):
        _lasting(journal, number, number * SECOND)
    create(journal, an_operation(11))
    course = to_the_end(an_operation(11))[:-1]
    apply(journal, an_id(11), *course, ev.StepFailed(at=NOON + HOUR, step=0, reason="no"))

    assert journal.usual_duration("checkout", "deploy", "step-0") == (5.0, 9.0)
    assert journal.usual_duration("checkout", "deploy", "precheck") is None
    assert journal.usual_duration("checkout", "restart", "step-0") is None
    assert journal.usual_duration("billing", "deploy", "step-0") is None


def test_old_records_spoil_no_estimate(journal: SqlJournal, engine: Engine) -> None:
    """A past record that cannot be read tells nothing; the others still do."""
    _lasting(journal, 1, SECOND)
    _lasting(journal, 2, 9 * SECOND)
    with engine.begin() as connection:
        spoilt = text("UPDATE operations SET record = '[]' WHERE id = :id")
        connection.execute(spoilt, {"id": an_id(2)})

    assert journal.usual_duration("checkout", "deploy", "step-0") == (1.0, 1.0)


def test_a_database_that_answers_is_alive(journal: SqlJournal) -> None:
    """A ping reads and returns."""
    journal.ping()


def _lasting(journal: SqlJournal, number: int, duration: timedelta) -> None:
    operation = an_operation(number)
    create(journal, operation)
    sent = (planned(operation), approved(operation), permitted(), accepted())
    apply(journal, operation.id, *sent, succeeded(at=NOON + duration))
