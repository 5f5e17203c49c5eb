"""How new operations come into the journal: with their targets, in the line, or not at all.

What nothing stands in the way of is recorded together, table by table. Where there is something to
weigh (a target that is taken, a line, a known delivery, a limit), that is done one by one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any, Final, NamedTuple, TypeAlias, assert_never

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    bindparam,
    func,
    insert,
    literal_column,
    null,
    select,
    union_all,
)

from bot.core import events as ev
from bot.core.codes.operations import Replaced
from bot.core.effects import Effect
from bot.core.events import Event
from bot.core.lifecycle import transition
from bot.core.operation import Operation, Waiting
from bot.core.ports import (
    AlreadyAsked,
    AlreadyDelivered,
    AuditEntry,
    Created,
    LimitReached,
    Limits,
    QueueFull,
    TargetLocked,
)
from bot.core.queue import Enters, Joins, QueueRules, Repeats, Stays, entry
from bot.core.records import ChannelId, OperationId, TargetName, UserId
from bot.core.surfaces import Subscription, about
from bot.journal import columns, stale_surfaces, target_holders
from bot.journal.incident_tables import incidents
from bot.journal.operations import found_in, loaded
from bot.journal.queues import waiting_in
from bot.journal.schema import events, locks, operations, requests, subscriptions
from bot.journal.surfaces import subscribe

Entered: TypeAlias = (
    Created | AlreadyDelivered | AlreadyAsked | TargetLocked | QueueFull | LimitReached
)

NO_QUEUE: Final = QueueRules()

_OPEN: Final = (
    select(func.count()).select_from(operations).where(operations.c.finished_at.is_(None))
)
_PRESENT: Final = select(
    select(requests.c.subject)
    .where(requests.c.key == bindparam("delivery"), requests.c.subject_kind == "operation")
    .scalar_subquery()
    .label("delivered"),
    select(locks.c.operation_id)
    .where(locks.c.target == bindparam("target"))
    .scalar_subquery()
    .label("holder"),
    select(locks.c.fence)
    .where(locks.c.target == bindparam("target"))
    .scalar_subquery()
    .label("fence"),
    _OPEN.where(operations.c.requester == bindparam("person")).scalar_subquery().label("persons"),
    _OPEN.scalar_subquery().label("all"),
)
_NOBODY: Final = null().label("holder")
_NO_NUMBER: Final = literal_column("0", Integer).label("number")
_KNOWN: Final = select(
    union_all(
        select(
            literal_column("'delivery'").label("what"),
            requests.c.key.label("name"),
            requests.c.subject.label("holder"),
            _NO_NUMBER,
        ).where(
            requests.c.key.in_(bindparam("deliveries", expanding=True)),
            requests.c.subject_kind == "operation",
        ),
        select(
            literal_column("'target'"), locks.c.target, locks.c.operation_id, locks.c.fence
        ).where(locks.c.target.in_(bindparam("targets", expanding=True))),
        select(literal_column("'line'"), operations.c.target, _NOBODY, _NO_NUMBER).where(
            operations.c.phase == literal_column("'waiting'"),  # as its index has it
            operations.c.target.in_(bindparam("targets", expanding=True)),
        ),
        select(literal_column("'person'"), operations.c.requester, _NOBODY, func.count())
        .where(operations.c.finished_at.is_(None))
        .group_by(operations.c.requester),
    ).subquery()
)
_INCIDENT_CHANNELS: Final = select(incidents.c.channel).where(
    incidents.c.closed_at.is_(None),
    incidents.c.channel.in_(bindparam("channels", expanding=True)),
)
_FOLLOWERS: Final = select(subscriptions.c.subject, subscriptions.c.channel).where(
    subscriptions.c.subject_kind == "operation",
    subscriptions.c.subject.in_(bindparam("operations", expanding=True)),
    subscriptions.c.kind == "operation_card",
)
_NEW_OPERATION: Final = insert(operations)
_NEW_EVENT: Final = insert(events)
_NEW_REQUEST: Final = insert(requests)


@dataclass(frozen=True)
class NewOperation:
    """An operation that shall begin, and what may keep it out."""

    operation: Operation
    delivery: str  # the same twice is one operation
    limits: Limits
    queue: QueueRules = NO_QUEUE
    noted: AuditEntry | None = None  # comes into the audit with it
    asked_in: ChannelId = ""  # "": nowhere, as what begins by itself

    @cached_property
    def event(self) -> ev.Requested:
        """Its first event."""
        return ev.Requested(at=self.operation.created_at, by=self.operation.requester)


class Moved(NamedTuple):
    """What an event makes of an operation."""

    before: Operation
    after: Operation
    event: Event
    effects: tuple[Effect, ...]
    noted: AuditEntry | None = None  # comes into the audit with it: what was decided


def moved(before: Operation, event: Event, noted: AuditEntry | None = None) -> Moved:
    """Return what *event* makes of *before*.

    Raises:
        IllegalEventError: its phase does not accept it.
    """
    after, effects = transition(before, event)
    return Moved(before, after, event, effects, noted)


class Verdict(NamedTuple):
    """What becomes of a new operation, and of others for its sake, before it is recorded."""

    entered: Entered
    moved: tuple[Moved, ...] = ()


class _Begun(NamedTuple):
    """A new operation as it is recorded, with the number that it is counted by at its target."""

    operation: Operation
    event: Event
    delivery: str
    fence: int
    asked_in: ChannelId


class _Known:
    """What may stand in the way of new operations, until the transaction ends."""

    def __init__(self, rows: Iterable[Row[Any]]) -> None:
        self._in_the_way: set[tuple[str, str]] = set()  # deliveries, and targets that are not free
        self._numbers: dict[TargetName, int] = {}
        self._open: Counter[UserId] = Counter()
        for row in rows:
            self._learn(row.what, row.name, row.holder, row.number)

    def _learn(self, what: str, name: str, holder: str | None, number: int) -> None:
        match what:
            case "person":
                self._open[name] = number
            case "target" if holder is None:
                self._numbers[name] = number
            case "line":
                self._in_the_way.add(("target", name))
            case _:
                self._in_the_way.add((what, name))

    def last_number(self, target: TargetName) -> int | None:
        """Return what *target* was counted by last; None: nobody had it, or waited."""
        return self._numbers.get(target)

    def lets_in(self, new: NewOperation) -> bool:
        """Whether nothing has to be weighed; then *new* is in the way of those after it."""
        operation = new.operation
        needs = {("delivery", new.delivery), ("target", operation.target)}
        is_full = (
            self._open[operation.requester] >= new.limits.per_person
            or self._open.total() >= new.limits.total
        )
        if operation.is_in_line or is_full or needs & self._in_the_way:
            return False
        self._in_the_way |= needs
        self._open[operation.requester] += 1
        return True


def let_in(connection: Connection, new: Sequence[NewOperation]) -> list[Created]:
    """Record the first of *new*, up to one that something may stand in the way of.

    Raises:
        ConflictError: a target was free, and is not any more.
    """
    named = {
        "deliveries": [each.delivery for each in new],
        "targets": [each.operation.target for each in new],
    }
    known = _Known(connection.execute(_KNOWN, named))
    free = list(takewhile(known.lets_in, new))
    taken = [(each.operation, known.last_number(each.operation.target)) for each in free]
    numbers = target_holders.take_free(connection, taken)
    _write(
        connection,
        [
            _Begun(each.operation, each.event, each.delivery, number, each.asked_in)
            for each, number in zip(free, numbers, strict=True)
        ],
    )
    return [Created(operation=each.operation) for each in free]


def enter(connection: Connection, new: NewOperation) -> Verdict:
    """Return what becomes of a new operation, as things are until the transaction ends."""
    wanted = new.operation
    names = {"delivery": new.delivery, "target": wanted.target, "person": wanted.requester}
    present = connection.execute(_PRESENT, names).one()
    if present.delivered:
        return Verdict(AlreadyDelivered(operation=loaded(connection, present.delivered)))
    holder = found_in(connection, present.holder) if present.holder else None
    waiting = tuple(each for each in waiting_in(connection, wanted.target) if each.is_in_line)
    comes = entry(wanted, holder, waiting, new.queue, number=(present.fence or 0) + 1)
    match comes:
        case Repeats(operation=known):
            return Verdict(AlreadyAsked(operation=known))
        case Stays(in_the_way=other, waiting=many):
            return Verdict(_kept_out(other, many))
        case Enters() | Joins():
            limited = _limited(present, new.limits)
            return Verdict(limited) if limited else _let_in(wanted, comes, holder)
        case _:
            assert_never(comes)


def begin(
    connection: Connection,
    operation: Operation,
    event: Event,
    *,
    delivery: str,
    asked_in: ChannelId = "",
) -> None:
    """Record a new operation within the transaction of *connection*, but for its audit.

    Raises:
        ConflictError: another one has the target that it wants for itself.
    """
    if operation.is_in_line:
        fence = target_holders.numbered(connection, operation.target)
    else:
        fence = target_holders.take(connection, operation)
    _write(connection, [_Begun(operation, event, delivery, fence, asked_in)])


def _write(connection: Connection, begun: Sequence[_Begun]) -> None:
    """Record new operations, their first events and deliveries, and want them shown."""
    if not begun:
        return
    rows = [
        {
            **columns.identity(each.operation),
            **columns.state(each.operation, each.event.at),
            "fence": each.fence,
        }
        for each in begun
    ]
    deliveries = [
        {
            "key": each.delivery,
            "subject_kind": "operation",
            "subject": each.operation.id,
            "at": each.event.at,
        }
        for each in begun
    ]
    connection.execute(_NEW_OPERATION, rows)
    connection.execute(_NEW_EVENT, [columns.event_row(one.operation, one.event) for one in begun])
    connection.execute(_NEW_REQUEST, deliveries)
    _follow(connection, begun)
    stale_surfaces.want_new(connection, [(each.operation, each.event) for each in begun])


def _follow(connection: Connection, begun: Sequence[_Begun]) -> None:
    """Let an incident's channel have the cards of all that is asked for in it.

    Those of its targets come there anyway; a neighbour's rollback, pressed at a suspect, would not,
    nor what takes that back, or goes on with it, wherever that was asked for.
    """
    before = {id(each): each.operation.rollback_of or each.operation.follows for each in begun}
    known = _followers(connection, [name for name in before.values() if name])
    elsewhere = [
        (each, channel)
        for each in begun
        for channel in {each.asked_in, *known[before[id(each)] or ""]}
        if channel not in {"", each.operation.channel}
    ]
    if not elsewhere:
        return
    asked = {"channels": [channel for _, channel in elsewhere]}
    led = set(connection.execute(_INCIDENT_CHANNELS, asked).scalars())
    for each, channel in elsewhere:
        if channel in led:
            card = Subscription(
                subject=about(each.operation), kind="operation_card", channel=channel
            )
            subscribe(connection, card, each.event.at)


def _followers(
    connection: Connection, named: Sequence[OperationId]
) -> Mapping[OperationId, set[ChannelId]]:
    """Return the channels that want the cards of these operations."""
    channels: dict[OperationId, set[ChannelId]] = defaultdict(set)
    if named:
        for row in connection.execute(_FOLLOWERS, {"operations": [*named]}):
            channels[row.subject].add(row.channel)
    return channels


def _kept_out(other: Any, waiting: int) -> Entered:
    if waiting and isinstance(other, Operation):
        return QueueFull(holder=other, waiting=waiting)
    return TargetLocked(holder=other)


def _limited(present: Row[Any, Any, Any, Any, Any], limits: Limits) -> LimitReached | None:
    if present.persons >= limits.per_person:
        return LimitReached(scope="person", pending=present.persons)
    if present.all >= limits.total:
        return LimitReached(scope="all", pending=present.all)
    return None


def _let_in(wanted: Operation, comes: Enters | Joins, holder: object) -> Verdict:
    match comes:
        case Enters(event=None):
            return Verdict(Created(operation=wanted))
        case Enters(event=event) if isinstance(holder, Operation) and event is not None:
            return _gone_before(wanted, holder, event)
        case Joins(place=place, replaces=older):
            waits = Waiting(since=wanted.created_at, place=place)
            waiting = wanted.model_copy(update={"phase": waits})
            if older is None:
                return Verdict(Created(operation=waiting))
            created = Created(operation=waiting, replaces=older.id)
            return Verdict(created, (_replaced(wanted, older),))
        case _:
            msg = f"nobody makes way for {wanted.id}"
            raise ValueError(msg)


def _gone_before(wanted: Operation, holder: Operation, event: Event) -> Verdict:
    """Let a rollback go before the holder; of what is taken back it is the rollback."""
    if isinstance(event, ev.TakenBack):
        wanted = wanted.model_copy(update={"rollback_of": holder.id})
        created = Created(operation=wanted)
    else:
        created = Created(operation=wanted, passes=holder.id)
    return Verdict(created, (moved(holder, event),))


def _replaced(wanted: Operation, older: Operation) -> Moved:
    reason = Replaced(by=wanted.id).reason
    event = ev.Withdrawn(at=wanted.created_at, by=wanted.requester, reason=reason)
    return moved(older, event)
