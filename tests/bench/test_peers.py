"""The parts of the bench against peers: figures, the fake, locks, and the page that it writes."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.bench.peers.deployments import Killed, Result, Stormed, told
from tests.bench.peers.driver import command, event
from tests.bench.peers.environments import LOCKS, version
from tests.bench.peers.fake import CHANNEL, app
from tests.bench.peers.field import FIELD, SLIPWAY, Peer
from tests.bench.peers.figures import Measured, cut, milliseconds
from tests.bench.peers.page import written
from tests.bench.peers.phases import Calm, Hard, Times
from tests.bench.peers.product import NUMBERS, cloud_config
from tests.bench.peers.table import CALM, HARD, Machine, of_field, table

PAGE: Final = Path(__file__).parents[2] / "docs" / "benchmarks.md"
OTHERS: Final = [each for each in FIELD if each is not SLIPWAY]
MACHINE: Final = Machine(2, "3.11", "v20", "Linux", "2026-11-29", (0.1, 0.2), 3, 100, 300, 60.0)


def times(*seconds: float) -> Times:
    """A phase whose acknowledgements and replies took so long."""
    return Times(list(seconds), list(seconds), 0, 0, 0, 20.0)


def run(*seconds: float) -> Calm:
    """A calm run with such a steady phase."""
    return Calm(1.0, 5, 1.0, times(*seconds), [2.0], times(0.5), 40.0)


STORMED: Final = Stormed(20, [1.0, 3.0], 4, [0.1], 0)
RESULTS: Final = [
    Result(name, Killed(20, 0, 0), 10, STORMED) for name in ("**Slipway**", "plain Bolt app")
]
HARD_RUN: Final = Hard(40, 40, "401, not carried out", 3, 18.4, 17, 0, 5, 0)


@pytest.mark.parametrize(
    ("values", "percent", "wanted"),
    [([], 50, None), ([3.0], 99, 3.0), ([4.0, 1.0, 3.0, 2.0], 50, 2.5), ([0.0, 10.0], 95, 9.5)],
)
def test_percentiles(values: list[float], percent: int, wanted: float | None) -> None:
    """A percentile lies between the neighbours of its place; of nothing there is none."""
    assert cut(values, percent) == wanted


def test_the_middle_run_counts() -> None:
    """What is told is the median of the runs' percentiles, not one of all values together."""
    measured = Measured((run(0.001), run(0.002), run(0.9)), None)
    assert milliseconds(measured, lambda each: each.steady.acknowledged, 50, 95) == "2.0/2.0"


def test_a_table_has_a_cell_for_each_column() -> None:
    """Also the row of a bot that answered nothing, which says so."""
    field = {"A": Measured((run(0.01),), HARD_RUN), "B": Measured((), None, "answered nothing")}
    for columns in (CALM, HARD):
        lines = of_field(columns, field).splitlines()
        assert {line.count("|") for line in lines} == {len(columns) + 2}
        assert lines[3].startswith("| B | answered nothing | - |")
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n|---|---|\n| 1 | 2 |"


def test_the_table_of_deployments_has_a_column_for_each_side() -> None:
    """And says of each what came of it, in seconds where that is a time."""
    lines = told(RESULTS).splitlines()
    assert lines[0] == "|  | **Slipway** | plain Bolt app |"
    assert "| (c) from an end to its line: p50 | 2.0 s | 2.0 s |" in lines
    assert "| (b) changes made of 10 that two people approve at once | 10 | 10 |" in lines


def test_the_fake_knows_what_is_answered_and_limits_it() -> None:
    """A reply is known by its number or its thread; under the limit the fourth post is refused."""

    async def told() -> tuple[dict[str, Any], list[int]]:
        async with TestClient(TestServer(app("ws://127.0.0.1:9/link"))) as client:
            card = {"channel": CHANNEL, "text": "bench-17: requested"}
            answer = await client.post("/api/chat.postMessage", json=card)
            ts = (await answer.json())["ts"]
            final = {"channel": CHANNEL, "text": "It has succeeded", "thread_ts": ts}
            await client.post("/api/chat.postMessage", data=final)
            await client.post("/control/limit", data="on")
            posts = [
                await client.post("/api/chat.postMessage", data={"text": f"pong {number}"})
                for number in range(4)
            ]
            state = await client.get("/control/state")
            return await state.json(), [each.status for each in posts]

    state, statuses = asyncio.run(told())
    assert statuses == [200, 200, 200, 429]
    assert [post[:3] for post in state["posts"]] == [
        [17, False, False],
        [17, True, True],
        *([number, False, False] for number in range(3)),
    ]
    assert (state["calls"], state["refused"]) == (6, 1)


def test_each_delivery_has_a_name_of_its_own() -> None:
    """A trigger or event id names a delivery: who takes two for one takes them by that."""
    assert command("/ping 1", "1")["trigger_id"] != command("/ping 1", "again-1")["trigger_id"]
    assert event("ping 1", "1")["event_id"] == event("ping 1", "1")["event_id"]
    assert command("/deploy bench-1 1.4.0", "1")["text"] == "bench-1 1.4.0"


def test_each_command_has_a_target_of_its_own() -> None:
    """Or the lock of a target would be measured."""
    names = [each.name for each in cloud_config().components]
    assert len(names) == len(set(names)) == len(NUMBERS) == len(set(NUMBERS))


@pytest.mark.parametrize("peer", OTHERS, ids=lambda peer: peer.name)
def test_a_peer_is_installed_by_a_lock_with_hashes(peer: Peer) -> None:
    """Its version is what the lock says, and no lock names an address."""
    assert re.fullmatch(r"[\d.]+", version(peer))
    if peer.is_node:
        lock = json.loads((LOCKS / peer.environment / "package-lock.json").read_text())
        packages = [each for name, each in lock["packages"].items() if name]
        assert all("integrity" in each and "resolved" not in each for each in packages)
        return
    entries = re.split(r"\n(?=[a-z0-9])", (LOCKS / f"{peer.environment}.lock").read_text().strip())
    assert all("--hash=sha256:" in each and "://" not in each for each in entries)


def test_the_page_is_what_the_command_writes() -> None:
    """docs/benchmarks.md has the words, columns, bots and versions of the code as it is."""
    versions = {each.name: "" for each in FIELD}
    empty = {each.name: Measured((), None) for each in FIELD}
    assert list(skeleton(PAGE.read_text())) == list(
        skeleton(written(empty, versions, RESULTS, MACHINE))
    )
    for peer in OTHERS:
        assert f"| {peer.name} | {peer.package} {version(peer)} |" in PAGE.read_text()


def skeleton(page: str) -> Iterator[str]:
    """The lines without figures: of a table its heads, and the first cell of each row."""
    lines = page.splitlines()
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith(("Measured on ", "Of Slipway's ")):
            continue
        is_row = line.startswith("| ") and not after.startswith("|---")
        yield line.split("|")[1] if is_row else line
