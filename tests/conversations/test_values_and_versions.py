"""What a target can be deployed at, and the values of a release: asked in Slack."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.content import configuration
from tests.conversations.invariants import check
from tests.conversations.stage import opened
from tests.conversations.world import World


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        yield here
        check(here)


@pytest.mark.parametrize(
    ("target", "there", "runs"),
    [
        ("search", ["1.2.0", "1.1.0", "1.0.0"], "1.1.0"),
        ("etcd", ["8.12.0", "8.11.2", "8.11.1"], "8.11.1"),
        ("edge", ["v1.31", "v1.30"], "v1.29"),
        ("checkout", ["1.3.0", "1.2.0"], "1.3.0"),
        ("billing", ["2.3.0", "2.2.0"], "2.3.0"),
    ],
)
def test_versions_are_what_can_be_deployed(
    five: World, target: str, there: list[str], runs: str
) -> None:
    """Every system tells its versions, the newest first, and which of them runs."""
    said = five.command(f"/ops versions {target}").text
    places = [said.index(f"`{each}") for each in there]
    assert places == sorted(places), said
    (now,) = [line for line in said.splitlines() if "*runs now*" in line]
    assert runs in now
    assert ("as its history has them" in said) == (target in {"checkout", "billing"})


def test_values_are_those_that_are_set_and_the_charts(five: World) -> None:
    """CCE tells both; what was deployed last is what is set."""
    five.command("/deploy search imageTag=v2")
    five.settle()
    five.approve(five.card())
    said = five.command("/ops values search").text
    assert "chart search 1.1.0" in said
    given, defaults = said.split("*Defaults of the chart*")
    assert "• `imageTag`: v2" in given
    assert "• `index.shards`: 3" in given
    assert "• `image.tag`: 1.1.0" in defaults
    assert "index.shards" not in defaults


def test_values_can_be_looked_for_by_a_word(five: World) -> None:
    """The etcd chart has hundreds of values: what is left out is counted, and found by a word."""
    assert "… " in five.command("/ops values etcd").text
    said = five.command("/ops values etcd IMAGE.TAG").text
    assert "• `image.tag`: 3.5.8-debian-11-r8" in said
    assert "replicaCount" not in said


def test_values_that_cloudpods_cannot_show_are_those_that_slipway_sent(five: World) -> None:
    """After an upgrade Cloudpods shows the creation's values: what was sent is remembered."""
    five.command("/deploy etcd image.tag=3.5.9")
    five.settle()
    five.approve(five.card())
    given, _ = five.command("/ops values etcd").text.split("*Defaults of the chart*")
    assert "• `image.tag`: 3.5.9" in given


@pytest.mark.parametrize("target", ["checkout", "billing", "edge"])
def test_who_has_no_values_says_so(five: World, target: str) -> None:
    """Values of a component or a cluster are refused with what can be asked instead."""
    said = five.command(f"/ops values {target}").text
    assert "[unsupported_action]" in said
    assert "/ops status" in said


def test_an_unknown_target_is_refused(five: World) -> None:
    """A name that nobody knows is answered as such by both."""
    for word in ("values", "versions"):
        assert "[unknown_target]" in five.command(f"/ops {word} nothing").text
    assert five.recorded == ()


@pytest.mark.parametrize(
    ("target", "told"),
    [
        (
            "search",
            ["objects Deployment: search", "objects Service: search", "pods: 2 of 2 running"],
        ),
        (
            "etcd",
            [
                "objects statefulset: etcd-release",
                "objects k8s_service: etcd-release",
                "pods in the namespace: 1 of 1 running",
            ],
        ),
    ],
)
def test_the_status_of_a_release_has_its_objects(five: World, target: str, told: list[str]) -> None:
    """Objects by kind, and how many pods run: deployed does not mean ready."""
    said = five.command(f"/ops status {target}").text
    for each in told:
        assert f"• {each}" in said, said
