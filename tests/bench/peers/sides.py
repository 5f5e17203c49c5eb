"""Slipway, and a plain Bolt app that does the same: each with a cloud and a Slack of its own."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.sandbox.clouds import HuaweiCloud, huawei_app
from bot.sandbox.content import workspace_config
from bot.sandbox.ports import free_port
from bot.sandbox.processes import Processes, python
from bot.sandbox.redis import start_redis
from bot.sandbox.slack import Channel, Person, RateLimits, Workspace, served, served_app
from tests.bench.load import PEOPLE, person
from tests.bench.peers.environments import made
from tests.bench.peers.field import BOTS, RECORDING
from tests.bench.peers.product import (
    cloud_config,
    component,
    configuration,
    one_channel,
    own_channel,
    prepared,
)
from tests.bench.usage import family

FREE: Final = range(30)  # numbers of targets that nobody approves
GATED: Final = range(30, 60)
CHANGES: Final = 12  # of a deployment, from the request to its end


class PlainCloud:
    """A cloud whose jobs tell ten steps, then that they have succeeded."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun: dict[str, float] = {}
        self.calls: Counter[int] = Counter()

    async def begin(self, request: Request) -> JSONResponse:
        """Begin a job."""
        name = request.path_params["name"]
        self.calls[int(name.partition("-")[2])] += 1
        self._begun.setdefault(name, time.monotonic())
        return JSONResponse({"name": name})

    async def look(self, request: Request) -> JSONResponse:
        """Say how far it is."""
        steps = CHANGES - 2
        gone = time.monotonic() - self._begun[request.path_params["name"]]
        done = min(steps, int(gone / self._seconds * steps))
        return JSONResponse({"state": "succeeded" if done == steps else f"step {done} of {steps}"})

    def app(self) -> Starlette:
        """Return it as a web application."""
        begin = Route("/jobs/{name}", self.begin, methods=["POST"])
        return Starlette(routes=[begin, Route("/jobs/{name}", self.look)])


class Side(NamedTuple):
    """One of the two, running, with the simulated Slack that it talks to."""

    name: str
    approve: str  # its button's `action_id`
    workspace: Workspace
    folder: Path
    programs: Mapping[str, Sequence[str]]
    environment: Mapping[str, str]
    channel: Callable[[int], str]  # of a target
    calls: Callable[[], Counter[int]]  # how often the cloud was asked to change whose target

    def start(self) -> None:
        """Start what a kill ends."""
        processes = Processes(self.folder)
        for name, words in self.programs.items():
            processes.start(name, list(words), self.environment)

    def kill(self) -> None:
        """Kill it and what it has forked, without a chance to clean up."""
        noted = self.folder / "processes.json"
        for pid, _ in json.loads(noted.read_text()):
            for each in family(pid):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
        noted.unlink()


@contextmanager
def plain(folder: Path, limits: RateLimits, seconds: float) -> Iterator[Side]:
    """Run the plain Bolt app; a job of its cloud takes so many seconds."""
    cloud = PlainCloud(seconds)
    with _slack(limits) as workspace, served_app(cloud.app()) as address:
        port = free_port()
        workspace.request_url = f"http://127.0.0.1:{port}/slack/events"
        words = [str(made(RECORDING) / "bin" / "python"), str(BOTS / "plain.py")]
        environment = {**_environment(workspace, port), "BENCH_CLOUD": address}
        side = Side(
            name="plain Bolt app",
            approve="approve",
            workspace=workspace,
            folder=folder,
            programs={"bot": words},
            environment=environment,
            channel=_channels(limits),
            calls=lambda: Counter(cloud.calls),
        )
        yield from _run(side)


@contextmanager
def slipway(folder: Path, limits: RateLimits, seconds: float) -> Iterator[Side]:
    """Run bot and worker; a job of the simulated cloud takes so many seconds."""
    cloud = HuaweiCloud(cloud_config((*FREE, *GATED), seconds))
    apart = folder / "apart"
    apart.mkdir()
    around = Processes(apart)
    with _slack(limits) as workspace, served_app(huawei_app(cloud)) as address:
        port = free_port()
        workspace.request_url = f"http://127.0.0.1:{port}/slack/events"
        redis_url = start_redis(around, apart)
        text = configuration(address, FREE, GATED, _channels(limits))
        side = Side(
            name="**Slipway**",
            approve="slipway.approve",
            workspace=workspace,
            folder=folder,
            programs={each: python("bot.cli", each) for each in ("bot", "worker")},
            environment=prepared(folder, _environment(workspace, port), redis_url, text),
            channel=_channels(limits),
            calls=lambda: _calls(cloud),
        )
        try:
            yield from _run(side)
        finally:
            around.stop()


def _channels(limits: RateLimits) -> Callable[[int], str]:
    """Return where targets are told about: under limits all in one channel."""
    return one_channel if limits.enabled else own_channel


def _run(side: Side) -> Iterator[Side]:
    try:
        side.start()
        yield side
    finally:
        side.kill()


def _calls(cloud: HuaweiCloud) -> Counter[int]:
    numbers = {component(number): number for number in (*FREE, *GATED)}
    ids = [each.path.split("/components/")[-1].split("/")[0] for each in cloud.executed]
    return Counter(numbers[each] for each in ids if each in numbers)


@contextmanager
def _slack(limits: RateLimits) -> Iterator[Workspace]:
    """Serve a workspace with many people: no one person may have so much pending."""
    config = workspace_config()
    crowd = tuple(person(number) for number in range(PEOPLE))
    people = tuple(Person(id=each, name=each.lower(), real_name=each) for each in crowd)
    everybody = (*(each.id for each in config.people), *crowd)
    more = (Channel(id=own_channel(each), name=f"bench-{each}") for each in (*FREE, *GATED))
    channels = tuple(
        each.model_copy(update={"members": everybody}) for each in (*config.channels, *more)
    )
    crowded = {"people": (*config.people, *people), "channels": channels}
    with served(Workspace(config.model_copy(update=crowded), limits=limits)) as workspace:
        yield workspace


def _environment(workspace: Workspace, port: int) -> dict[str, str]:
    kept = {name: each for name, each in os.environ.items() if not name.lower().endswith("_proxy")}
    return {
        **kept,
        "PORT": str(port),
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.config.bot_token,
        "SLACK_SIGNING_SECRET": workspace.config.signing_secret,
    }
