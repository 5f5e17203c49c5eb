"""The queue to Slack: what waits to be shown, claimed by senders and settled by them."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import Engine

from bot.core.records import ChannelId, Moment, OperationId, UserId
from bot.core.rows import OutboxRow
from bot.journal import outbox_claim, outbox_settle, outbox_write
from bot.journal.database import reading, writing


class Outbox:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def whisper(
        self,
        channel: ChannelId,
        user: UserId,
        text: str,
        *,
        at: Moment,
        operation_id: OperationId | None = None,
    ) -> None:
        """Want *text* to be shown to *user* alone, now."""
        with writing(self._database) as connection:
            outbox_write.whisper(
                connection,
                secrets.token_hex(8),
                at,
                channel=channel,
                user=user,
                text=text,
                operation_id=operation_id,
            )

    def claim(self, now: Moment, limit: int, lease: timedelta) -> tuple[OutboxRow, ...]:
        """Claim up to *limit* rows that are due, the most urgent first; nobody else gets them."""
        with reading(self._database) as connection:
            if not outbox_claim.is_any_due(connection, now):
                return ()  # without a turn to write
        with writing(self._database) as connection:
            return outbox_claim.claim(connection, now, limit, lease)

    def claim_followers(
        self, row: OutboxRow, now: Moment, limit: int, lease: timedelta
    ) -> tuple[OutboxRow, ...]:
        """Claim up to *limit* replies that wait in the thread of *row*, if other threads wait."""
        with writing(self._database) as connection:
            return outbox_claim.claim_followers(connection, row, now, limit, lease)

    def sent(self, row: OutboxRow, ts: str | None, shown_sequence: int, at: Moment) -> None:
        """Keep that Slack shows it: a card up to *shown_sequence*, as the message *ts*."""
        with writing(self._database) as connection:
            outbox_settle.sent(connection, row, ts, shown_sequence, at)

    def postpone(self, row: OutboxRow, due_at: Moment, *, in_doubt: bool, error: str) -> None:
        """Try again from *due_at* on; what another claim took over meanwhile is left to it."""
        with writing(self._database) as connection:
            outbox_settle.postpone(connection, row, due_at, error, in_doubt=in_doubt)

    def stand_back(self, row: OutboxRow, lane: str, until: Moment) -> None:
        """Give *row* back untried; it and all that queues in *lane* come again at *until*."""
        with writing(self._database) as connection:
            outbox_settle.stand_back(connection, row, lane, until)

    def give_up(self, row: OutboxRow, error: str, at: Moment) -> None:
        """Never try this again; a card is tried again once it is wanted anew."""
        with writing(self._database) as connection:
            outbox_settle.give_up(connection, row, error, at)

    def next_due(self, now: Moment) -> datetime | None:
        """Return when the next row can be claimed, not before *now*; None: nothing waits."""
        with reading(self._database) as connection:
            due = outbox_claim.next_due(connection)
        return max(due, now) if due else None

    def backlog(self, now: Moment) -> tuple[int, float]:
        """Return how many rows are overdue, and for how many seconds the oldest is."""
        with reading(self._database) as connection:
            return outbox_claim.backlog(connection, now)
