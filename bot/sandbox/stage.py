"""The stage: the simulators, Redis, the journal, the real bot and the real workers."""

import base64
import os
import secrets
import shlex
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from bot.core.errors import ConfigurationError
from bot.core.rules import FreezeBegun
from bot.journal import Journal, journal_on, migrate, open_engine
from bot.sandbox.clouds import (
    CloudpodsCloud,
    HuaweiCloud,
    StoppableClock,
    cloudpods_app,
    huawei_app,
    sandbox_cloudpods,
    stage_config,
)
from bot.sandbox.content import HOOK, SECRETS, stage_configuration, stricter, workspace_config
from bot.sandbox.controls import Controls, watch
from bot.sandbox.monitor import Monitor
from bot.sandbox.ports import NO_TLS, free_port, kept_port
from bot.sandbox.processes import Processes, home, python
from bot.sandbox.redis import start_redis
from bot.sandbox.slack import Workspace, served, served_app
from bot.sandbox.trouble import troubles

STATIC: Final = Path(__file__).parent / "static"
READY_SECONDS: Final = 60.0
DATABASE: Final = "slipway.db"
ENVIRONMENT: Final = "environment.sh"  # to be read by a shell
STRICTER: Final = "stricter.yaml"  # for `slipway policy test`
PATIENCE_SECONDS: Final = 5.0  # until people are told that it still starts
_PROXIES: Final = frozenset({"http_proxy", "https_proxy", "all_proxy", "no_proxy"})


@dataclass(frozen=True)
class Stage:
    """Everything that is on."""

    url: str  # where the page is
    hook: str  # where a pipeline posts to
    folder: Path
    environment: Mapping[str, str]  # of Slipway's own commands
    workspace: Workspace
    cloud: HuaweiCloud
    lab: CloudpodsCloud
    processes: Processes


@contextmanager
def stage(
    port: int | None = None,
    *,
    job_seconds: float = 4.0,
    keep: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[Stage]:
    """Set everything up and yield it when a typed command would work; take it all down after.

    Without a *port*, it is the same one at each start where nobody else has it. What is being
    done is told to *say*. The folder with journal and logs is gone after, unless it is to *keep*.

    Raises:
        ConfigurationError: a part does not start; with what it said last.
    """
    workspace, clock = Workspace(workspace_config()), StoppableClock()
    cloud = HuaweiCloud(stage_config(job_seconds=job_seconds), clock, wall=time.time)
    lab = CloudpodsCloud(sandbox_cloudpods(hook_seconds=job_seconds / 2, waits=True), clock)
    with home(keep=keep) as folder, _journal(folder, say) as journal:
        processes = Processes(folder)
        killing = partial(processes.kill_a_child, "worker")
        monitor = Monitor()
        made = troubles(workspace, (cloud.faults, lab.faults), clock, killing, monitor.send)
        controls = Controls(made, partial(_is_frozen, journal))
        shown = kept_port() if port is None else port
        with (
            served(workspace, STATIC, shown, more=controls.routes()),
            served_app(huawei_app(cloud)) as huawei,
            served_app(cloudpods_app(lab)) as cloudpods,
            _running(processes),
            _watched(controls, workspace),
        ):
            text = stage_configuration(huawei, cloudpods, folder / "anchors.jsonl")
            (folder / "slipway.yaml").write_text(text)
            (folder / STRICTER).write_text(stricter(text))
            environment = _started(folder, processes, workspace, say)
            monitor.address = f"http://{environment['SLIPWAY_LISTEN']}"
            yield Stage(
                url=workspace.base_url,
                hook=f"http://{environment['SLIPWAY_LISTEN']}/hooks/{HOOK}",
                folder=folder,
                environment=environment,
                workspace=workspace,
                cloud=cloud,
                lab=lab,
                processes=processes,
            )


@contextmanager
def _journal(folder: Path, say: Callable[[str], None]) -> Iterator[Journal]:
    say("Making the journal, an SQLite database …")
    engine = open_engine(_database(folder))
    try:
        migrate(engine)
        yield journal_on(engine)
    finally:
        engine.dispose()


@contextmanager
def _running(processes: Processes) -> Iterator[None]:
    try:
        yield
    finally:
        processes.stop()


@contextmanager
def _watched(controls: Controls, workspace: Workspace) -> Iterator[None]:
    ended = threading.Event()
    watching = threading.Thread(target=watch, args=(controls, workspace, ended), daemon=True)
    watching.start()
    try:
        yield
    finally:
        ended.set()
        watching.join()


def _is_frozen(journal: Journal) -> bool:
    """Whether somebody has frozen all, as the journal has it now."""
    kept, now = journal.target_facts.everywhere(), datetime.fromtimestamp(time.time(), UTC)
    frozen = (each for each in kept if isinstance(each, FreezeBegun) and each.scope == "all")
    return any(not each.is_over(now) for each in frozen)


def _database(folder: Path) -> str:
    return f"sqlite:///{folder / DATABASE}"


def _started(
    folder: Path, processes: Processes, workspace: Workspace, say: Callable[[str], None]
) -> dict[str, str]:
    """Start Redis, bot and workers, and wait for them; return the environment that they have."""
    say("Starting Redis …")
    redis_url = start_redis(processes, folder)
    key = folder / "audit.key"
    key.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
    address = f"127.0.0.1:{free_port()}"
    environment = {
        **SECRETS,
        "SLACK_BOT_TOKEN": workspace.config.bot_token,
        "SLACK_SIGNING_SECRET": workspace.config.signing_secret,
        "SLACK_API_URL": workspace.api_url,
        "SLIPWAY_CONFIG": str(folder / "slipway.yaml"),
        "SLIPWAY_DATABASE_URL": _database(folder),
        "SLIPWAY_REDIS_URL": redis_url,
        "SLIPWAY_AUDIT_KEY_FILE": str(key),
        "SLIPWAY_LISTEN": address,
    }
    exports = (f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
    (folder / ENVIRONMENT).write_text("".join(exports))
    workspace.request_url = f"http://{address}/slack/events"
    say("Starting the bot and the workers …")
    for name in ("bot", "worker"):
        words = python("bot.cli", name)
        processes.start(name, words, {**_inherited(os.environ), **environment})
    _await_ready(f"http://{address}", processes, say)
    return environment


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would point the sandbox elsewhere: our own variables, and proxies."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith(("SLIPWAY_", "SLACK_")) and name.lower() not in _PROXIES
    }


def _await_ready(address: str, processes: Processes, say: Callable[[str], None]) -> None:
    pause, began, told = threading.Event(), time.monotonic(), 0
    while time.monotonic() - began < READY_SECONDS:
        waited = int((time.monotonic() - began) / PATIENCE_SECONDS)
        if waited > told:
            told = waited
            say(f"… they are loading, {waited * PATIENCE_SECONDS:.0f} s so far")
        dead = processes.dead()
        if dead:
            raise ConfigurationError([f"the sandbox's {dead} ended:\n{processes.output(dead)}"])
        if _is_ready(address):
            return
        pause.wait(0.1)
    raise ConfigurationError([f"the sandbox is not ready:\n{processes.output('bot')}"])


def _is_ready(address: str) -> bool:
    try:
        answer = httpx.get(f"{address}/readyz", trust_env=False, verify=NO_TLS)
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.OK
