"""Which operation has a target; what it is counted by rises with each that takes one or waits."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.core.errors import ConflictError
from bot.core.operation import Operation
from bot.core.records import OperationId, TargetName
from bot.journal.schema import locks, operations

_TAKE: Final = (
    update(locks)
    .where(locks.c.target == bindparam("of"), locks.c.operation_id.is_(None))
    .values(operation_id=bindparam("new_holder"), fence=locks.c.fence + 1)
    .returning(locks.c.fence)
)
_TAKE_FREE: Final = (
    update(locks)
    .where(
        locks.c.target == bindparam("of"),
        locks.c.operation_id.is_(None),
        locks.c.fence == bindparam("seen"),
    )
    .values(operation_id=bindparam("new_holder"), fence=locks.c.fence + 1)
)
_NUMBER: Final = (
    update(locks)
    .where(locks.c.target == bindparam("of"))
    .values(fence=locks.c.fence + 1)
    .returning(locks.c.fence)
)
_NEW: Final = insert(locks)
_RELEASE: Final = (
    update(locks)
    .where(locks.c.target == bindparam("of"), locks.c.operation_id == bindparam("holder"))
    .values(operation_id=None)
)
_HOLDER: Final = select(locks.c.operation_id).where(locks.c.target == bindparam("of"))
_HOLDS: Final = _HOLDER.where(locks.c.operation_id == bindparam("holder"))
_COUNT: Final = (
    update(operations)
    .where(operations.c.id == bindparam("of"))
    .values(fence=bindparam("new_fence"))
)


def take_free(
    connection: Connection, taken: Sequence[tuple[Operation, int | None]]
) -> tuple[int, ...]:
    """Give each operation its target, which is free and was counted by this number last, if any.

    Returns:
        The numbers that they are counted by from now on.

    Raises:
        ConflictError: one of the targets is not as it was seen.
    """
    first = [
        {"target": each.target, "operation_id": each.id, "fence": 1}
        for each, seen in taken
        if seen is None
    ]
    if first:
        connection.execute(_NEW, first)
    known = [
        {"of": each.target, "new_holder": each.id, "seen": seen}
        for each, seen in taken
        if seen is not None
    ]
    if known and connection.execute(_TAKE_FREE, known).rowcount != len(known):
        msg = "a target is not free any more"
        raise ConflictError(msg)
    return tuple((seen or 0) + 1 for _, seen in taken)


def take(connection: Connection, operation: Operation) -> int:
    """Give *operation* its target; return the number that it is counted by from now on.

    Raises:
        ConflictError: another one has it.
    """
    asked = {"of": operation.target, "new_holder": operation.id}
    fence = connection.execute(_TAKE, asked).scalar_one_or_none()
    if fence is not None:
        return int(fence)
    if connection.execute(_HOLDER, {"of": operation.target}).one_or_none() is not None:
        msg = f"{operation.target} is not free for {operation.id}"
        raise ConflictError(msg)
    return _begin(connection, operation.target, operation.id)


def turn(connection: Connection, operation: Operation) -> None:
    """Give *operation*, which waited, its target: from now on it is newer than who had it before.

    Raises:
        ConflictError: another one has it.
    """
    fence = take(connection, operation)
    connection.execute(_COUNT, {"of": operation.id, "new_fence": fence})


def numbered(connection: Connection, target: TargetName) -> int:
    """Return the next number of *target*, for one that waits."""
    fence = connection.execute(_NUMBER, {"of": target}).scalar_one_or_none()
    return _begin(connection, target, None) if fence is None else int(fence)


def release(connection: Connection, operation: Operation) -> None:
    """Free the target of *operation*, where it has it."""
    connection.execute(_RELEASE, {"of": operation.target, "holder": operation.id})


def has(connection: Connection, operation: Operation) -> bool:
    """Return whether *operation* has its target."""
    asked = {"of": operation.target, "holder": operation.id}
    return connection.execute(_HOLDS, asked).one_or_none() is not None


def _begin(connection: Connection, target: TargetName, holder: OperationId | None) -> int:
    connection.execute(_NEW, {"target": target, "operation_id": holder, "fence": 1})
    return 1
