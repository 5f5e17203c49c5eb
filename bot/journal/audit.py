"""The audit: a chain of hashes, of which the journal's every writer adds the next link."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, bindparam, insert, select, update

from bot.core import events as ev
from bot.core.errors import JournalUnavailableError
from bot.core.events import Event
from bot.core.operation import Operation
from bot.core.ports import AuditEntry
from bot.core.records import Json, Record
from bot.journal.database import reading, snapshot, writing
from bot.journal.schema import audit, audit_head

ORIGIN: Final = "0" * 64  # what the first record follows
DETAIL_MAX: Final = 2_000  # characters
_WORD_MAX: Final = 300  # characters of one text, where the whole is too long
_BATCH: Final = 500
_FAULTS_MAX: Final = 100
_TOLD: Final = frozenset(
    {
        "attempt", "code", "decide_after", "digest", "evidence", "extra", "option", "reason",
        "request_id", "retry_at", "sent_at", "step", "task",
    }
)  # fmt: skip


class AuditReport(Record):
    """What walking the audit chain showed; without faults nothing was changed."""

    count: int
    head: str  # the hash of the newest record
    faults: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether the chain holds; an empty one proves nothing, least of all of a copy."""
        return self.count > 0 and not self.faults


class Head(NamedTuple):
    """The newest link."""

    sequence: int
    hash: str


class _Link(NamedTuple):
    """What the hash of a record is made of."""

    sequence: int
    at: datetime
    who: str
    what: str
    subject: str
    detail: str
    previous: str

    @property
    def plain(self) -> dict[str, Json]:
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return {**self._asdict(), "at": at}

    @property
    def hash(self) -> str:
        return hashlib.sha256(_json(self.plain).encode()).hexdigest()


_TAKE_HEAD: Final = select(audit_head.c.sequence, audit_head.c.hash).with_for_update()
_READ_HEAD: Final = select(audit_head.c.sequence, audit_head.c.hash)
_MOVE_HEAD: Final = update(audit_head).values(
    sequence=bindparam("new_sequence"), hash=bindparam("new_hash")
)
_APPEND: Final = insert(audit)
_NEWEST: Final = select(audit.c.at).order_by(audit.c.sequence.desc()).limit(1)
_HASH: Final = select(audit.c.hash).where(audit.c.sequence == bindparam("of"))
_AFTER: Final = (
    select(audit)
    .where(audit.c.sequence > bindparam("after"))
    .order_by(audit.c.sequence)
    .limit(_BATCH)
)


class Audit:
    """The chain as a store; every method raises JournalUnavailableError where it cannot be had."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def add(self, entry: AuditEntry) -> None:
        """Append *entry* to the chain."""
        with writing(self._database) as connection:
            append(connection, take_head(connection), entry)

    def newest_at(self) -> datetime | None:
        """Return when the newest record was written, by the clock of whoever wrote it."""
        with reading(self._database) as connection:
            newest: datetime | None = connection.execute(_NEWEST).scalar()
        return newest

    def head(self) -> Head:
        """Return the newest link."""
        with reading(self._database) as connection:
            row = connection.execute(_READ_HEAD).one()
        return Head(row.sequence, row.hash)

    def has(self, sequence: int, digest: str) -> bool:
        """Return whether the record of this number has this hash."""
        with reading(self._database) as connection:
            found = connection.execute(_HASH, {"of": sequence}).scalar()
        return digest == (ORIGIN if sequence == 0 else found)

    def verify(self) -> AuditReport:
        """Walk the chain from its origin to its head, as it is at one moment."""
        with snapshot(self._database) as connection:
            return _walked(connection)

    def export(self) -> Iterator[dict[str, Json]]:
        """Give every record that there is now, oldest first, with what its hash is made of.

        No transaction is open between two batches, however long the reader pauses.

        Raises:
            JournalUnavailableError: some of it cannot be read; what was given is not all.
        """
        given = 0
        with reading(self._database) as connection:
            last = connection.execute(_READ_HEAD).one().sequence
        while given < last:
            with reading(self._database) as connection:
                batch = connection.execute(_AFTER, {"after": given}).all()
            if not batch:
                msg = f"the audit ends at record {given}, its head says {last}"
                raise JournalUnavailableError(msg)
            for row in batch:
                if row.sequence <= last:
                    yield {**_link(row).plain, "hash": row.hash}
            given = batch[-1].sequence


def take_head(connection: Connection) -> Head:
    """Return the newest link and hold it: from here on this is the only writer of the journal.

    Whoever writes operations takes it first; with one order nobody waits in a circle.

    Raises:
        JournalUnavailableError: it is gone; without it nothing is written.
    """
    row = connection.execute(_TAKE_HEAD).one_or_none()
    if row is None:
        msg = "the journal: the head of the audit is missing: restore a backup"
        raise JournalUnavailableError(msg)
    return Head(row.sequence, row.hash)


def append(connection: Connection, head: Head, entry: AuditEntry) -> Head:
    """Add *entry* after *head*, which `take_head` gave."""
    link = _Link(
        sequence=head.sequence + 1,
        at=entry.at.astimezone(UTC),
        who=entry.who,
        what=storable(entry.what),
        subject=storable(entry.subject),
        detail=storable(entry.detail)[:DETAIL_MAX],
        previous=head.hash,
    )
    new = Head(link.sequence, link.hash)
    connection.execute(_APPEND, {**link._asdict(), "hash": new.hash})
    connection.execute(_MOVE_HEAD, {"new_sequence": new.sequence, "new_hash": new.hash})
    return new


def entry_of(operation: Operation, event: Event) -> AuditEntry:
    """Return what the audit keeps of *event*."""
    told: dict[str, Json] = event.model_dump(mode="json", include=set(_TOLD))
    match event:
        case ev.Requested():
            told = _asked(operation)
        case ev.Planned(plan=plan) | ev.ApprovalsVoided(plan=plan):
            told["digest"] = plan.digest
        case ev.AnswerAwaited(awaited=awaited):
            told |= awaited.model_dump(mode="json", exclude_defaults=True)
        case ev.PlanExtended(steps=steps):
            told["steps"] = ", ".join(each.name for each in steps)
        case _:
            pass
    return AuditEntry(
        at=event.at, who=event.by, what=event.kind, subject=operation.id, detail=compact(told)
    )


def compact(told: dict[str, Json]) -> str:
    """Return *told* as JSON of at most `DETAIL_MAX` characters; long texts are cut."""
    whole = _json(told)
    if len(whole) <= DETAIL_MAX:
        return whole
    for most in (_WORD_MAX, _WORD_MAX // 4, 0):
        cut = {key: _cut(value, most) for key, value in told.items()}
        shorter = _json(cut)
        if len(shorter) <= DETAIL_MAX:
            return shorter
    return _json({"cut": True})


def _walked(connection: Connection) -> AuditReport:
    faults: list[str] = []
    link = Head(0, ORIGIN)
    count = 0
    for row in _rows(connection):
        count += 1
        if len(faults) < _FAULTS_MAX:
            faults.extend(_faults(row, link))
        link = Head(row.sequence, row.hash)
    head = connection.execute(_READ_HEAD).one_or_none()
    if head is None:
        faults.append("the head of the chain is missing")
    elif (head.sequence, head.hash) != link:
        faults.append(f"the chain ends at record {link.sequence}, its head says {head.sequence}")
    return AuditReport(count=count, head=link.hash, faults=tuple(faults))


def storable(text: str) -> str:
    """Return *text* without what PostgreSQL cannot store: NUL, halves of surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _rows(connection: Connection) -> Iterator[Row[Any]]:
    after = -1
    while batch := connection.execute(_AFTER, {"after": after}).all():
        yield from batch
        after = batch[-1].sequence


def _faults(row: Row[Any], link: Head) -> Iterator[str]:
    if row.sequence != link.sequence + 1:
        yield f"between records {link.sequence} and {row.sequence} something is missing"
    if row.previous != link.hash:
        yield f"record {row.sequence} does not follow the one before"
    if row.hash != _link(row).hash:
        yield f"record {row.sequence} was changed"


def _asked(operation: Operation) -> dict[str, Json]:
    asked: dict[str, Json] = {
        "action": operation.action,
        "target": operation.target,
        "reason": operation.reason,
        **operation.parameters.model_dump(
            mode="json", exclude={"values", "items", "texts"}, exclude_none=True
        ),
    }
    texts = {
        # Their names only: a value may be a secret.
        "values": ", ".join(sorted(operation.parameters.values)),
        "items": ", ".join(operation.parameters.items),
        "rollback_of": operation.rollback_of,
        "follows": operation.follows,
    }
    return asked | {name: text for name, text in texts.items() if text}


def _cut(value: Json, most: int) -> Json:
    """Return *value* with its texts cut, also those in the parameters of a reason."""
    match value:
        case str():
            return value if len(value) <= most else value[:most] + "…"
        case list():
            return [_cut(each, most) for each in value]
        case dict():
            return {name: _cut(each, most) for name, each in value.items()}
        case _:
            return value


def _link(row: Row[Any]) -> _Link:
    return _Link(*(getattr(row, name) for name in _Link._fields))


def _json(content: dict[str, Json]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))
