"""Looks for the seeded bugs, one after the other, and says how each was found.

python -m tests.faults.finding [SB5 …]
"""

import logging
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from typing_extensions import override

from tests.faults.bugs import BUGS
from tests.faults.schedules import Bounds, Schedule, run
from tests.faults.stage import Ledger, ledger
from tests.faults.swaps import Bug

LIMIT: Final = 60.0  # seconds within which each must be found
WIDE: Final = Bounds(things=1, tier="wide", ends=("kill", "kill~", "stop"))


class Found(NamedTuple):
    """How a bug was found."""

    schedule: Schedule
    finding: str
    runs: int
    seconds: float

    @override
    def __str__(self) -> str:
        return f"{self.seconds:5.1f} s, {self.runs:4} runs: {self.schedule} → {self.finding}"


def found(bug: Bug, seed: int = 1) -> Found | None:
    """Look for *bug* in schedules of at most one thing: what is likely first, then by chance."""
    began, runs = time.monotonic(), 0
    with ledger() as book:
        for schedule in _candidates(bug, random.Random(seed), book):  # noqa: S311 - a sample
            with bug.switched_on():
                outcome = run(schedule, book)
            runs += 1
            told = [each for each in outcome.findings if each.startswith(bug.column)]
            took = time.monotonic() - began
            if told:
                return Found(schedule, told[0], runs, took)
            if took > LIMIT:
                return None
    return None


def _candidates(bug: Bug, chance: random.Random, book: Ledger) -> Iterator[Schedule]:
    bases = [Schedule(name) for name in bug.scenarios]
    yield from bases
    grown = [child for base in bases for child in run(base, book).grown(WIDE)]
    chance.shuffle(grown)
    likely = [each for each in grown if each.things[-1][1] == bug.likely]
    yield from likely
    yield from _mixed(each for each in grown if each not in likely)


def _mixed(schedules: Iterable[Schedule]) -> list[Schedule]:
    """Return them with one of each kind first, then a second of each, and so on."""
    by_kind: defaultdict[str, list[Schedule]] = defaultdict(list)
    for schedule in schedules:
        by_kind[schedule.things[-1][1]].append(schedule)
    rounds = zip_longest(*by_kind.values())
    return [each for one_of_each in rounds for each in one_of_each if each is not None]


def main(names: Sequence[str]) -> int:
    """Look for each bug, and say how it was found; 1 where one was not."""
    logging.disable(logging.CRITICAL)
    missed = 0
    for bug in BUGS:
        if names and bug.name not in names:
            continue
        seen = found(bug)
        missed += seen is None
        told = str(seen) if seen else "NOT FOUND"
        sys.stdout.write(f"{bug.name:5} {bug.what:42} {told}\n")
        sys.stdout.flush()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
