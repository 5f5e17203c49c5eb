"""What Slack is to show, as surfaces of the register and rows of the queue."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, get_args

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    case,
    exists,
    insert,
    select,
    update,
)

from bot.core.records import Urgency
from bot.core.surfaces import (
    SURFACES,
    Show,
    Subject,
    SurfaceKind,
    Tell,
    lane_for,
)
from bot.journal.audit_entries import storable
from bot.journal.schema import Utc, outbox, surfaces

CARD_WAIT: Final = timedelta(seconds=1)  # so that the plan is in the first post
URGENCIES: Final[tuple[Urgency, ...]] = get_args(Urgency)
DECISIVE: Final = 0
PROGRESS: Final = URGENCIES.index("progress")
BACKGROUND: Final = len(URGENCIES) - 1
AWAITED: Final = -1  # ranks: what people act on now, and what they have asked for in a thread
ENDS: Final = 0
BEGINS: Final = 1
GOES_ON: Final = 2
RESTS: Final = 3  # it shows all there is, and is drawn again when its time has come

_SURFACE: Final[dict[str, Any]] = {
    "user": "",
    "parent": None,
    "ts": None,
    "shown": 0,
    "touched": 0,
    "pressable": False,
    "shown_at": None,
    "rests_until": None,
}
_ROW: Final[dict[str, Any]] = {
    "rank": GOES_ON,
    "urgency": DECISIVE,
    "broadcast": False,
    "body": "{}",
    "held_until": None,
    "attempts": 0,
    "claim": None,
    "claimed_until": None,
    "in_doubt": False,
    "error": "",
}
_BEGUN: Final = select(exists().where(surfaces.c.id == bindparam("surface")))
_NEW_SURFACE: Final = insert(surfaces)
_NEW_ROW: Final = insert(outbox)
_THERE: Final = (
    surfaces.c.ts,
    surfaces.c.channel,
    surfaces.c.created_at,
    surfaces.c.shown_at,
    surfaces.c.rests_until,
)
_WANT: Final = (
    update(surfaces)
    .where(surfaces.c.id == bindparam("wanted_one"))
    .values(
        wanted=case(
            (surfaces.c.wanted < bindparam("sequence"), bindparam("sequence")),
            else_=surfaces.c.wanted,
        ),
        touched=surfaces.c.touched + bindparam("touches", type_=surfaces.c.touched.type),
    )
    .returning(*_THERE)
)
_WANT_REPLIES: Final = (
    update(surfaces)
    .where(surfaces.c.parent == bindparam("thread"), surfaces.c.pressable)
    .values(touched=surfaces.c.touched + 1)
    .returning(surfaces.c.id, *_THERE)
)
_DUE: Final = bindparam("new_due", type_=Utc)
_URGENCY: Final = bindparam("new_urgency", type_=outbox.c.urgency.type)
_EARLIEST: Final = case((outbox.c.held_until > _DUE, outbox.c.held_until), else_=_DUE)
_HASTEN: Final = (
    update(outbox)
    .where(outbox.c.surface == bindparam("wanted_one"))
    .values(
        urgency=case((outbox.c.urgency < _URGENCY, outbox.c.urgency), else_=_URGENCY),
        due_at=case((outbox.c.due_at < _EARLIEST, outbox.c.due_at), else_=_EARLIEST),
        wanted_at=case((outbox.c.wanted_at < _DUE, outbox.c.wanted_at), else_=_DUE),
        rank=case((outbox.c.rank == RESTS, GOES_ON), else_=outbox.c.rank),
    )
)
_IN_THREAD: Final = select(surfaces.c.id).where(surfaces.c.parent == bindparam("thread"))
_FIRST_IN_THREAD: Final = (
    update(outbox)
    .where(outbox.c.surface.in_(_IN_THREAD), outbox.c.rank.between(ENDS, GOES_ON))
    .values(rank=ENDS)
)
_FIRST_OF_ALL: Final = (
    update(outbox)
    .where(outbox.c.surface.in_(_IN_THREAD), outbox.c.rank <= GOES_ON)
    .values(rank=AWAITED)
)


class _Wish(NamedTuple):
    """A surface that is to show a sequence, or what it shows once more."""

    surface: str
    kind: SurfaceKind
    sequence: int
    urgency: int
    touches: int = 0

    @property
    def wanted(self) -> dict[str, Any]:
        return {"wanted_one": self.surface, "sequence": self.sequence, "touches": self.touches}


class First(NamedTuple):
    """A surface that nothing stands of yet: its row of the register, and that of the queue."""

    surface: dict[str, Any]
    row: dict[str, Any]

    @property
    def id(self) -> str:
        """The surface's id."""
        return str(self.surface["id"])


def show(connection: Connection, wanted: Show, sequence: int | None, at: datetime) -> None:
    """Want a surface to show *sequence*; None: what it shows once more. Begin it where it is none.

    What was begun and shows nothing newer, such as a direct message, is not begun again.
    """
    first = first_shown(wanted, sequence or 0, at)
    touches = 1 if sequence is None else 0
    wish = _Wish(first.id, wanted.kind, sequence or 0, URGENCIES.index(wanted.urgency), touches)
    spec = SURFACES[wanted.kind]
    if spec.is_updated and _hasten(connection, wish, at):
        return
    if spec.stands and not spec.is_updated and _is_begun(connection, first.id):
        return
    begin(connection, [first])


def _is_begun(connection: Connection, surface: str) -> bool:
    return bool(connection.execute(_BEGUN, {"surface": surface}).scalar())


def first_shown(wanted: Show, sequence: int, at: datetime) -> First:
    """Return what shows *sequence* where nothing stands yet."""
    name = wanted.name if SURFACES[wanted.kind].stands else secrets.token_hex(8)
    place = f"{wanted.channel}:{name}" if name else wanted.channel
    surface = surface_id(wanted.kind, wanted.subject, place)
    below = surface_id(wanted.below, wanted.subject, wanted.channel) if wanted.below else None
    begun = {
        "id": surface,
        "kind": wanted.kind,
        "channel": wanted.channel,
        "user": wanted.user,
        "parent": below,
        "wanted": sequence,
    }
    row = {
        "lane": lane_for(wanted.kind, wanted.channel, is_new=True),
        "rank": AWAITED if wanted.kind == "answer" else BEGINS,
        "urgency": URGENCIES.index(wanted.urgency),
        "body": _json(wanted.body),
    }
    due = at + CARD_WAIT if wanted.waits else at
    return First(_surface(wanted.subject, begun, at), _row(surface, row, since=at, due=due))


def begin(connection: Connection, first: Sequence[First]) -> None:
    """Put surfaces into the register, and their rows into the queue."""
    if first:
        connection.execute(_NEW_SURFACE, [each.surface for each in first])
        connection.execute(_NEW_ROW, [each.row for each in first])


def draw_again(
    connection: Connection, surface: str, kind: SurfaceKind, urgency: Urgency, at: datetime
) -> None:
    """Want a surface that is there to be drawn once more: what it shows has changed."""
    _hasten(connection, _Wish(surface, kind, 0, URGENCIES.index(urgency), touches=1), at)


def surface_id(kind: SurfaceKind, subject: Subject, place: str) -> str:
    """Return the id of the surface of this kind and subject in *place*."""
    return f"{kind}:{subject.id}:{place}"


def _hasten(connection: Connection, wish: _Wish, at: datetime) -> bool:
    """Want a surface that is there to show something newer; False: it is not there."""
    there = connection.execute(_WANT, wish.wanted).one_or_none()
    if there is None:
        return False
    _queue_again(connection, wish, there, at)
    if wish.kind == "operation_card" and wish.urgency < PROGRESS:
        _hasten_replies(connection, wish, at)
    return True


def _hasten_replies(connection: Connection, card: _Wish, at: datetime) -> None:
    """Want the replies of the *card* that have buttons to be drawn anew, as its own are."""
    for there in connection.execute(_WANT_REPLIES, {"thread": card.surface}).all():
        reply = _Wish(there.id, "operation_reply", 0, card.urgency)
        _queue_again(connection, reply, there, at)


def _queue_again(connection: Connection, wish: _Wish, there: Row[Any], at: datetime) -> None:
    """Let a surface that is there wait for its turn, as soon as the wish wants it at least."""
    rests = wish.urgency > DECISIVE and there.rests_until is not None and there.rests_until > at
    due = there.rests_until if rests else at
    hurry = {"wanted_one": wish.surface, "new_urgency": wish.urgency, "new_due": due}
    if connection.execute(_HASTEN, hurry).rowcount == 0:
        is_new = there.ts is None
        lane = lane_for(wish.kind, there.channel, is_new=is_new)
        row = {"lane": lane, "rank": BEGINS if is_new else GOES_ON, "urgency": wish.urgency}
        since = there.shown_at or there.created_at
        connection.execute(_NEW_ROW, _row(wish.surface, row, since=since, due=due))


def tell(connection: Connection, tells: Tell, at: datetime) -> None:
    """Want the thread of the operation's card to tell an event."""
    thread = surface_id("operation_card", tells.subject, tells.channel)
    surface = surface_id("operation_reply", tells.subject, f"{tells.channel}:{tells.sequence}")
    begun = {"id": surface, "kind": "operation_reply", "channel": tells.channel}
    told = {"parent": thread, "wanted": tells.sequence, "pressable": tells.is_pressable}
    row = {
        "lane": lane_for("operation_reply", tells.channel, is_new=True),
        "urgency": URGENCIES.index(tells.urgency),
        "broadcast": tells.broadcast,
    }
    register = _surface(tells.subject, {**begun, **told}, at)
    begin(connection, [First(register, _row(surface, row, since=at, due=at))])
    # A reply would otherwise wait as long as the least urgent one of its thread.
    if tells.is_pressable or tells.broadcast:
        connection.execute(_FIRST_OF_ALL, {"thread": thread})
    elif tells.is_last:
        connection.execute(_FIRST_IN_THREAD, {"thread": thread})


def _surface(about_: Subject, row: dict[str, Any], at: datetime) -> dict[str, Any]:
    subject = {"subject_kind": about_.kind, "subject": about_.id, "created_at": at}
    return {**_SURFACE, **subject, **row}


def _row(surface: str, row: dict[str, Any], *, since: datetime, due: datetime) -> dict[str, Any]:
    times = {"since": since, "wanted_at": due, "due_at": due}
    return {**_ROW, "surface": surface, **row, **times}


def _json(body: Mapping[str, str]) -> str:
    return json.dumps({key: storable(value) for key, value in body.items()})
