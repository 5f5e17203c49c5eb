"""What an operation costs from its request to its end, beside what the product costs idle.

Deployments without approval, one after the other at their times, each to a component of its own.
Counted are all processes of the product: bot, workers and Redis; the simulators are not. What an
idle product costs in the same time is taken off, and stands beside it.

    python -m tests.bench.life [--operations 20] [--every 1] [--seconds 6]

*every* is the time between two requests, *seconds* how long the cloud's job takes.
"""

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

from bot.core.events import Planned
from bot.core.operation import Operation
from tests.bench.usage import cpu, family, memory
from tests.processes.counted import COUNTS, counted
from tests.processes.forks import preloaded
from tests.processes.house import House, Role, house

IDLE_SECONDS: Final = 10.0
AFTERWARDS: Final = 2.0  # what is left to be done when the last end was told
ROLES: Final[tuple[Role, ...]] = ("doorbell-1", "doorbell-2", "poller", "outbox", "sweeper")
CPU_MAX: Final = 200.0  # ms
WRITES_MAX: Final = 10.0
COMMANDS_MAX: Final = 100.0
PLAN_MAX: Final = 0.3  # seconds, p50


class Seen(NamedTuple):
    """What was used until a moment."""

    at: float
    cpu: dict[str, float]  # seconds, by process
    statements: int
    writes: int
    commands: int

    def since(self, before: "Seen") -> "Seen":
        """Return what was used from *before* on."""
        return Seen(
            self.at - before.at,
            {name: used - before.cpu[name] for name, used in self.cpu.items()},
            self.statements - before.statements,
            self.writes - before.writes,
            self.commands - before.commands,
        )

    def each(self, idle: "Seen", count: int) -> "Seen":
        """Return what one of *count* used, without what *idle* uses in the same time."""
        share = self.at / idle.at
        return Seen(
            self.at / count,
            {name: (used - share * idle.cpu[name]) / count for name, used in self.cpu.items()},
            round((self.statements - share * idle.statements) / count),
            round((self.writes - share * idle.writes) / count),
            round((self.commands - share * idle.commands) / count),
        )


def main() -> None:
    """Measure, print; the exit code says whether all of it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=20)
    parser.add_argument("--every", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=6.0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder, preloaded() as forks:
        counts = Path(folder) / "counts"
        counts.mkdir()
        with house(
            Path(folder),
            forks,
            job_seconds=wanted.seconds,
            started=False,
            variables={COUNTS: str(counts)},
        ) as home:
            _let_no_one_approve(Path(folder))
            home.start()
            measured = _measured(home, counts, wanted.operations, wanted.every)
    sys.exit(0 if _print(wanted.operations, *measured) else 1)


def _let_no_one_approve(folder: Path) -> None:
    path = folder / "slipway.yaml"
    path.write_text(path.read_text().replace("approvals: 1", "approvals: 0"))


def _measured(
    home: House, counts: Path, number: int, every: float
) -> tuple[Seen, Seen, list[Operation], list[float], float]:
    first = home.deploy(home.target())  # what is opened once, is opened before the clock runs
    home.card_with(first, word="succeeded")
    _sleep(AFTERWARDS)
    before = _seen(home, counts)
    _sleep(IDLE_SECONDS)
    begun = _seen(home, counts)
    ids = []
    for due in range(number):
        _sleep(begun.at + due * every - time.time())
        ids.append(home.deploy(home.target()))
    for each in ids:
        home.until_phase(each, "succeeded")
        home.card_with(each, word="succeeded")
    home.until_all_told()
    _sleep(AFTERWARDS)
    operations = [home.operation(each) for each in ids]
    plans = [_planned_after(home, each) for each in operations]
    pids = [home.bot.pid, *family(home.worker.pid), home.redis.pid]
    used = _seen(home, counts).since(begun)
    return used, begun.since(before), operations, plans, memory(pids)


def _planned_after(home: House, operation: Operation) -> float:
    events = home.journal.operations.events(operation.id)
    at = next(each.at for _, each in events if isinstance(each, Planned))
    return (at - operation.created_at).total_seconds()


def _seen(home: House, counts: Path) -> Seen:
    roles = {role: cpu(family(home.pid(role))) for role in ROLES}
    workers = cpu(family(home.worker.pid))
    used: dict[str, float] = {"bot": cpu([home.bot.pid]), "redis": cpu([home.redis.pid])}
    used |= {str(role): each for role, each in roles.items()}
    used["supervisor"] = workers - sum(roles.values())  # and those that it has replaced
    redis: Any = home.client()
    told = redis.info("commandstats")
    commands = sum(each["calls"] for name, each in told.items() if name != "cmdstat_info")
    return Seen(time.time(), used, *counted(counts), commands)


def _sleep(seconds: float) -> None:
    time.sleep(max(0.0, seconds))  # noqa: TID251 - the measurement's own pace


def _print(
    count: int,
    used: Seen,
    idle: Seen,
    operations: list[Operation],
    plans: list[float],
    held: float,
) -> bool:
    each = used.each(idle, count)
    events = sum(operation.sequence for operation in operations) / count
    print(f"{count} deployments in {used.at:.0f} s, {events:.1f} events each")  # noqa: T201
    print(f"{'':22}{'each':>9}{'idle, a second':>16}")  # noqa: T201
    for name, seconds in each.cpu.items():
        idly = idle.cpu[name] / idle.at
        print(f"{name:16}ms CPU{1000 * seconds:9.0f}{1000 * idly:16.0f}")  # noqa: T201
    ms = 1000 * sum(each.cpu.values())
    print(_row("all, ms CPU", ms, 1000 * sum(idle.cpu.values()) / idle.at))  # noqa: T201
    print(_row("Redis commands", each.commands, idle.commands / idle.at))  # noqa: T201
    print(_row("statements", each.statements, idle.statements / idle.at))  # noqa: T201
    print(_row("write transactions", each.writes, idle.writes / idle.at))  # noqa: T201
    middle, latest = statistics.median(plans), max(plans)
    print(f"request to plan: p50 {middle:.2f} s, latest {latest:.2f} s")  # noqa: T201
    print(f"memory of all: {held:.0f} MB")  # noqa: T201
    found = (ms <= CPU_MAX, each.writes <= WRITES_MAX, each.commands <= COMMANDS_MAX)
    holds = all(found) and middle <= PLAN_MAX
    print(  # noqa: T201
        f"wanted: {CPU_MAX:g} ms, {WRITES_MAX:g} write transactions, {COMMANDS_MAX:g} commands, "
        f"p50 {PLAN_MAX:g} s: {'holds' if holds else 'does not hold'}"
    )
    return holds


def _row(name: str, each: float, idly: float) -> str:
    return f"{name:22}{each:9.0f}{idly:16.0f}"


if __name__ == "__main__":
    main()
