"""Locks that people put on targets."""

from typing import ClassVar, Final

from sqlalchemy import Column, Connection, Table, Text, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.core.errors import ConflictError
from bot.core.records import TargetName
from bot.core.rules import Locked, Unlocked
from bot.core.target import TargetEvent
from bot.journal.schema import Utc, metadata

target_locks: Final = Table(
    "target_locks",
    metadata,
    Column("target", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("reason", Text, nullable=False),
)

_OF: Final = select(target_locks).where(target_locks.c.target == bindparam("of"))
_LOCK: Final = insert(target_locks)
_UNLOCK: Final = delete(target_locks).where(target_locks.c.target == bindparam("of"))


class TargetLocks:
    """Which targets are locked, by whom, since when and why."""

    events: ClassVar[tuple[type[TargetEvent], ...]] = (Locked, Unlocked)

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Lock, or unlock.

        Raises:
            ConflictError: somebody else locked it a moment ago.
        """
        if not isinstance(event, Locked):
            connection.execute(_UNLOCK, {"of": event.target})
            return
        try:
            connection.execute(_LOCK, event.model_dump(exclude={"kind"}))
        except IntegrityError as error:
            raise ConflictError(event.target) from error

    def of(self, connection: Connection, target: TargetName) -> Locked | None:
        """Return the lock of *target*."""
        row = connection.execute(_OF, {"of": target}).one_or_none()
        return Locked.model_validate(row._asdict()) if row else None
