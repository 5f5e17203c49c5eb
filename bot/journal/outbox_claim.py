"""Whose turn it is in the outbox: what may be shown to Slack now, claimed for one sender."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    update,
)

from bot.core.records import Moment
from bot.core.rows import OutboxRow
from bot.journal.outbox_write import URGENCIES
from bot.journal.schema import Utc, operations, outbox

_card: Final = outbox.alias("card")
_earlier: Final = outbox.alias("earlier")
_other: Final = outbox.alias("other")
_now: Final = bindparam("now", type_=Utc)

_HAS_CARD: Final = exists().where(
    _card.c.operation_id == outbox.c.operation_id, _card.c.kind == "card", _card.c.ts.is_not(None)
)
_HAS_EARLIER: Final = exists().where(
    _earlier.c.operation_id == outbox.c.operation_id,
    _earlier.c.kind == "reply",
    _earlier.c.sequence < outbox.c.sequence,
    not_(_earlier.c.done),
)
_SENDABLE: Final = and_(
    not_(outbox.c.done), or_(outbox.c.kind != "reply", and_(_HAS_CARD, not_(_HAS_EARLIER)))
)
_THREAD: Final = (
    select(_card.c.ts)
    .where(_card.c.operation_id == outbox.c.operation_id, _card.c.kind == "card")
    .scalar_subquery()
)
# What has ended is told first, and with it what has to be told before: a final reply would
# otherwise wait as long as the least urgent one of its thread. Then come new cards, on which
# people decide, and without which nothing can be told.
_HAS_ENDED: Final = exists().where(
    operations.c.id == outbox.c.operation_id, operations.c.finished_at.is_not(None)
)
_RANK: Final = case(
    (and_(outbox.c.kind == "reply", _HAS_ENDED), 0),
    (or_(outbox.c.kind == "whisper", and_(outbox.c.kind == "card", outbox.c.ts.is_(None))), 1),
    else_=2,
)
_WAITING_SINCE: Final = func.coalesce(outbox.c.settled_at, outbox.c.created_at)
_UNCLAIMED: Final = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= _now)
_DUE: Final = (
    select(outbox, _THREAD.label("card_ts"))
    .where(_SENDABLE, outbox.c.due_at <= _now, _UNCLAIMED)
    .order_by(_RANK, outbox.c.urgency, _WAITING_SINCE, outbox.c.id)
    .limit(bindparam("most"))
)
# SQLite does not know it and leaves it out: there the transaction holds the whole database.
_DUE_LOCKED: Final = _DUE.with_for_update(of=outbox, skip_locked=True)
_CLAIM: Final = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        claims=outbox.c.claims + 1,
        attempts=outbox.c.attempts + 1,
        claimed_until=bindparam("until", type_=Utc),
        in_doubt=case((outbox.c.ts.is_(None), True), else_=outbox.c.in_doubt),
    )
)

_FOLLOWERS: Final = (
    select(outbox, _THREAD.label("card_ts"))
    .where(
        outbox.c.operation_id == bindparam("of"),
        outbox.c.kind == "reply",
        outbox.c.sequence > bindparam("after"),
        not_(outbox.c.done),
        _UNCLAIMED,
        exists().where(
            _other.c.channel == outbox.c.channel,
            _other.c.operation_id != outbox.c.operation_id,
            or_(_other.c.kind == "reply", and_(_other.c.kind == "card", _other.c.ts.is_(None))),
            not_(_other.c.done),
        ),
    )
    .order_by(outbox.c.sequence)
    .limit(bindparam("most"))
)
_NEXT: Final = select(
    func.min(
        case(
            (outbox.c.claimed_until > outbox.c.due_at, outbox.c.claimed_until),
            else_=outbox.c.due_at,
        )
    )
).where(_SENDABLE)
_BACKLOG: Final = select(
    func.count(), func.min(case((outbox.c.kind == "card", outbox.c.due_at),
                                else_=outbox.c.created_at))
).where(not_(outbox.c.done), outbox.c.due_at <= _now)  # fmt: skip


def is_any_due(connection: Connection, now: Moment) -> bool:
    """Return whether a claim would find anything."""
    return connection.execute(_DUE, {"now": now, "most": 1}).first() is not None


def claim(
    connection: Connection, now: Moment, limit: int, lease: timedelta
) -> tuple[OutboxRow, ...]:
    """Claim up to *limit* rows that are due, the most urgent first; nobody else gets them."""
    found = connection.execute(_DUE_LOCKED, {"now": now, "most": limit}).all()
    return _claim(connection, found, now + lease)


def claim_followers(
    connection: Connection, row: OutboxRow, now: Moment, limit: int, lease: timedelta
) -> tuple[OutboxRow, ...]:
    """Claim up to *limit* replies that wait in the thread of *row*, a claimed reply, for it.

    Where no other thread of its channel waits, none are claimed.
    """
    asked = {"of": row.operation_id, "after": row.sequence, "now": now, "most": limit}
    found = connection.execute(_FOLLOWERS, asked).all()
    return _claim(connection, found, now + lease)


def next_due(connection: Connection) -> datetime | None:
    """Return when the next row can be claimed; a moment that passed means now."""
    due: datetime | None = connection.execute(_NEXT).scalar_one()
    return due


def backlog(connection: Connection, now: Moment) -> tuple[int, float]:
    """Return how many rows are overdue, and for how many seconds the oldest is."""
    count, oldest = connection.execute(_BACKLOG, {"now": now}).one()
    return count, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _claim(
    connection: Connection, found: Sequence[Row[Any]], until: datetime
) -> tuple[OutboxRow, ...]:
    if found:
        connection.execute(_CLAIM, {"ids": [row.id for row in found], "until": until})
    return tuple(_claimed(row) for row in found)


def _claimed(row: Row[Any]) -> OutboxRow:
    return OutboxRow(
        id=row.id,
        kind=row.kind,
        operation_id=row.operation_id,
        sequence=row.sequence,
        channel=row.channel,
        user=row.user,
        text=row.text,
        urgency=URGENCIES[row.urgency],
        broadcast=row.broadcast,
        ts=row.ts,
        thread_ts=row.card_ts if row.kind == "reply" else None,
        attempts=row.attempts,
        in_doubt=row.in_doubt,
        claim=row.claims + 1,
        touched=row.touched,
    )
