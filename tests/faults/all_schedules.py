"""Runs schedules in parallel processes, and prints what came of them.

    python -m tests.faults.all_schedules [--faults core|wide] [--scenario deploy] [--share 1/8]
    python -m tests.faults.all_schedules --sample 5000 --seed 7
    python -m tests.faults.all_schedules --only 'deploy 57:lost-after 61:kill~ 80:stop'

Without bounds of its own it runs every schedule with at most two crashes and two faults.
"""

import argparse
import atexit
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from functools import cache, partial
from typing import Final

from tests.faults.schedules import (
    SCENARIOS,
    Bounds,
    Outcome,
    Scenario,
    Schedule,
    Tier,
    explored,
    read,
    run,
    sampled,
)
from tests.faults.stage import Ledger, ledger
from tests.faults.table import Table

SAMPLE: Final = 250  # schedules of one piece of a sample
CUTS: Final = 8  # pieces of what grows from one child: some have thousands, most have few
TOLD_EVERY: Final = 30.0  # seconds

Piece = Callable[[], Table]


def counted(outcomes: Iterable[Outcome]) -> Table:
    """Return the table of these runs."""
    table = Table("schedules")
    for each in outcomes:
        things = [what for _, what in each.schedule.things]
        table.add(str(each.schedule), things, each.findings, each.phase, each.rest)
    return table


def subtree(start: Schedule, bounds: Bounds, cut: tuple[int, int]) -> Table:
    """Run *start* and one cut of all that grows from it, in a process of its own."""
    return counted(explored(start, bounds, _book(), share=cut))


def sample(start: Schedule, bounds: Bounds, seed: int, runs: int) -> Table:
    """Run a sample of what grows from *start*, in a process of its own."""
    return counted(sampled(start, bounds, _book(), seed, runs))


@cache
def _book() -> Ledger:
    """Return this process' journal; it goes with the process."""
    logging.disable(logging.CRITICAL)
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(ledger())


def pieces(start: Schedule, bounds: Bounds, share: tuple[int, int]) -> Iterator[Piece]:
    """Divide all that grows from *start*; of its children, take every so-many-th."""
    with ledger() as book:
        base = run(start, book)
    if share[0] == 0:
        yield partial(subtree, start, bounds._replace(things=0), (0, 1))
    for number, child in enumerate(base.grown(bounds)):
        if number % share[1] == share[0]:
            cuts = CUTS if bounds.things > 1 else 1
            yield from (partial(subtree, child, bounds, (cut, cuts)) for cut in range(cuts))


def in_parallel(work: list[Piece], jobs: int, title: str) -> Table:
    """Do *work* in so many processes, telling how far it is."""
    whole, told = Table(title), time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(each) for each in work]
        for number, each in enumerate(as_completed(waiting), 1):
            table = each.result()
            whole.take(table)
            for failure in table.failures:
                _say(f"FAILED {failure}")
            if time.monotonic() - told > TOLD_EVERY:
                told = time.monotonic()
                _say(f"… {number} of {len(work)} parts, {whole.runs:,} runs, "
                     f"{len(whole.failures)} failed")  # fmt: skip
    return whole


def main() -> int:
    """Run what was asked for; 1 where something was found."""
    logging.disable(logging.CRITICAL)
    asked = _asked()
    if asked.only:
        return _replayed(read(asked.only))
    began, is_clean = time.monotonic(), True
    for name in asked.scenario:
        title, work = _work(asked, Schedule(name))
        table = in_parallel(work, asked.jobs, title)
        _say(str(table))
        is_clean = is_clean and table.is_clean
    _say(f"{time.monotonic() - began:.0f} s")
    return 0 if is_clean else 1


def _work(asked: argparse.Namespace, start: Schedule) -> tuple[str, list[Piece]]:
    """Return what is to be done, in pieces, and what to call it."""
    bounds = Bounds(
        crashes=asked.crashes,
        faults=asked.faults_most,
        things=asked.things,
        tier=asked.faults,
        ends=tuple(asked.ends.split(",")),
    )
    if asked.sample:
        count = -(-asked.sample // SAMPLE)
        title = f"{start}: a sample, seeds {asked.seed} to {asked.seed + count - 1}, {bounds}"
        return title, [
            partial(sample, start, bounds, asked.seed + each, SAMPLE) for each in range(count)
        ]
    part, parts = (int(each) for each in asked.share.split("/"))
    title = f"{start}: every schedule, part {part} of {parts}, {bounds}"
    return title, list(pieces(start, bounds, (part - 1, parts)))


def every(scenario: Scenario, bounds: Bounds, share: str, jobs: int) -> Table:
    """Run every schedule of a scenario within *bounds*, or a share of them."""
    part, parts = (int(each) for each in share.split("/"))
    work = list(pieces(Schedule(scenario), bounds, (part - 1, parts)))
    return in_parallel(work, jobs, f"{scenario}: every schedule, part {part} of {parts}, {bounds}")


def _replayed(schedule: Schedule) -> int:
    with ledger() as book:
        outcome = run(schedule, book)
    for number, point in enumerate(outcome.reached):
        here = dict(schedule.things).get(number, "")
        _say(f"{number:4} {point.who:9} {point.where:6} {point.what[:90]} {here and '<── ' + here}")
    _say(f"{schedule}: {outcome.phase}, at rest after {outcome.rest:g} s")
    for each in outcome.findings:
        _say(f"  {each}")
    return 1 if outcome.findings else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    tiers: tuple[Tier, ...] = ("core", "wide")
    parser.add_argument("--scenario", action="append", choices=SCENARIOS)
    parser.add_argument("--faults", choices=tiers, default="core", help="which kinds of faults")
    parser.add_argument("--crashes", type=int, default=2)
    parser.add_argument("--faults-most", type=int, default=2)
    parser.add_argument("--things", type=int, default=4, help="crashes and faults together")
    parser.add_argument("--ends", default="kill,kill~", help="of kill, kill~ and stop")
    parser.add_argument("--share", default="1/1")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    asked.scenario = asked.scenario or list(SCENARIOS)
    return asked


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
