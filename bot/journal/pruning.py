"""What ended long ago leaves the journal: operations with all that hangs on them, and the audit."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Delete,
    Engine,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from bot.core.errors import ConflictError, JournalUnavailableError
from bot.core.operation import Operation
from bot.core.records import Json, Moment, OperationId
from bot.journal.audit import FIRST, link_of, started_after
from bot.journal.audit_anchors import AuditKey
from bot.journal.audit_chain import Head
from bot.journal.columns import FORMATS
from bot.journal.database import reading, snapshot, writing
from bot.journal.operations import RECORD, listed
from bot.journal.outbox_write import RESTS
from bot.journal.schema import (
    Utc,
    audit,
    audit_checkpoint,
    audit_head,
    events,
    notices,
    operations,
    outbox,
    permits,
    requests,
    step_times,
    subscriptions,
    surfaces,
)
from bot.journal.turns import take_turn

BATCH: Final = 200  # operations that leave in one transaction

_before: Final = bindparam("before", type_=Utc)
_newer: Final = operations.alias("newer")
_stays: Final = or_(_newer.c.finished_at.is_(None), _newer.c.finished_at >= _before)
_of_operation: Final = and_(
    surfaces.c.subject_kind == "operation", surfaces.c.subject == operations.c.id
)
_has_ended: Final = and_(
    operations.c.finished_at.is_not(None),
    operations.c.finished_at < _before,
)
# Whatever needs it, or has something to tell of it, keeps it here.
_may_leave: Final = and_(
    _has_ended,
    operations.c.format.in_(FORMATS),
    operations.c.review_by.is_(None),
    ~exists().where(_newer.c.rollback_of == operations.c.id, _stays),
    ~exists().where(_newer.c.follows == operations.c.id, _stays),
    ~exists().where(_of_operation, outbox.c.surface == surfaces.c.id, outbox.c.rank != RESTS),
)
_place: Final = (operations.c.created_at, operations.c.fence, operations.c.id)
_AFTER: Final = tuple_(*_place) > tuple_(
    bindparam("after_at", type_=Utc), bindparam("after_fence"), bindparam("after_id")
)
_OLD: Final[Select[Any]] = (
    RECORD.add_columns(operations.c.fence, _may_leave.label("may_leave"))
    .where(operations.c.created_at < _before, _has_ended)
    .order_by(*_place)
    .limit(bindparam("most"))
)
_OLD_AFTER: Final[Select[Any]] = _OLD.where(
    operations.c.created_at >= bindparam("after_at", type_=Utc), _AFTER
)
_STILL: Final = select(operations.c.id).where(
    operations.c.id.in_(bindparam("among", expanding=True)), _may_leave
)
# The audit of what stays stays, with all that came after.
_KEPT_FROM: Final = (
    select(audit.c.sequence)
    .join(operations, operations.c.id == audit.c.subject)
    .where(operations.c.created_at < _before)
    .order_by(audit.c.sequence)
    .limit(1)
)
_TAKE_HEAD: Final = select(audit_head.c.sequence).with_for_update()
_CUT: Final = delete(audit).where(audit.c.sequence <= bindparam("last"))
_FIRST_CHECKPOINT: Final = insert(audit_checkpoint)
_MOVE_CHECKPOINT: Final = update(audit_checkpoint).values(
    {each: bindparam(f"new_{each}") for each in ("sequence", "hash", "at", "key", "signature")}
)


class Old(NamedTuple):
    """A batch of what ended before: what leaves, how many stay, and where to read on."""

    leaving: tuple[Operation, ...]
    staying: int
    place: dict[str, Any]


class Records(NamedTuple):
    """Records of the audit that leave together, as they are exported, and the last one's link."""

    lines: tuple[dict[str, Json], ...]
    after: Head
    last: Head


class Pruning:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def old(self, before: Moment, size: int = BATCH) -> Iterator[Old]:
        """Yield, batch by batch, the operations that ended before, the oldest first."""
        asked: dict[str, Any] = {"before": before, "most": size}
        statement = _OLD
        while rows := self._rows(statement, asked):
            found = [(row, listed(row)) for row in rows]
            leaving = tuple(
                each for row, each in found if row.may_leave and isinstance(each, Operation)
            )
            last = rows[-1]
            place = {"after_at": last.created_at, "after_fence": last.fence, "after_id": last.id}
            yield Old(leaving, len(rows) - len(leaving), place)
            asked, statement = {**asked, **place}, _OLD_AFTER

    def take_out(self, ids: Sequence[OperationId], before: Moment) -> int:
        """Take operations out with all that hangs on them; return how many still could leave."""
        with writing(self._database) as connection:
            take_turn(connection)
            asked = {"among": list(ids), "before": before}
            still = connection.execute(_STILL, asked).scalars().all()
            if still:
                for statement in taking_out(still):
                    connection.execute(statement)
        return len(still)

    def kept_from(self, before: Moment) -> int | None:
        """Return the first record of the audit that is about what stays of the time before."""
        with reading(self._database) as connection:
            return connection.execute(_KEPT_FROM, {"before": before}).scalar()

    def records(self, before: Moment, kept_from: int | None) -> Records | None:
        """Return the oldest records of the audit that may leave; None: there are none.

        The newest record stays, whatever its age.

        Raises:
            JournalUnavailableError: the chain does not hold there; what was changed stays seen.
        """
        with snapshot(self._database) as connection:
            head = connection.execute(select(audit_head.c.sequence)).scalar() or 0
            rows = connection.execute(FIRST).all()
            start = started_after(connection)
        stays = min(head, kept_from or head)
        last, lines = start, list[dict[str, Json]]()
        for row in rows:
            if row.at is None or row.at >= before or row.sequence >= stays:
                break
            link = link_of(row)
            if (link.sequence, link.previous, link.hash) != (
                last.sequence + 1,
                last.hash,
                row.hash,
            ):
                msg = f"the audit: its chain does not hold at record {row.sequence}: nothing leaves"
                raise JournalUnavailableError(msg)
            last = Head(row.sequence, row.hash)
            lines.append({**link.plain, "hash": row.hash})
        return Records(tuple(lines), start, last) if lines else None

    def cut(self, records: Records, key: AuditKey, at: str) -> None:
        """Let *records* leave; from now on the chain begins after the last, as *key* signs.

        Raises:
            ConflictError: somebody else has cut it meanwhile.
        """
        told = key.checkpoint(records.last, at).model_dump()
        with writing(self._database) as connection:
            connection.execute(_TAKE_HEAD)
            if started_after(connection) != records.after:
                msg = "the audit: somebody else prunes it at this moment"
                raise ConflictError(msg)
            connection.execute(_CUT, {"last": records.last.sequence})
            if records.after.sequence == 0:
                connection.execute(_FIRST_CHECKPOINT, {"id": 1, **told})
            else:
                moved = {f"new_{name}": value for name, value in told.items()}
                connection.execute(_MOVE_CHECKPOINT, moved)

    def _rows(self, statement: Select[Any], asked: dict[str, Any]) -> Sequence[Row[Any]]:
        with reading(self._database) as connection:
            return connection.execute(statement, asked).all()


def taking_out(ids: Sequence[str]) -> Iterator[Delete]:
    """Yield what takes operations out, what hangs on others first."""
    shown = _about(surfaces, ids)
    theirs = select(surfaces.c.id).where(shown)
    replies = select(surfaces.c.id).where(surfaces.c.parent.in_(theirs))
    yield delete(outbox).where(or_(outbox.c.surface.in_(replies), outbox.c.surface.in_(theirs)))
    yield delete(surfaces).where(surfaces.c.parent.in_(theirs))
    yield delete(surfaces).where(shown)
    for table in (subscriptions, notices, requests):
        yield delete(table).where(_about(table, ids))
    for table in (events, permits, step_times):
        yield delete(table).where(table.c.operation_id.in_(ids))
    yield delete(operations).where(operations.c.id.in_(ids))


def _about(table: Table, ids: Sequence[str]) -> ColumnElement[bool]:
    return and_(table.c.subject_kind == "operation", table.c.subject.in_(ids))
