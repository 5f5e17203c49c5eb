"""What a connection has, and what of it is no target yet: asked in Slack."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.catalogue import load
from bot.sandbox.clouds.huawei.content import CHECKOUT_ID
from bot.sandbox.content import configuration
from tests.conversations.invariants import check
from tests.conversations.places import ENVIRONMENT
from tests.conversations.stage import opened
from tests.conversations.world import World


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        yield here
        check(here)


def without(world: World, target: str) -> None:
    """Take a target out of slipway.yaml, and the hooks that name targets."""
    text = world.configuration.read_text()
    (entry,) = re.findall(rf"^  {target}:\n(?:    .*\n)+", text, re.MULTILINE)
    (hooks,) = re.findall(r"^hooks:\n(?:[ #].*\n)+", text, re.MULTILINE)
    world.edit(entry, "")
    world.edit(hooks, "")


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        ("huawei", ["application `shop`", "component `checkout` (shop)", "target `checkout`",
                    "instance `billing`", "cluster `edge` (standard)", "target `edge`",
                    "namespace `monitoring` (monitoring)", "release `search`", "chart `search`"]),
        ("lab", ["cluster `test122` · running", "namespace `default` (test122) · Active",
                 "repository `bitnami-new` (external)", "chart `bitnami-new/etcd` · 8.12.0",
                 "release `etcd-release` (test122/default)", "target `etcd`"]),
    ],
)  # fmt: skip
def test_a_connection_tells_all_that_it_has(five: World, connection: str, told: list[str]) -> None:
    """Kinds, places and states; what is a target already has its name."""
    said = five.command(f"/ops discover {connection}").text
    for each in told:
        assert each in said, (each, said)
    assert five.cloud.executed == ()


@pytest.mark.parametrize(
    ("target", "connection"),
    [("checkout", "huawei"), ("billing", "huawei"), ("edge", "huawei-user"), ("search", "huawei"),
     ("etcd", "lab")],
)  # fmt: skip
def test_what_is_no_target_yet_comes_as_lines_that_are_right(
    five: World, target: str, connection: str
) -> None:
    """Pasted under `targets:`, the lines make a target that can be asked for its status."""
    without(five, target)
    said = five.command(f"/ops discover {connection}").text
    blocks = re.findall(r"```\n?(.*?)```", said, re.DOTALL)
    (block,) = [each for each in blocks if f"  {target}" in each or target in each]
    assert load(five.configuration, ENVIRONMENT).targets.get(target) is None
    five.edit("targets:\n", f"targets:\n{block.rstrip()}\n")
    (name,) = yaml.safe_load(block)
    assert "[" not in five.command(f"/ops status {name}").text.splitlines()[0]
    assert f"target `{name}`" in five.command(f"/ops discover {connection}").text


def test_words_narrow_it(five: World) -> None:
    """Only what has all the words, among kind, name, place, state and system."""
    said = five.command("/ops discover huawei component running").text
    lines = [line for line in said.splitlines() if line.startswith("• ")]
    assert len(lines) == 2
    assert all(line.startswith("• component") for line in lines)
    assert "(0)" in five.command("/ops discover huawei nothing-like-it").text


def test_an_unknown_connection_is_refused_with_those_that_there_are(five: World) -> None:
    """Somebody who mistypes is told the names."""
    said = five.command("/ops discover huawai").text
    assert "[not_found]" in said
    assert "huawei" in said
    assert CHECKOUT_ID not in said
