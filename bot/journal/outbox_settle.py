"""How it went with a row of the outbox: it was shown, has to wait, or is given up."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    literal,
    not_,
    or_,
    update,
)

from bot.core.records import Moment
from bot.core.rows import POSTS, UPDATES, WHISPERS, OutboxRow, lane_of
from bot.journal.audit import storable
from bot.journal.outbox_write import DECISIVE
from bot.journal.schema import Utc, outbox

# Between two updates of a card, but for decisive ones: Slack allows about 50 updates a minute
# for all cards together.
REST: Final = timedelta(seconds=3)
_ERROR_MAX: Final = 500  # characters
_now: Final = bindparam("now", type_=Utc)

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
# As `OutboxRow.lane` has it.
_LANE: Final = case(
    (outbox.c.kind == "whisper", literal(lane_of(WHISPERS, ""))),
    (and_(outbox.c.kind == "card", outbox.c.ts.is_not(None)), literal(lane_of(UPDATES, ""))),
    else_=literal(lane_of(POSTS, "")) + outbox.c.channel,
)
_UNTRIED: Final = (
    update(outbox)
    .where(_ROW, _CLAIMED)
    .values(
        due_at=bindparam("new_due", type_=Utc),
        held_until=bindparam("new_due", type_=Utc),
        claimed_until=None,
        attempts=bindparam("seen_attempts"),
        in_doubt=bindparam("doubt"),
    )
)
_STAND_BACK: Final = (
    update(outbox)
    .where(
        not_(outbox.c.done),
        outbox.c.due_at < bindparam("new_due", type_=Utc),
        bindparam("lane") == _LANE,
    )
    .values(
        due_at=bindparam("new_due", type_=Utc),
        held_until=bindparam("new_due", type_=Utc),
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


def stand_back(connection: Connection, row: OutboxRow, lane: str, until: Moment) -> None:
    """Give *row* back untried; it comes again at *until*, and so does all that queues in *lane*."""
    told: dict[str, Any] = {
        "row": row.id,
        "claim": row.claim,
        "new_due": until,
        "seen_attempts": row.attempts,
        "doubt": row.in_doubt,
    }
    connection.execute(_UNTRIED, told)
    connection.execute(_STAND_BACK, {"lane": lane, "new_due": until})


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
