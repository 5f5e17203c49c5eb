"""How few pollers watch thousands: CPU, memory, delay until an end is seen, and what it costs.

N operations wait for their jobs at an API that answers after 50 ms. Each usually takes about as
long as it has taken, so it is to be looked at every five seconds. Some of the jobs end at known
moments; what counts is how much later the journal says so. Beside it, in the same run, the naive
way: one RQ job per operation that reads, sleeps and reads again, as few as the machine bears. What
a history saves of delay and looks is added, as `tests.bench.looks` has it.

    python -m tests.bench.watch [--operations 2000] [--seconds 60] [--pollers 1]
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
from redis import Redis
from rq import Queue
from sqlalchemy import Engine, func, select

from bot.app.resources import now
from bot.core import events as ev
from bot.core.expectation import Estimate, Expectation
from bot.core.lifecycle import begun
from bot.core.operation import Operation, Running, Step
from bot.core.plan import Observation, Plan, PlannedStep
from bot.core.records import SLIPWAY, Parameters
from bot.journal import migrate, open_engine
from bot.journal.database import reading, writing
from bot.journal.entering import begin
from bot.journal.schema import events, operations
from bot.sandbox.ports import free_port
from bot.sandbox.processes import Processes, python
from bot.sandbox.redis import start_redis
from tests.bench import looks
from tests.bench.slow_api import COUNT, JOB, VERSION
from tests.bench.usage import cpu, family, memory
from tests.processes.running import Program

DELAY: Final = 0.05  # seconds until the API answers
SHARE: Final = 10  # one job of so many ends while it is measured
WARM: Final = 15.0  # seconds before anything is measured, besides those that filling takes
FILLED: Final = 150  # operations in a second, at least, that are put in and seen for the first time
LAST_SEEN: Final = 30.0  # seconds after which the last end should have been seen
BATCH: Final = 500
USUAL: Final = Estimate(p50=4_000, p90=5_000, p95=6_000, p99=8_000, last=4_000, samples=20)
NAIVE: Final = 10  # processes of the naive way
NAIVE_SECONDS: Final = 30.0


class Cost(NamedTuple):
    """What some processes used."""

    cpu: float  # cores
    memory: float  # MB, the most at once


class Figures(NamedTuple):
    """What was seen in so many *seconds*."""

    seconds: float
    cost: Cost
    delays: list[float]  # seconds
    missed: int
    polls: int
    commands: int
    writes: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--pollers", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        seen, naive = _measured(Path(folder), wanted.operations, wanted.seconds, wanted.pollers)
    _print(wanted.operations, wanted.pollers, seen, naive)


def _measured(folder: Path, count: int, seconds: float, pollers: int) -> tuple[Figures, Cost]:
    began = time.time() + WARM + count / FILLED
    ends = _ends(count, began, seconds)
    with _running(folder, count, ends, pollers) as stage:
        if time.time() > began:
            sys.exit("the machine is too slow to set this up in time")
        _sleep_until(began)
        before, used_before = stage.counts(), cpu(stage.family())
        peak = 0.0
        while time.time() < began + seconds:
            peak = max(peak, memory(stage.family()))
            time.sleep(0.5)  # noqa: TID251 - samples memory at its own pace
        after, used = stage.counts(), cpu(stage.family()) - used_before
        _sleep_until(began + seconds + LAST_SEEN)
        delays = stage.delays(ends)
        polls, commands, written = (new - old for new, old in zip(after, before, strict=True))
        cost = Cost(used / seconds, peak)
        missed = len(ends) - len(delays)
        seen = Figures(seconds, cost, delays, missed, polls, commands, written)
        return seen, _naive(folder, stage)


class Stage(NamedTuple):
    """What runs, and where to look."""

    processes: Processes
    pollers: list[int]  # pids; each forks a work-horse for each tick
    redis_url: str
    api: str
    engine: Engine

    def family(self) -> list[int]:
        """Return the processes that watch."""
        return [pid for each in self.pollers for pid in family(each)]

    def counts(self) -> tuple[int, int, int]:
        """Return the polls, Redis' commands and the journal's events so far."""
        polls = int(httpx.get(f"{self.api}/{COUNT}", trust_env=False).text)
        redis: Any = Redis.from_url(self.redis_url)
        commands = redis.info("stats")["total_commands_processed"]
        with reading(self.engine) as connection:
            written = connection.execute(select(func.count()).select_from(events)).scalar_one()
        return polls, commands, written

    def delays(self, ends: dict[int, float]) -> list[float]:
        """Return for each job that ended how many seconds later the journal said so."""
        with reading(self.engine) as connection:
            rows = connection.execute(
                select(operations.c.target, operations.c.finished_at).where(
                    operations.c.phase == "succeeded"
                )
            ).all()
        seen = {int(row.target.removeprefix("t")): row.finished_at.timestamp() for row in rows}
        return [seen[number] - moment for number, moment in ends.items() if number in seen]


@contextmanager
def _running(folder: Path, count: int, ends: dict[int, float], pollers: int) -> Iterator[Stage]:
    processes = Processes(folder)
    worker: list[Program] = []
    try:
        yield _started(folder, processes, worker, count, ends, pollers)
    finally:
        for each in worker:
            each.kill()
        processes.stop()


def _started(
    folder: Path,
    processes: Processes,
    worker: list[Program],
    count: int,
    ends: dict[int, float],
    pollers: int,
) -> Stage:
    redis_url, port = start_redis(processes, folder), free_port()
    lines = (f"{_job(number)} {moment}\n" for number, moment in ends.items())
    (folder / "ends").write_text("".join(lines))
    words = [str(port), str(DELAY), str(folder / "ends")]
    processes.start("api", python("tests.bench.slow_api", *words), dict(os.environ))
    (folder / "slipway.yaml").write_text(_configuration(port, count))
    url = f"sqlite:///{folder / 'slipway.db'}"
    engine = open_engine(url)
    migrate(engine)
    _fill(engine, count)
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": "xoxb-none",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": url,
        "SLIPWAY_REDIS_URL": redis_url,
        "SLIPWAY_LOG_FORMAT": "json",
    }
    options = ["--processes", "1", "--pollers", str(pollers)]
    worker.append(Program("worker", python("bot.cli", "worker", *options), environment, folder))
    worker[0].start()
    pids = _pollers(worker[0], pollers)
    return Stage(processes, pids, redis_url, f"http://127.0.0.1:{port}", engine)


def _pollers(worker: Program, count: int) -> list[int]:
    def started() -> list[dict[str, Any]]:
        found = worker.events("worker.started")
        return [each for each in found if each["role"].startswith("poller")]

    worker.await_start(lambda: len(started()) == count)
    return [int(each["child"]) for each in started()]


def _configuration(port: int, count: int) -> str:
    targets = "".join(
        f"""  t{number}:
    system: servicestage-v3
    connection: huawei
    application_id: {UUID(int=1)}
    component_id: {UUID(int=number)}
    source_url: "example.com/shop/t{number}:{{version}}"
    policy: prod
"""
        for number in range(count)
    )
    return f"""connections:
  huawei:
    kind: huaweicloud
    region: cn-north-4
    project_id: 063a3158b1a34710b36ad208b9497d00
    auth: {{access_key: BENCHAK, secret_key: bench-not-real}}
    endpoints: {{servicestage: "http://127.0.0.1:{port}"}}
policies:
  prod: {{request: [U0ANN], approve: [U0BOB]}}
targets:
{targets}"""


def _fill(engine: Engine, count: int) -> None:
    """Put operations into the journal that have been waiting for their job for an hour."""
    since = now() - timedelta(hours=1)
    for first in range(0, count, BATCH):
        with writing(engine) as connection:
            for number in range(first, min(first + BATCH, count)):
                operation, _ = begun(_operation(number, since))
                event = ev.Requested(at=since)
                begin(connection, operation, event, delivery=str(number))


def _operation(number: int, since: datetime) -> Operation:
    known: dict[str, Any] = {"component_id": str(UUID(int=number)), "version": VERSION}
    planned = PlannedStep(name="deploy", parameters=known)
    parameters = Parameters(version=VERSION)
    plan = Plan(
        target=f"t{number}",
        action="deploy",
        parameters=parameters,
        policy_version="",
        observed=Observation(revision="1.3.0"),
        steps=(planned,),
        before="1.3.0",
        after=VERSION,
    )
    step = Step(
        name="deploy", phase="watching", attempt=1, remote_task=_job(number), started_at=since
    )
    return Operation(
        id=f"op-{number + 1:010}",
        target=plan.target,
        system="servicestage-v3",
        connection="huawei",
        action="deploy",
        parameters=parameters,
        policy="prod",
        requester=SLIPWAY,
        channel="C0DEPLOYS",
        created_at=since,
        plan=plan,
        phase=Running(step=0, stage="watching"),
        steps=(step,),
        expected=Expectation(usual=USUAL, since=since, moved_at=since),
        approval_window=timedelta(hours=1),
        deadline=timedelta(days=1),
        deadline_at=since + timedelta(days=1),
    )


def _job(number: int) -> str:
    return f"{JOB}{UUID(int=number)}"


def _ends(count: int, began: float, seconds: float) -> dict[int, float]:
    """Return which jobs end when, evenly over the time that is measured."""
    chosen = random.Random(1).sample(range(count), count // SHARE)  # noqa: S311 - no secret
    return {each: began + seconds * at / len(chosen) for at, each in enumerate(chosen)}


def _naive(folder: Path, stage: Stage) -> Cost:
    """Return what one operation costs the naive way."""
    queue = Queue("naive", connection=Redis.from_url(stage.redis_url))
    pids = []
    for number in range(NAIVE):
        queue.enqueue("tests.bench.naive.watch", f"{stage.api}/{number}")
        words = python("tests.bench.naive", "naive", stage.redis_url)
        program = Program(f"naive-{number}", words, dict(os.environ), folder)
        program.start()
        pids.append(program)
    began = time.time()
    _sleep_until(began + 5)  # starting up is no part of it
    all_of_them = [pid for each in pids for pid in family(each.pid)]
    before = cpu(all_of_them)
    _sleep_until(began + 5 + NAIVE_SECONDS)
    used = (cpu(all_of_them) - before) / NAIVE_SECONDS
    held = memory(all_of_them)
    for each in pids:
        each.kill()
    return Cost(used / NAIVE, held / NAIVE)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))  # noqa: TID251 - the measurement's own pace


def _print(count: int, pollers: int, seen: Figures, naive: Cost) -> None:
    cuts = statistics.quantiles(seen.delays, n=100)
    polls = max(1, seen.polls)
    per_poll = (seen.commands / polls, seen.writes / polls)
    rate, interval = seen.polls / seen.seconds, count * seen.seconds / polls
    ends = f"{len(seen.delays)} seen, {seen.missed} missed"
    lines = (
        f"{count} operations: {rate:.0f} polls/s, each operation every {interval:.1f} s",
        f"{'':22} {'cores':>8} {'MB':>8}",
        f"{f'pollers: {pollers}':22} {seen.cost.cpu:8.2f} {seen.cost.memory:8.0f}",
        f"{'an RQ job each (x N)':22} {naive.cpu * count:8.2f} {naive.memory * count:8.0f}",
        f"an end is seen after p50 {cuts[49]:.1f} s, p99 {cuts[98]:.1f} s; {ends}",
        f"per poll: {per_poll[0]:.2f} Redis commands, {per_poll[1]:.3f} events in the journal",
    )
    print("\n".join((*lines, "", *looks.lines())))  # noqa: T201


if __name__ == "__main__":
    main()
