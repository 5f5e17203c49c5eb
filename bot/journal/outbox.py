"""The queue to Slack: what waits to be shown, and whose turn it is."""

import json
import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from bot.core.records import Json, Moment
from bot.core.rows import UNREADABLE, OutboxRow
from bot.core.slack_pace import Order
from bot.core.surfaces import POSTS, Show, Subject
from bot.journal import outbox_write
from bot.journal.database import reading, writing
from bot.journal.outbox_settle import IS_POST, Sent, Settling, keep_sent
from bot.journal.outbox_write import AWAITED, BEGINS, DECISIVE, ENDS, GOES_ON, RESTS, URGENCIES
from bot.journal.schema import Utc, outbox, surfaces

log = logging.getLogger("slipway.journal")

LATER: Final = timedelta(hours=1)  # until what cannot be read is tried again

_parent: Final = surfaces.alias("parent")
_earlier: Final = surfaces.alias("earlier")
_waits_earlier: Final = outbox.alias("waits_earlier")
_other: Final = surfaces.alias("other")
_waits_too: Final = outbox.alias("waits_too")
_now: Final = bindparam("now", type_=Utc)

_EARLIER: Final = and_(
    _earlier.c.parent == surfaces.c.parent,
    _earlier.c.wanted < surfaces.c.wanted,
    _earlier.c.ts.is_(None),  # one that is drawn anew keeps nobody waiting
    _waits_earlier.c.surface == _earlier.c.id,
    _waits_earlier.c.error != UNREADABLE,
)


def _sendable(stands: ColumnElement[bool], earlier: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return what can be sent: it is no reply, or its message *stands*, and *earlier* ones."""
    return or_(surfaces.c.parent.is_(None), and_(stands, ~exists().where(earlier)))


_STANDS: Final = _parent.c.ts.is_not(None)
_UNKEPT: Final[BindParameter[Any]] = bindparam("unkept", expanding=True)
_SENDABLE: Final = _sendable(_STANDS, _EARLIER)
_SENDABLE_NOW: Final = _sendable(
    or_(_STANDS, _parent.c.id.in_(_UNKEPT)), and_(_EARLIER, _earlier.c.id.not_in(_UNKEPT))
)
_CLOSED: Final[BindParameter[Any]] = bindparam("closed", expanding=True)
# All posts are closed by the name of their method.
_OPEN: Final = and_(outbox.c.lane.not_in(_CLOSED), case((IS_POST, POSTS), else_="").not_in(_CLOSED))
_UNCLAIMED: Final = or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= _now)
_WAITING: Final = outbox.join(surfaces, surfaces.c.id == outbox.c.surface).outerjoin(
    _parent, _parent.c.id == surfaces.c.parent
)
_ROWS: Final = select(
    outbox,
    surfaces.c.kind,
    surfaces.c.subject_kind,
    surfaces.c.subject,
    surfaces.c.channel,
    surfaces.c.user,
    surfaces.c.wanted,
    surfaces.c.touched,
    surfaces.c.ts,
    _parent.c.ts.label("thread_ts"),
).select_from(_WAITING)
# What people must act on is told first, then ends, then comes what begins: on it people decide, and
# without it nothing can be told. Then by urgency, and who has waited longest. Where few posts are
# let through, ends have some of the turns, what begins and what people decide on has the others:
# else, those of the one or the other would be told nothing for minutes.
_DECIDED_ON: Final = or_(
    outbox.c.rank == BEGINS, and_(outbox.c.rank == GOES_ON, outbox.c.urgency == DECISIVE)
)
_ENDS_FIRST: Final = case(
    (outbox.c.rank <= ENDS, outbox.c.rank), (_DECIDED_ON, BEGINS), else_=GOES_ON
)
_BEGINNINGS_FIRST: Final = case(
    (outbox.c.rank == AWAITED, AWAITED),
    (_DECIDED_ON, ENDS),
    (outbox.c.rank == ENDS, BEGINS),
    else_=GOES_ON,
)


def _due(first: ColumnElement[int]) -> Select[Any]:
    """Return the statement that finds what is due, by what goes *first*.

    SQLite does not know the lock and leaves it out: there the transaction holds the whole database.
    """
    return (
        _ROWS.where(_SENDABLE, outbox.c.due_at <= _now, _UNCLAIMED, _OPEN)
        .order_by(first, outbox.c.urgency, outbox.c.since, outbox.c.surface)
        .limit(bindparam("most"))
        .with_for_update(of=outbox, skip_locked=True)
    )


_DUE_USUALLY: Final = _due(outbox.c.rank)
_DUE_ENDS: Final = _due(_ENDS_FIRST)
_DUE_BEGINNINGS: Final = _due(_BEGINNINGS_FIRST)
_DUE: Final[Mapping[Order, Select[Any]]] = {
    "usual": _DUE_USUALLY,
    "ends": _DUE_ENDS,
    "begins": _DUE_BEGINNINGS,
}
_IS_DUE: Final = (
    select(surfaces.c.id)
    .select_from(_WAITING)
    .where(_SENDABLE_NOW, outbox.c.due_at <= _now, _UNCLAIMED, _OPEN)
    .limit(1)
)
_CLAIM: Final = (
    update(outbox)
    .where(outbox.c.surface.in_(bindparam("rows", expanding=True)))
    .values(
        claim=bindparam("new_claim"),
        attempts=outbox.c.attempts + 1,
        claimed_until=bindparam("until", type_=Utc),
        # An update that was lost is simply made again; a post may stand there twice.
        in_doubt=or_(
            outbox.c.in_doubt,
            exists().where(surfaces.c.id == outbox.c.surface, surfaces.c.ts.is_(None)),
        ),
    )
)
_PUT_OFF: Final = (
    update(outbox)
    .where(outbox.c.surface.in_(bindparam("rows", expanding=True)))
    .values(
        due_at=bindparam("later", type_=Utc),
        held_until=bindparam("later", type_=Utc),
        claimed_until=None,
        error=UNREADABLE,
    )
)
_COUNT_UNREADABLE: Final = (
    select(func.count()).select_from(outbox).where(outbox.c.error == UNREADABLE)
)


def _joining(competes: ColumnElement[bool]) -> Select[Any]:
    """Return the statement that finds what may go along, where something else *competes*."""
    return (
        _ROWS.where(
            surfaces.c.parent
            == select(_other.c.parent).where(_other.c.id == bindparam("first")).scalar_subquery(),
            surfaces.c.wanted > bindparam("after"),
            surfaces.c.ts.is_(None),
            _UNCLAIMED,
            exists().where(
                competes,
                _waits_too.c.due_at <= _now,
                _waits_too.c.surface == _earlier.c.id,
                or_(_earlier.c.parent.is_(None), _earlier.c.parent != surfaces.c.parent),
            ),
        )
        .order_by(surfaces.c.wanted)
        .limit(bindparam("most"))
    )


_FOLLOWERS: Final = _joining(_waits_too.c.lane == outbox.c.lane)
_FOLLOWERS_OF_FEW: Final = _joining(_waits_too.c.lane.startswith(f"{POSTS}:", autoescape=True))
_MORE: Final[Mapping[Order, Select[Any]]] = {
    "usual": _FOLLOWERS,
    "ends": _FOLLOWERS_OF_FEW,
    "begins": _FOLLOWERS_OF_FEW,
}
_NEXT: Final = (
    select(
        func.min(
            case(
                (outbox.c.claimed_until > outbox.c.due_at, outbox.c.claimed_until),
                else_=outbox.c.due_at,
            )
        )
    )
    .select_from(_WAITING)
    .where(_SENDABLE, outbox.c.rank != RESTS, _OPEN)
)
_TOGETHER: Final = (
    select(surfaces.c.wanted)
    .where(
        surfaces.c.parent
        == select(_other.c.parent).where(_other.c.id == bindparam("row")).scalar_subquery(),
        surfaces.c.ts == bindparam("message"),
    )
    .order_by(surfaces.c.wanted)
)
# Also what was put off: by a pause that Slack named, or since it refused.
_BACKLOG: Final = select(func.count(), func.min(outbox.c.wanted_at)).where(
    outbox.c.wanted_at <= _now, outbox.c.rank != RESTS
)

Joined: TypeAlias = Callable[[OutboxRow], int]


def nobody(_: OutboxRow) -> int:
    """Let nothing go along."""
    return 0


class Outbox(Settling):
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def show(self, wanted: Show, *, at: Moment) -> None:
        """Want a surface that follows no event: to begin, or to be drawn once more."""
        with writing(self._database) as connection:
            outbox_write.show(connection, wanted, None, at)

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
        """Claim up to *limit* rows that are due, the first in *order*; nobody else gets them.

        What was *sent* before is kept in the same transaction: one sync for both. Rows of *closed*
        lanes are left. The first row is *joined_by* so many that wait in its thread for it, as
        long as another thread of its channel is due as well, or of any channel where the *order*
        is not the usual one.
        """
        asked = {"now": now, "most": limit, "closed": [*closed]}
        with writing(self._database) as connection:
            for each in sent:
                keep_sent(connection, each)
            while found := connection.execute(_DUE[order], asked).all():
                if rows := _claimed(connection, found, now, lease):
                    told = {"first": rows[0].id, "after": rows[0].wanted, "now": now}
                    more = {**told, "most": joined_by(rows[0])}
                    return rows + _followers(connection, _MORE[order], more, lease)
        return ()

    def is_any_due(
        self, now: Moment, *, closed: Collection[str] = (), unkept: Sequence[Sent] = ()
    ) -> bool:
        """Return whether there is a row to claim, once what is *unkept* is kept: it only reads."""
        asked = {"now": now, "closed": [*closed], "unkept": [each.row.id for each in unkept]}
        with reading(self._database) as connection:
            return connection.execute(_IS_DUE, asked).first() is not None

    def told_with(self, row: OutboxRow) -> tuple[OutboxRow, ...]:
        """Return *row*, a reply that stands, with all that its message tells, in order."""
        with reading(self._database) as connection:
            told = connection.execute(_TOGETHER, {"row": row.id, "message": row.ts}).scalars().all()
        return tuple(row.model_copy(update={"wanted": each}) for each in told)

    def unreadable(self) -> int:
        """Return how many rows wait that this version cannot read."""
        with reading(self._database) as connection:
            return connection.execute(_COUNT_UNREADABLE).scalar_one()

    def next_due(self, now: Moment, *, closed: Collection[str] = ()) -> datetime | None:
        """Return when the next row can be claimed that has something new to show, not before *now*.

        None: nothing waits but for its time, or in a *closed* lane.
        """
        with reading(self._database) as connection:
            due: datetime | None = connection.execute(_NEXT, {"closed": [*closed]}).scalar_one()
        return max(due, now) if due else None

    def backlog(self, now: Moment) -> tuple[int, float]:
        """Return how many rows wait to be shown, and for how many seconds the oldest does."""
        with reading(self._database) as connection:
            count, oldest = connection.execute(_BACKLOG, {"now": now}).one()
        return count, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


def _followers(
    connection: Connection, waiting: Select[Any], asked: Mapping[str, Any], lease: timedelta
) -> tuple[OutboxRow, ...]:
    """Claim what is *waiting* in the thread of a row for it."""
    if not asked["most"]:
        return ()
    return _claimed(connection, connection.execute(waiting, asked).all(), asked["now"], lease)


def _claimed(
    connection: Connection, found: Sequence[Row[Any]], now: Moment, lease: timedelta
) -> tuple[OutboxRow, ...]:
    """Claim what can be read of *found*; the rest is put off, so that it keeps nobody waiting."""
    claim = secrets.token_hex(8)
    read = {row.surface: _readable(row, claim) for row in found}
    rows = tuple(each for each in read.values() if each)
    if rows:
        names = [each.id for each in rows]
        connection.execute(_CLAIM, {"rows": names, "new_claim": claim, "until": now + lease})
    bad = [name for name, each in read.items() if each is None]
    if bad:
        new = [row.surface for row in found if row.surface in bad and row.error != UNREADABLE]
        if new:
            log.error("outbox.unreadable", extra={"rows": new})
        connection.execute(_PUT_OFF, {"rows": bad, "later": now + LATER})
    return rows


def _readable(row: Row[Any], claim: str) -> OutboxRow | None:
    try:
        return _row(row, claim)
    except (LookupError, TypeError, ValueError):
        return None


def _row(row: Row[Any], claim: str) -> OutboxRow:
    return OutboxRow(
        id=row.surface,
        kind=row.kind,
        subject=Subject(kind=row.subject_kind, id=row.subject),
        channel=row.channel,
        user=row.user,
        wanted=row.wanted,
        touched=row.touched,
        ts=row.ts,
        thread_ts=row.thread_ts,
        lane=row.lane,
        urgency=URGENCIES[row.urgency],
        broadcast=row.broadcast,
        body=_body(row),
        attempts=row.attempts,
        in_doubt=row.in_doubt,
        claim=claim,
    )


def _body(row: Row[Any]) -> dict[str, Json]:
    """Return what is drawn from no record; where it is damaged, nothing: most need none."""
    try:
        body = json.loads(row.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
