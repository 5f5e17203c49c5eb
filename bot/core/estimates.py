"""How long an operation usually takes: the sum of what its steps took before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from math import ceil
from typing import Final, TypeAlias

from bot.core.operation import Operation
from bot.core.records import Moment, Record

SAMPLES_MIN: Final = 5  # from which on shares are told
SAMPLES_MOST: Final = 50  # newest times of a step that count

PastSeconds: TypeAlias = Mapping[str, Sequence[float]]  # of each step by name, newest first


class Estimate(Record):
    """How long something takes, in seconds: half and nine tenths of the times stay within."""

    p50: float
    p90: float
    last: float  # of the newest times alone
    samples: int  # of the step with the fewest

    @property
    def is_reliable(self) -> bool:
        """Whether there are samples enough to tell shares."""
        return self.samples >= SAMPLES_MIN


def whole(operation: Operation, times: PastSeconds) -> Estimate | None:
    """Return how long all its steps take; None: one of them never succeeded before."""
    return _sum([_step(times, step.name) for step in operation.steps])


def left(operation: Operation, times: PastSeconds, now: Moment) -> Estimate | None:
    """Return how long it takes from *now* on: the steps that are left, less what has passed."""
    open_steps = [step for step in operation.steps if step.phase != "succeeded"]
    parts = [
        _after(_step(times, step.name), now - step.started_at if step.started_at else timedelta())
        for step in open_steps
    ]
    return _sum(parts)


def _step(times: PastSeconds, name: str) -> Estimate | None:
    known = times.get(name, ())
    if not known:
        return None
    ordered = sorted(known)
    return Estimate(
        p50=_within(ordered, 0.5), p90=_within(ordered, 0.9), last=known[0], samples=len(known)
    )


def _after(estimate: Estimate | None, passed: timedelta) -> Estimate | None:
    if estimate is None:
        return None
    gone = max(0.0, passed.total_seconds())
    less = {name: max(0.0, getattr(estimate, name) - gone) for name in ("p50", "p90", "last")}
    return estimate.model_copy(update=less)


def _sum(parts: Iterable[Estimate | None]) -> Estimate | None:
    known = [each for each in parts if each is not None]
    if not known or len(known) != len(list(parts)):
        return None
    return Estimate(
        p50=sum(each.p50 for each in known),
        p90=sum(each.p90 for each in known),
        last=sum(each.last for each in known),
        samples=min(each.samples for each in known),
    )


def _within(ordered: Sequence[float], share: float) -> float:
    return ordered[ceil(share * len(ordered)) - 1]
