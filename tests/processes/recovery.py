"""How long a deployment stands still after `kill -9` of each process: the median of three.

    python -m tests.processes.recovery

From the kill (where the test restarts the process: from when it runs again) to the next thing
that the deployment comes to, be it an event in the journal or a reply in its thread.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.processes.forks import preloaded
from tests.processes.house import House, house
from tests.processes.running import until
from tests.processes.test_kills import VANISHING, Moment, Victim, kill, reach

TRIES: Final = 3
CASES: Final[tuple[tuple[Moment, Victim], ...]] = (
    ("planning", "doorbell"),
    ("planning", "supervisor"),
    ("planning", "redis"),
    ("sent", "doorbell"),
    ("watching", "poller's horse"),
    ("watching", "poller"),
    ("watching", "supervisor"),
    ("watching", "redis"),
    ("telling", "outbox's horse"),
    ("telling", "outbox"),
    ("watching", "sweeper"),
    ("waiting", "bot"),
)


def main() -> None:
    """Measure, and print a line for each."""
    with (
        tempfile.TemporaryDirectory(prefix="slipway-recovery-") as folder,
        preloaded() as forks,
        house(Path(folder), forks, job_seconds=1.0) as home,
    ):
        for moment, victim in CASES:
            seconds = [_measure(home, moment, victim) for _ in range(TRIES)]
            told = "  ".join(f"{each:5.1f}" for each in seconds)
            median = statistics.median(seconds)
            sys.stdout.write(f"{victim:18} {moment:10} median {median:5.1f} s ({told})\n")
            sys.stdout.flush()


def _measure(home: House, moment: Moment, victim: Victim) -> float:
    operation_id, gate = reach(home, moment, home.target())
    moved = _moved(home, operation_id, moment)
    began = time.monotonic()
    kill(home, victim)
    if victim in {"bot", "supervisor", "redis"}:
        began = began if victim == "bot" else time.monotonic()
    if gate and (moment, victim) in VANISHING:
        gate.drop()
    if gate and victim in {"sweeper", "bot", "redis"}:
        gate.open()
    if moment == "waiting":
        home.approve(operation_id)
    until(moved, f"{operation_id} to go on")
    took = time.monotonic() - began
    if gate:
        gate.open()
    if moment == "planning":
        home.approve(operation_id)
    home.card_with(operation_id, word="succeeded")
    return took


def _moved(home: House, operation_id: str, moment: Moment) -> Callable[[], bool]:
    if moment == "telling":
        return lambda: any(" succeeded*" in each for each in home.thread(operation_id))
    before = home.operation(operation_id).sequence
    return lambda: home.operation(operation_id).sequence > before


if __name__ == "__main__":
    main()
