"""How long an operation usually takes: the sum of what its steps took before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from typing import Final, TypeAlias

from bot.core.expectation import SAMPLES_MIN, Estimate, Expectation
from bot.core.operation import Operation, Succeeded
from bot.core.records import Moment

__all__ = [
    "SAMPLES_MIN",
    "SAMPLES_MOST",
    "Estimate",
    "PastSeconds",
    "ended_well",
    "errors",
    "of_steps",
    "whole",
    "within",
]

SAMPLES_MOST: Final = 50  # newest times of a step that count
_SHARES: Final = (50, 90, 95, 99)
_NAMES: Final = tuple(f"p{share}" for share in _SHARES)

PastSeconds: TypeAlias = Mapping[str, Sequence[float]]  # of each step by name, newest first


def whole(operation: Operation, times: PastSeconds) -> Estimate | None:
    """Return how long all its steps take; None: one of them never succeeded before."""
    return of_steps((step.name for step in operation.steps), times)


def of_steps(names: Iterable[str], times: PastSeconds) -> Estimate | None:
    """Return how long these steps take; None: one of them never succeeded before."""
    return _sum([_step(times, name) for name in names])


def ended_well(operations: Iterable[Operation]) -> Iterator[tuple[Expectation, Moment]]:
    """Yield what was expected of those that succeeded, and when they did."""
    for each in operations:
        if isinstance(each.phase, Succeeded) and each.expected is not None:
            yield each.expected, each.phase.at


def errors(ended: Iterable[tuple[Expectation, Moment]]) -> dict[str, float]:
    """Return how far off our own estimates were: of those that went well, by their median.

    `median` is the share of the expected time that it took more or less; `within_p90` the share of
    operations that were done when nine of ten should be.
    """
    told = [
        (expected.usual, (at - expected.since).total_seconds())
        for expected, at in ended
        if expected.usual.is_reliable and expected.usual.p50 > 0
    ]
    if not told:
        return {}
    off = sorted(abs(took - usual.p50) / usual.p50 for usual, took in told)
    in_time = sum(took <= usual.p90 for usual, took in told)
    return {"median": within(off, 0.5), "within_p90": in_time / len(told)}


def _step(times: PastSeconds, name: str) -> Estimate | None:
    known = times.get(name, ())
    if not known:
        return None
    ordered = sorted(known)
    shares = {f"p{share}": within(ordered, share / 100) for share in _SHARES}
    return Estimate(**shares, last=known[0], samples=len(known))


def _sum(parts: Iterable[Estimate | None]) -> Estimate | None:
    known = [each for each in parts if each is not None]
    if not known or len(known) != len(list(parts)):
        return None
    shares = {name: sum(getattr(each, name) for each in known) for name in _NAMES}
    return Estimate(
        **shares,
        last=sum(each.last for each in known),
        samples=min(each.samples for each in known),
    )


def within(ordered: Sequence[float], share: float) -> float:
    """Return within how much that share of the *ordered* amounts stays."""
    return ordered[ceil(share * len(ordered)) - 1]
