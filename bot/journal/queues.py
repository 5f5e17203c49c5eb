"""Who waits for a target, in order, and when whose turn is expected."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, bindparam, literal_column

from bot.core.estimates import whole
from bot.core.operation import Operation
from bot.core.queue import Line, in_order, line
from bot.core.records import Moment, TargetName
from bot.journal.database import reading
from bot.journal.operations import RECORD, Operations, listed
from bot.journal.schema import operations
from bot.journal.step_times import StepTimes

_WAITING: Final = operations.c.phase == literal_column("'waiting'")  # as its index has it
_OF: Final = RECORD.where(_WAITING, operations.c.target == bindparam("wanted"))
_ALL: Final = RECORD.where(_WAITING).order_by(operations.c.target)
_LAST_DONE: Final = (
    RECORD.where(
        operations.c.target == bindparam("wanted"),
        operations.c.action == bindparam("of_action"),
        operations.c.sent_at.is_not(None),
        operations.c.phase == "succeeded",
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
)


class Queues:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine, known: Operations, times: StepTimes) -> None:
        self._database = database
        self._known = known
        self._times = times

    def of(self, target: TargetName) -> tuple[Operation, ...]:
        """Return who waits for *target*, the next one first, as far as this version can read it."""
        with reading(self._database) as connection:
            return waiting_in(connection, target)

    def all(self) -> dict[TargetName, tuple[Operation, ...]]:
        """Return who waits for which target."""
        with reading(self._database) as connection:
            rows = [listed(row) for row in connection.execute(_ALL)]
        found = (each for each in rows if isinstance(each, Operation))
        groups = groupby(found, key=lambda each: each.target)
        return {target: in_order(each) for target, each in groups}

    def line(self, target: TargetName, now: Moment) -> Line:
        """Return who has *target* and who waits for it, with the time at which each may begin."""
        waiting = self.of(target)
        takes = _Takes(self, now)
        return line(self._known.holder(target), waiting, takes, now)

    def usual(self, operation: Operation, now: Moment) -> float | None:
        """Return how many seconds *operation* usually takes from now on.

        What runs takes what is left of what is expected of it; who has no plan, as the last one.
        """
        expected = operation.expected
        if expected is not None:
            return max(0.0, (expected.at(expected.usual.p50) - now).total_seconds())
        known = operation if operation.plan.is_made else self._last_done(operation)
        if known is None or operation.was_sent:
            return None
        names = (step.name for step in known.steps)
        usual = whole(known, self._times.of(operation.target, operation.action, names))
        return usual.p50 if usual else None

    def _last_done(self, operation: Operation) -> Operation | None:
        statement: Select[Any] = _LAST_DONE
        asked = {"wanted": operation.target, "of_action": operation.action}
        with reading(self._database) as connection:
            row = connection.execute(statement, asked).one_or_none()
        found = listed(row) if row else None
        return found if isinstance(found, Operation) else None


class _Takes:
    """Tells how long an operation takes, asked once for each action."""

    def __init__(self, queues: Queues, now: Moment) -> None:
        self._queues = queues
        self._now = now
        self._usual: dict[str, float | None] = {}

    def __call__(self, operation: Operation) -> float | None:
        if operation.plan.is_made:
            return self._queues.usual(operation, self._now)
        if operation.action not in self._usual:
            self._usual[operation.action] = self._queues.usual(operation, self._now)
        return self._usual[operation.action]


def waiting_in(connection: Connection, target: TargetName) -> tuple[Operation, ...]:
    """Return who waits for *target* within the transaction of *connection*, the next one first."""
    return in_order(_readable(connection, target))


def _readable(connection: Connection, target: TargetName) -> Iterator[Operation]:
    statement: Select[Any] = _OF
    for row in connection.execute(statement, {"wanted": target}):
        found = listed(row)
        if isinstance(found, Operation):
            yield found
