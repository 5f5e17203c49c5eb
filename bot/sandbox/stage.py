"""The stage: the simulators, Redis, the journal, the real bot and the real workers."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from bot.core.errors import ConfigurationError
from bot.journal import migrate, open_engine
from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    cloudpods_app,
    huawei_app,
    sandbox_cloudpods,
    sandbox_config,
)
from bot.sandbox.content import HOOK, SECRETS, configuration, workspace_config
from bot.sandbox.processes import Processes, home, python
from bot.sandbox.redis import free_port, start_redis
from bot.sandbox.slack import Workspace, served, served_app

STATIC: Final = Path(__file__).parent / "static"
READY_SECONDS: Final = 60.0
_PROXIES: Final = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


@dataclass(frozen=True)
class Stage:
    """Everything that is on."""

    url: str  # where the page is
    hook: str  # where a pipeline posts to
    workspace: Workspace
    cloud: HuaweiCloud
    lab: CloudpodsCloud
    processes: Processes


@contextmanager
def stage(port: int = 0, *, job_seconds: float = 4.0) -> Iterator[Stage]:
    """Set everything up and yield it when a typed command would work; take it all down after.

    Raises:
        ConfigurationError: a part does not start; with what it said last.
    """
    workspace = Workspace(workspace_config())
    cloud = HuaweiCloud(sandbox_config(job_seconds=job_seconds))
    lab = CloudpodsCloud(sandbox_cloudpods(hook_seconds=job_seconds / 2, waits=True))
    with (
        home() as folder,
        served(workspace, STATIC, port) as _,
        served_app(huawei_app(cloud)) as huawei,
        served_app(cloudpods_app(lab)) as cloudpods,
        _running(folder) as processes,
    ):
        (folder / "slipway.yaml").write_text(configuration(huawei, cloudpods))
        address = _start(folder, processes, workspace)
        _await_ready(address, processes)
        yield Stage(
            url=workspace.base_url,
            hook=f"{address}/hooks/{HOOK}",
            workspace=workspace,
            cloud=cloud,
            lab=lab,
            processes=processes,
        )


@contextmanager
def _running(folder: Path) -> Iterator[Processes]:
    processes = Processes(folder)
    try:
        yield processes
    finally:
        processes.stop()


def _start(folder: Path, processes: Processes, workspace: Workspace) -> str:
    """Start Redis, bot and workers; return the bot's address."""
    redis_url = start_redis(processes, folder)
    database_url = f"sqlite:///{folder / 'slipway.db'}"
    engine = open_engine(database_url)
    migrate(engine)
    engine.dispose()
    port = free_port()
    environment = {
        **_inherited(os.environ),
        **SECRETS,
        "SLACK_BOT_TOKEN": workspace.config.bot_token,
        "SLACK_SIGNING_SECRET": workspace.config.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": database_url,
        "SLIPWAY_REDIS_URL": redis_url,
        "SLIPWAY_LISTEN": f"127.0.0.1:{port}",
    }
    address = f"http://127.0.0.1:{port}"
    workspace.request_url = f"{address}/slack/events"
    processes.start("bot", python("bot.cli", "bot"), environment)
    processes.start("worker", python("bot.cli", "worker"), environment)
    return address


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would point the sandbox elsewhere: our own variables, and proxies."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("SLIPWAY_", "SLACK_")) and name.lower() not in _PROXIES
    }


def _await_ready(address: str, processes: Processes) -> None:
    pause = threading.Event()
    for _ in range(int(READY_SECONDS / 0.1)):
        dead = processes.dead()
        if dead:
            raise ConfigurationError([f"the sandbox's {dead} ended:\n{processes.output(dead)}"])
        if _is_ready(address):
            return
        pause.wait(0.1)
    raise ConfigurationError([f"the sandbox is not ready:\n{processes.output('bot')}"])


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
