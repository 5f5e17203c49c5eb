"""The outbox: who may show what to Slack now, and how it went."""

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
from bot.journal.audit import storable
from bot.journal.schema import Utc, outbox
from bot.journal.wishes import DECISIVE, URGENCIES

# Between two updates of a card, but for decisive ones: Slack allows about 50 updates a minute
# for all cards together.
REST: Final = timedelta(seconds=3)
_ERROR_MAX: Final = 500  # characters

_card: Final = outbox.alias("card")
_earlier: Final = outbox.alias("earlier")
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
_DUE: Final = (
    select(outbox, _THREAD.label("card_ts"))
    .where(
        _SENDABLE,
        outbox.c.due_at <= _now,
        or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= _now),
    )
    .order_by(outbox.c.urgency, outbox.c.due_at, outbox.c.id)
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

_ROW: Final = outbox.c.id == bindparam("row")
_CLAIMED: Final = outbox.c.claims == bindparam("claim")
_CARD_DONE: Final = and_(
    outbox.c.sequence <= bindparam("new_shown"), outbox.c.touched == bindparam("seen_touched")
)
_NEW_TS: Final = bindparam("new_ts", type_=outbox.c.ts.type)
_SEEN_TS: Final = bindparam("seen_ts", type_=outbox.c.ts.type)
_POSTED: Final = {
    # Another claim's message stays where it is, unless it was this one that replaced it.
    "ts": case(
        (
            and_(_NEW_TS.is_not(None), or_(outbox.c.ts.is_(None), outbox.c.ts == _SEEN_TS)),
            _NEW_TS,
        ),
        else_=outbox.c.ts,
    ),
    "in_doubt": case((_CLAIMED, False), else_=outbox.c.in_doubt),
    "claimed_until": case((_CLAIMED, None), else_=outbox.c.claimed_until),
    "attempts": 0,
    "error": "",
    "settled_at": _now,
}
_REPLY_SENT: Final = update(outbox).where(_ROW).values(**_POSTED, done=True)
_CARD_SENT: Final = (
    update(outbox)
    .where(_ROW)
    .values(
        **_POSTED,
        done=_CARD_DONE,
        shown=case(
            (outbox.c.shown < bindparam("new_shown"), bindparam("new_shown")), else_=outbox.c.shown
        ),
        ready_at=bindparam("rested", type_=Utc),
        held_until=None,
        due_at=case(
            (
                and_(outbox.c.urgency > DECISIVE, outbox.c.due_at < bindparam("rested", type_=Utc)),
                bindparam("rested", type_=Utc),
            ),
            else_=outbox.c.due_at,
        ),
    )
)
_POSTPONE: Final = (
    update(outbox)
    .where(_ROW, _CLAIMED)
    .values(
        due_at=bindparam("new_due", type_=Utc),
        held_until=bindparam("new_due", type_=Utc),
        claimed_until=None,
        in_doubt=bindparam("doubt"),
        error=bindparam("why"),
    )
)
_GIVE_UP: Final = (
    update(outbox)
    .where(_ROW, _CLAIMED)
    .values(
        claimed_until=None,
        held_until=None,
        settled_at=_now,
        done=and_(
            outbox.c.sequence <= bindparam("seen_sequence"),
            outbox.c.touched == bindparam("seen_touched"),
        ),
        error=bindparam("why"),
    )
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
    if found:
        until = now + lease
        connection.execute(_CLAIM, {"ids": [row.id for row in found], "until": until})
    return tuple(_claimed(row) for row in found)


def sent(
    connection: Connection, row: OutboxRow, ts: str | None, shown_sequence: int, at: Moment
) -> None:
    """Keep that Slack shows it: a card up to *shown_sequence*, as the message *ts*."""
    told: dict[str, Any] = {
        "row": row.id,
        "claim": row.claim,
        "seen_ts": row.ts,
        "new_ts": ts,
        "now": at,
    }
    if row.kind != "card":
        connection.execute(_REPLY_SENT, told)
        return
    shown = {"new_shown": shown_sequence, "seen_touched": row.touched, "rested": at + REST}
    connection.execute(_CARD_SENT, {**told, **shown})


def postpone(
    connection: Connection, row: OutboxRow, due_at: Moment, error: str, *, in_doubt: bool
) -> None:
    """Try again from *due_at* on; what another claim took over meanwhile is left to it."""
    why = storable(error)[:_ERROR_MAX]
    told = {"row": row.id, "claim": row.claim, "new_due": due_at, "doubt": in_doubt, "why": why}
    connection.execute(_POSTPONE, told)


def give_up(connection: Connection, row: OutboxRow, error: str, at: Moment) -> None:
    """Never try this again; a card is tried again once it is wanted anew."""
    told = {
        "row": row.id,
        "claim": row.claim,
        "seen_sequence": row.sequence,
        "seen_touched": row.touched,
        "why": storable(error)[:_ERROR_MAX],
        "now": at,
    }
    connection.execute(_GIVE_UP, told)


def next_due(connection: Connection) -> datetime | None:
    """Return when the next row can be claimed; a moment that passed means now."""
    due: datetime | None = connection.execute(_NEXT).scalar_one()
    return due


def backlog(connection: Connection, now: Moment) -> tuple[int, float]:
    """Return how many rows are overdue, and for how many seconds the oldest is."""
    count, oldest = connection.execute(_BACKLOG, {"now": now}).one()
    return count, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


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
