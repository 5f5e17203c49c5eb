"""The outbox: what Slack should show, in order, by one sender at a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.rows import OutboxRow
from bot.journal import SqlJournal
from tests.journal.builders import (
    ANN,
    CHANNEL,
    HOUR,
    NOON,
    SECOND,
    Given,
    an_id,
    an_operation,
    apply,
    approved,
    create,
    planned,
    succeeded,
    to_the_end,
)

LEASE = timedelta(seconds=30)
LATER = NOON + timedelta(minutes=5)
CARD = f"card:{an_id(1)}"


def claimed(journal: SqlJournal, now: datetime = LATER, limit: int = 10) -> list[OutboxRow]:
    """Claim what is due at *now*."""
    return list(journal.claim_outbox(now, limit, LEASE))


def ids(rows: list[OutboxRow]) -> list[str]:
    """Return which rows those are."""
    return [row.id for row in rows]


def reply(sequence: int) -> str:
    """Return the id of the reply to this event."""
    return f"reply:{an_id(1)}:{sequence}"


def shown(journal: SqlJournal, at: datetime = NOON, sequence: int = 1) -> OutboxRow:
    """Record an operation and post its card at *at*; return the row that was sent."""
    create(journal, an_operation())
    [card] = claimed(journal, NOON + SECOND)
    journal.sent(card, "100.1", sequence, at)
    return card


def started(journal: SqlJournal, at: datetime = NOON) -> Operation:
    """Bring an operation to where its remote task is watched."""
    create(journal, an_operation())
    course: tuple[Event, ...] = to_the_end(an_operation(), at)[:-1]
    return apply(journal, an_id(1), *course)


def test_a_new_card_waits_for_the_plan(journal: SqlJournal) -> None:
    """The first post comes a second after the request, or with the plan if that is sooner."""
    create(journal, an_operation(1))
    create(journal, an_operation(2, target="billing"))
    soon = NOON + 0.4 * SECOND

    apply(journal, an_id(2), planned(an_operation(2, target="billing"), soon))

    assert ids(claimed(journal, soon)) == [f"card:{an_id(2)}"]
    assert journal.next_due(soon) == NOON + SECOND
    assert ids(claimed(journal, NOON + SECOND)) == [CARD]


def test_a_card_row_says_what_to_show(journal: SqlJournal) -> None:
    """The row names the newest state that is wanted; there is one row however much happened."""
    started(journal)

    [card] = claimed(journal)

    assert (card.kind, card.operation_id, card.channel) == ("card", an_id(1), CHANNEL)
    assert (card.sequence, card.ts, card.urgency) == (5, None, "decisive")


def test_a_shown_card_rests_until_it_is_wanted_again(journal: SqlJournal) -> None:
    """A card that shows the newest state is done, and due again after the next event."""
    shown(journal)
    assert claimed(journal) == []
    assert journal.next_due(LATER) is None

    apply(journal, an_id(1), planned(an_operation(), NOON + HOUR))

    [card] = claimed(journal, NOON + HOUR)
    assert (card.ts, card.sequence, card.in_doubt, card.attempts) == ("100.1", 2, False, 0)


def test_what_was_shown_sooner_needs_no_update(journal: SqlJournal) -> None:
    """A sender that read a newer state than was wanted has shown that one."""
    create(journal, an_operation())
    [card] = claimed(journal)
    apply(journal, an_id(1), planned(an_operation()))

    journal.sent(card, "100.1", 2, LATER)

    assert claimed(journal, LATER + HOUR) == []


def test_what_happens_meanwhile_is_shown_next(journal: SqlJournal) -> None:
    """An event while the card is being sent makes it due again afterwards, not at once."""
    create(journal, an_operation())
    [card] = claimed(journal)
    apply(journal, an_id(1), planned(an_operation()))
    assert claimed(journal) == []

    journal.sent(card, "100.1", 1, LATER)

    assert [row.sequence for row in claimed(journal, LATER + SECOND)] == [2]


@pytest.mark.parametrize(
    ("event", "due"),
    [
        (ev.TaskSeen(at=LATER + 0.1 * SECOND, step=0, detail="half"), LATER + SECOND),
        (succeeded(at=LATER + 0.1 * SECOND), LATER + 0.1 * SECOND),
    ],
    ids=["progress", "final"],
)
def test_updates_keep_a_distance_unless_they_decide(
    journal: SqlJournal, event: Event, due: datetime
) -> None:
    """Progress waits until a second after the last update; what people wait for does not."""
    started(journal)
    [card] = claimed(journal)
    journal.sent(card, "100.1", 5, LATER)
    _settle_replies(journal)

    apply(journal, an_id(1), event)

    assert journal.next_due(LATER) == due


def test_replies_wait_for_the_card_and_for_each_other(journal: SqlJournal) -> None:
    """A thread begins with its card, and its replies come one after the other."""
    started(journal)
    [card] = claimed(journal)
    assert card.kind == "card"
    journal.sent(card, "100.1", 5, LATER)

    [first] = claimed(journal)
    assert claimed(journal) == []
    journal.sent(first, "100.2", 3, LATER)
    [second] = claimed(journal)

    assert ids([first, second]) == [reply(3), reply(5)]
    assert [row.thread_ts for row in (first, second)] == ["100.1", "100.1"]
    assert [row.urgency for row in (first, second)] == ["decisive", "notable"]


def test_a_loud_reply_says_so(journal: SqlJournal) -> None:
    """A failure after something was sent is shown in the channel as well."""
    started(journal)
    apply(journal, an_id(1), ev.StepFailed(at=NOON, step=0, reason="no image"))
    [card] = claimed(journal)
    journal.sent(card, "100.1", 6, LATER)

    _settle_replies(journal, 2)

    [last] = claimed(journal)
    assert (last.id, last.broadcast) == (reply(6), True)


def test_the_decisive_goes_first(journal: SqlJournal, clock: Given) -> None:
    """Urgency orders the rows, then age."""
    started(journal)
    create(journal, an_operation(2, target="billing", created_at=NOON - HOUR))
    create(journal, an_operation(3, target="search", created_at=NOON - 2 * HOUR))
    clock.now = NOON + SECOND
    journal.whisper(CHANNEL, ANN, "[locked] no")

    rows = claimed(journal)

    assert [row.kind for row in rows] == ["card", "whisper", "card", "card"]
    assert ids(rows)[2:] == [f"card:{an_id(3)}", f"card:{an_id(2)}"]


def test_a_whisper_is_ready_to_send(journal: SqlJournal) -> None:
    """A whisper carries its text and its reader; NUL, which no database takes, is replaced."""
    journal.whisper(CHANNEL, ANN, "no\x00w")

    [row] = claimed(journal)
    journal.sent(row, None, 0, LATER)

    assert (row.user, row.text, row.urgency, row.ts) == (ANN, "no\ufffdw", "decisive", None)
    assert claimed(journal, LATER + HOUR) == []


def test_a_claim_keeps_others_away_until_it_runs_out(
    journal: SqlJournal, other: SqlJournal
) -> None:
    """A dead sender's rows are taken over after its lease."""
    create(journal, an_operation())
    [first] = claimed(journal)

    assert claimed(other, LATER + LEASE - SECOND) == []
    assert journal.next_due(LATER) == LATER + LEASE
    [second] = claimed(other, LATER + LEASE)
    assert (second.attempts, second.claim) == (1, first.claim + 1)


def test_a_post_is_in_doubt_until_its_fate_is_known(journal: SqlJournal) -> None:
    """Whoever takes over a post that may have left is told so; an update cannot be doubled."""
    create(journal, an_operation())
    [first] = claimed(journal)

    [second] = claimed(journal, LATER + LEASE)
    journal.sent(second, "100.1", 1, LATER)
    apply(journal, an_id(1), planned(an_operation()))
    [third] = claimed(journal)
    [fourth] = claimed(journal, LATER + LEASE)

    assert [row.in_doubt for row in (first, second, third, fourth)] == [False, True, False, False]


@pytest.mark.parametrize("in_doubt", [True, False])
def test_a_postponed_row_waits(journal: SqlJournal, *, in_doubt: bool) -> None:
    """A try that is put off comes again at its time, with what is known of its fate."""
    create(journal, an_operation())
    [card] = claimed(journal)

    journal.postpone(card, LATER + HOUR, in_doubt=in_doubt, error="ratelimited")

    assert claimed(journal, LATER + LEASE) == []
    assert journal.next_due(LATER) == LATER + HOUR
    [again] = claimed(journal, LATER + HOUR)
    assert (again.in_doubt, again.attempts) == (in_doubt, 1)


def test_news_do_not_shorten_a_pause(journal: SqlJournal) -> None:
    """A pause that Slack asked for holds, whatever happens meanwhile; once shown it is over."""
    create(journal, an_operation())
    [card] = claimed(journal)
    journal.postpone(card, LATER + HOUR, in_doubt=False, error="ratelimited")

    apply(journal, an_id(1), planned(an_operation(), LATER))

    assert journal.next_due(LATER) == LATER + HOUR
    [card] = claimed(journal, LATER + HOUR)
    journal.sent(card, "100.1", 2, LATER)
    apply(journal, an_id(1), approved(an_operation(), LATER + SECOND))
    assert CARD in ids(claimed(journal, LATER + SECOND))


def test_what_is_given_up_holds_nothing_up(journal: SqlJournal) -> None:
    """A reply that cannot be sent lets the next one go; it never comes again."""
    started(journal)
    [card] = claimed(journal)
    journal.sent(card, "100.1", 5, LATER)
    [first] = claimed(journal)

    journal.give_up(first, "msg_too_long", LATER)

    assert ids(claimed(journal)) == [reply(5)]
    assert reply(3) not in ids(claimed(journal, LATER + HOUR))


def test_a_card_that_was_given_up_returns_with_news(journal: SqlJournal) -> None:
    """A card is tried again when there is something new to show."""
    create(journal, an_operation())
    [card] = claimed(journal)
    journal.give_up(card, "channel_not_found", LATER)
    assert claimed(journal, LATER + HOUR) == []

    apply(journal, an_id(1), planned(an_operation(), LATER))

    assert ids(claimed(journal)) == [CARD]


def test_a_late_sender_spoils_nothing(journal: SqlJournal) -> None:
    """Whose claim ran out can neither put off nor give up what another one does now."""
    create(journal, an_operation())
    [late] = claimed(journal)
    [present] = claimed(journal, LATER + LEASE)

    journal.postpone(late, NOON, in_doubt=False, error="late")
    journal.give_up(late, "late", LATER)
    assert claimed(journal, LATER + LEASE) == []

    journal.sent(present, "100.2", 1, LATER)
    journal.sent(late, "100.1", 1, LATER)
    assert journal.card_of(an_id(1)) == (CHANNEL, "100.2")
    assert claimed(journal, LATER + HOUR) == []


def test_a_card_posted_anew_replaces_its_message(journal: SqlJournal) -> None:
    """Where the card's message was deleted, the new one takes its place."""
    shown(journal)
    apply(journal, an_id(1), planned(an_operation()))
    [card] = claimed(journal)

    journal.sent(card, "200.1", 2, LATER)

    assert journal.operation_at(CHANNEL, "200.1") == an_id(1)
    assert journal.operation_at(CHANNEL, "100.1") is None


def test_the_card_before_is_brought_up_to_date(journal: SqlJournal) -> None:
    """A new plan makes the target's newest ended card due again: its buttons went."""
    create(journal, an_operation(1))
    apply(journal, an_id(1), *to_the_end(an_operation(1)))
    [card] = claimed(journal)
    journal.sent(card, "100.1", 6, LATER)
    _settle_replies(journal, 3)
    create(journal, an_operation(2, created_at=LATER))

    apply(journal, an_id(2), planned(an_operation(2), LATER))

    rows = claimed(journal, LATER + 2 * SECOND)
    assert ids(rows) == [f"card:{an_id(2)}", CARD]
    journal.sent(rows[1], "100.1", 6, LATER)
    assert claimed(journal, LATER + HOUR) != []
    assert CARD not in ids(claimed(journal, LATER + 2 * HOUR))


def test_a_card_wanted_again_while_it_is_sent_is_sent_again(journal: SqlJournal) -> None:
    """A wish that raises no sequence is not lost to the update under way."""
    create(journal, an_operation(1))
    apply(journal, an_id(1), *to_the_end(an_operation(1)))
    [card] = claimed(journal)
    create(journal, an_operation(2))
    apply(journal, an_id(2), planned(an_operation(2), LATER))

    journal.sent(card, "100.1", 6, LATER)

    assert CARD in ids(claimed(journal, LATER + SECOND))


def test_two_senders_never_get_the_same_row(journal: SqlJournal, other: SqlJournal) -> None:
    """Four threads of two processes claim in small handfuls: every row exactly once."""
    for number in range(40):
        create(journal, an_operation(number, target=f"t{number}"))

    def drain(where: SqlJournal) -> list[str]:
        mine: list[str] = []
        while rows := claimed(where, limit=3):
            mine.extend(ids(rows))
        return mine

    with ThreadPoolExecutor(4) as pool:
        got = [each for part in pool.map(drain, [journal, other] * 2) for each in part]

    got.extend(ids(claimed(journal, limit=40)))  # what a rival had locked when it looked
    assert sorted(got) == sorted(f"card:{an_id(number)}" for number in range(40))


def test_the_backlog_is_what_is_overdue(journal: SqlJournal, clock: Given) -> None:
    """Rows that wait are counted, with the age of the oldest; what rests is none."""
    assert journal.outbox_backlog() == (0, 0.0)
    create(journal, an_operation())

    clock.now = NOON + 61 * SECOND

    assert journal.outbox_backlog() == (1, 60.0)


def _settle_replies(journal: SqlJournal, count: int = 2) -> None:
    for number in range(count):
        [row] = claimed(journal)
        assert row.kind == "reply"
        journal.sent(row, f"300.{number}", row.sequence, LATER)
