"""What is watched is what there is: rules and dashboard ask for figures that a bot gives."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot.metrics import UNPROVEN
from handlers.hooks.proofs import Refused
from tests.conversations.pipelines import HOOKS, Pipeline
from tests.conversations.stage import opened
from tests.conversations.world import World
from tests.deploy.queries import RULES, metrics, quoted


def _page(world: World) -> str:
    return world.http.get(world.workspace.request_url.replace("/slack/events", "/metrics")).text


@pytest.fixture
def hooked(folder: Path, redis_url: str) -> Iterator[World]:
    """Open a world that has a hook."""
    with opened(folder, redis_url, more=HOOKS) as here:
        yield here


def test_every_metric_that_is_watched_is_given(world: World) -> None:
    """A rule that asks for a figure of another name would never fire, and nobody would notice."""
    page = _page(world)
    given = set(re.findall(r"^# TYPE (slipway_\w+) ", page, re.MULTILINE))
    given |= {f"{each}_{part}" for each in given for part in ("bucket", "count")}
    assert quoted()
    assert (metrics() | quoted()) - {"up"} - given == set()


def test_the_first_request_that_a_hook_refuses_is_seen(hooked: World) -> None:
    """Prometheus knows no increase of what begins at 1, and its sender may never come again."""
    [expression] = (
        each["expr"]
        for group in RULES["groups"]
        for each in group["rules"]
        if each.get("alert") == "SlipwayHookRefused"
    )
    [watched] = re.findall(r'verdict=~"([a-z_|]+)"', expression)
    assert set(watched.split("|")) == set(UNPROVEN)
    assert set(UNPROVEN) == set(get_args(Refused.model_fields["cause"].annotation))
    for verdict in UNPROVEN:
        figure = f'slipway_hook_requests_total{{hook="ci",verdict="{verdict}"}}'
        assert f"\n{figure} 0.0\n" in _page(hooked)
    assert hooked.http.post(Pipeline(hooked).address, content=b"{}").status_code == 401
    assert 'slipway_hook_requests_total{hook="ci",verdict="header_grammar"} 1.0' in _page(hooked)
