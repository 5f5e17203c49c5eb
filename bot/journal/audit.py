"""The audit: what every writer adds to, and one sealer chains by hashes, a moment later."""

import json
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    Row,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.core.errors import JournalUnavailableError
from bot.core.ports import AuditEntry
from bot.core.records import Json
from bot.core.rows import Act
from bot.journal.audit_anchors import Checkpoint
from bot.journal.audit_chain import WHOLE, Anchored, AuditReport, Head, Link, Walk
from bot.journal.audit_entries import DETAIL_MAX, storable
from bot.journal.database import reading, snapshot, writing
from bot.journal.schema import Utc, audit, audit_checkpoint, audit_head, audit_unsealed

_BATCH: Final = 500
_NO_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)  # of a row that was damaged

_TAKE_HEAD: Final = select(audit_head.c.sequence, audit_head.c.hash).with_for_update()
_READ_HEAD: Final = select(audit_head.c.sequence, audit_head.c.hash)
_MOVE_HEAD: Final = update(audit_head).values(
    sequence=bindparam("new_sequence"), hash=bindparam("new_hash")
)
_ADD: Final = (
    insert(audit_unsealed)
    .values(
        at=bindparam("new_at", type_=Utc),
        who=bindparam("new_who"),
        what=bindparam("new_what"),
        subject=bindparam("new_subject"),
        detail=bindparam("new_detail"),
    )
    .inline()
)
_CHAIN: Final = insert(audit)
_ANY: Final = select(audit_unsealed.c.id).limit(1)
_WAITING: Final = select(audit_unsealed).order_by(audit_unsealed.c.id).limit(_BATCH)
_TAKE_OUT: Final = delete(audit_unsealed).where(
    audit_unsealed.c.id.in_(bindparam("sealed", expanding=True))
)
_COUNT: Final = select(func.count()).select_from(audit_unsealed)
_UNSEALED: Final = select(audit_unsealed).order_by(audit_unsealed.c.id)
_CHECKPOINT: Final = select(audit_checkpoint)
_NEWEST: Final = select(audit.c.at).order_by(audit.c.sequence.desc()).limit(1)
_NEWEST_UNSEALED: Final = select(audit_unsealed.c.at).order_by(audit_unsealed.c.id.desc()).limit(1)
_HASH: Final = select(audit.c.hash).where(audit.c.sequence == bindparam("of"))
_ACT: Final = ("at", "who", "what", "subject", "detail")
_ABOUT: Final = (
    select(*(audit.c[name] for name in _ACT))
    .where(
        audit.c.subject.in_(bindparam("subjects", expanding=True)),
        audit.c.what.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(audit.c.sequence.desc())
    .limit(bindparam("most"))
)
_ABOUT_UNSEALED: Final = (
    select(*(audit_unsealed.c[name] for name in _ACT))
    .where(
        audit_unsealed.c.subject.in_(bindparam("subjects", expanding=True)),
        audit_unsealed.c.what.in_(bindparam("kinds", expanding=True)),
    )
    .order_by(audit_unsealed.c.id.desc())
    .limit(bindparam("most"))
)
FIRST: Final = select(audit).order_by(audit.c.sequence).limit(_BATCH)
_AFTER: Final = FIRST.where(audit.c.sequence > bindparam("after"))


class Audit:
    """The audit as a store; every method raises JournalUnavailableError where it cannot be had."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, *entries: AuditEntry) -> None:
        """Add *entries*, all or none."""
        if entries:
            with writing(self._database) as connection:
                append(connection, *entries)

    def seal(self) -> int:
        """Chain what was added since; return how many records that were.

        Only sealers wait for one another. Each batch is a transaction of its own.

        Raises:
            JournalUnavailableError: also where the head of the chain is gone.
        """
        sealed = 0
        while self._is_waiting():
            with writing(self._database) as connection:
                count = _sealed(connection)
            sealed += count
            if count < _BATCH:
                break
        return sealed

    def _is_waiting(self) -> bool:
        """Ask first: a transaction that writes would hold the database."""
        with reading(self._database) as connection:
            return connection.execute(_ANY).one_or_none() is not None

    def unsealed(self) -> int:
        """Return how many records the chain does not cover yet."""
        with reading(self._database) as connection:
            return connection.execute(_COUNT).scalar_one()

    def newest_at(self) -> datetime | None:
        """Return when the newest record was written, by the clock of whoever wrote it."""
        with snapshot(self._database) as connection:
            found = [connection.execute(each).scalar() for each in (_NEWEST, _NEWEST_UNSEALED)]
        return max((each for each in found if each is not None), default=None)

    def about(self, subjects: Sequence[str], kinds: Sequence[str], most: int) -> tuple[Act, ...]:
        """Return what was done about any of *subjects*, of these *kinds*, the newest first."""
        asked = {"subjects": list(subjects), "kinds": list(kinds), "most": most}
        with snapshot(self._database) as connection:
            rows = [
                row
                for each in (_ABOUT_UNSEALED, _ABOUT)
                for row in connection.execute(each, asked).all()
            ]
        return tuple(act for act in map(_act, rows[:most]) if act is not None)

    def head(self) -> Head:
        """Return the newest link."""
        with reading(self._database) as connection:
            row = connection.execute(_READ_HEAD).one_or_none()
        return _head(row)

    def has(self, sequence: int, digest: str) -> bool:
        """Return whether the record of this number has this hash, or had to have left."""
        with reading(self._database) as connection:
            return _has(connection, sequence, digest)

    def lacks(self, sequence: int, digest: str) -> bool:
        """Return whether that record is missing where it can be written.

        Who only reads may be a primary of the past, which lacks what came since.
        """
        with writing(self._database) as connection:
            connection.execute(_TAKE_HEAD)
            return not _has(connection, sequence, digest)

    def head_after(self, noted: tuple[int, str] | None) -> Head | None:
        """Return the newest link of a chain that has the one that was *noted*; None: it lacks it.

        Both are of one moment: a database that fails over in between cannot hide what it lost.
        """
        with snapshot(self._database) as connection:
            head = _head(connection.execute(_READ_HEAD).one_or_none())
            return head if noted is None or _has(connection, *noted) else None

    def verify(
        self, anchors: Sequence[Anchored] = (), trusted: AbstractSet[str] = frozenset()
    ) -> AuditReport:
        """Walk the chain from its origin, or its checkpoint, to its head, as at one moment.

        With *anchors*, a tail that was cut off is found, and a chain that was written anew. With
        *trusted* keys, so is a checkpoint that somebody else has signed.
        """
        with snapshot(self._database) as connection:
            row = connection.execute(_READ_HEAD).one_or_none()
            checkpoint = read_checkpoint(connection)
            start = checkpoint.head if checkpoint else WHOLE
            walk = Walk(Head(row.sequence, row.hash) if row else None, anchors, start)
            report = walk.along((link_of(each), each.hash) for each in _rows(connection))
            unsealed = connection.execute(_COUNT).scalar_one()
        told: dict[str, Any] = {"unsealed": unsealed}
        if checkpoint is not None:
            fault = checkpoint.fault(trusted)
            told |= {"begins_after": checkpoint.sequence, "signed_by": checkpoint.key}
            told["faults"] = (*([fault] if fault else []), *report.faults)
        return report.model_copy(update=told)

    def export(self) -> Iterator[dict[str, Json]]:
        """Give every record that there is now, oldest first, with what its hash is made of.

        What is not sealed yet comes last, without number and hash. No transaction is open between
        two batches, however long the reader pauses.

        Raises:
            JournalUnavailableError: some of it cannot be read; what was given is not all.
        """
        given = 0
        with snapshot(self._database) as connection:
            last = _head(connection.execute(_READ_HEAD).one_or_none()).sequence
            waiting = connection.execute(_UNSEALED).all()
        while given < last:
            with reading(self._database) as connection:
                batch = connection.execute(_AFTER, {"after": given}).all()
            if not batch:
                msg = f"the audit ends at record {given}, its head says {last}"
                raise JournalUnavailableError(msg)
            for row in batch:
                if row.sequence <= last:
                    yield {**link_of(row).plain, "hash": row.hash}
            given = batch[-1].sequence
        for row in waiting:
            link = _next(Head(0, ""), row)
            yield {**link.plain, "sequence": None, "previous": None, "hash": None}


def read_checkpoint(connection: Connection) -> Checkpoint | None:
    """Return the record that the chain begins after; None: it is whole."""
    row = connection.execute(_CHECKPOINT).one_or_none()
    return Checkpoint.model_validate(_without_id(row)) if row else None


def started_after(connection: Connection) -> Head:
    """Return what the first record of the chain follows."""
    checkpoint = read_checkpoint(connection)
    return checkpoint.head if checkpoint else WHOLE


def _has(connection: Connection, sequence: int, digest: str) -> bool:
    start = started_after(connection)
    if sequence <= start.sequence:
        return sequence < start.sequence or digest == start.hash
    found: str | None = connection.execute(_HASH, {"of": sequence}).scalar()
    return digest == found


def append(connection: Connection, *entries: AuditEntry) -> None:
    """Add *entries* within the transaction of *connection*: on disk with what they tell of."""
    if entries:
        connection.execute(_ADD, [_row(each) for each in entries])


def _row(entry: AuditEntry) -> dict[str, Any]:
    return {
        "new_at": entry.at.astimezone(UTC),
        "new_who": entry.who,
        "new_what": storable(entry.what),
        "new_subject": storable(entry.subject),
        "new_detail": storable(entry.detail)[:DETAIL_MAX],
    }


def _sealed(connection: Connection) -> int:
    """Chain one batch; return how many records it had."""
    head = _head(connection.execute(_TAKE_HEAD).one_or_none())
    batch = connection.execute(_WAITING).all()
    if not batch:
        return 0
    links = []
    for row in batch:
        link = _next(head, row)
        head = Head(link.sequence, link.hash)
        links.append({**link._asdict(), "hash": head.hash})
    connection.execute(_CHAIN, links)
    connection.execute(_MOVE_HEAD, {"new_sequence": head.sequence, "new_hash": head.hash})
    connection.execute(_TAKE_OUT, {"sealed": [row.id for row in batch]})
    return len(batch)


def _head(row: Row[Any, Any] | None) -> Head:
    if row is None:
        msg = "the journal: the head of the audit is missing: restore a backup"
        raise JournalUnavailableError(msg)
    return Head(row.sequence, row.hash)


def _next(head: Head, row: Row[Any]) -> Link:
    return Link(
        sequence=head.sequence + 1,
        at=row.at or _NO_MOMENT,
        who=row.who,
        what=row.what,
        subject=row.subject,
        detail=row.detail,
        previous=head.hash,
    )


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    batch = connection.execute(FIRST).all()
    while batch:
        yield from batch
        batch = connection.execute(_AFTER, {"after": batch[-1].sequence}).all()


def link_of(row: Row[Any]) -> Link:
    """Return the link of a row of the chain."""
    return Link(*(getattr(row, name) for name in Link._fields))


def _without_id(row: Row[Any]) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name != "id"}


def _act(row: Row[Any]) -> Act | None:
    """Return what a row tells; None: it cannot be read, which `audit verify` says."""
    try:
        detail = json.loads(row.detail or "{}")
        return Act.model_validate({**row._asdict(), "detail": detail})
    except ValueError:
        return None
