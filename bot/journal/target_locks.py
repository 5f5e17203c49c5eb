"""Locks that people put on targets."""

from typing import ClassVar, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Table,
    Text,
    bindparam,
    delete,
    false,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from bot.core.errors import ConflictError
from bot.core.records import SLIPWAY, TargetName
from bot.core.rules import Locked, Unlocked
from bot.core.target import TargetEvent
from bot.journal.holds import held
from bot.journal.schema import Utc, metadata

target_locks: Final = Table(
    "target_locks",
    metadata,
    Column("target", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Utc),  # NULL: until somebody unlocks it
    Column("is_warning", Boolean, nullable=False, server_default=false()),
)

_ALL: Final = select(target_locks).order_by(target_locks.c.target)
_OF: Final = select(target_locks).where(target_locks.c.target == bindparam("of"))
_LOCK: Final = insert(target_locks)
_UNLOCK: Final = delete(target_locks).where(
    target_locks.c.target == bindparam("of"),
    target_locks.c.by == bindparam("holder"),
    target_locks.c.at == bindparam("since", type_=Utc),
)
_UNLOCK_NOBODYS: Final = delete(target_locks).where(target_locks.c.target == bindparam("of"))


class TargetLocks:
    """Which targets are locked, by whom, since when, until when and why."""

    events: ClassVar[tuple[type[TargetEvent], ...]] = (Locked, Unlocked)
    table: ClassVar[Table | None] = target_locks

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Lock, anew where the lock is one's own or over; or unlock.

        Raises:
            ConflictError: somebody else locked it, or unlocked it, a moment ago.
        """
        present = next(iter(self.of(connection, event.target, "")), None)
        lasts = present is not None and not present.is_over(event.at)
        if isinstance(event, Locked):
            if present is not None and lasts and present.by != event.by:
                raise ConflictError(event.target)
            _unlock(connection, present)
            _lock(connection, event)
        elif isinstance(event, Unlocked):
            if present is None or present.by != event.holder:
                raise ConflictError(event.target)
            _unlock(connection, present)

    def of(self, connection: Connection, target: TargetName, policy: str) -> tuple[Locked, ...]:  # noqa: ARG002 - a lock is a target's alone
        """Return the lock of *target*, where there is one."""
        rows = connection.execute(_OF, {"of": target})
        return tuple(held(Locked, row._asdict()) for row in rows)

    def all(self, connection: Connection) -> tuple[Locked, ...]:
        """Return every lock."""
        return tuple(held(Locked, row._asdict()) for row in connection.execute(_ALL))


def _unlock(connection: Connection, lock: Locked | None) -> None:
    """End exactly this lock, where there is one."""
    if lock is None:
        return
    row = {"of": lock.target, "holder": lock.by, "since": lock.at}
    end = _UNLOCK_NOBODYS if lock.by == SLIPWAY else _UNLOCK
    if connection.execute(end, row).rowcount != 1:
        raise ConflictError(lock.target)


def _lock(connection: Connection, lock: Locked) -> None:
    try:
        connection.execute(_LOCK, lock.model_dump(exclude={"kind", "zone"}))
    except IntegrityError as error:
        raise ConflictError(lock.target) from error
