"""What is measured, running: bot, workers, simulators, and the two handlers beside them."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
from redis import Redis
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.journal import migrate, open_engine
from bot.sandbox.clouds import HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.config import HuaweiConfig
from bot.sandbox.clouds.huawei.content import CHECKOUT_ID
from bot.sandbox.content import SECRETS, configuration, workspace_config
from bot.sandbox.ports import free_port
from bot.sandbox.processes import Processes, python
from bot.sandbox.redis import start_redis
from bot.sandbox.slack import (
    Person,
    RateLimits,
    Workspace,
    WorkspaceConfig,
    served,
    served_app,
)
from tests.bench.load import PEOPLE, person

WAIT_SECONDS: Final = 30.0


class House(NamedTuple):
    """What runs, and where."""

    ports: dict[str, int]  # of the handlers: floor, bare, slipway
    folder: Path
    redis_url: str
    workspace: Workspace  # the simulated Slack, which knows of no bot until it is told its address

    @property
    def journal(self) -> Path:
        """The journal's file."""
        return self.folder / "slipway.db"

    @property
    def rows(self) -> Path:
        """The file of the bare handler's rows."""
        return self.folder / "bare.db"

    def redis_pid(self) -> int:
        """Return the process of Redis."""
        redis: Any = Redis.from_url(self.redis_url)
        return int(redis.info("server")["process_id"])


@contextmanager
def running(
    folder: Path,
    commands: int,
    *,
    cloud_seconds: float = 0.0,
    works: bool = True,
    database: str = "",
    bots: int = 1,
) -> Iterator[House]:
    """Run everything, with workers where it *works*; each answer of the cloud takes so long.

    The journal is a file, or a *database*, with several *bots* over it: slipway, slipway-2 ….

    There is a component with a target for each of so many commands: each change wants its own.
    """
    workspace = Workspace(_people(workspace_config()), limits=RateLimits(enabled=False))
    cloud = _slowed(huawei_app(HuaweiCloud(_crowded(sandbox_config(), commands))), cloud_seconds)
    processes = Processes(folder)
    with served(workspace), served_app(cloud) as clouds:
        try:
            url = database or f"sqlite:///{folder / 'slipway.db'}"
            yield _start(
                folder, processes, workspace, clouds, commands, works=works, url=url, bots=bots
            )
        finally:
            processes.stop()
            time.sleep(cloud_seconds)  # noqa: TID251 - the last call ends in peace


def _slowed(app: ASGIApp, seconds: float) -> ASGIApp:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        with contextlib.suppress(ClientDisconnect):  # who asked has ended meanwhile
            await app(scope, receive, send)

    return slow


def _start(
    folder: Path,
    processes: Processes,
    workspace: Workspace,
    clouds: str,
    commands: int,
    *,
    works: bool,
    url: str,
    bots: int,
) -> House:
    redis_url = start_redis(processes, folder)
    (folder / "slipway.yaml").write_text(_targets(configuration(clouds, clouds), commands))
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    more = [f"slipway-{number}" for number in range(2, bots + 1)]
    ports = {name: free_port() for name in ("floor", "bare", "slipway", *more)}
    environment = {
        **os.environ,
        **SECRETS,
        "SLACK_BOT_TOKEN": workspace.config.bot_token,
        "SLACK_SIGNING_SECRET": workspace.config.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": url,
        "SLIPWAY_REDIS_URL": redis_url,
        "SLIPWAY_LISTEN": f"127.0.0.1:{ports['slipway']}",
        "SLIPWAY_LOG_LEVEL": "WARNING",
    }
    for name in ("slipway", *more):
        environment["SLIPWAY_LISTEN"] = f"127.0.0.1:{ports[name]}"
        processes.start(name, python("bot.cli", "bot"), environment)
    if works:
        processes.start("worker", python("bot.cli", "worker"), environment)
    for kind in ("floor", "bare"):
        words = [kind, str(ports[kind]), str(folder / f"{kind}.db"), redis_url]
        processes.start(kind, python("tests.bench.bare", *words), environment)
    for kind, port in ports.items():
        _await(kind, port, processes)
    return House(ports, folder, redis_url, workspace)


def _people(config: WorkspaceConfig) -> WorkspaceConfig:
    """Add people: no one person may have so much pending."""
    crowd = tuple(person(number) for number in range(PEOPLE))
    people = tuple(Person(id=each, name=each.lower(), real_name=each) for each in crowd)
    groups = tuple(
        group.model_copy(update={"users": (*group.users, *crowd)})
        if group.id == "S0DEVS"
        else group
        for group in config.groups
    )
    return config.model_copy(update={"people": (*config.people, *people), "groups": groups})


def _targets(text: str, count: int) -> str:
    """Add targets that are like checkout, each a component of its own."""
    head, _, rest = text.partition("  billing:\n")
    pattern = head.rpartition("  checkout:\n")[2].replace("    aliases: [co]\n", "")
    more = "".join(
        f"  bench-{number}:\n{pattern.replace(CHECKOUT_ID, _component(number))}"
        for number in range(count)
    )
    return f"{head}{more}  billing:\n{rest}"


def _crowded(config: HuaweiConfig, count: int) -> HuaweiConfig:
    """Add the components of these targets, each like checkout."""
    [checkout] = [each for each in config.components if each.id == CHECKOUT_ID]
    more = tuple(
        checkout.model_copy(update={"id": _component(number), "name": f"bench-{number}"})
        for number in range(count)
    )
    return config.model_copy(update={"components": (*config.components, *more)})


def _component(number: int) -> str:
    return str(UUID(int=number + 1))


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
