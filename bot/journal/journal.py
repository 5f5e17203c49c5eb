"""The journal on a database, each method one transaction."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from typing_extensions import override

from bot.core.effects import Effect
from bot.core.errors import JournalUnavailableError
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.ports import (
    AlreadyDelivered,
    AuditEntry,
    Clock,
    Created,
    Journal,
    LimitReached,
    Limits,
    TargetLocked,
)
from bot.core.records import ChannelId, Json, Moment, OperationId, PastStep, TargetName, UserId
from bot.core.rows import OpenOperation, OutboxRow
from bot.journal import audit, commit, outbox_claim, outbox_settle, outbox_write, queries
from bot.journal.audit import AuditReport
from bot.journal.database import reading, snapshot, undone, writing
from bot.journal.statement_cache import rehearse


class SqlJournal(Journal):
    """The database of operations, events, permits, locks, audit and outbox_settle.

    Its schema must be this version's: see `require_current`. Every method raises
    JournalUnavailableError where the database cannot do it.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    @override
    def create(
        self,
        operation: Operation,
        event: Event,
        effects: Sequence[Effect],
        *,
        delivery: str,
        limits: Limits,
    ) -> Created | AlreadyDelivered | TargetLocked | LimitReached:
        made = None
        try:
            with writing(self._engine) as connection:
                made = commit.create(
                    connection, operation, event, effects, delivery=delivery, limits=limits
                )
        except JournalUnavailableError:
            # The connection may have broken after the commit. "Not recorded" is only said if so.
            if made is None or self.find(operation.id) is None:
                raise
        return made

    @override
    def commit(
        self, before: Operation, after: Operation, event: Event, effects: Sequence[Effect]
    ) -> None:
        with writing(self._engine) as connection:
            commit.commit(connection, before, after, event, effects)

    @override
    def load(self, operation_id: OperationId) -> Operation:
        with reading(self._engine) as connection:
            return queries.load(connection, operation_id)

    @override
    def events(self, operation_id: OperationId) -> tuple[tuple[int, Event], ...]:
        with reading(self._engine) as connection:
            return queries.history(connection, operation_id)

    @override
    def audit(self, entry: AuditEntry) -> None:
        with writing(self._engine) as connection:
            audit.append(connection, audit.take_head(connection), entry)

    def load_many(self, ids: Sequence[OperationId]) -> dict[OperationId, Operation]:
        """Return those of the operations that there are and that this version can read."""
        with reading(self._engine) as connection:
            return queries.load_many(connection, ids)

    def find(self, operation_id: OperationId) -> Operation | None:
        """Return the operation with this id, if there is one."""
        with reading(self._engine) as connection:
            return queries.find(connection, operation_id)

    def holder(self, target: TargetName) -> Operation | None:
        """Return the open operation that holds *target*."""
        with reading(self._engine) as connection:
            return queries.holder(connection, target)

    def latest(self, target: TargetName) -> Operation | None:
        """Return the newest operation of *target* that ended."""
        with reading(self._engine) as connection:
            return queries.latest(connection, target)

    def newest(self, target: TargetName) -> Operation | None:
        """Return the newest operation of *target*, ended or not."""
        with reading(self._engine) as connection:
            return queries.newest(connection, target)

    def standing(self, target: TargetName) -> Operation | None:
        """Return the newest operation of *target* of which something was sent, or still may be."""
        with reading(self._engine) as connection:
            return queries.standing(connection, target)

    def rollback_of(self, operation_id: OperationId) -> Operation | None:
        """Return the rollback of this operation that is open or succeeded."""
        with reading(self._engine) as connection:
            return queries.rollback_of(connection, operation_id)

    def follower_of(self, operation_id: OperationId) -> Operation | None:
        """Return the operation that goes on with this one, and is open or was sent."""
        with reading(self._engine) as connection:
            return queries.follower_of(connection, operation_id)

    def past_steps(self, target: TargetName) -> tuple[PastStep, ...]:
        """Return what Slipway did to *target* and saw succeed, newest first."""
        with reading(self._engine) as connection:
            return queries.past_steps(connection, target)

    def said_not_executed(self, since: Moment) -> tuple[OperationId, ...]:
        """Return the operations of which people have said since then that they had no effect."""
        with reading(self._engine) as connection:
            return queries.said_not_executed(connection, since)

    def recent(
        self, limit: int, target: TargetName | None = None, *, open_only: bool = False
    ) -> tuple[Operation, ...]:
        """Return up to *limit* operations, newest first."""
        with reading(self._engine) as connection:
            return queries.recent(connection, limit, target, open_only=open_only)

    def open_operations(self) -> tuple[OpenOperation, ...]:
        """Return where every open operation stands, oldest first."""
        with reading(self._engine) as connection:
            return queries.open_operations(connection)

    def operation_at(self, channel: ChannelId, ts: str) -> OperationId | None:
        """Return whose card stands at this message."""
        with reading(self._engine) as connection:
            return queries.operation_at(connection, channel, ts)

    def card_of(self, operation_id: OperationId) -> tuple[ChannelId, str | None] | None:
        """Return the channel of an operation's card, and its message once it was posted."""
        with reading(self._engine) as connection:
            return queries.card_of(connection, operation_id)

    def usual_duration(
        self, target: TargetName, action: str, step: str
    ) -> tuple[float, float] | None:
        """Return what half and nine tenths of this step's successes stayed within, in seconds."""
        with reading(self._engine) as connection:
            return queries.usual_duration(connection, target, action, step)

    def ping(self) -> None:
        """Ask the database for a sign of life."""
        with reading(self._engine) as connection:
            queries.ping(connection)

    def whisper(
        self,
        channel: ChannelId,
        user: UserId,
        text: str,
        operation_id: OperationId | None = None,
    ) -> None:
        """Want *text* to be shown to *user* alone, now."""
        with writing(self._engine) as connection:
            outbox_write.whisper(
                connection,
                secrets.token_hex(8),
                self._clock(),
                channel=channel,
                user=user,
                text=text,
                operation_id=operation_id,
            )

    def claim_outbox(self, now: Moment, limit: int, lease: timedelta) -> tuple[OutboxRow, ...]:
        """Claim up to *limit* rows that are due, the most urgent first; nobody else gets them."""
        with reading(self._engine) as connection:
            if not outbox_claim.is_any_due(connection, now):
                return ()  # without a turn to write
        with writing(self._engine) as connection:
            return outbox_claim.claim(connection, now, limit, lease)

    def claim_followers(
        self, row: OutboxRow, now: Moment, limit: int, lease: timedelta
    ) -> tuple[OutboxRow, ...]:
        """Claim up to *limit* replies that wait in the thread of *row*, if other threads wait."""
        with writing(self._engine) as connection:
            return outbox_claim.claim_followers(connection, row, now, limit, lease)

    def sent(self, row: OutboxRow, ts: str | None, shown_sequence: int, at: Moment) -> None:
        """Keep that Slack shows it: a card up to *shown_sequence*, as the message *ts*."""
        with writing(self._engine) as connection:
            outbox_settle.sent(connection, row, ts, shown_sequence, at)

    def postpone(self, row: OutboxRow, due_at: Moment, *, in_doubt: bool, error: str) -> None:
        """Try again from *due_at* on; what another claim took over meanwhile is left to it."""
        with writing(self._engine) as connection:
            outbox_settle.postpone(connection, row, due_at, error, in_doubt=in_doubt)

    def stand_back(self, row: OutboxRow, lane: str, until: Moment) -> None:
        """Give *row* back untried; it and all that queues in *lane* come again at *until*."""
        with writing(self._engine) as connection:
            outbox_settle.stand_back(connection, row, lane, until)

    def give_up(self, row: OutboxRow, error: str, at: Moment) -> None:
        """Never try this again; a card is tried again once it is wanted anew."""
        with writing(self._engine) as connection:
            outbox_settle.give_up(connection, row, error, at)

    def next_due(self, now: Moment) -> datetime | None:
        """Return when the next row can be claimed, not before *now*; None: nothing waits."""
        with reading(self._engine) as connection:
            due = outbox_claim.next_due(connection)
        return max(due, now) if due else None

    def outbox_backlog(self) -> tuple[int, float]:
        """Return how many rows are overdue, and for how many seconds the oldest is."""
        with reading(self._engine) as connection:
            return outbox_claim.backlog(connection, self._clock())

    def rehearse(self) -> None:
        """Make this process, and those it forks from now on, quick at their first turn."""
        with undone(self._engine) as connection:
            rehearse(connection, self._clock())
        self._engine.dispose()  # a forked child is to inherit no connection

    def newest_at(self) -> datetime | None:
        """Return when the newest record of the audit was written; None: there is none."""
        with reading(self._engine) as connection:
            return audit.newest_at(connection)

    def verify_audit(self) -> AuditReport:
        """Walk the audit chain from its origin to its head."""
        with snapshot(self._engine) as connection:
            return audit.verify(connection)

    def export_audit(self) -> Iterator[dict[str, Json]]:
        """Give every record of the audit, oldest first."""
        with snapshot(self._engine) as connection:
            yield from audit.export(connection)
