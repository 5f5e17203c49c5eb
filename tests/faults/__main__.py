"""The long form: every schedule, the campaigns over real processes, and all seeded bugs.

    python -m tests.faults [--jobs 4] [--runs 1000] [--kills 300] [--hosts 300]
                           [--share 1/1]

Each part prints its table, and what to say to have a failure once more; the last table is the sum.
All of it takes hours; a share is one of so many parts of the schedules, as in `--share 1/20`.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from tests.faults import finding
from tests.faults.all_schedules import every
from tests.faults.campaign import DELETION, KILLS, ON_HOSTS, OPERATIONS, WAVES, many
from tests.faults.schedules import SCENARIOS, Bounds, Scenario
from tests.faults.table import Table

MAIN: Final[tuple[Scenario, ...]] = ("deploy", "rollback")
# Any two things of all kinds; then two crashes and two faults of those that matter most.
PAIRS: Final = Bounds(things=2, tier="wide", ends=("kill", "kill~", "stop", "alarm"))
# One change of each further system: any two things of those that matter most.
FURTHER: Final = Bounds(things=2, tier="core", ends=("kill",))
ALL: Final = Bounds(crashes=2, faults=2, things=4, tier="core", ends=("kill",))


def main() -> int:
    """Run everything; 1 where something was found, or a seeded bug was not."""
    logging.disable(logging.CRITICAL)
    whole = Table("the whole")
    for part in _parts(_asked()):
        table = part()
        _say(str(table))
        whole.take(table)
    missed = finding.main(())
    _say(str(whole))
    return 0 if whole.is_clean and not missed else 1


def _parts(asked: argparse.Namespace) -> Iterator[Callable[[], Table]]:
    yield partial(many, DELETION, asked.seed, OPERATIONS, 1)
    yield partial(many, KILLS, asked.seed, asked.kills, asked.jobs)
    yield partial(many, WAVES, asked.seed, asked.runs, asked.jobs)
    yield partial(many, ON_HOSTS, asked.seed, asked.hosts, asked.jobs)
    for scenario in MAIN:
        for bounds in (PAIRS, ALL):
            yield partial(every, scenario, bounds, asked.share, asked.jobs)
    for scenario in SCENARIOS:
        if scenario not in MAIN:
            yield partial(every, scenario, FURTHER, asked.share, asked.jobs)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", default="1/1")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
