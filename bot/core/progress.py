"""How far a step has come: by the vendor's percentage, else by what is done of a total."""

from typing import Final

from bot.core.codes import Reason, Value
from bot.core.operation import Operation, Running

_WHOLE: Final = 100
QUARTERS: Final = (25, 50, 75)  # of a step, told in the thread


def percent(detail: Value | None) -> int | None:
    """Return the vendor's own percentage; None: it tells none."""
    told = detail.params.get("progress") if isinstance(detail, Reason) else None
    if not isinstance(told, str) or not told.isascii() or not told.isdecimal():
        return None
    return min(100, int(told[:4]))


def counted(detail: Value | None) -> int | None:
    """Return how much is done of a total, in percent; None: nothing is counted.

    A total may grow while it runs, so a later figure may be lower.
    """
    if not isinstance(detail, Reason):
        return None
    done, total = detail.params.get("done"), detail.params.get("total")
    if not isinstance(done, int) or not isinstance(total, int) or total < 1:
        return None
    return max(0, min(100, 100 * done // total))


def quarter(detail: Value | None) -> int:
    """Return the last quarter that a step has passed: 25, 50 or 75; 0 also for the whole.

    What is done to its last part is about to end, which is told anyway.
    """
    share = percent(detail)
    share = counted(detail) if share is None else share
    if share is not None and share >= _WHOLE:
        return 0
    return max((each for each in QUARTERS if share is not None and share >= each), default=0)


def share(operation: Operation) -> float | None:
    """Return how much of it is done, from 0 to 1; None: neither steps nor a percentage tell."""
    if not isinstance(operation.phase, Running):
        return None
    at, total = operation.phase.step, len(operation.steps)
    told = percent(operation.steps[at].detail) if operation.steps[at].phase == "watching" else None
    if total == 1 and told is None:
        return None
    return (at + (told or 0) / 100) / total
