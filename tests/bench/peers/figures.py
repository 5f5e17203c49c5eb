"""Figures of several runs in one: the median of each run's."""

import statistics
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tests.bench.peers.phases import Calm, Hard, Times

NONE: Final = "-"


class Measured(NamedTuple):
    """What came of a bot: its calm runs and its hard one, or why there is none."""

    calm: tuple[Calm, ...]
    hard: Hard | None
    fault: str = ""


def cut(values: Sequence[float], percent: int) -> float | None:
    """Return the value that so many per cent of them do not exceed, in between linearly."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def middle(values: Sequence[float | None]) -> float | None:
    """Return the median of what the runs have; None: none has it."""
    known = [each for each in values if each is not None]
    return statistics.median(known) if known else None


def milliseconds(measured: Measured, of: Callable[[Calm], Sequence[float]], *cuts: int) -> str:
    """Return these percentiles, each the median of the runs', such as `2.5/6.1`."""
    found = [middle([cut(of(run), each) for run in measured.calm]) for each in cuts]
    return "/".join(NONE if each is None else _short(each * 1000) for each in found)


def number(measured: Measured, of: Callable[[Calm], float]) -> str:
    """Return the median of one figure."""
    found = middle([of(run) for run in measured.calm])
    return NONE if found is None else _short(found)


def counted(measured: Measured, of: Callable[[Times], int]) -> str:
    """Return the largest count of any burst."""
    return str(max((of(run.burst) for run in measured.calm), default=0))


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"
