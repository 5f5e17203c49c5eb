"""Measures Slipway beside other bots, and writes docs/benchmarks.md.

The environments are made when they are first wanted, from the locks beside, and kept in the user's
cache. What needs Node is left out where there is none, and the page says so.

    python -m tests.bench.peers [--runs 3] [--commands 60] [--burst 200] [--only WORD] [--print]
"""

import argparse
import asyncio
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path
from typing import Final, TypeVar

from bot.app.resources import now
from tests.bench.peers.deployments import measured
from tests.bench.peers.environments import is_possible, made, version
from tests.bench.peers.field import FIELD, SLIPWAY, Peer
from tests.bench.peers.figures import Measured
from tests.bench.peers.page import written
from tests.bench.peers.phases import Calm, Hard, calm, hard
from tests.bench.peers.product import start_of
from tests.bench.peers.running import Bot, NeverReadyError, running
from tests.bench.peers.table import Machine

PAGE: Final = Path(__file__).parents[3] / "docs" / "benchmarks.md"
AT_ONCE: Final = 3  # bots in the hard phases, which wait more than they work

_Found = TypeVar("_Found", Calm, Hard)


def main() -> None:
    """Measure, and write or print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--commands", type=int, default=60, help="of the steady phase, to 100")
    parser.add_argument("--burst", type=int, default=200, help="commands at once, to 300")
    parser.add_argument("--only", default="", help="bots whose name has this word")
    parser.add_argument("--print", action="store_true", help="write no page")
    wanted = parser.parse_args()
    peers = [each for each in FIELD if wanted.only.lower() in each.name.lower()]
    for each in peers:
        if each.environment and is_possible(each):
            _say(f"{each.name}: its environment")
            made(each)
    began, load = time.monotonic(), os.getloadavg()[0]
    field = asyncio.run(_measured(peers, wanted.runs, wanted.commands, wanted.burst))
    _say("a plain Bolt app that deploys")
    results = [] if wanted.only else measured()
    machine = Machine(
        cores=os.cpu_count() or 1,
        python=platform.python_version(),
        node=_node(),
        kernel=f"{platform.system()} {platform.machine()}",
        date=now().astimezone(UTC).date().isoformat(),
        load=(load, os.getloadavg()[0]),
        runs=wanted.runs,
        commands=wanted.commands,
        burst=wanted.burst,
        seconds=time.monotonic() - began,
    )
    versions = {each.name: _version(each) for each in peers}
    page = written(field, versions, results, machine)
    if wanted.print or wanted.only:
        print(page)  # noqa: T201 - what was asked for
    else:
        PAGE.write_text(page)


async def _measured(
    peers: Sequence[Peer], runs: int, commands: int, burst: int
) -> dict[str, Measured]:
    """Measure the calm phases one bot after the other, in turn; the hard ones some at a time."""
    calms: dict[str, list[Calm]] = {each.name: [] for each in peers}
    faults = {each.name: "left out: it needs Node" for each in peers if not is_possible(each)}
    for run in range(runs):
        for peer in peers:
            if peer.name in faults:
                continue
            _say(f"{peer.name}: run {run + 1}")
            found = await _run(peer, partial(calm, commands=commands, burst=burst))
            if isinstance(found, Calm):
                calms[peer.name].append(found)
            else:
                faults[peer.name] = found
    able = [each for each in peers if each.name not in faults]
    _say("when it is not easy")
    hards = await _hard(able)
    return {
        each.name: Measured(
            tuple(calms[each.name]), hards.get(each.name), faults.get(each.name, "")
        )
        for each in peers
    }


async def _hard(peers: Sequence[Peer]) -> dict[str, Hard]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(peer: Peer) -> Hard | str:
        async with room:
            return await _run(peer, hard)

    found = await asyncio.gather(*(one(each) for each in peers))
    return {
        peer.name: each for peer, each in zip(peers, found, strict=True) if isinstance(each, Hard)
    }


async def _run(peer: Peer, phase: Callable[[Bot], Awaitable[_Found]]) -> _Found | str:
    try:
        async with running(peer, start_of(peer)) as bot:
            return await phase(bot)
    except NeverReadyError as error:
        _say(f"{peer.name}: {error}")
        return "answered nothing"


def _version(peer: Peer) -> str:
    if peer is SLIPWAY:
        return installed("slipway")
    return f"{peer.package} {version(peer)}"


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        return "none"
    return subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - what it is at


if __name__ == "__main__":
    main()
