"""How a new operation comes into the journal: with its target, in the line, or not at all."""

from typing import Any, Final, NamedTuple, TypeAlias, assert_never

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from bot.core import events as ev
from bot.core.codes.operations import Replaced
from bot.core.effects import Effect
from bot.core.events import Event
from bot.core.lifecycle import transition
from bot.core.operation import Operation, Waiting
from bot.core.ports import (
    AlreadyAsked,
    AlreadyDelivered,
    Created,
    LimitReached,
    Limits,
    QueueFull,
    TargetLocked,
)
from bot.core.queue import Enters, Joins, QueueRules, Repeats, Stays, entry
from bot.journal import columns, outbox_write, target_holders
from bot.journal.operations import found_in, loaded
from bot.journal.queues import waiting_in
from bot.journal.schema import events, locks, operations, requests
from bot.journal.turns import take_turn

Entered: TypeAlias = (
    Created | AlreadyDelivered | AlreadyAsked | TargetLocked | QueueFull | LimitReached
)

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
_NEW_OPERATION: Final = insert(operations)
_NEW_EVENT: Final = insert(events)
_NEW_REQUEST: Final = insert(requests)


class Asked(NamedTuple):
    """A new operation, and what it may be kept out by."""

    operation: Operation
    delivery: str
    limits: Limits
    queue: QueueRules


class Moved(NamedTuple):
    """What becomes of another operation because of a new one."""

    before: Operation
    after: Operation
    event: Event
    effects: tuple[Effect, ...]


class Verdict(NamedTuple):
    """What becomes of a new operation, and of others for its sake, before it is recorded."""

    entered: Entered
    moved: tuple[Moved, ...] = ()


def enter(connection: Connection, asked: Asked) -> Verdict:
    """Return what becomes of a new operation, as things are until the transaction ends."""
    take_turn(connection)
    wanted = asked.operation
    names = {"delivery": asked.delivery, "target": wanted.target, "person": wanted.requester}
    present = connection.execute(_PRESENT, names).one()
    if present.delivered:
        return Verdict(AlreadyDelivered(operation=loaded(connection, present.delivered)))
    holder = found_in(connection, present.holder) if present.holder else None
    waiting = tuple(each for each in waiting_in(connection, wanted.target) if each.is_in_line)
    comes = entry(wanted, holder, waiting, asked.queue, number=(present.fence or 0) + 1)
    match comes:
        case Repeats(operation=known):
            return Verdict(AlreadyAsked(operation=known))
        case Stays(in_the_way=other, waiting=many):
            return Verdict(_kept_out(other, many))
        case Enters() | Joins():
            limited = _limited(present, asked.limits)
            return Verdict(limited) if limited else _let_in(wanted, comes, holder)
        case _:
            assert_never(comes)


def begin(connection: Connection, operation: Operation, event: Event, *, delivery: str) -> None:
    """Record a new operation within the transaction of *connection*, but for its audit.

    Raises:
        ConflictError: another one has the target that it wants for itself.
    """
    if operation.is_in_line:
        fence = target_holders.numbered(connection, operation.target)
    else:
        fence = target_holders.take(connection, operation)
    connection.execute(
        _NEW_OPERATION,
        {**columns.identity(operation), **columns.state(operation, event.at), "fence": fence},
    )
    connection.execute(_NEW_EVENT, columns.event_row(operation, event))
    request = {"key": delivery, "subject_kind": "operation", "subject": operation.id}
    connection.execute(_NEW_REQUEST, {**request, "at": event.at})
    outbox_write.want(connection, operation, event)


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
    return Verdict(created, (Moved(holder, *_after(holder, event)),))


def _replaced(wanted: Operation, older: Operation) -> Moved:
    reason = Replaced(by=wanted.id).reason
    event = ev.Withdrawn(at=wanted.created_at, by=wanted.requester, reason=reason)
    return Moved(older, *_after(older, event))


def _after(operation: Operation, event: Event) -> tuple[Operation, Event, tuple[Effect, ...]]:
    after, effects = transition(operation, event)
    return after, event, effects
