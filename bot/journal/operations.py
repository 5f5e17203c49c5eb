"""Operations and their events, as they are read; `commits` alone writes them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, bindparam, literal_column, or_, select

from bot.core.errors import UnknownFormatError, UnknownOperationError
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.queue import steps_aside
from bot.core.records import ChannelId, Moment, OperationId, PastStep, TargetName
from bot.core.rows import (
    OpenOperation,
    ReviewDue,
    Standing,
    UnreadableEvent,
    UnreadableOperation,
)
from bot.journal.columns import FORMATS, event_from, open_from, operation_from, unreadable_from
from bot.journal.database import reading
from bot.journal.schema import Utc, events, locks, operations, permits, requests, subscriptions

_PAST_MOST: Final = 50  # operations that are looked through for what was done to a target
RECORD: Final = select(
    operations.c.id,
    operations.c.format,
    operations.c.record,
    operations.c.target,
    operations.c.action,
    operations.c.phase,
    operations.c.requester,
    operations.c.created_at,
    operations.c.finished_at.is_(None).label("is_open"),
)
_BY_ID: Final = RECORD.where(operations.c.id == bindparam("wanted"))
_AMONG: Final = RECORD.where(operations.c.id.in_(bindparam("wanted", expanding=True)))
_OF_TARGET: Final = RECORD.where(operations.c.target == bindparam("wanted"))
_NEWEST: Final = _OF_TARGET.order_by(operations.c.fence.desc()).limit(1)
_LATEST: Final = _NEWEST.where(operations.c.finished_at.is_not(None))
_LAST_SENT: Final = _NEWEST.where(operations.c.sent_at.is_not(None))
_LAST_WELL: Final = _NEWEST.where(
    operations.c.sent_at.is_not(None),
    operations.c.phase == "succeeded",
    operations.c.action.in_(("deploy", "rollback", "create", "delete")),
)
_SENT: Final = (
    _OF_TARGET.where(operations.c.sent_at.is_not(None))
    .order_by(operations.c.fence.desc())
    .limit(_PAST_MOST)
)
_HOLDER: Final = RECORD.join(locks, locks.c.operation_id == operations.c.id).where(
    locks.c.target == bindparam("wanted")
)
_earlier: Final = operations.alias("earlier")
_BEFORE: Final = (
    select(_earlier.c.phase)
    .join(operations, operations.c.target == _earlier.c.target)
    .where(
        operations.c.id == bindparam("wanted"),
        _earlier.c.fence < operations.c.fence,
        _earlier.c.sent_at.is_not(None),
        _earlier.c.action.in_(("deploy", "rollback")),
    )
    .order_by(_earlier.c.fence.desc())
    .limit(1)
)
_ROLLBACK: Final = (
    select(operations.c.id)
    .where(
        operations.c.rollback_of == bindparam("wanted"),
        (operations.c.phase == "succeeded") | operations.c.finished_at.is_(None),
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
)
_UNDONE: Final = (
    select(operations.c.id)
    .where(operations.c.rollback_of == bindparam("wanted"), operations.c.phase == "succeeded")
    .limit(1)
)
_FOLLOWER: Final = (
    select(operations.c.id)
    .where(
        operations.c.follows == bindparam("wanted"),
        operations.c.finished_at.is_(None) | operations.c.sent_at.is_not(None),
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
)
_RECENT: Final = RECORD.order_by(
    operations.c.created_at.desc(), operations.c.fence.desc(), operations.c.id
).limit(bindparam("most"))
_RECENT_OF: Final = _OF_TARGET.order_by(operations.c.fence.desc()).limit(bindparam("most"))
_SINCE: Final = (
    _OF_TARGET.where(
        or_(
            operations.c.finished_at.is_(None),
            operations.c.finished_at >= bindparam("since", type_=Utc),
        )
    )
    .order_by(operations.c.fence.desc())
    .limit(bindparam("most"))
)
_BETWEEN: Final = _SINCE.where(operations.c.created_at <= bindparam("until", type_=Utc))
_FOLLOWED: Final = (
    RECORD.join(subscriptions, subscriptions.c.subject == operations.c.id)
    .where(
        subscriptions.c.subject_kind == "operation",
        subscriptions.c.kind == "operation_card",
        subscriptions.c.channel == bindparam("where"),
    )
    .order_by(operations.c.created_at, operations.c.id)
)
_DELIVERED: Final = RECORD.join(requests, requests.c.subject == operations.c.id).where(
    requests.c.key == bindparam("wanted"), requests.c.subject_kind == "operation"
)
# Few are open: they are sorted when they are read, so that those that have ended are not.
_OPEN_ONES: Final = (
    RECORD.add_columns(operations.c.fence)
    .where(operations.c.finished_at.is_(None))
    .order_by(operations.c.created_at, operations.c.id)
)
_EVENTS: Final = (
    select(events.c.sequence, events.c.at, events.c.kind, events.c.by, events.c.body)
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
        operations.c.format.not_in(FORMATS).label("is_foreign"),
    )
    .where(operations.c.finished_at.is_(None))
    .order_by(operations.c.created_at, operations.c.id)
)
_DENIED: Final = select(permits.c.operation_id).where(
    permits.c.outcome == literal_column("'not_executed'"),  # as its index has it
    permits.c.at >= bindparam("since", type_=Utc),
)

_TO_REMIND: Final = (
    select(operations.c.id)
    .where(
        operations.c.remind_at.is_not(None),
        operations.c.remind_at <= bindparam("now", type_=Utc),
        operations.c.format.in_(FORMATS),
    )
    .order_by(operations.c.remind_at, operations.c.id)
    .limit(100)
)
_REVIEWS: Final = (
    select(
        operations.c.id,
        operations.c.target,
        operations.c.requester,
        operations.c.review_by.label("due"),
    )
    .where(operations.c.review_by.is_not(None))
    .order_by(operations.c.review_by, operations.c.id)
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
        return {each.id: each for each in _readable(self._among(ids))}

    def unreadable(self, ids: Sequence[str]) -> tuple[UnreadableOperation, ...]:
        """Return those of the operations that are there and cannot be read."""
        return tuple(each for each in self._among(ids) if isinstance(each, UnreadableOperation))

    def find(self, operation_id: OperationId) -> Operation | None:
        """Return the operation with this id, if there is one.

        Raises:
            UnknownFormatError: this version cannot read it.
        """
        row = self._one(_BY_ID, operation_id)
        return _operation(row) if row else None

    def of_delivery(self, delivery: str) -> Operation | None:
        """Return the operation that this delivery asked for; None: nothing was recorded of it.

        Raises:
            UnknownFormatError: this version cannot read it.
        """
        row = self._one(_DELIVERED, delivery)
        return _operation(row) if row else None

    def events(self, operation_id: OperationId) -> tuple[tuple[int, Event], ...]:
        """Return the events of an operation with their sequence, oldest first.

        Without those that cannot be read: each is told in a reply of its own.
        """
        told = self.history(operation_id)
        return tuple(
            (number, event) for number, event in told if not isinstance(event, UnreadableEvent)
        )

    def history(self, operation_id: OperationId) -> tuple[tuple[int, Event | UnreadableEvent], ...]:
        """Return all events of an operation with their sequence, oldest first."""
        with reading(self._database) as connection:
            found = connection.execute(_EVENTS, {"wanted": operation_id}).all()
        return tuple((row.sequence, event_from(row)) for row in found)

    def holder(self, target: TargetName) -> Operation | UnreadableOperation | None:
        """Return the open operation that holds *target*."""
        return self._listed(_HOLDER, target)

    def latest(self, target: TargetName) -> Operation | UnreadableOperation | None:
        """Return the newest operation of *target* that ended."""
        return self._listed(_LATEST, target)

    def standing(self, target: TargetName) -> Standing | None:
        """Return the newest operation of *target* of which something was sent, or still may be."""
        holder, sent = self.holder(target), self._one(_LAST_SENT, target)
        if holder is None:
            return Standing(id=sent.id, is_open=sent.is_open, sent=sent.id) if sent else None
        makes_way = isinstance(holder, Operation) and steps_aside(holder)
        return Standing(
            id=holder.id, is_open=True, makes_way=makes_way, sent=sent.id if sent else None
        )

    def last_sent(self, target: TargetName) -> Operation | UnreadableOperation | None:
        """Return the newest operation of *target* of which something was sent."""
        return self._listed(_LAST_SENT, target)

    def last_well(self, target: TargetName) -> Operation | None:
        """Return the newest operation that brought what runs of *target* there, and went well."""
        found = self._listed(_LAST_WELL, target)
        return found if isinstance(found, Operation) else None

    def replaces_what_failed(self, operation_id: OperationId) -> bool:
        """Return whether the last version before this operation's had failed."""
        row = self._one(_BEFORE, operation_id)
        return row is not None and row.phase == "failed"

    def rollback_of(self, operation_id: OperationId) -> OperationId | None:
        """Return the rollback of this operation that is open or succeeded."""
        row = self._one(_ROLLBACK, operation_id)
        return row.id if row else None

    def is_rolled_back(self, operation_id: OperationId) -> bool:
        """Return whether a rollback of this operation succeeded."""
        return self._one(_UNDONE, operation_id) is not None

    def follower_of(self, operation_id: OperationId) -> OperationId | None:
        """Return the operation that continues this one: it is open, or something was sent."""
        row = self._one(_FOLLOWER, operation_id)
        return row.id if row else None

    def past_steps(self, target: TargetName) -> tuple[PastStep, ...]:
        """Return the steps that ended in the newest operations of *target*, newest first.

        Operations that this version cannot read tell nothing.
        """
        return tuple(chain.from_iterable(_ended(each) for each in self._sent(target)))

    def tasks_of(self, target: TargetName) -> frozenset[str]:
        """Return the remote tasks that the newest operations of *target* started."""
        steps = chain.from_iterable(each.steps for each in self._sent(target))
        return frozenset(step.remote_task for step in steps if step.remote_task)

    def recent(
        self, limit: int, target: TargetName | None = None, *, open_only: bool = False
    ) -> tuple[Operation, ...]:
        """Return up to *limit* operations, newest first, without those that cannot be read."""
        return tuple(_readable(self.listed(limit, target, open_only=open_only)))

    def listed(
        self, limit: int, target: TargetName | None = None, *, open_only: bool = False
    ) -> tuple[Operation | UnreadableOperation, ...]:
        """Return up to *limit* operations, newest first."""
        with reading(self._database) as connection:
            found = _newest_rows(connection, limit, target, open_only=open_only)
        return tuple(listed(row) for row in found)

    def going_on(
        self, target: TargetName, since: Moment, until: Moment | None, limit: int
    ) -> tuple[Operation, ...]:
        """Return up to *limit* operations that went on at some time between, the newest first."""
        statement = _SINCE if until is None else _BETWEEN
        asked = {"wanted": target, "since": since, "until": until, "most": limit}
        with reading(self._database) as connection:
            found = connection.execute(statement, asked).all()
        return tuple(_readable(listed(row) for row in found))

    def followed_in(self, channel: ChannelId) -> tuple[Operation, ...]:
        """Return the operations whose cards *channel* has for their own sake, oldest first.

        An incident's has those that were asked for in it.
        """
        with reading(self._database) as connection:
            found = connection.execute(_FOLLOWED, {"where": channel}).all()
        return tuple(_readable(listed(row) for row in found))

    def all_open(self) -> tuple[OpenOperation, ...]:
        """Return where every open operation stands, oldest first."""
        with reading(self._database) as connection:
            found = connection.execute(_OPEN).mappings().all()
        return tuple(open_from(dict(row)) for row in found)

    def to_remind(self, now: Moment) -> tuple[OperationId, ...]:
        """Return the operations of which people are to be reminded, those first that wait longest.

        At most a hundred: the others come next time.
        """
        with reading(self._database) as connection:
            return tuple(connection.execute(_TO_REMIND, {"now": now}).scalars())

    def reviews_due(self) -> tuple[ReviewDue, ...]:
        """Return what somebody has to review, the most urgent first."""
        with reading(self._database) as connection:
            rows = connection.execute(_REVIEWS)
            return tuple(ReviewDue.model_validate(row._asdict()) for row in rows)

    def said_not_executed(self, since: Moment) -> tuple[OperationId, ...]:
        """Return the operations that people have said since then were not executed."""
        with reading(self._database) as connection:
            found = connection.execute(_DENIED, {"since": since}).all()
        return tuple(row.operation_id for row in found)

    def _among(self, ids: Sequence[str]) -> tuple[Operation | UnreadableOperation, ...]:
        statement: Select[Any] = _AMONG
        with reading(self._database) as connection:
            found = connection.execute(statement, {"wanted": list(ids)}).all()
        return tuple(listed(row) for row in found)

    def _sent(self, target: TargetName) -> tuple[Operation, ...]:
        statement: Select[Any] = _SENT
        with reading(self._database) as connection:
            found = connection.execute(statement, {"wanted": target}).all()
        return tuple(_readable(listed(row) for row in found))

    def _listed(
        self, statement: Select[Any], wanted: str
    ) -> Operation | UnreadableOperation | None:
        row = self._one(statement, wanted)
        return listed(row) if row else None

    def _one(self, statement: Select[Any], wanted: str) -> Row[Any] | None:
        with reading(self._database) as connection:
            return connection.execute(statement, {"wanted": wanted}).one_or_none()


def _newest_rows(
    connection: Connection, limit: int, target: TargetName | None, *, open_only: bool
) -> Sequence[Row[Any]]:
    if open_only:
        rows = connection.execute(_OPEN_ONES).all()
        mine = [each for each in rows if target in {None, each.target}]
        return sorted(mine, key=lambda row: (row.created_at, row.fence), reverse=True)[:limit]
    if target is not None:
        return connection.execute(_RECENT_OF, {"wanted": target, "most": limit}).all()
    return connection.execute(_RECENT, {"most": limit}).all()


def loaded(connection: Connection, operation_id: OperationId) -> Operation:
    """Return the operation as it stands within the transaction of *connection*.

    Raises:
        UnknownOperationError: no operation has this id.
        UnknownFormatError: this version cannot read it.
    """
    return _operation(_row(connection, operation_id))


def found_in(connection: Connection, operation_id: OperationId) -> Operation | UnreadableOperation:
    """Return the operation within the transaction of *connection*, also if it cannot be read.

    Raises:
        UnknownOperationError: no operation has this id.
    """
    return listed(_row(connection, operation_id))


def listed(row: Row[Any]) -> Operation | UnreadableOperation:
    """Return what a row tells: a bad one harms no other."""
    try:
        return _operation(row)
    except UnknownFormatError:
        return unreadable_from(row)


def _row(connection: Connection, operation_id: OperationId) -> Row[Any]:
    statement: Select[Any] = _BY_ID
    row = connection.execute(statement, {"wanted": operation_id}).one_or_none()
    if row is None:
        raise UnknownOperationError(operation_id)
    return row


def _operation(row: Row[Any]) -> Operation:
    return operation_from(row.id, row.format, row.record)


def _readable(found: Iterable[Operation | UnreadableOperation]) -> Iterator[Operation]:
    return (each for each in found if isinstance(each, Operation))


def _ended(operation: Operation) -> list[PastStep]:
    observed = operation.plan.observed
    done = zip(operation.plan.steps, operation.steps, strict=True)
    return [
        PastStep(
            action=operation.action,
            name=planned.name,
            parameters=planned.parameters,
            task=step.remote_task or "",
            before=observed.revision if observed else None,
            has_failed=step.phase == "failed",
        )
        for planned, step in reversed(list(done))
        if step.phase == "succeeded" or (step.phase == "failed" and step.remote_task)
    ]
