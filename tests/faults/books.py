"""The journal as the product has it, with a point before and after each of its transactions."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine as Database
from typing_extensions import override

from bot.core.errors import JournalUnavailableError
from bot.core.incidents import AnyIncidentEvent, Incident
from bot.core.operation import Operation
from bot.core.ports import (
    AuditEntry,
    Created,
)
from bot.core.records import Moment, OperationId
from bot.core.rows import OutboxRow
from bot.core.slack_pace import Order
from bot.core.surfaces import Show
from bot.journal import Journal, journal_on
from bot.journal.audit import Audit
from bot.journal.commits import Commits
from bot.journal.entering import Entered, Moved, NewOperation
from bot.journal.incidents import Incidents
from bot.journal.operations import Operations
from bot.journal.outbox import Joined, Outbox, nobody
from bot.journal.outbox_settle import Sent
from tests.faults.points import Points


def watched(database: Database, points: Points) -> Journal:
    """Return the stores; a transaction is one I/O: who dies within leaves nothing of it."""
    return replace(
        journal_on(database),
        operations=WatchedOperations(database, points),
        outbox=WatchedOutbox(database, points),
        audit=WatchedAudit(database, points),
        incidents=WatchedIncidents(database, points),
    )


class WatchedCommits(Commits):
    """What writes operations."""

    def __init__(self, database: Database, points: Points) -> None:
        super().__init__(database)
        self._points = points

    @override
    def create(
        self, new: Sequence[NewOperation], noted: Sequence[AuditEntry] = ()
    ) -> list[Entered]:
        create = super().create

        def made(fault: str | None) -> list[Entered]:
            if fault is not None:
                raise JournalUnavailableError(", ".join(each.operation.id for each in new))
            return create(new, noted)

        return self._points.risky_io(
            "create",
            "create",
            made,
            changes=lambda told: any(isinstance(each, Created) for each in told),
        )

    @override
    def commit(self, *moves: Moved) -> None:
        commit, told = super().commit, " ".join(each.event.kind for each in moves)
        self._points.io(f"commit {told}", lambda: commit(*moves), changes=True)


class WatchedOperations(Operations):
    """What reads operations."""

    def __init__(self, database: Database, points: Points) -> None:
        super().__init__(database)
        self._points = points

    @override
    def load(self, operation_id: OperationId) -> Operation:
        load = super().load
        return self._points.io("load", lambda: load(operation_id), changes=False)


class WatchedIncidents(Incidents):
    """What writes incidents, each time with all that follows from it."""

    def __init__(self, database: Database, points: Points) -> None:
        super().__init__(database)
        self._points = points

    @override
    def open(
        self,
        incident: Incident,
        event: AnyIncidentEvent,
        *,
        delivery: str,
        noted: AuditEntry | None,
    ) -> Incident:
        made = partial(super().open, incident, event, delivery=delivery, noted=noted)
        return self._points.io("open", made, changes=True)

    @override
    def keep(
        self,
        before: Incident,
        after: Incident,
        event: AnyIncidentEvent,
        *,
        delivery: str = "",
        noted: AuditEntry | None = None,
    ) -> Incident:
        kept = partial(super().keep, before, after, event, delivery=delivery, noted=noted)
        return self._points.io(f"keep {event.kind}", kept, changes=True)


class WatchedAudit(Audit):
    """The chain."""

    def __init__(self, database: Database, points: Points) -> None:
        super().__init__(database)
        self._points = points

    @override
    def add(self, *entries: AuditEntry) -> None:
        add = super().add
        if entries:
            self._points.io("audit", lambda: add(*entries), changes=True)


class WatchedOutbox(Outbox):
    """The queue to Slack."""

    def __init__(self, database: Database, points: Points) -> None:
        super().__init__(database)
        self._points = points

    @override
    def show(self, wanted: Show, *, at: Moment) -> None:
        show = super().show
        self._points.io(f"show {wanted.kind}", lambda: show(wanted, at=at), changes=True)

    @override
    def claim(
        self,
        now: Moment,
        limit: int,
        lease: timedelta,
        *,
        sent: Sequence[Sent] = (),
        closed: Collection[str] = (),
        joined_by: Joined = nobody,
        order: Order = "usual",
    ) -> tuple[OutboxRow, ...]:
        claim = super().claim
        name = "outbox.sent" if sent else "outbox.claim"
        return self._points.io(
            name,
            lambda: claim(
                now, limit, lease, sent=sent, closed=closed, joined_by=joined_by, order=order
            ),
            changes=lambda rows: bool(rows or sent),
        )

    @override
    def stand_back(self, rows: Sequence[OutboxRow], lane: str, until: Moment) -> None:
        stand_back = super().stand_back
        self._points.io("outbox.stand_back", lambda: stand_back(rows, lane, until), changes=True)

    @override
    def sent(
        self,
        row: OutboxRow,
        ts: str | None,
        shown_sequence: int,
        at: Moment,
        *,
        again_at: Moment | None = None,
    ) -> None:
        sent = super().sent

        def shown() -> None:
            sent(row, ts, shown_sequence, at, again_at=again_at)

        self._points.io("outbox.sent", shown, changes=True)

    @override
    def postpone(self, row: OutboxRow, due_at: Moment, *, in_doubt: bool, error: str) -> None:
        postpone = super().postpone

        def put_off() -> None:
            postpone(row, due_at, in_doubt=in_doubt, error=error)

        self._points.io("outbox.postpone", put_off, changes=True)

    @override
    def give_up(self, row: OutboxRow) -> None:
        give_up = super().give_up
        self._points.io("outbox.give_up", lambda: give_up(row), changes=True)
