"""How it went with what was claimed: it was shown, has to wait, or is given up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    and_,
    bindparam,
    case,
    delete,
    literal_column,
    or_,
    select,
    update,
)

from bot.core.records import Moment
from bot.core.rows import OutboxRow
from bot.core.surfaces import POSTS, SURFACES, SurfaceKind, lane_for
from bot.journal.audit_entries import storable
from bot.journal.database import writing
from bot.journal.outbox_write import BACKGROUND, DECISIVE, GOES_ON, RESTS
from bot.journal.schema import Utc, outbox, surfaces

# Between two updates of a surface, but for decisive ones: Slack allows about 50 updates a minute
# for all of them together.
REST: Final = timedelta(seconds=3)
_ERROR_MAX: Final = 500  # characters
_now: Final = bindparam("now", type_=Utc)
_due: Final = bindparam("new_due", type_=Utc)

_ROW: Final = outbox.c.surface == bindparam("row")
_CLAIMED: Final = outbox.c.claim == bindparam("seen_claim")
# Posts queue by channel; all of them together are named by their method.
IS_POST: Final = outbox.c.lane.startswith(f"{POSTS}:", autoescape=True)
_NEW_TS: Final = bindparam("new_ts", type_=surfaces.c.ts.type)
_SEEN_TS: Final = bindparam("seen_ts", type_=surfaces.c.ts.type)
_SHOWN: Final = (
    update(surfaces)
    .where(surfaces.c.id == bindparam("row"))
    .values(
        # Another try's message stays where it is, unless it was this one that replaced it.
        ts=case(
            (
                and_(_NEW_TS.is_not(None), or_(surfaces.c.ts.is_(None), surfaces.c.ts == _SEEN_TS)),
                _NEW_TS,
            ),
            else_=surfaces.c.ts,
        ),
        shown=case(
            (surfaces.c.shown < bindparam("new_shown"), bindparam("new_shown")),
            else_=surfaces.c.shown,
        ),
        shown_at=_now,
        rests_until=bindparam("rested", type_=Utc),
    )
    .returning(surfaces.c.wanted, surfaces.c.touched)
)
_DONE: Final = delete(outbox).where(_ROW)
_WANTED_AGAIN: Final = (
    update(outbox)
    .where(_ROW)
    .values(
        lane=bindparam("new_lane"),
        rank=GOES_ON,
        since=_now,
        wanted_at=_now,
        attempts=0,
        error="",
        held_until=None,
        in_doubt=case((_CLAIMED, False), else_=outbox.c.in_doubt),
        claimed_until=case((_CLAIMED, None), else_=outbox.c.claimed_until),
        due_at=case(
            (
                and_(outbox.c.urgency > DECISIVE, outbox.c.due_at < bindparam("rested", type_=Utc)),
                bindparam("rested", type_=Utc),
            ),
            else_=outbox.c.due_at,
        ),
    )
)
_DRAWN_AGAIN: Final = (
    update(outbox)
    .where(_ROW, _CLAIMED)
    .values(
        lane=bindparam("new_lane"),
        rank=RESTS,
        urgency=BACKGROUND,
        since=_now,
        wanted_at=_due,
        due_at=_due,
        held_until=None,
        attempts=0,
        error="",
        in_doubt=False,
        claimed_until=None,
    )
)
_POSTPONE: Final = (
    update(outbox)
    .where(_ROW, _CLAIMED)
    .values(
        due_at=_due,
        held_until=_due,
        claimed_until=None,
        in_doubt=bindparam("doubt"),
        error=bindparam("why"),
    )
)
_UNTRIED: Final = (
    update(outbox)
    .where(_ROW, _CLAIMED)
    .values(
        due_at=_due,
        held_until=_due,
        claimed_until=None,
        attempts=bindparam("seen_attempts"),
        in_doubt=bindparam("doubt"),
    )
)
_STAND_BACK: Final = (
    update(outbox)
    .where(
        or_(
            outbox.c.lane == bindparam("pressed"),
            and_(IS_POST, bindparam("pressed") == literal_column(f"'{POSTS}'")),
        ),
        outbox.c.due_at < _due,
    )
    .values(due_at=_due, held_until=_due)
)
_WANTED: Final = select(surfaces.c.wanted, surfaces.c.touched).where(
    surfaces.c.id == bindparam("row")
)
_UNPOSTED: Final = select(surfaces.c.id).where(
    surfaces.c.ts.is_(None), surfaces.c.kind.in_(bindparam("kinds", expanding=True))
)
_DOUBT: Final = update(outbox).values(in_doubt=True)
_OF: Final = surfaces.c.subject.in_(bindparam("subjects", expanding=True))
_DOUBT_ABOUT: Final = _DOUBT.where(outbox.c.surface.in_(_UNPOSTED.where(_OF)))
_DOUBT_OTHERS: Final = _DOUBT.where(outbox.c.surface.in_(_UNPOSTED.where(~_OF)))
_GIVE_UP: Final = delete(outbox).where(_ROW, _CLAIMED)
_LEAVE: Final = update(outbox).where(_ROW, _CLAIMED).values(claimed_until=None, held_until=None)
_FORGET: Final = delete(surfaces).where(surfaces.c.id == bindparam("row"))


@dataclass(frozen=True)
class Sent:
    """That Slack shows a claimed *row*, up to a sequence, as the message *ts*."""

    row: OutboxRow
    ts: str | None
    shown: int
    at: Moment
    again_at: Moment | None = None  # when it is drawn once more, though nothing happens until then
    within: timedelta = timedelta()  # how long it may be left unkept


class Settling:
    """How it went with a claimed row; what another try took over meanwhile is left to it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def sent(
        self,
        row: OutboxRow,
        ts: str | None,
        shown_sequence: int,
        at: Moment,
        *,
        again_at: Moment | None = None,
    ) -> None:
        """Keep that Slack shows it, up to *shown_sequence*, as the message *ts*.

        It rests in the queue to be drawn once more *again_at*, though nothing happens until then.
        """
        with writing(self._database) as connection:
            keep_sent(connection, Sent(row, ts, shown_sequence, at, again_at))

    def postpone(self, row: OutboxRow, due_at: Moment, *, in_doubt: bool, error: str) -> None:
        """Try again from *due_at* on."""
        told = {
            "row": row.id,
            "seen_claim": row.claim,
            "new_due": due_at,
            "doubt": in_doubt,
            "why": storable(error)[:_ERROR_MAX],
        }
        with writing(self._database) as connection:
            connection.execute(_POSTPONE, told)

    def stand_back(self, rows: Sequence[OutboxRow], lane: str, until: Moment) -> None:
        """Give *rows* back untried; they and all that queues in *lane* come again at *until*."""
        told = [
            {
                "row": row.id,
                "seen_claim": row.claim,
                "new_due": until,
                "seen_attempts": row.attempts,
                "doubt": row.in_doubt,
            }
            for row in rows
        ]
        with writing(self._database) as connection:
            connection.execute(_UNTRIED, told)
            connection.execute(_STAND_BACK, {"pressed": lane, "new_due": until})

    def doubt(
        self, kinds: Iterable[SurfaceKind], *, about: Iterable[str] = (), but: Iterable[str] = ()
    ) -> None:
        """Presume of what is to be posted of these *kinds* that Slack may have it already.

        That is what is *about* these subjects; without any, what is about all others *but* those.
        """
        subjects = list(about)
        told = {"kinds": sorted(kinds), "subjects": subjects or list(but)}
        with writing(self._database) as connection:
            connection.execute(_DOUBT_ABOUT if subjects else _DOUBT_OTHERS, told)

    def give_up(self, row: OutboxRow) -> None:
        """Never try this again; a surface is tried again once it is wanted anew."""
        told = {"row": row.id, "seen_claim": row.claim}
        with writing(self._database) as connection:
            present = connection.execute(_WANTED, {"row": row.id}).one_or_none()
            if present is not None and not _is_done(present, row.wanted, row.touched):
                connection.execute(_LEAVE, told)
            elif connection.execute(_GIVE_UP, told).rowcount:
                _forget(connection, row)


def keep_sent(connection: Connection, sent: Sent) -> None:
    """Keep within the transaction what Slack shows; the row waits again, or leaves the queue."""
    row, at = sent.row, sent.at
    told: dict[str, Any] = {
        "row": row.id,
        "seen_ts": row.ts,
        "new_ts": sent.ts,
        "new_shown": sent.shown,
        "now": at,
        "rested": at + REST,
    }
    present = connection.execute(_SHOWN, told).one_or_none()
    if present is None or _is_done(present, sent.shown, row.touched):
        _rest(connection, row, again_at=sent.again_at, at=at)
        return
    again = {
        "row": row.id,
        "seen_claim": row.claim,
        "new_lane": lane_for(row.kind, row.channel, is_new=False),
        "now": at,
        "rested": at + REST,
    }
    connection.execute(_WANTED_AGAIN, again)


def _is_done(present: Any, shown_sequence: int, touched: int) -> bool:
    is_newest: bool = present.wanted <= shown_sequence and present.touched == touched
    return is_newest


def _rest(connection: Connection, row: OutboxRow, *, again_at: Moment | None, at: Moment) -> None:
    """Let it wait for *again_at*, if it is to be drawn then, or take it out."""
    if again_at is None:
        _take_out(connection, row)
        return
    told = {
        "row": row.id,
        "seen_claim": row.claim,
        "new_lane": lane_for(row.kind, row.channel, is_new=False),
        "now": at,
        "new_due": max(again_at, at + REST),
    }
    connection.execute(_DRAWN_AGAIN, told)


def _take_out(connection: Connection, row: OutboxRow) -> None:
    connection.execute(_DONE, {"row": row.id})
    _forget(connection, row)


def _forget(connection: Connection, row: OutboxRow) -> None:
    """Take out of the register what stands nowhere: nobody can press it."""
    if not SURFACES[row.kind].stands:
        connection.execute(_FORGET, {"row": row.id})
