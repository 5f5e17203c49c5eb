"""One bot, running, with the fake and the driver of its own."""

import asyncio
import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from aiohttp import ClientError, ClientSession

from bot.sandbox.ports import free_port
from bot.sandbox.processes import Processes
from tests.bench.peers.driver import SECRET, Driver
from tests.bench.peers.environments import made
from tests.bench.peers.fake import Post
from tests.bench.peers.field import BOTS, Peer
from tests.bench.usage import family, memory

BOOT_SECONDS: Final = 120.0
BOOTING: Final = range(20_000, 20_020)  # the numbers of the first pings
ANSWER_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.05
OK: Final = 200


class NeverReadyError(Exception):
    """A bot that answered nothing; with the end of what it wrote."""


class Said(NamedTuple):
    """What the fake has seen."""

    posts: list[Post]
    calls: int
    refused: int

    def replies(self, numbers: Iterable[int]) -> dict[int, list[float]]:
        """Return when each of the numbers was answered, by number."""
        found: dict[int, list[float]] = {each: [] for each in numbers}
        for post in self.posts:
            if post.number in found and not post.is_reply:
                found[post.number].append(post.at)
        return found


class Slack:
    """The fake, asked from here."""

    def __init__(self, session: ClientSession, port: int) -> None:
        self._session = session
        self._address = f"http://127.0.0.1:{port}/control"

    async def said(self, since: int = 0) -> Said:
        """Return what was posted since the *since*-th post."""
        async with self._session.get(f"{self._address}/state?since={since}") as answer:
            told = await answer.json()
        return Said([Post(*each) for each in told["posts"]], told["calls"], told["refused"])

    async def limit(self, *, is_on: bool) -> None:
        """Switch the limit of posting on or off."""
        async with self._session.post(f"{self._address}/limit", data="on" if is_on else "off"):
            pass


class Bot(NamedTuple):
    """What a phase works with."""

    peer: Peer
    driver: Driver
    slack: Slack
    pids: list[int]
    started_at: float

    async def until(
        self, is_enough: Callable[[Said], bool], patience: float, quiet: float = float("inf")
    ) -> Said:
        """Wait until enough was said, or for so long, or until nothing new came for *quiet*."""
        began = heard_at = time.monotonic()
        before = -1
        while True:
            said = await self.slack.said()
            now = time.monotonic()
            if len(said.posts) != before:
                before, heard_at = len(said.posts), now
            if is_enough(said) or now - began > patience or now - heard_at > quiet:
                return said
            await asyncio.sleep(LOOK_SECONDS)

    def memory(self) -> float:
        """Return the MB that the bot's processes hold."""
        return memory([each for pid in self.pids for each in family(pid)])


Start: TypeAlias = Callable[[Path, dict[str, str]], "contextlib.AbstractContextManager[list[int]]"]


@asynccontextmanager
async def running(peer: Peer, start: Start) -> AsyncIterator[Bot]:
    """Run the bot until it has answered once."""
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as name:
        folder = Path(name)
        port, fake_port = free_port(), free_port()
        driver = Driver(peer, port)
        await driver.start()
        apart = folder / "fake"
        apart.mkdir()
        processes = Processes(apart)
        words = ["-m", "tests.bench.peers.fake", str(fake_port), driver.socket_address]
        processes.start("fake", [sys.executable, *words], os.environ)
        try:
            async with ClientSession() as session:
                slack = Slack(session, fake_port)
                await _patiently(slack.said)
                began = time.monotonic()
                with start(folder, _environment(folder, port, fake_port)) as pids:
                    bot = Bot(peer, driver, slack, pids, began)
                    await _answered_once(bot, folder)
                    yield bot
        finally:
            processes.stop()
            await driver.stop()


def _environment(folder: Path, port: int, fake_port: int) -> dict[str, str]:
    address = f"http://127.0.0.1:{fake_port}/api/"
    kept = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "PORT": str(port),
        "BENCH_FOLDER": str(folder),
        "SLACK_API_URL": address,
        "SLACK_BOT_TOKEN": "xoxb-1-2-bench",
        "SLACK_APP_TOKEN": "xapp-1-A0SLIPWAY-2-bench",
        "SLACK_SIGNING_SECRET": SECRET,
    }


@contextmanager
def started(peer: Peer, folder: Path, environment: dict[str, str]) -> Iterator[list[int]]:
    """Start a peer's program in its environment; give its process."""
    home = made(peer)
    place = folder / "bot"
    place.mkdir()
    if peer.folder:
        shutil.copytree(BOTS / peer.folder, place, dirs_exist_ok=True)
        for file in place.glob("*.yaml"):  # numbers that are no strings of the environment
            file.write_text(file.read_text().replace("$PORT", environment["PORT"]))
    if peer.is_node:
        words = _node(peer, home, place)
        settings = f'{{"clientOptions":{{"slackApiUrl":"{environment["SLACK_API_URL"]}"}}}}'
        more = {
            "HUBOT_SLACK_SOCKET_MODE_OPTS": settings,
            "HUBOT_SLACK_BOT_TOKEN": environment["SLACK_BOT_TOKEN"],
            "HUBOT_SLACK_APP_TOKEN": environment["SLACK_APP_TOKEN"],
            "HUBOT_LOG_LEVEL": "error",
        }
    else:
        words = [str(home / "bin" / "python"), *peer.program]
        more = {"PYTHONPATH": str(BOTS), "BENCH_SKILL": str(place / "ping")}
    with (folder / "bot.log").open("ab") as log:
        process = subprocess.Popen(
            words,
            cwd=place,
            env={**environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield [process.pid]
    finally:
        process.kill()
        process.wait()


def _node(peer: Peer, home: Path, place: Path) -> list[str]:
    (place / "node_modules").symlink_to(home / "node_modules")
    shutil.copy(home / "package.json", place)
    if peer.folder:
        (place / "scripts").mkdir()
        (place / "ping.mjs").rename(place / "scripts" / "ping.mjs")
    else:
        shutil.copy(BOTS / peer.program[0], place)
    return [shutil.which("node") or "node", *peer.program]


async def _patiently(ask: Callable[[], Awaitable[object]]) -> None:
    for _ in range(200):
        with contextlib.suppress(ClientError):
            await ask()
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _answered_once(bot: Bot, folder: Path) -> None:
    """Ping until one is taken, and wait for the answer; again, where none comes."""
    until = bot.started_at + BOOT_SECONDS
    for number in itertools.cycle(BOOTING):
        delivery = await bot.driver.send(number)
        is_taken = delivery.status == OK
        said = await bot.until(
            lambda said: bool(said.posts), ANSWER_SECONDS if is_taken else LOOK_SECONDS
        )
        if said.posts:
            return
        if time.monotonic() > until:
            break
    log = folder / "bot.log"
    raise NeverReadyError(log.read_text(errors="replace")[-2000:] if log.exists() else "")
