"""What is watched is what there is: rules and dashboard ask for figures that a bot gives."""

import re

from tests.conversations.world import World
from tests.deploy.queries import metrics, quoted


def test_every_metric_that_is_watched_is_given(world: World) -> None:
    """A rule that asks for a figure of another name would never fire, and nobody would notice."""
    page = world.http.get(world.workspace.request_url.replace("/slack/events", "/metrics")).text
    given = set(re.findall(r"^# TYPE (slipway_\w+) ", page, re.MULTILINE))
    given |= {f"{each}_{part}" for each in given for part in ("bucket", "count")}
    assert quoted()
    assert (metrics() | quoted()) - {"up"} - given == set()
