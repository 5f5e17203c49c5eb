"""What the steps that are watched took before: asked once for each in a tick of the poller."""

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias

from bot.core.estimates import of_steps
from bot.core.expectation import Estimate
from bot.core.operation import Operation, Running
from bot.core.records import Action, TargetName

_Which: TypeAlias = tuple[TargetName, Action, str]


class StepTimes(Protocol):
    """How long steps took."""

    def of(
        self, target: TargetName, action: Action, steps: Iterable[str]
    ) -> Mapping[str, tuple[float, ...]]:
        """Return the seconds of the newest successes of each of *steps*, newest first."""
        ...


class UsualTimes:
    """How long the present step of each operation took before, of those with a history."""

    def __init__(self, times: StepTimes) -> None:
        self._times = times
        self._known: dict[_Which, Estimate | None] = {}

    def learn(self, operations: Iterable[Operation]) -> None:
        """Find out about those that are not known yet.

        Where nothing is expected there is no history, and people or a detour may decide how it
        goes on. Of a single step the operation itself tells.

        Raises:
            JournalUnavailableError: the journal cannot tell.
        """
        for each in operations:
            which = _which(each)
            if which is None or which in self._known or each.expected is None:
                continue
            target, action, name = which
            is_alone = len(each.steps) == 1
            self._known[which] = (
                each.expected.usual
                if is_alone
                else of_steps([name], self._times.of(target, action, [name]))
            )

    def of(self, operation: Operation) -> Estimate | None:
        """Return how long the present step of *operation* took before; None: nobody knows."""
        which = _which(operation)
        return self._known.get(which) if which and operation.expected else None


def _which(operation: Operation) -> _Which | None:
    match operation.phase:
        case Running(step=step, stage="watching"):
            return operation.target, operation.action, operation.steps[step].name
        case _:
            return None
