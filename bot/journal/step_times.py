"""How long steps took, written when they succeed."""

from collections.abc import Iterable
from math import isfinite
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, bindparam, insert, select

from bot.core.estimates import SAMPLES_MOST
from bot.core.operation import Operation
from bot.core.records import Action, TargetName
from bot.journal.database import reading
from bot.journal.schema import step_times

_KEEP: Final = insert(step_times)
_NEWEST: Final = (
    select(step_times.c.seconds)
    .where(
        step_times.c.target == bindparam("wanted"),
        step_times.c.action == bindparam("of_action"),
        step_times.c.name == bindparam("of_step"),
    )
    .order_by(step_times.c.at.desc())
    .limit(SAMPLES_MOST)
)


class StepTimes:
    """Raises JournalUnavailableError where the database cannot tell."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def of(
        self, target: TargetName, action: Action, steps: Iterable[str]
    ) -> dict[str, tuple[float, ...]]:
        """Return the seconds of the newest successes of each of *steps*, newest first."""
        statement: Select[Any] = _NEWEST
        known: dict[str, tuple[float, ...]] = {}
        with reading(self._database) as connection:
            for name in dict.fromkeys(steps):
                asked = {"wanted": target, "of_action": action, "of_step": name}
                found = connection.execute(statement, asked).scalars()
                known[name] = tuple(each for each in found if _is_time(each))
        return known


def _is_time(seconds: object) -> bool:
    """Whether a row holds a time: a damaged one is no sample."""
    return isinstance(seconds, float) and isfinite(seconds) and seconds >= 0


def keep(connection: Connection, operation: Operation, step: int) -> None:
    """Keep how long *step* took, which has just succeeded."""
    done = operation.steps[step]
    if done.started_at is None or done.finished_at is None:
        return
    took = {
        "operation_id": operation.id,
        "step": step,
        "system": operation.system,
        "target": operation.target,
        "action": operation.action,
        "name": done.name,
        "seconds": (done.finished_at - done.started_at).total_seconds(),
        "at": done.finished_at,
    }
    connection.execute(_KEEP, took)
