"""What reads operations."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from itertools import chain
from math import ceil
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, Row, Select, bindparam, exists, literal, select

from bot.core.errors import UnknownFormatError, UnknownOperationError
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.records import ChannelId, Moment, OperationId, PastStep, TargetName
from bot.core.rows import OpenOperation
from bot.journal.columns import FORMAT, event_from, operation_from
from bot.journal.schema import Utc, events, locks, operations, outbox, permits

_PAST_MOST: Final = 50  # operations that are looked through for what was done to a target
_USUAL: Final = 50  # operations that a usual duration is made of
_RECORD: Final = select(operations.c.id, operations.c.format, operations.c.record)
_BY_ID: Final = _RECORD.where(operations.c.id == bindparam("wanted"))
_AMONG: Final = _RECORD.where(operations.c.id.in_(bindparam("wanted", expanding=True)))
_OF_TARGET: Final = _RECORD.where(operations.c.target == bindparam("wanted"))
_NEWEST: Final = _OF_TARGET.order_by(operations.c.fence.desc()).limit(1)
_LATEST: Final = _NEWEST.where(operations.c.finished_at.is_not(None))
_STANDING: Final = _NEWEST.where(
    operations.c.finished_at.is_(None) | exists().where(permits.c.operation_id == operations.c.id)
)
_SENT: Final = (
    _OF_TARGET.where(exists().where(permits.c.operation_id == operations.c.id))
    .order_by(operations.c.fence.desc())
    .limit(_PAST_MOST)
)
_HOLDER: Final = _RECORD.join(locks, locks.c.operation_id == operations.c.id).where(
    locks.c.target == bindparam("wanted")
)
_ROLLBACK: Final = (
    _RECORD.where(
        operations.c.rollback_of == bindparam("wanted"),
        (operations.c.phase == "succeeded") | operations.c.finished_at.is_(None),
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
)
_FOLLOWER: Final = (
    _RECORD.where(
        operations.c.follows == bindparam("wanted"),
        operations.c.finished_at.is_(None)
        | exists().where(permits.c.operation_id == operations.c.id),
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
)
_RECENT: Final = _RECORD.order_by(
    operations.c.created_at.desc(), operations.c.fence.desc(), operations.c.id
).limit(bindparam("most"))
_EVENTS: Final = (
    select(events.c.sequence, events.c.body)
    .where(events.c.operation_id == bindparam("wanted"))
    .order_by(events.c.sequence)
)
_OPEN: Final = (
    select(
        operations.c.id,
        operations.c.target,
        operations.c.requester,
        operations.c.phase,
        operations.c.stage,
        operations.c.sequence,
        operations.c.updated_at,
        operations.c.expires_at,
        operations.c.is_planned,
        (operations.c.format != FORMAT).label("is_foreign"),
    )
    .where(operations.c.finished_at.is_(None))
    .order_by(operations.c.created_at, operations.c.id)
)
_DENIED: Final = select(permits.c.operation_id).where(
    permits.c.outcome == "not_executed", permits.c.at >= bindparam("since", type_=Utc)
)
_CARD: Final = select(outbox.c.operation_id, outbox.c.channel, outbox.c.ts).where(
    outbox.c.kind == "card"
)
_CARD_OF: Final = _CARD.where(outbox.c.operation_id == bindparam("wanted"))
_CARD_AT: Final = _CARD.where(
    outbox.c.channel == bindparam("channel"), outbox.c.ts == bindparam("ts")
)
_PAST: Final = (
    select(operations.c.record)
    .where(
        operations.c.target == bindparam("target"),
        operations.c.action == bindparam("action"),
        operations.c.finished_at.is_not(None),
    )
    .order_by(operations.c.fence.desc())
    .limit(_USUAL)
)
_PING: Final = select(literal(1))


class _StepTime(BaseModel):
    name: str
    phase: str
    started_at: datetime | None = None
    finished_at: datetime | None = None


class _StepTimes(BaseModel):
    steps: tuple[_StepTime, ...] = ()


def load(connection: Connection, operation_id: OperationId) -> Operation:
    """Return the operation as it stands.

    Raises:
        UnknownOperationError: no operation has this id.
    """
    found = find(connection, operation_id)
    if found is None:
        msg = f"no operation has the id {operation_id!r}"
        raise UnknownOperationError(msg)
    return found


def load_many(connection: Connection, ids: Sequence[OperationId]) -> dict[OperationId, Operation]:
    """Return those of the operations that there are and that this version can read."""
    statement: Select[Any] = _AMONG
    known: dict[OperationId, Operation] = {}
    for row in connection.execute(statement, {"wanted": list(ids)}):
        with suppress(UnknownFormatError):
            known[row.id] = _operation(row)
    return known


def find(connection: Connection, operation_id: OperationId) -> Operation | None:
    """Return the operation with this id, if there is one."""
    return _one(connection, _BY_ID, operation_id)


def holder(connection: Connection, target: TargetName) -> Operation | None:
    """Return the open operation that holds *target*."""
    return _one(connection, _HOLDER, target)


def latest(connection: Connection, target: TargetName) -> Operation | None:
    """Return the newest operation of *target* that ended."""
    return _one(connection, _LATEST, target)


def newest(connection: Connection, target: TargetName) -> Operation | None:
    """Return the newest operation of *target*, ended or not."""
    return _one(connection, _NEWEST, target)


def standing(connection: Connection, target: TargetName) -> Operation | None:
    """Return the newest operation of *target* of which something was sent, or still may be."""
    return _one(connection, _STANDING, target)


def rollback_of(connection: Connection, operation_id: OperationId) -> Operation | None:
    """Return the rollback of this operation that is open or succeeded."""
    return _one(connection, _ROLLBACK, operation_id)


def follower_of(connection: Connection, operation_id: OperationId) -> Operation | None:
    """Return the operation that goes on with this one: it is open, or something of it was sent."""
    return _one(connection, _FOLLOWER, operation_id)


def past_steps(connection: Connection, target: TargetName) -> tuple[PastStep, ...]:
    """Return the steps that succeeded in the newest operations of *target*, newest first."""
    statement: Select[Any] = _SENT
    found = connection.execute(statement, {"wanted": target})
    return tuple(chain.from_iterable(_succeeded(_operation(row)) for row in found))


def history(connection: Connection, operation_id: OperationId) -> tuple[tuple[int, Event], ...]:
    """Return the events of an operation with their sequence, oldest first."""
    found = connection.execute(_EVENTS, {"wanted": operation_id})
    return tuple((row.sequence, event_from(operation_id, row.sequence, row.body)) for row in found)


def recent(
    connection: Connection, limit: int, target: TargetName | None, *, open_only: bool
) -> tuple[Operation, ...]:
    """Return up to *limit* operations, newest first."""
    statement: Select[Any] = _RECENT
    if target is not None:
        statement = statement.where(operations.c.target == target)
    if open_only:
        statement = statement.where(operations.c.finished_at.is_(None))
    return tuple(_operation(row) for row in connection.execute(statement, {"most": limit}))


def open_operations(connection: Connection) -> tuple[OpenOperation, ...]:
    """Return where every open operation stands, oldest first."""
    found = connection.execute(_OPEN).mappings()
    return tuple(OpenOperation.model_validate(dict(row)) for row in found)


def said_not_executed(connection: Connection, since: Moment) -> tuple[OperationId, ...]:
    """Return the operations of which people have said since then that they were not executed."""
    return tuple(row.operation_id for row in connection.execute(_DENIED, {"since": since}))


def operation_at(connection: Connection, channel: ChannelId, ts: str) -> OperationId | None:
    """Return whose card stands at this message."""
    row = connection.execute(_CARD_AT, {"channel": channel, "ts": ts}).one_or_none()
    return row.operation_id if row else None


def card_of(
    connection: Connection, operation_id: OperationId
) -> tuple[ChannelId, str | None] | None:
    """Return the channel of an operation's card, and its message once it was posted."""
    row = connection.execute(_CARD_OF, {"wanted": operation_id}).one_or_none()
    return (row.channel, row.ts) if row else None


def usual_duration(
    connection: Connection, target: TargetName, action: str, step: str
) -> tuple[float, float] | None:
    """Return what half and nine tenths of this step's successes stayed within, in seconds."""
    found = connection.execute(_PAST, {"target": target, "action": action}).scalars()
    seconds = sorted(chain.from_iterable(_seconds(record, step) for record in found))
    if not seconds:
        return None
    return _within(seconds, 0.5), _within(seconds, 0.9)


def ping(connection: Connection) -> None:
    """Ask the database for a sign of life."""
    connection.execute(_PING)


def _one(connection: Connection, statement: Select[Any], wanted: str) -> Operation | None:
    row = connection.execute(statement, {"wanted": wanted}).one_or_none()
    return _operation(row) if row else None


def _operation(row: Row[Any]) -> Operation:
    return operation_from(row.id, row.format, row.record)


def _succeeded(operation: Operation) -> list[PastStep]:
    done = zip(operation.plan.steps, operation.steps, strict=True)
    return [
        PastStep(
            action=operation.action,
            name=planned.name,
            parameters=planned.parameters,
            task=step.remote_task,
        )
        for planned, step in reversed(list(done))
        if step.phase == "succeeded" and step.remote_task
    ]


def _seconds(record: str, name: str) -> list[float]:
    try:
        past = _StepTimes.model_validate_json(record)
    except ValidationError:  # of another format: it tells nothing
        return []
    return [
        (step.finished_at - step.started_at).total_seconds()
        for step in past.steps
        if step.name == name and step.phase == "succeeded" and step.started_at and step.finished_at
    ]


def _within(ordered: Sequence[float], share: float) -> float:
    return ordered[ceil(share * len(ordered)) - 1]
