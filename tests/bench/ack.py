"""How long Slack waits for an answer: 200 signed /deploy commands at 20 a second.

Every command is for a target of its own, is journalled and rings its doorbell while the workers
plan the ones before it. The same run sends the same commands to a bare handler that verifies,
commits one row and enqueues one job, and to one that only verifies: in turn, a third of the
interval apart, so that noise hits all three alike.

    python -m tests.bench.ack [--commands 200] [--rate 20]
"""

import argparse
import http.client
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import httpx

from bot.app.parts import now
from bot.journal import SqlJournal, migrate, open_engine
from bot.sandbox.clouds import HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.content import SECRETS, configuration, workspace_config
from bot.sandbox.processes import Processes, python
from bot.sandbox.redis import free_port, start_redis
from bot.sandbox.slack import (
    Person,
    RateLimits,
    Workspace,
    WorkspaceConfig,
    served,
    served_app,
    sign,
)

PEOPLE: Final = 20
LIMIT_MS: Final = 25.0
RATIO: Final = 2.0
WAIT_SECONDS: Final = 30.0


def main() -> None:
    """Set everything up, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=200)
    parser.add_argument("--rate", type=float, default=20.0, help="commands a second")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        doors = multiprocessing.get_context("spawn")
        with _running(Path(folder), wanted.commands) as ports:
            here, there = doors.Pipe()
            driver = doors.Process(target=_drive, args=(there, ports, wanted.commands, wanted.rate))
            driver.start()
            figures: dict[str, list[float]] = here.recv()
            driver.join()
            planned = _planned(Path(folder))
    if planned == 0:
        sys.exit("the workers planned nothing: this measured a bot without them")
    _print(figures, planned)


@contextmanager
def _running(folder: Path, commands: int) -> Iterator[dict[str, int]]:
    """Run bot, workers, simulators and the two bare handlers; yield the ports to press."""
    workspace = Workspace(_people(workspace_config()), limits=RateLimits(enabled=False))
    cloud = HuaweiCloud(sandbox_config())
    processes = Processes(folder)
    with served(workspace), served_app(huawei_app(cloud)) as clouds:
        try:
            yield _start(folder, processes, workspace, clouds, commands)
        finally:
            processes.stop()


def _start(
    folder: Path, processes: Processes, workspace: Workspace, clouds: str, commands: int
) -> dict[str, int]:
    redis_url = start_redis(processes, folder)
    (folder / "slipway.yaml").write_text(_targets(configuration(clouds, clouds), commands))
    engine = open_engine(f"sqlite:///{folder / 'slipway.db'}")
    migrate(engine)
    engine.dispose()
    ports = {name: free_port() for name in ("floor", "bare", "slipway")}
    environment = {
        **os.environ,
        **SECRETS,
        "SLACK_BOT_TOKEN": workspace.config.bot_token,
        "SLACK_SIGNING_SECRET": workspace.config.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": f"sqlite:///{folder / 'slipway.db'}",
        "SLIPWAY_REDIS_URL": redis_url,
        "SLIPWAY_LISTEN": f"127.0.0.1:{ports['slipway']}",
        "SLIPWAY_LOG_LEVEL": "WARNING",
    }
    processes.start("bot", python("bot.cli", "bot"), environment)
    processes.start("worker", python("bot.cli", "worker"), environment)
    for kind in ("floor", "bare"):
        words = [kind, str(ports[kind]), str(folder / f"{kind}.db"), redis_url]
        processes.start(kind, python("tests.bench.bare", *words), environment)
    for kind, port in ports.items():
        _await(kind, port, processes)
    return ports


def _planned(folder: Path) -> int:
    """Return how many of the commands the workers had planned when the last was answered."""
    engine = open_engine(f"sqlite:///{folder / 'slipway.db'}")
    made = SqlJournal(engine, now).open_operations()
    engine.dispose()
    return sum(each.is_planned for each in made)


def _people(config: WorkspaceConfig) -> WorkspaceConfig:
    """Add people: no one person may have so much pending."""
    crowd = tuple(f"U0CROWD{number:02d}" for number in range(PEOPLE))
    people = tuple(Person(id=each, name=each.lower(), real_name=each) for each in crowd)
    groups = tuple(
        group.model_copy(update={"users": (*group.users, *crowd)})
        if group.id == "S0DEVS"
        else group
        for group in config.groups
    )
    return config.model_copy(update={"people": (*config.people, *people), "groups": groups})


def _targets(text: str, count: int) -> str:
    """Add targets that are all the same component: what is measured is the answer."""
    head, _, rest = text.partition("  flaky:\n")
    pattern = head.rpartition("  checkout:\n")[2].replace("    aliases: [co]\n", "")
    more = "".join(f"  bench-{number}:\n{pattern}" for number in range(count))
    return f"{head}{more}  flaky:\n{rest}"


def _await(kind: str, port: int, processes: Processes) -> None:
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        dead = processes.dead()
        if dead:
            sys.exit(processes.output(dead))
        try:
            httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False)
        except httpx.TransportError:
            continue
        return
    sys.exit(f"{kind} does not answer")


def _drive(pipe: Connection, ports: dict[str, int], commands: int, rate: float) -> None:
    """Send all commands, in a process of its own; what is sent back are milliseconds."""
    doors = {kind: http.client.HTTPConnection("127.0.0.1", port) for kind, port in ports.items()}
    figures: dict[str, list[float]] = {kind: [] for kind in ports}
    secret = workspace_config().signing_secret
    for number in range(20):  # what is opened once, is opened before the clock runs
        for kind, door in doors.items():
            _one(door, secret, f"warm-{kind}-{number}", "ops", "help")
    interval = 1 / rate
    due = time.perf_counter()
    for number in range(commands):
        for kind, door in doors.items():
            time.sleep(max(0.0, due - time.perf_counter()))  # noqa: TID251 - the load's own pace
            text = f"bench-{number} 1.4.0"
            took, said = _one(door, secret, f"{kind}-{number}", "deploy", text)
            if "ecorded" not in said:
                sys.exit(f"{kind} did not record: {said}")
            figures[kind].append(took)
            due += interval / len(doors)
    pipe.send(figures)


def _one(
    door: http.client.HTTPConnection, secret: str, trigger: str, command: str, text: str
) -> tuple[float, str]:
    person = abs(hash(trigger)) % PEOPLE
    fields = {
        "team_id": "T0SLIPWAY",
        "api_app_id": "A0SLIPWAY",
        "channel_id": "C0DEPLOYS",
        "user_id": f"U0CROWD{person:02d}",
        "command": f"/{command}",
        "text": text,
        "trigger_id": trigger,
        "response_url": "http://127.0.0.1:9/none",
    }
    body = urlencode(fields).encode()
    moment = int(time.time())
    headers = {
        "X-Slack-Request-Timestamp": str(moment),
        "X-Slack-Signature": sign(secret, moment, body),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    began = time.perf_counter()
    door.request("POST", "/slack/events", body, headers)
    said = door.getresponse().read().decode()
    return (time.perf_counter() - began) * 1000, said


def _print(figures: dict[str, list[float]], planned: int) -> None:
    count = len(figures["slipway"])
    print(f"{'':10} {'p50':>8} {'p95':>8} {'p99':>8}   ms, {count} commands, {planned} planned")  # noqa: T201
    for kind, times in figures.items():
        cuts = statistics.quantiles(times, n=100)
        print(f"{kind:10} {cuts[49]:8.2f} {cuts[94]:8.2f} {cuts[98]:8.2f}")  # noqa: T201
    p95 = {kind: statistics.quantiles(times, n=100)[94] for kind, times in figures.items()}
    ratio = p95["slipway"] / p95["bare"]
    verdict = "holds" if p95["slipway"] <= LIMIT_MS and ratio <= RATIO else "does not hold"
    wanted = f"wanted <= {RATIO:g} and <= {LIMIT_MS:g} ms: {verdict}"
    print(f"p95 is {ratio:.2f} times the bare handler's; {wanted}")  # noqa: T201


if __name__ == "__main__":
    main()
