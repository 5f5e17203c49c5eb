"""How long Slack waits for an answer, and whether the answer is true.

`steady`: 200 signed /deploy commands at 20 a second. Every command is for a target of its own, is
journalled and rings its doorbell while the workers plan the ones before it. The same run sends
the same commands to a bare handler that verifies, commits one row and enqueues one job, and to
one that only verifies: in turn, a third of the interval apart, so that noise hits all three alike.

The other cases are in `tests.bench.hard_times`: 500 at once, a slow cloud, Redis that stands
still, a busy database.

    python -m tests.bench.ack [--case all|steady|burst|cloud|redis|database] [--commands 200]
        [--rate 20] [--without-workers]
"""

import argparse
import http.client
import multiprocessing
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from bot.journal import journal_on, open_engine
from bot.sandbox.content import workspace_config
from bot.sandbox.slack import sign
from tests.bench import hard_times
from tests.bench.house import running
from tests.bench.load import Command, fields

LIMIT_MS: Final = 25.0
RATIO: Final = 1.6  # with workers
RATIO_ALONE: Final = 1.3


def main() -> None:
    """Set everything up, measure, print; the exit code says whether all of it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", default="all", choices=("all", "steady", *hard_times.CASES))
    parser.add_argument("--commands", type=int, default=200, help="of the steady case")
    parser.add_argument("--rate", type=float, default=20.0, help="commands a second, steady")
    parser.add_argument("--without-workers", action="store_true", help="steady, the bot alone")
    wanted = parser.parse_args()
    held = []
    if wanted.case in {"all", "steady"}:
        held.append(_steady(wanted.commands, wanted.rate, works=not wanted.without_workers))
    names = [each for each in hard_times.CASES if wanted.case in {"all", each}]
    held += [hard_times.measured(each) for each in names]
    sys.exit(0 if all(held) else 1)


def _steady(commands: int, rate: float, *, works: bool) -> bool:
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        doors = multiprocessing.get_context("spawn")
        with running(Path(folder), commands, works=works) as house:
            here, there = doors.Pipe()
            driver = doors.Process(target=_drive, args=(there, house.ports, commands, rate))
            driver.start()
            figures: dict[str, list[float]] = here.recv()
            driver.join()
            planned = _planned(Path(folder))
    if works and planned == 0:
        sys.exit("the workers planned nothing: this measured a bot without them")
    return _print(figures, planned, RATIO if works else RATIO_ALONE)


def _planned(folder: Path) -> int:
    """Return how many of the commands the workers had planned when the last was answered."""
    engine = open_engine(f"sqlite:///{folder / 'slipway.db'}")
    made = journal_on(engine).operations.all_open()
    engine.dispose()
    return sum(each.is_planned for each in made)


def _drive(pipe: Connection, ports: dict[str, int], commands: int, rate: float) -> None:
    """Send all commands, in a process of its own; what is sent back are milliseconds."""
    doors = {kind: http.client.HTTPConnection("127.0.0.1", port) for kind, port in ports.items()}
    figures: dict[str, list[float]] = {kind: [] for kind in ports}
    for number in range(20):  # what is opened once, is opened before the clock runs
        for kind, door in doors.items():
            _one(door, Command(ports[kind], f"warm-{kind}-{number}", "ops", "help"))
    interval = 1 / rate
    due = time.perf_counter()
    for number in range(commands):
        for kind, door in doors.items():
            time.sleep(max(0.0, due - time.perf_counter()))  # noqa: TID251 - the load's own pace
            text = f"bench-{number} 1.4.0"
            took, said = _one(door, Command(ports[kind], f"{kind}-{number}", "deploy", text))
            if "ecorded" not in said:
                sys.exit(f"{kind} did not record: {said}")
            figures[kind].append(took)
            due += interval / len(doors)
    pipe.send(figures)


def _one(door: http.client.HTTPConnection, command: Command) -> tuple[float, str]:
    body = urlencode(fields(command)).encode()
    moment = int(time.time())
    headers = {
        "X-Slack-Request-Timestamp": str(moment),
        "X-Slack-Signature": sign(workspace_config().signing_secret, moment, body),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    began = time.perf_counter()
    door.request("POST", "/slack/events", body, headers)
    said = door.getresponse().read().decode()
    return (time.perf_counter() - began) * 1000, said


def _print(figures: dict[str, list[float]], planned: int, most: float) -> bool:
    count = len(figures["slipway"])
    heads = "".join(f"{each:>9}" for each in ("p50", "p95", "p99"))
    print(f"{'steady':10}{heads}   ms, {count} commands, {planned} planned")  # noqa: T201
    for kind, times in figures.items():
        cuts = statistics.quantiles(times, n=100)
        print(f"{kind:10} {cuts[49]:8.2f} {cuts[94]:8.2f} {cuts[98]:8.2f}")  # noqa: T201
    p95 = {kind: statistics.quantiles(times, n=100)[94] for kind, times in figures.items()}
    ratio = p95["slipway"] / p95["bare"]
    holds = p95["slipway"] <= LIMIT_MS and ratio <= most
    wanted = f"wanted <= {most:g} and <= {LIMIT_MS:g} ms: {_word(holds=holds)}"
    print(f"p95 is {ratio:.2f} times the bare handler's; {wanted}")  # noqa: T201
    return holds


def _word(*, holds: bool) -> str:
    return "holds" if holds else "does not hold"


if __name__ == "__main__":
    main()
