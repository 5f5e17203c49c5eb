"""A sender as the outbox sees it, and operations that give it something to send."""

from datetime import datetime, timedelta

from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.rows import OutboxRow
from bot.journal import Journal
from tests.journal.builders import (
    CHANNEL,
    NOON,
    SECOND,
    an_id,
    an_operation,
    apply,
    create,
    to_the_end,
)

LEASE = timedelta(seconds=30)
LATER = NOON + timedelta(minutes=5)
CARD = f"operation_card:{an_id(1)}:{CHANNEL}"


def claimed(journal: Journal, now: datetime = LATER, limit: int = 10) -> list[OutboxRow]:
    """Claim what is due at *now*."""
    return list(journal.outbox.claim(now, limit, LEASE))


def ids(rows: list[OutboxRow]) -> list[str]:
    """Return which rows those are."""
    return [row.id for row in rows]


def reply(sequence: int, of: int = 1) -> str:
    """Return the id of the reply to this event."""
    return f"operation_reply:{an_id(of)}:{CHANNEL}:{sequence}"


def card_of(number: int, channel: str = CHANNEL) -> str:
    """Return the id of an operation's card in a channel."""
    return f"operation_card:{an_id(number)}:{channel}"


def shown(journal: Journal, at: datetime = NOON, sequence: int = 1) -> OutboxRow:
    """Record an operation and post its card at *at*; return the row that was sent."""
    create(journal, an_operation())
    [card] = claimed(journal, NOON + SECOND)
    journal.outbox.sent(card, "100.1", sequence, at)
    return card


def started(journal: Journal, at: datetime = NOON) -> Operation:
    """Bring an operation to where its remote task is watched."""
    create(journal, an_operation())
    course: tuple[Event, ...] = to_the_end(an_operation(), at)[:-1]
    return apply(journal, an_id(1), *course)


def settle_replies(journal: Journal, count: int = 2) -> None:
    """Send the next *count* replies."""
    for number in range(count):
        [row] = claimed(journal)
        assert row.kind == "operation_reply"
        journal.outbox.sent(row, f"300.{number}", row.wanted, LATER)
