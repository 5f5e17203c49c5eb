"""The outbox: what Slack should show, when, and in which order."""

from datetime import datetime

import pytest

from bot.core import events as ev
from bot.core.events import Event
from bot.core.slack_pace import Order
from bot.core.surfaces import POSTS, whispered
from bot.journal import Journal
from tests.core.builders import foreign
from tests.journal.builders import (
    ANN,
    CHANNEL,
    HOUR,
    NOON,
    SECOND,
    an_id,
    an_operation,
    apply,
    create,
    planned,
    succeeded,
    to_the_end,
)
from tests.journal.sender import (
    CARD,
    LATER,
    card_of,
    claimed,
    ids,
    reply,
    settle_replies,
    shown,
    started,
)


def test_a_new_card_waits_for_the_plan(journal: Journal) -> None:
    """The first post comes a second after the request, or with the plan if that is sooner."""
    create(journal, an_operation(1))
    create(journal, an_operation(2, target="billing"))
    soon = NOON + 0.4 * SECOND

    apply(journal, an_id(2), planned(an_operation(2, target="billing"), soon))

    assert ids(claimed(journal, soon)) == [card_of(2)]
    assert journal.outbox.next_due(soon) == NOON + SECOND
    assert ids(claimed(journal, NOON + SECOND)) == [CARD]


def test_a_card_row_says_what_to_show(journal: Journal) -> None:
    """The row names the newest state that is wanted; there is one row however much happened."""
    started(journal)

    [card] = claimed(journal)

    assert (card.kind, card.subject.id, card.channel) == ("operation_card", an_id(1), CHANNEL)
    assert (card.wanted, card.ts, card.urgency) == (5, None, "decisive")


def test_a_shown_card_rests_until_it_is_wanted_again(journal: Journal) -> None:
    """A card that shows the newest state is done, and due again after the next event."""
    shown(journal)
    assert claimed(journal) == []
    assert journal.outbox.next_due(LATER) is None

    apply(journal, an_id(1), planned(an_operation(), NOON + HOUR))

    card, call = claimed(journal, NOON + HOUR)
    assert call.id == reply(2)
    assert (card.ts, card.wanted, card.in_doubt, card.attempts) == ("100.1", 2, False, 0)


def test_what_was_shown_sooner_needs_no_update(journal: Journal) -> None:
    """A sender that read a newer state than was wanted has shown that one."""
    create(journal, an_operation())
    [card] = claimed(journal)
    apply(journal, an_id(1), planned(an_operation()))

    journal.outbox.sent(card, "100.1", 2, LATER)

    assert ids(claimed(journal, LATER + HOUR)) == [reply(2)]


@pytest.mark.parametrize(
    ("event", "due"),
    [
        (ev.TaskSeen(at=LATER + 0.1 * SECOND, step=0, detail=foreign("half")), LATER + 3 * SECOND),
        (succeeded(at=LATER + 0.1 * SECOND), LATER + 0.1 * SECOND),
    ],
    ids=["progress", "final"],
)
def test_updates_keep_a_distance_unless_they_decide(
    journal: Journal, event: Event, due: datetime
) -> None:
    """Progress waits until three seconds after the last update; what people wait for does not."""
    started(journal)
    [card] = claimed(journal)
    journal.outbox.sent(card, "100.1", 5, LATER)
    settle_replies(journal, 3)

    apply(journal, an_id(1), event)

    assert journal.outbox.next_due(LATER) == due


def test_replies_wait_for_the_card_and_for_each_other(journal: Journal) -> None:
    """A thread begins with its card, and its replies come one after the other."""
    started(journal)
    [card] = claimed(journal)
    assert card.kind == "operation_card"
    journal.outbox.sent(card, "100.1", 5, LATER)

    [first] = claimed(journal)
    assert claimed(journal) == []
    journal.outbox.sent(first, "100.2", 2, LATER)
    [second] = claimed(journal)
    journal.outbox.sent(second, "100.3", 3, LATER)
    [third] = claimed(journal)

    assert ids([first, second, third]) == [reply(2), reply(3), reply(5)]
    assert [row.thread_ts for row in (first, second, third)] == ["100.1"] * 3
    assert [row.urgency for row in (first, second, third)] == ["decisive", "decisive", "notable"]


def test_a_loud_reply_says_so(journal: Journal) -> None:
    """A failure after something was sent is shown in the channel as well."""
    started(journal)
    apply(journal, an_id(1), ev.StepFailed(at=NOON, step=0, reason=foreign("no image")))
    [card] = claimed(journal)
    journal.outbox.sent(card, "100.1", 6, LATER)

    settle_replies(journal, 3)

    [last] = claimed(journal)
    assert (last.id, last.broadcast) == (reply(6), True)


def test_the_decisive_goes_first(journal: Journal) -> None:
    """Urgency orders the rows, then age."""
    started(journal)
    create(journal, an_operation(2, target="billing", created_at=NOON - HOUR))
    create(journal, an_operation(3, target="search", created_at=NOON - 2 * HOUR))
    journal.outbox.show(whispered(ANN, CHANNEL, "[locked] no"), at=NOON + SECOND)

    rows = claimed(journal)

    assert [row.kind for row in rows] == [
        "operation_card",
        "whisper",
        "operation_card",
        "operation_card",
    ]
    assert ids(rows)[2:] == [card_of(3), card_of(2)]


def test_a_whisper_is_ready_to_send(journal: Journal) -> None:
    """A whisper carries its text and its reader; NUL, which no database takes, is replaced."""
    journal.outbox.show(whispered(ANN, CHANNEL, "no\x00w"), at=NOON)

    [row] = claimed(journal)
    journal.outbox.sent(row, None, 0, LATER)

    assert (row.user, row.body["text"], row.urgency, row.ts) == (ANN, "no\ufffdw", "decisive", None)
    assert claimed(journal, LATER + HOUR) == []


def test_a_card_posted_anew_replaces_its_message(journal: Journal) -> None:
    """Where the card's message was deleted, the new one takes its place."""
    shown(journal)
    apply(journal, an_id(1), planned(an_operation()))
    [card] = [row for row in claimed(journal) if row.id == CARD]

    journal.outbox.sent(card, "200.1", 2, LATER)

    [shown_at] = journal.surfaces.cards_of(an_id(1))
    assert journal.surfaces.surface_at(CHANNEL, "200.1") == shown_at
    assert journal.surfaces.surface_at(CHANNEL, "100.1") is None


def test_the_card_before_is_brought_up_to_date(journal: Journal) -> None:
    """A new plan makes the target's newest ended card due again: its buttons went."""
    create(journal, an_operation(1))
    apply(journal, an_id(1), *to_the_end(an_operation(1)))
    [card] = claimed(journal)
    journal.outbox.sent(card, "100.1", 6, LATER)
    settle_replies(journal, 4)
    create(journal, an_operation(2, created_at=LATER))

    apply(journal, an_id(2), planned(an_operation(2), LATER))

    rows = claimed(journal, LATER + 4 * SECOND)
    assert ids(rows) == [card_of(2), CARD]
    journal.outbox.sent(rows[1], "100.1", 6, LATER)
    assert claimed(journal, LATER + HOUR) != []
    assert CARD not in ids(claimed(journal, LATER + 2 * HOUR))


def test_the_backlog_is_what_is_overdue(journal: Journal) -> None:
    """Rows that wait are counted, with the age of the oldest; what rests is none."""
    assert journal.outbox.backlog(NOON) == (0, 0.0)
    create(journal, an_operation())

    assert journal.outbox.backlog(NOON + 61 * SECOND) == (1, 60.0)


def test_what_ended_goes_before_what_goes_on(journal: Journal) -> None:
    """The replies of what has ended come first, then its card, then the cards of others."""
    for number in (1, 2, 3):
        create(journal, an_operation(number, target=f"t{number}"))
    apply(journal, an_id(3), *to_the_end(an_operation(3, target="t3")))
    apply(journal, an_id(2), *to_the_end(an_operation(2, target="t2")))
    [card] = claimed(journal, limit=1)
    assert card.id == card_of(2)
    journal.outbox.sent(card, "100.1", 6, LATER)

    rows = claimed(journal)

    assert ids(rows) == [f"operation_reply:{an_id(2)}:{CHANNEL}:2", card_of(3), CARD]


def in_channels(journal: Journal, count: int) -> None:
    """Record so many operations, each in a channel of its own."""
    for number in range(1, count + 1):
        channel = f"C0ROOM{number}"
        create(journal, an_operation(number, target=f"t{number}", channel=channel))


def test_where_few_posts_pass_ends_and_beginnings_take_turns(journal: Journal) -> None:
    """What people must act on comes first in each order; then it is one's turn, or the other's."""
    in_channels(journal, 4)
    for number, card in enumerate(claimed(journal), start=1):
        journal.outbox.sent(card, f"{number}.1", 1, NOON)
    create(journal, an_operation(5, target="t5"))
    good = an_operation(3, target="t3", channel="C0ROOM3")
    apply(journal, an_id(3), *to_the_end(good))
    course = to_the_end(an_operation(4, target="t4", channel="C0ROOM4"))
    stalled = ev.WatchStalled(at=NOON, step=0, reason=foreign("gone"))
    apply(journal, an_id(4), *course[:-1], stalled)

    def first(order: Order) -> list[str]:
        rows = journal.outbox.claim(LATER, 9, SECOND, order=order, closed=["chat.update"])
        for row in rows:
            journal.outbox.stand_back([row], row.lane, LATER)
        return [f"{row.kind}:{row.subject.id}" for row in rows][:3]

    call, end = f"operation_reply:{an_id(4)}", f"operation_reply:{an_id(3)}"
    begin = f"operation_card:{an_id(5)}"
    assert first("usual") == [call, end, begin]
    assert first("ends") == [call, end, begin]
    assert first("begins") == [call, begin, end]


@pytest.mark.parametrize(("order", "together"), [("usual", 1), ("ends", 4), ("begins", 4)])
def test_where_few_posts_pass_a_thread_is_told_at_once(
    journal: Journal, order: Order, together: int
) -> None:
    """Other channels wait for the same turns: what a thread has to tell goes as one message."""
    in_channels(journal, 2)
    for number, card in enumerate(claimed(journal), start=1):
        journal.outbox.sent(card, f"{number}.1", 1, NOON)
    for number in (1, 2):
        channel = f"C0ROOM{number}"
        course = to_the_end(an_operation(number, target=f"t{number}", channel=channel))
        apply(journal, an_id(number), *course)

    rows = journal.outbox.claim(
        LATER, 1, SECOND, order=order, closed=["chat.update"], joined_by=lambda _: 7
    )

    assert len(rows) == together
    assert {row.subject.id for row in rows} == {rows[0].subject.id}


def test_all_posts_are_closed_by_the_name_of_their_method(journal: Journal) -> None:
    """Where no turn for a post comes, all stand back together; what is no post goes on."""
    in_channels(journal, 2)
    journal.outbox.show(whispered(ANN, CHANNEL, "no"), at=NOON)

    assert [row.kind for row in journal.outbox.claim(LATER, 9, SECOND, closed=[POSTS])] == [
        "whisper"
    ]
    assert journal.outbox.is_any_due(LATER + HOUR, closed=[POSTS, "chat.postEphemeral"]) is False
    [row] = journal.outbox.claim(LATER, 1, SECOND, closed=["chat.postEphemeral"])
    journal.outbox.stand_back([row], POSTS, LATER + HOUR)
    assert [row.kind for row in claimed(journal, LATER + 2 * SECOND)] == ["whisper"]
    assert len(claimed(journal, LATER + HOUR)) == 3


def test_what_was_put_off_is_waited_for_all_the_same(journal: Journal) -> None:
    """A message that Slack refuses, or holds, is in the backlog: people do not see it."""
    create(journal, an_operation())
    [card] = claimed(journal, NOON + SECOND)
    journal.outbox.postpone(card, NOON + HOUR, in_doubt=False, error="channel_not_found")

    assert journal.outbox.backlog(NOON + 61 * SECOND) == (1, 60.0)
