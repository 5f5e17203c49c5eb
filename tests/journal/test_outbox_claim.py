"""Claims: one sender at a time, and what is known of a try that did not end well."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.journal import Journal
from tests.journal.builders import (
    HOUR,
    NOON,
    SECOND,
    an_id,
    an_operation,
    apply,
    approved,
    create,
    planned,
    to_the_end,
)
from tests.journal.sender import (
    CARD,
    LATER,
    LEASE,
    card_of,
    claimed,
    ids,
    reply,
    shown,
    started,
)


def test_a_claim_keeps_others_away_until_it_runs_out(journal: Journal, other: Journal) -> None:
    """A dead sender's rows are taken over after its lease."""
    create(journal, an_operation())
    [first] = claimed(journal)

    assert claimed(other, LATER + LEASE - SECOND) == []
    assert journal.outbox.next_due(LATER) == LATER + LEASE
    [second] = claimed(other, LATER + LEASE)
    assert second.attempts == 1
    assert second.claim != first.claim


def test_a_post_is_in_doubt_until_its_fate_is_known(journal: Journal) -> None:
    """Whoever takes over a post that may have left is told so; an update cannot be doubled."""
    create(journal, an_operation())
    [first] = claimed(journal)

    [second] = claimed(journal, LATER + LEASE)
    journal.outbox.sent(second, "100.1", 1, LATER)
    apply(journal, an_id(1), planned(an_operation()))
    [third] = [row for row in claimed(journal) if row.id == CARD]
    [fourth] = [row for row in claimed(journal, LATER + LEASE) if row.id == CARD]

    assert [row.in_doubt for row in (first, second, third, fourth)] == [False, True, False, False]


@pytest.mark.parametrize("in_doubt", [True, False])
def test_a_postponed_row_waits(journal: Journal, *, in_doubt: bool) -> None:
    """A try that is put off comes again at its time, with what is known of its fate."""
    create(journal, an_operation())
    [card] = claimed(journal)

    journal.outbox.postpone(card, LATER + HOUR, in_doubt=in_doubt, error="ratelimited")

    assert claimed(journal, LATER + LEASE) == []
    assert journal.outbox.next_due(LATER) == LATER + HOUR
    [again] = claimed(journal, LATER + HOUR)
    assert (again.in_doubt, again.attempts) == (in_doubt, 1)


def test_news_do_not_shorten_a_pause(journal: Journal) -> None:
    """A pause that Slack asked for holds, whatever happens meanwhile; once shown it is over."""
    create(journal, an_operation())
    [card] = claimed(journal)
    journal.outbox.postpone(card, LATER + HOUR, in_doubt=False, error="ratelimited")

    apply(journal, an_id(1), planned(an_operation(), LATER))

    assert journal.outbox.next_due(LATER) == LATER + HOUR
    [card] = claimed(journal, LATER + HOUR)
    journal.outbox.sent(card, "100.1", 2, LATER)
    apply(journal, an_id(1), approved(an_operation(), LATER + SECOND))
    assert CARD in ids(claimed(journal, LATER + SECOND))


def test_what_is_given_up_holds_nothing_up(journal: Journal) -> None:
    """A reply that cannot be sent lets the next one go; it never comes again."""
    started(journal)
    [card] = claimed(journal)
    journal.outbox.sent(card, "100.1", 5, LATER)
    [first] = claimed(journal)

    journal.outbox.give_up(first)

    assert ids(claimed(journal)) == [reply(3)]
    assert reply(2) not in ids(claimed(journal, LATER + HOUR))


def test_a_card_that_was_given_up_returns_with_news(journal: Journal) -> None:
    """A card is tried again when there is something new to show."""
    create(journal, an_operation())
    [card] = claimed(journal)
    journal.outbox.give_up(card)
    assert claimed(journal, LATER + HOUR) == []

    apply(journal, an_id(1), planned(an_operation(), LATER))

    assert ids(claimed(journal)) == [CARD]


def test_a_late_sender_spoils_nothing(journal: Journal) -> None:
    """Whose claim ran out can neither put off nor give up what another one does now."""
    create(journal, an_operation())
    [late] = claimed(journal)
    [present] = claimed(journal, LATER + LEASE)

    journal.outbox.postpone(late, NOON, in_doubt=False, error="late")
    journal.outbox.give_up(late)
    assert claimed(journal, LATER + LEASE) == []

    journal.outbox.sent(present, "100.2", 1, LATER)
    journal.outbox.sent(late, "100.1", 1, LATER)
    assert [each.ts for each in journal.surfaces.cards_of(an_id(1))] == ["100.2"]
    assert claimed(journal, LATER + HOUR) == []


def test_two_senders_never_get_the_same_row(journal: Journal, other: Journal) -> None:
    """Four threads of two processes claim in small handfuls: every row exactly once."""
    for number in range(40):
        create(journal, an_operation(number, target=f"t{number}"))

    def drain(where: Journal) -> list[str]:
        mine: list[str] = []
        while rows := claimed(where, limit=3):
            mine.extend(ids(rows))
        return mine

    with ThreadPoolExecutor(4) as pool:
        got = [each for part in pool.map(drain, [journal, other] * 2) for each in part]

    got.extend(ids(claimed(journal, limit=40)))  # what a rival had locked when it looked
    assert sorted(got) == sorted(card_of(number) for number in range(40))


def test_a_card_wanted_again_while_it_is_sent_is_sent_again(journal: Journal) -> None:
    """A wish that raises no sequence is not lost to the update under way."""
    create(journal, an_operation(1))
    apply(journal, an_id(1), *to_the_end(an_operation(1)))
    [card] = claimed(journal)
    create(journal, an_operation(2))
    apply(journal, an_id(2), planned(an_operation(2), LATER))

    journal.outbox.sent(card, "100.1", 6, LATER)

    assert CARD in ids(claimed(journal, LATER + SECOND))


def test_what_happens_meanwhile_is_shown_next(journal: Journal) -> None:
    """An event while the card is being sent makes it due again afterwards, not at once."""
    create(journal, an_operation())
    [card] = claimed(journal)
    apply(journal, an_id(1), planned(an_operation()))
    assert claimed(journal) == []

    journal.outbox.sent(card, "100.1", 1, LATER)

    assert [row.wanted for row in claimed(journal, LATER + SECOND) if row.id == CARD] == [2]


def test_a_row_that_stands_back_is_as_it_was(journal: Journal) -> None:
    """Whose turn it was not is neither in doubt nor tried; it comes again when its turn comes."""
    create(journal, an_operation())
    [card] = claimed(journal)

    journal.outbox.stand_back([card], card.lane, LATER + SECOND)

    assert claimed(journal) == []
    assert journal.outbox.next_due(LATER) == LATER + SECOND
    [again] = claimed(journal, LATER + SECOND)
    assert (again.in_doubt, again.attempts) == (False, 0)


def test_a_whole_lane_stands_back_at_once(journal: Journal) -> None:
    """All posts of the channel wait with the first one; other channels and updates do not."""
    shown(journal)
    apply(journal, an_id(1), planned(an_operation(), LATER))
    create(journal, an_operation(2, target="billing"))
    create(journal, an_operation(3, target="search", channel="C0OTHER"))
    create(journal, an_operation(4, target="lost"))
    [post] = [row for row in claimed(journal) if row.id == card_of(2)]

    journal.outbox.stand_back([post], post.lane, LATER + HOUR)

    assert sorted(ids(claimed(journal, LATER + LEASE))) == [CARD, card_of(3, "C0OTHER")]


def test_followers_are_claimed_while_other_threads_wait(journal: Journal) -> None:
    """What waits in a thread goes along with its first reply, if another thread is due there."""
    create(journal, an_operation())
    apply(journal, an_id(1), *to_the_end(an_operation(), NOON))
    [card] = claimed(journal)
    journal.outbox.sent(card, "100.1", 6, LATER)
    [alone] = journal.outbox.claim(LATER, 1, LEASE, joined_by=lambda _: 8)
    journal.outbox.postpone(alone, LATER, in_doubt=False, error="")
    create(journal, an_operation(2, target="billing", created_at=LATER))  # its card waits a moment
    [still] = journal.outbox.claim(LATER, 1, LEASE, joined_by=lambda _: 8)
    journal.outbox.postpone(still, LATER, in_doubt=False, error="")

    first, *rest = journal.outbox.claim(LATER + SECOND, 1, LEASE, joined_by=lambda _: 8)

    assert alone.id == still.id == first.id == reply(2)
    assert ids(rest) == [reply(3), reply(5), reply(6)]
    assert (rest[0].thread_ts, rest[0].in_doubt) == ("100.1", False)
    journal.outbox.sent(first, "100.2", 6, LATER)
    assert ids(claimed(journal, LATER + SECOND)) == [card_of(2)]
