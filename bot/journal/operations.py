"""Operations and their events, as they are read; `commits` alone writes them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, bindparam, func, literal_column, select

from bot.core.errors import UnknownFormatError, UnknownOperationError
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.records import Moment, OperationId, PastStep, TargetName
from bot.core.rows import OpenOperation
from bot.journal.columns import FORMAT, event_from, operation_from
from bot.journal.database import reading
from bot.journal.schema import Utc, events, locks, operations, permits

_PAST_MOST: Final = 50  # operations that are looked through for what was done to a target
_RECORD: Final = select(operations.c.id, operations.c.format, operations.c.record)
_BY_ID: Final = _RECORD.where(operations.c.id == bindparam("wanted"))
_AMONG: Final = _RECORD.where(operations.c.id.in_(bindparam("wanted", expanding=True)))
_OF_TARGET: Final = _RECORD.where(operations.c.target == bindparam("wanted"))
_NEWEST: Final = _OF_TARGET.order_by(operations.c.fence.desc()).limit(1)
_LATEST: Final = _NEWEST.where(operations.c.finished_at.is_not(None))
_SENT: Final = (
    _OF_TARGET.where(operations.c.sent_at.is_not(None))
    .order_by(operations.c.fence.desc())
    .limit(_PAST_MOST)
)
_STANDING: Final = _RECORD.where(
    operations.c.id
    == func.coalesce(
        select(locks.c.operation_id).where(locks.c.target == bindparam("wanted")).scalar_subquery(),
        select(operations.c.id)
        .where(operations.c.target == bindparam("wanted"), operations.c.sent_at.is_not(None))
        .order_by(operations.c.fence.desc())
        .limit(1)
        .scalar_subquery(),
    )
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
        operations.c.finished_at.is_(None) | operations.c.sent_at.is_not(None),
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
    permits.c.outcome == literal_column("'not_executed'"),  # as its index has it
    permits.c.at >= bindparam("since", type_=Utc),
)


class Operations:
    """Reads operations; every method raises JournalUnavailableError where that cannot be done."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def load(self, operation_id: OperationId) -> Operation:
        """Return the operation as it stands.

        Raises:
            UnknownOperationError: no operation has this id.
            UnknownFormatError: this version cannot read it.
        """
        with reading(self._database) as connection:
            return loaded(connection, operation_id)

    def load_many(self, ids: Sequence[OperationId]) -> dict[OperationId, Operation]:
        """Return those of the operations that there are and that this version can read."""
        statement: Select[Any] = _AMONG
        with reading(self._database) as connection:
            found = connection.execute(statement, {"wanted": list(ids)}).all()
        return {each.id: each for each in _readable(found)}

    def find(self, operation_id: OperationId) -> Operation | None:
        """Return the operation with this id, if there is one."""
        return self._one(_BY_ID, operation_id)

    def events(self, operation_id: OperationId) -> tuple[tuple[int, Event], ...]:
        """Return the events of an operation with their sequence, oldest first."""
        with reading(self._database) as connection:
            found = connection.execute(_EVENTS, {"wanted": operation_id}).all()
        return tuple(
            (row.sequence, event_from(operation_id, row.sequence, row.body)) for row in found
        )

    def holder(self, target: TargetName) -> Operation | None:
        """Return the open operation that holds *target*."""
        return self._one(_HOLDER, target)

    def latest(self, target: TargetName) -> Operation | None:
        """Return the newest operation of *target* that ended."""
        return self._one(_LATEST, target)

    def standing(self, target: TargetName) -> Operation | None:
        """Return the newest operation of *target* of which something was sent, or still may be."""
        return self._one(_STANDING, target)

    def rollback_of(self, operation_id: OperationId) -> Operation | None:
        """Return the rollback of this operation that is open or succeeded."""
        return self._one(_ROLLBACK, operation_id)

    def follower_of(self, operation_id: OperationId) -> Operation | None:
        """Return the operation that continues this one: it is open, or something was sent."""
        return self._one(_FOLLOWER, operation_id)

    def past_steps(self, target: TargetName) -> tuple[PastStep, ...]:
        """Return the steps that ended in the newest operations of *target*, newest first.

        Operations that this version cannot read tell nothing.
        """
        statement: Select[Any] = _SENT
        with reading(self._database) as connection:
            found = connection.execute(statement, {"wanted": target}).all()
        return tuple(chain.from_iterable(_ended(each) for each in _readable(found)))

    def recent(
        self, limit: int, target: TargetName | None = None, *, open_only: bool = False
    ) -> tuple[Operation, ...]:
        """Return up to *limit* operations, newest first, without those that cannot be read."""
        statement: Select[Any] = _RECENT
        if target is not None:
            statement = statement.where(operations.c.target == target)
        if open_only:
            statement = statement.where(operations.c.finished_at.is_(None))
        with reading(self._database) as connection:
            found = connection.execute(statement, {"most": limit}).all()
        return tuple(_readable(found))

    def all_open(self) -> tuple[OpenOperation, ...]:
        """Return where every open operation stands, oldest first."""
        with reading(self._database) as connection:
            found = connection.execute(_OPEN).mappings().all()
        return tuple(OpenOperation.model_validate(dict(row)) for row in found)

    def said_not_executed(self, since: Moment) -> tuple[OperationId, ...]:
        """Return the operations that people have said since then were not executed."""
        with reading(self._database) as connection:
            found = connection.execute(_DENIED, {"since": since}).all()
        return tuple(row.operation_id for row in found)

    def _one(self, statement: Select[Any], wanted: str) -> Operation | None:
        with reading(self._database) as connection:
            row = connection.execute(statement, {"wanted": wanted}).one_or_none()
        return _operation(row) if row else None


def loaded(connection: Connection, operation_id: OperationId) -> Operation:
    """Return the operation as it stands within the transaction of *connection*.

    Raises:
        UnknownOperationError: no operation has this id.
    """
    statement: Select[Any] = _BY_ID
    row = connection.execute(statement, {"wanted": operation_id}).one_or_none()
    if row is None:
        msg = f"no operation has the id {operation_id!r}"
        raise UnknownOperationError(msg)
    return _operation(row)


def _operation(row: Row[Any]) -> Operation:
    return operation_from(row.id, row.format, row.record)


def _readable(found: Iterable[Row[Any]]) -> Iterator[Operation]:
    """Yield the operations of those rows that this version can read: a bad one harms no other."""
    for row in found:
        with suppress(UnknownFormatError):
            yield _operation(row)


def _ended(operation: Operation) -> list[PastStep]:
    observed = operation.plan.observed
    done = zip(operation.plan.steps, operation.steps, strict=True)
    return [
        PastStep(
            action=operation.action,
            name=planned.name,
            parameters=planned.parameters,
            task=step.remote_task,
            before=observed.revision if observed else None,
            has_failed=step.phase == "failed",
        )
        for planned, step in reversed(list(done))
        if step.phase in {"succeeded", "failed"} and step.remote_task
    ]
