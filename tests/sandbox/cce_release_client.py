"""Calls to the simulated releases of CCE."""

from typing import Any, Final

import httpx

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_releases import (
    SEARCH_CHART_ID,
    SEARCH_CLUSTER_ID,
    CceReleaseConfig,
    search_config,
)
from tests.sandbox.servicestage_client import World, a_world

PLACE: Final = (SEARCH_CLUSTER_ID, "monitoring", "search")


RELEASES: Final = f"/autopilot/cam/v3/clusters/{SEARCH_CLUSTER_ID}/releases"


SEARCH: Final = (
    f"/autopilot/cam/v3/clusters/{SEARCH_CLUSTER_ID}/namespace/monitoring/releases/search"
)


def a_release_world(content: CceReleaseConfig | None = None, *, writes: int | None = None) -> World:
    """Return a world with the sandbox's releases, or others; writes are not limited."""
    known = search_config() if content is None else content
    changed = {"cce_releases": known, "cce_writes_a_minute": writes}
    return a_world(sandbox_config().model_copy(update=changed))


def upgraded(world: World, chart_id: str = SEARCH_CHART_ID, **given: Any) -> httpx.Response:
    """Ask for an upgrade."""
    body = {"chart_id": chart_id, "action": "upgrade", "parameters": {}, "values": {}}
    return world.client.put(SEARCH, json={**body, **given})


def shown(world: World, where: str = SEARCH) -> dict[str, Any]:
    """Show a release."""
    view: dict[str, Any] = world.client.get(where).json()
    return view


def statuses(world: World) -> list[tuple[int, str]]:
    """Return the revisions with their statuses."""
    rows = world.client.get(f"{SEARCH}/history").json()
    return [(row["version"], row["status"]) for row in rows]
