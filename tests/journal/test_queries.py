"""Reading: what holds a target, what was newest, how long things take."""

from datetime import timedelta
from typing import Any

from bot.core import events as ev
from bot.core.rows import OpenOperation
from bot.core.surfaces import Subject
from bot.journal import Journal, ping
from tests.core.builders import foreign
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


def ended(journal: Journal, number: int, **fields: Any) -> None:
    """Record an operation that succeeded."""
    create(journal, an_operation(number, **fields))
    apply(journal, an_id(number), *to_the_end(an_operation(number, **fields)))


def test_a_target_tells_its_operations_apart(journal: Journal) -> None:
    """The holder is open, the latest has ended, the newest may be either."""
    assert (journal.operations.holder("checkout"), journal.operations.latest("checkout")) == (
        None,
        None,
    )
    ended(journal, 1)
    ended(journal, 2)
    create(journal, an_operation(3))
    create(journal, an_operation(4, target="billing"))

    found = [
        journal.operations.holder("checkout"),
        journal.operations.latest("checkout"),
        journal.operations.recent(1, "checkout")[0],
    ]

    assert [each and each.id for each in found] == [an_id(3), an_id(2), an_id(3)]


def test_an_unknown_id_finds_nothing(journal: Journal) -> None:
    """Finding what does not exist is no error."""
    assert journal.operations.find(an_id(9)) is None
    assert journal.operations.events(an_id(9)) == ()
    assert journal.surfaces.cards_of(an_id(9)) == ()


def test_recent_operations_come_newest_first(journal: Journal) -> None:
    """A list can be cut, kept to one target, and kept to what is open."""
    for number in range(3):
        ended(journal, number, created_at=NOON + number * SECOND)
    create(journal, an_operation(7, created_at=NOON + 7 * SECOND))
    create(journal, an_operation(5, target="billing", created_at=NOON + 5 * SECOND))

    newest, of_target, unfinished = (
        [each.id for each in found]
        for found in (
            journal.operations.recent(3),
            journal.operations.recent(9, "checkout"),
            journal.operations.recent(9, open_only=True),
        )
    )

    assert newest == [an_id(7), an_id(5), an_id(2)]
    assert of_target == [an_id(7), an_id(2), an_id(1), an_id(0)]
    assert unfinished == [an_id(7), an_id(5)]


def test_open_operations_say_where_they_stand(journal: Journal) -> None:
    """Each open operation is told with what a sweeper needs, without reading its record."""
    ended(journal, 1)
    create(journal, an_operation(2, created_at=NOON + SECOND))
    create(journal, an_operation(3, target="billing", created_at=NOON))
    later = NOON + HOUR - SECOND  # the gate is still open
    course = to_the_end(an_operation(3, target="billing"), later)
    apply(journal, an_id(3), *course[:3])

    submitting, waiting = journal.operations.all_open()

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


def test_a_card_leads_to_its_operation(journal: Journal) -> None:
    """What a message shows is known from when it was posted, on a card and in its thread."""
    create(journal, an_operation())
    [before] = journal.surfaces.cards_of(an_id(1))
    assert (before.channel, before.ts) == (CHANNEL, None)
    apply(journal, an_id(1), ev.ApprovalRefused(at=NOON, by=BOB, reason="no"))
    for ts in ("100.1", "100.2"):
        [row] = journal.outbox.claim(NOON + HOUR, 9, HOUR)
        journal.outbox.sent(row, ts, 2, NOON + HOUR)

    [card] = journal.surfaces.cards_of(an_id(1))
    assert (card.channel, card.ts) == (CHANNEL, "100.1")
    assert card.subject == Subject(kind="operation", id=an_id(1))
    assert journal.surfaces.surface_at(CHANNEL, "100.1") == card
    reply = journal.surfaces.surface_at(CHANNEL, "100.2")
    assert reply is not None
    assert (reply.kind, reply.subject) == ("operation_reply", card.subject)
    assert journal.surfaces.surface_at(CHANNEL, "100.3") is None
    assert journal.surfaces.surface_at("C0OTHER", "100.1") is None


def test_a_rollback_counts_while_it_is_open_or_succeeded(journal: Journal) -> None:
    """A rollback that was withdrawn or failed leaves room for another."""
    ended(journal, 1)
    create(journal, an_operation(2, rollback_of=an_id(1)))
    running = journal.operations.rollback_of(an_id(1))
    apply(journal, an_id(2), ev.Withdrawn(at=NOON, by=BOB))
    withdrawn = journal.operations.rollback_of(an_id(1))
    ended(journal, 3, rollback_of=an_id(1))
    succeeded_one = journal.operations.rollback_of(an_id(1))

    found = (running, withdrawn, succeeded_one)

    assert found == (an_id(2), None, an_id(3))


def test_what_follows_counts_while_it_is_open_or_was_sent(journal: Journal) -> None:
    """What goes on with a failed operation and came to nothing leaves room for another."""
    ended(journal, 1)
    create(journal, an_operation(2, follows=an_id(1)))
    running = journal.operations.follower_of(an_id(1))
    apply(journal, an_id(2), ev.Withdrawn(at=NOON, by=BOB))
    withdrawn = journal.operations.follower_of(an_id(1))
    third = an_operation(3, follows=an_id(1))
    create(journal, third)
    failure = ev.StepFailed(at=NOON, step=0, reason=foreign("again"))
    apply(journal, an_id(3), *to_the_end(third)[:-1], failure)
    failed = journal.operations.follower_of(an_id(1))
    ended(journal, 4, follows=an_id(3))

    found = (running, withdrawn, failed, journal.operations.follower_of(an_id(1)))

    assert found == (an_id(2), None, an_id(3), an_id(3))
    assert journal.operations.follower_of(an_id(4)) is None


def test_step_times_are_those_of_successes(journal: Journal) -> None:
    """What a step took is kept when it succeeds, and told newest first."""
    for number in range(1, 4):
        _lasting(journal, number, number * SECOND)
    create(journal, an_operation(11))
    course = to_the_end(an_operation(11))[:-1]
    apply(journal, an_id(11), *course, ev.StepFailed(at=NOON + HOUR, step=0, reason=foreign("no")))

    of = journal.step_times.of
    assert of("checkout", "deploy", ["step-0", "precheck", "step-0"]) == {
        "step-0": (3.0, 2.0, 1.0),
        "precheck": (),
    }
    assert of("checkout", "restart", ["step-0"]) == {"step-0": ()}
    assert of("billing", "deploy", ["step-0"]) == {"step-0": ()}


def test_a_database_that_answers_is_alive(journal: Journal) -> None:
    """A ping reads and returns."""
    ping(journal.database)


def _lasting(journal: Journal, number: int, duration: timedelta) -> None:
    operation = an_operation(number)
    create(journal, operation)
    sent = (planned(operation), approved(operation), permitted(), accepted())
    apply(journal, operation.id, *sent, succeeded(at=NOON + duration))
