"""Campaigns over real processes: bot, workers and Redis, with harm of chance done to them.

  python -m tests.faults.campaign [--runs 1000] [--seed 1]    deployments, each harmed at least once
  python -m tests.faults.campaign --kills [--runs 300]        a kill -9 of bot or worker in each
  python -m tests.faults.campaign --hosts [--runs 300]        two hosts over one PostgreSQL, which
                                                              restarts, fails over, only reads
  python -m tests.faults.campaign --pooled [--runs 50]        the same behind a PgBouncer
  python -m tests.faults.campaign --deletion                  Redis loses all, 50 in every phase
  python -m tests.faults.campaign --only 7                    one seed again

With CAMPAIGN_LOGS=folder, the logs of two hosts where something was found are kept there.

A run is one deployment, its rollback included, in whose time something was done to the house;
those that nothing happened to are counted apart. The same seed is the same plan, but not the same
interleaving: these are real processes.
"""

import argparse
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from tests.faults.deletion import deleted
from tests.faults.inspection import whole
from tests.faults.kills import IN_ONE_HOUSE, killed
from tests.faults.table import Table
from tests.faults.waves import played, random_plan, standing, standing_on_hosts

DEPLOYMENTS: Final = 16  # of a wave
HARMS: Final = 12
HOSTS: Final = 2
KEPT: Final = "CAMPAIGN_LOGS"  # the variable that names a folder for the logs of what failed
OPERATIONS: Final = 50  # when Redis' data is deleted


class Campaign(NamedTuple):
    """What can be played seed after seed."""

    title: str
    play: Callable[[int], Table]
    size: int  # runs of one seed, about


def wave(seed: int) -> Table:
    """Play the wave of one seed in a house of its own."""
    plan = random_plan(seed, DEPLOYMENTS, HARMS)
    with standing() as stand:
        table = played(stand, plan)
        table.blame(plan.name, whole(stand.home, plan.errands))
    return table


def wave_on_hosts(seed: int, *, pooled: bool = False) -> Table:
    """Play the wave of one seed on two hosts over one PostgreSQL."""
    plan = random_plan(seed, DEPLOYMENTS, HARMS, HOSTS)
    with standing_on_hosts(HOSTS, pooled=pooled) as stand:
        table = played(stand, plan)
        table.blame(plan.name, whole(stand.home, plan.errands))
        if table.failures and (kept := os.environ.get(KEPT)):
            shutil.copytree(stand.home.folder, Path(kept, str(seed)), dirs_exist_ok=True)
    return table


def deletion(seed: int) -> Table:
    """Delete Redis' data once; the seed only names it."""
    return deleted(OPERATIONS, f"--deletion --only {seed}")


WAVES: Final = Campaign("random campaign over real processes", wave, DEPLOYMENTS)
ON_HOSTS: Final = Campaign("random campaign on two hosts", wave_on_hosts, DEPLOYMENTS)
POOLED: Final = Campaign(
    "random campaign on two hosts behind PgBouncer",
    partial(wave_on_hosts, pooled=True),
    DEPLOYMENTS,
)
KILLS: Final = Campaign("kill -9 of bot or worker at random moments", killed, IN_ONE_HOUSE)
DELETION: Final = Campaign("all of Redis' data deleted", deletion, OPERATIONS)


ASKED: Final = {"kills": KILLS, "hosts": ON_HOSTS, "pooled": POOLED, "deletion": DELETION}


def many(campaign: Campaign, seed: int, runs: int, jobs: int) -> Table:
    """Play seed after seed, some at once, until so many runs are done."""
    whole, seeds = Table(campaign.title), iter(range(seed, sys.maxsize))
    waiting: dict[Future[Table], int] = {}
    fresh = get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=fresh, initializer=_end_with_parent) as pool:
        while True:
            while len(waiting) < jobs and whole.runs + len(waiting) * campaign.size < runs:
                number = next(seeds)
                waiting[pool.submit(campaign.play, number)] = number
            if not waiting:
                break
            for each in wait(waiting, return_when=FIRST_COMPLETED).done:
                _take(whole, waiting.pop(each), each)
            _say(f"… {whole.runs:,} runs, {len(whole.failures)} failed")
    whole.title = f"{campaign.title}, seeds {seed} to {next(seeds) - 1}"
    return whole


def _take(whole: Table, seed: int, played: Future[Table]) -> None:
    """Add what came of a seed, also where its house or its people broke."""
    error = played.exception()
    if error is None:
        whole.take(played.result())
    else:
        whole.blame(f"--only {seed}", [f"other: it came to no end: {error!r}"])


def main() -> int:
    """Run what was asked for; 1 where something was found."""
    asked = _asked()
    campaign = next((each for name, each in ASKED.items() if getattr(asked, name)), WAVES)
    began = time.monotonic()
    if asked.only is not None:
        table = campaign.play(asked.only)
    else:
        table = many(campaign, asked.seed, asked.runs, asked.jobs)
    _say(f"{table}\n{time.monotonic() - began:.0f} s")
    return 0 if table.is_clean else 1


def _end_with_parent() -> None:
    """Let a killed campaign leave nothing behind; a house ends with the process it is in."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1.0)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name in ASKED:
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", type=int)
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
