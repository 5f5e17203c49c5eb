"""What an event wants Slack to show, as surfaces of the register and rows of the queue."""

import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, assert_never, get_args

from pydantic import ValidationError
from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    insert,
    literal_column,
    or_,
    select,
    union_all,
    update,
)

from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.records import TargetName, Urgency
from bot.core.surfaces import (
    SURFACES,
    Show,
    ShowLine,
    ShowPrevious,
    Stale,
    Subject,
    Subscription,
    SurfaceKind,
    Tell,
    lane_for,
    stale,
    subjects,
)
from bot.journal.audit_entries import storable
from bot.journal.incident_tables import incidents
from bot.journal.schema import Utc, operations, outbox, subscriptions, surfaces

log = logging.getLogger("slipway.journal")

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
_SUBSCRIBED: Final = select(
    subscriptions.c.subject_kind,
    subscriptions.c.subject,
    subscriptions.c.kind,
    subscriptions.c.channel,
)
_STANDS: Final = select(
    surfaces.c.subject_kind, surfaces.c.subject, surfaces.c.kind, surfaces.c.channel
).where(
    surfaces.c.subject_kind == "operation",
    surfaces.c.subject == bindparam("operation"),
    surfaces.c.kind == "operation_card",
)
_AUDIENCE: Final = select(
    union_all(
        _SUBSCRIBED.where(
            subscriptions.c.subject_kind == "operation",
            subscriptions.c.subject == bindparam("operation"),
        ),
        _SUBSCRIBED.where(
            subscriptions.c.subject_kind == "target",
            subscriptions.c.subject == bindparam("target"),
        ),
        _SUBSCRIBED.where(
            subscriptions.c.subject_kind == "person",
            subscriptions.c.subject == bindparam("person"),
        ),
        _STANDS,
    ).subquery()
)
_LISTENING: Final = _SUBSCRIBED.where(
    or_(
        and_(
            subscriptions.c.subject_kind == "operation",
            subscriptions.c.subject.in_(bindparam("operations", expanding=True)),
        ),
        and_(
            subscriptions.c.subject_kind == "target",
            subscriptions.c.subject.in_(bindparam("targets", expanding=True)),
        ),
        and_(
            subscriptions.c.subject_kind == "person",
            subscriptions.c.subject.in_(bindparam("people", expanding=True)),
        ),
    )
)
_BEFORE: Final = (
    select(operations.c.id)
    .where(
        operations.c.target == bindparam("target"),
        operations.c.id != bindparam("present"),
        operations.c.finished_at.is_not(None),
        operations.c.sent_at.is_not(None),
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
    .scalar_subquery()
)
_CARDS_BEFORE: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.subject == _BEFORE,
        surfaces.c.kind == "operation_card",
    )
    .order_by(surfaces.c.id)
)

_OF_INCIDENTS: Final = (
    select(surfaces.c.id, surfaces.c.kind)
    .where(
        surfaces.c.subject_kind == "incident",
        surfaces.c.subject.in_(
            select(incidents.c.id).where(
                incidents.c.channel.in_(bindparam("channels", expanding=True))
            )
        ),
        surfaces.c.kind.in_(("incident_card", "incident_suspects")),
    )
    .order_by(surfaces.c.id)
)
_CARDS_IN_LINE: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.kind == "operation_card",
        surfaces.c.subject.in_(
            select(operations.c.id).where(
                operations.c.phase == literal_column("'waiting'"),  # as its index has it
                operations.c.target == bindparam("target"),
                operations.c.id != bindparam("present"),
            )
        ),
    )
    .order_by(surfaces.c.id)
)

_LATEST: Final = (
    select(operations.c.id)
    .where(operations.c.target == bindparam("target"), operations.c.sent_at.is_not(None))
    .order_by(operations.c.fence.desc())
    .limit(1)
    .scalar_subquery()
)
_CARDS_OF_LATEST: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.subject == _LATEST,
        surfaces.c.kind == "operation_card",
    )
    .order_by(surfaces.c.id)
)
_CARDS_BEFORE_SENT: Final = (
    select(surfaces.c.id)
    .join(operations, operations.c.id == surfaces.c.subject)
    .where(
        surfaces.c.subject_kind == "operation",
        surfaces.c.kind == "operation_card",
        operations.c.finished_at.is_(None),
        operations.c.sent_at.is_(None),
        operations.c.target.in_(bindparam("targets", expanding=True)),
    )
    .order_by(surfaces.c.id)
)

_CARDS_IN_CHANNEL: Final = select(surfaces.c.id).where(
    surfaces.c.channel == bindparam("where"),
    surfaces.c.ts.is_not(None),
    surfaces.c.kind == "operation_card",
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


class _First(NamedTuple):
    """A surface that nothing stands of yet: its row of the register, and that of the queue."""

    surface: dict[str, Any]
    row: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.surface["id"])


def want(connection: Connection, operation: Operation, event: Event) -> None:
    """Want Slack to show what *event* made of *operation*, which had begun before."""
    listening = audience(connection, operation)
    if operation.is_final:
        _show_incidents(connection, listening, operation, event.at)
    for each in stale(event, operation, listening):
        _want(connection, each, operation, event.at)


def want_new(connection: Connection, begun: Sequence[tuple[Operation, Event]]) -> None:
    """Want Slack to show operations that were just asked for: of them, nothing stands yet."""
    known = _listening(connection, [operation for operation, _ in begun])
    first: list[_First] = []
    others: list[tuple[Stale, Operation, datetime]] = []
    for operation, event in begun:
        listening = [each for subject in subjects(operation) for each in known[subject]]
        _show_incidents(connection, listening, operation, event.at)
        for each in stale(event, operation, listening):
            if isinstance(each, Show) and each.subject.id == operation.id:
                first.append(_first(each, operation.sequence, event.at))
            else:
                others.append((each, operation, event.at))
    _insert(connection, first)
    for shown, operation, at in others:  # such as what is told below a card
        _want(connection, shown, operation, at)


def _want(connection: Connection, stale_: Stale, operation: Operation, at: datetime) -> None:
    match stale_:
        case Show():
            show(connection, stale_, operation.sequence, at)
        case Tell():
            tell(connection, stale_, at)
        case ShowPrevious():
            _show_previous(connection, stale_, at)
        case ShowLine():
            _show_line(connection, stale_, at)
        case _:
            assert_never(stale_)


def _listening(
    connection: Connection, operations_: Sequence[Operation]
) -> Mapping[Subject, Sequence[Subscription]]:
    """Return who wants surfaces of new operations, their targets, and who asked for them."""
    named = {
        "operations": [each.id for each in operations_],
        "targets": [each.target for each in operations_],
        "people": [each.requester for each in operations_],
    }
    known: dict[Subject, list[Subscription]] = defaultdict(list)
    rows: Iterable[Row[Any]] = connection.execute(_LISTENING, named)
    for each in map(_subscription, rows):
        if each:
            known[each.subject].append(each)
    return known


def audience(connection: Connection, operation: Operation) -> tuple[Subscription, ...]:
    """Return who wants surfaces of what happens to *operation*, and where its cards stand."""
    named: dict[str, str] = {each.kind: each.id for each in subjects(operation)}
    found = map(_subscription, connection.execute(_AUDIENCE, named))
    return tuple(each for each in found if each)


def _subscription(row: Row[Any]) -> Subscription | None:
    """Return who wants what; None: it cannot be read, and must not keep an event from happening."""
    try:
        subject = Subject(kind=row.subject_kind, id=row.subject)
        return Subscription(subject=subject, kind=row.kind, channel=row.channel)
    except ValidationError:
        log.exception("subscription.unreadable", extra={"channel": row.channel})
        return None


def show(connection: Connection, wanted: Show, sequence: int | None, at: datetime) -> None:
    """Want a surface to show *sequence*; None: what it shows once more. Begin it where it is none.

    What was begun and shows nothing newer, such as a direct message, is not begun again.
    """
    first = _first(wanted, sequence or 0, at)
    touches = 1 if sequence is None else 0
    wish = _Wish(first.id, wanted.kind, sequence or 0, URGENCIES.index(wanted.urgency), touches)
    spec = SURFACES[wanted.kind]
    if spec.is_updated and _hasten(connection, wish, at):
        return
    if spec.stands and not spec.is_updated and _is_begun(connection, first.id):
        return
    _insert(connection, [first])


def _is_begun(connection: Connection, surface: str) -> bool:
    return bool(connection.execute(_BEGUN, {"surface": surface}).scalar())


def _first(wanted: Show, sequence: int, at: datetime) -> _First:
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
    return _First(_surface(wanted.subject, begun, at), _row(surface, row, since=at, due=due))


def _insert(connection: Connection, first: Sequence[_First]) -> None:
    """Put surfaces into the register, and their rows into the queue."""
    if first:
        connection.execute(_NEW_SURFACE, [each.surface for each in first])
        connection.execute(_NEW_ROW, [each.row for each in first])


def show_held(connection: Connection, targets: Collection[TargetName], at: datetime) -> None:
    """Want the cards that say what holds the *targets*, or warns: that began or ended.

    They are those of what waits to be sent, and of what was sent last, however it ended: what can
    be done about it changed.
    """
    if not targets:
        return
    for target in targets:
        _touch(connection, _CARDS_OF_LATEST, {"target": target}, "notable", at)
    _touch(connection, _CARDS_BEFORE_SENT, {"targets": list(targets)}, "notable", at)


def show_anew(connection: Connection, channel: str, at: datetime) -> None:
    """Want the cards that stand in *channel*, which was shown nothing for a while."""
    _touch(connection, _CARDS_IN_CHANNEL, {"where": channel}, "background", at)


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
    _insert(connection, [_First(register, _row(surface, row, since=at, due=at))])
    # A reply would otherwise wait as long as the least urgent one of its thread.
    if tells.is_pressable or tells.broadcast:
        connection.execute(_FIRST_OF_ALL, {"thread": thread})
    elif tells.is_last:
        connection.execute(_FIRST_IN_THREAD, {"thread": thread})


def _show_previous(connection: Connection, previous: ShowPrevious, at: datetime) -> None:
    asked = {"target": previous.target, "present": previous.operation.id}
    _touch(connection, _CARDS_BEFORE, asked, previous.urgency, at)


def _show_incidents(
    connection: Connection, listening: Sequence[Subscription], operation: Operation, at: datetime
) -> None:
    """Draw the incidents of the target anew: what runs there, and which change can go back."""
    channels = [
        each.channel
        for each in listening
        if each.subject.kind == "target" or each.channel != operation.channel
    ]
    if not channels:
        return
    for each in connection.execute(_OF_INCIDENTS, {"channels": channels}).all():
        wish = _Wish(each.id, each.kind, 0, URGENCIES.index("notable"), touches=1)
        _hasten(connection, wish, at)


def _show_line(connection: Connection, line: ShowLine, at: datetime) -> None:
    asked = {"target": line.target, "present": line.operation.id}
    _touch(connection, _CARDS_IN_LINE, asked, line.urgency, at)


def _touch(
    connection: Connection,
    cards: Select[Any],
    asked: Mapping[str, object],
    urgency: Urgency,
    at: datetime,
) -> None:
    """Want the *cards* to be drawn anew as they are."""
    soon = URGENCIES.index(urgency)
    for surface in sorted(connection.execute(cards, asked).scalars()):  # all in one order
        _hasten(connection, _Wish(surface, "operation_card", 0, soon, touches=1), at)


def _surface(about_: Subject, row: dict[str, Any], at: datetime) -> dict[str, Any]:
    subject = {"subject_kind": about_.kind, "subject": about_.id, "created_at": at}
    return {**_SURFACE, **subject, **row}


def _row(surface: str, row: dict[str, Any], *, since: datetime, due: datetime) -> dict[str, Any]:
    times = {"since": since, "wanted_at": due, "due_at": due}
    return {**_ROW, "surface": surface, **row, **times}


def _json(body: Mapping[str, str]) -> str:
    return json.dumps({key: storable(value) for key, value in body.items()})
