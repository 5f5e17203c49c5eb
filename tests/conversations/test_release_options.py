"""Options of one change of a release, and dry runs that the cloud itself checks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.huawei.seeds.cce_releases import SEARCH_CLUSTER_ID
from bot.sandbox.content import configuration
from tests.conversations.cards import DETAILS, words
from tests.conversations.invariants import check
from tests.conversations.places import BOB
from tests.conversations.stage import opened
from tests.conversations.world import World

SEARCH = (SEARCH_CLUSTER_ID, "monitoring", "search")


@pytest.fixture
def five(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world with the sandbox's own slipway.yaml."""
    with opened(folder, redis_url, configured=configuration) as here:
        yield here
        check(here)


def done(world: World, command: str) -> Any:
    """Carry a command out, and return the body that the cloud was sent."""
    world.command(command)
    world.settle()
    card = world.card()
    if world.operation(card).approvals_needed:
        card = world.approve(card)
    assert world.operation(card).phase.kind == "succeeded", world.thread(card)
    return world.cloud.executed[-1].body if world.cloud.executed else None


def test_options_of_a_deployment_are_read_and_sent(five: World) -> None:
    """What was typed stands on the card, and in the vendor's parameters of this change alone."""
    five.command("/deploy search 1.2.0 --no-hooks --recreate")
    five.settle()
    assert "options: `no-hooks, recreate`" in words(five.card())
    five.approve(five.card())
    sent: Any = five.cloud.executed[-1].body
    assert sent["parameters"] == {"dry_run": False, "no_hooks": True, "recreate": True}
    sent = done(five, "/rollback search --include-hooks")
    assert sent["parameters"] == {"dry_run": False, "include_hooks": True, "release_version": 2}
    assert done(five, "/deploy search 1.2.0")["parameters"] == {"dry_run": False}


def test_values_are_reset_to_the_charts(five: World) -> None:
    """`--reset-values`: nothing holds but what is typed now, over the chart's defaults."""
    done(five, "/deploy search imageTag=v2")
    five.command("/deploy search 1.2.0 replicas=4 --reset-values")
    five.settle()
    shown = words(five.card())
    assert "index.shards" in shown
    five.approve(five.card())
    sent: Any = five.cloud.executed[-1].body
    assert (sent["values"], sent["parameters"]["reset_values"]) == ({"replicas": 4}, True)
    assert five.cloud.releases.values(*SEARCH) == {"replicas": 4}
    assert done(five, "/deploy search replicas=5")["values"] == {"replicas": 5}


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("/deploy checkout 1.4.0 --no-hooks", ""),
        ("/upgrade edge v1.30 --recreate", ""),
        ("/deploy etcd 8.11.2 --no-hooks", "reset-values"),
        ("/rollback search --force", "no-hooks"),
    ],
)
def test_an_option_that_an_api_lacks_is_refused(five: World, command: str, known: str) -> None:
    """Nothing is quietly left out: what there is instead is named."""
    said = five.command(command).text
    assert "[usage]" in said
    assert "has no option" in said
    assert known in said
    assert five.recorded == ()


def test_options_of_a_rollback_at_cloudpods(five: World) -> None:
    """Its rollback takes two flags; the body has them."""
    five.command("/deploy etcd 8.11.2")
    five.settle()
    five.approve(five.card())
    five.command("/rollback etcd --recreate --force")
    five.settle()
    card = five.card()
    five.press(DETAILS, card, by=BOB)
    assert "force, recreate" in json.dumps(five.workspace.views(BOB)[-1].body)
    assert five.operation(card).phase.kind == "succeeded", five.thread(card)
    (sent,) = [each for each in five.lab.executed if each.path.endswith("/rollback")]
    assert sent.body == {"release": {"revision": 1, "force": True, "recreate": True}}


def test_a_dry_run_of_a_cce_release_is_checked_by_cce(five: World) -> None:
    """The change is sent with `dry_run`: CCE says what it thinks, and nothing changes."""
    said = five.command("/deploy search 1.2.0 replicas=3 --dry-run").text
    assert "The cloud has checked it and has no objection" in said
    asked = [each for each in five.cloud.requests if each.method == "PUT"]
    assert len(asked) == 1
    assert five.cloud.executed == ()
    assert five.recorded == ()
    assert "1.1.0" in five.command("/ops status search").text


def test_what_cce_would_refuse_is_said_by_the_dry_run(five: World) -> None:
    """A plan that looks right here may be refused there, and that is told before anybody asks."""
    five.breaks(
        Fault(
            kind="answer",
            match="PUT *",
            status=400,
            body={"errorCode": "CCE.01400001", "errorMessage": "chart does not render"},
        )
    )
    said = five.command("/deploy search 1.2.0 --dry-run").text
    assert "The cloud would refuse it" in said
    assert "chart does not render" in said
    five.breaks(Fault(kind="drop", match="PUT *"))
    assert "The cloud could not check it" in five.command("/deploy search 1.2.0 --dry-run").text


def test_no_dry_run_is_ever_sent_to_cloudpods(five: World) -> None:
    """Its upgrade takes the flag for nothing and upgrades: only reads are made there."""
    said = five.command("/deploy etcd 8.11.2 --dry-run").text
    assert "The cloud" not in said
    assert all(each.method == "GET" for each in five.lab.requests if "/auth/" not in each.path)
    assert five.lab.executed == ()
