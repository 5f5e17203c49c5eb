"""Freezes that people ordered, and the halt."""

from typing import Any, ClassVar, Final, get_args

from sqlalchemy import (
    Column,
    Connection,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
)
from sqlalchemy.exc import IntegrityError

from bot.core.errors import ConflictError
from bot.core.records import TargetName
from bot.core.rules import FreezeBegun, FreezeEnded, HaltBegun, HaltEnded
from bot.core.target import ALL, ScopeKind, TargetEvent
from bot.journal import turns
from bot.journal.holds import held
from bot.journal.schema import Utc, metadata

freezes: Final = Table(
    "freezes",
    metadata,
    Column("scope", Text, primary_key=True),  # "target", "policy", "all"; "halt" is the halt
    Column("target", Text, primary_key=True),  # its name, that of a policy, or "all"
    Column("by", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Utc),  # NULL: until somebody thaws it
)

HALT: Final = "halt"
_FROZEN: Final = freezes.c.scope.in_(get_args(ScopeKind))
_ALL: Final = select(freezes).order_by(freezes.c.scope, freezes.c.target)
_OF: Final = select(freezes).where(
    _FROZEN,
    or_(
        freezes.c.scope == "all",
        and_(freezes.c.scope == "policy", freezes.c.target == bindparam("of_policy")),
        and_(freezes.c.scope == "target", freezes.c.target == bindparam("of")),
    ),
)
_HALT: Final = select(freezes).where(freezes.c.scope == HALT)
_BEGIN: Final = insert(freezes)
_END: Final = delete(freezes).where(
    freezes.c.scope == bindparam("of_scope"), freezes.c.target == bindparam("of")
)


class Freezes:
    """What is frozen by a command, by whom, since when, until when and why."""

    events: ClassVar[tuple[type[TargetEvent], ...]] = (FreezeBegun, FreezeEnded)
    table: ClassVar[Table | None] = freezes

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Freeze, anew where it is frozen, or thaw.

        Raises:
            ConflictError: somebody else froze it at the same moment.
        """
        scope = getattr(event, "scope", "target")
        connection.execute(_END, {"of_scope": scope, "of": event.target})
        if isinstance(event, FreezeBegun):
            _begin(connection, event.model_dump(exclude={"kind", "zone"}))

    def of(
        self, connection: Connection, target: TargetName, policy: str
    ) -> tuple[FreezeBegun, ...]:
        """Return what freezes *target*: itself, its policy, or all."""
        rows = connection.execute(_OF, {"of": target, "of_policy": policy})
        return tuple(held(FreezeBegun, row._asdict()) for row in rows)

    def all(self, connection: Connection) -> tuple[FreezeBegun, ...]:
        """Return every freeze."""
        rows = connection.execute(_ALL.where(_FROZEN))
        return tuple(held(FreezeBegun, row._asdict()) for row in rows)


class Halts:
    """Whether everything is halted, by whom, since when and why."""

    events: ClassVar[tuple[type[TargetEvent], ...]] = (HaltBegun, HaltEnded)
    table: ClassVar[Table | None] = freezes

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Halt, or resume.

        Raises:
            ConflictError: somebody else halted it a moment ago.
        """
        turns.halt(connection)
        if not isinstance(event, HaltBegun):
            connection.execute(_END, {"of_scope": HALT, "of": ALL})
            return
        if self.all(connection):
            raise ConflictError(ALL)
        row = event.model_dump(exclude={"kind"})
        _begin(connection, {**row, "scope": HALT, "until": None})

    def of(self, connection: Connection, target: TargetName, policy: str) -> tuple[HaltBegun, ...]:  # noqa: ARG002 - a halt is of all
        """Return the halt, where there is one."""
        return self.all(connection)

    def all(self, connection: Connection) -> tuple[HaltBegun, ...]:
        """Return the halt, where there is one."""
        return tuple(held(HaltBegun, row._asdict()) for row in connection.execute(_HALT))


def _begin(connection: Connection, row: dict[str, Any]) -> None:
    try:
        connection.execute(_BEGIN, row)
    except IntegrityError as error:
        raise ConflictError(row["target"]) from error


def halted(connection: Connection) -> bool:
    """Return whether everything is halted; until the transaction ends, nobody halts it."""
    turns.permit(connection)
    return connection.execute(_HALT).first() is not None
