"""Calls to the simulated ServiceStage v2."""

from typing import Any, Final

import httpx

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
)
from tests.sandbox.servicestage_client import (
    PROJECT,
    World,
    a_world,
)

COMPONENTS: Final = f"/v2/{PROJECT}/cas/applications/{BILLING_APPLICATION_ID}/components"


COMPONENT: Final = f"{COMPONENTS}/{BILLING_COMPONENT_ID}"


INSTANCES: Final = f"{COMPONENT}/instances"


INSTANCE: Final = f"{INSTANCES}/{BILLING_INSTANCE_ID}"


SNAPSHOTS: Final = f"{INSTANCE}/snapshots"


NOBODY: Final = "00000000-0000-4000-8000-000000000000"


def odd(**changes: Any) -> World:
    """Return a cloud whose part of v2 makes other choices."""
    base = sandbox_config()
    part = base.servicestage_v2.model_copy(update=changes)
    return a_world(base.model_copy(update={"servicestage_v2": part}))


def act(world: World, action: str, instance: str = INSTANCE, **parameters: Any) -> httpx.Response:
    """Ask for an action."""
    body = {"action": action, **({"parameters": parameters} if parameters else {})}
    return world.client.post(f"{instance}/action", json=body)


def shown(world: World, instance: str = INSTANCE) -> dict[str, Any]:
    """Show an instance."""
    view: dict[str, Any] = world.client.get(instance).json()
    return view


def status(world: World, instance: str = INSTANCE) -> str:
    """Return an instance's status."""
    return str(shown(world, instance)["status_detail"]["status"])


def versions(world: World, query: str = "") -> list[Any]:
    """Return the versions of billing's snapshots."""
    page = world.client.get(SNAPSHOTS + query).json()
    return [row["version"] for row in page["snapshots"]]


def upgrade(version: str = "2.4.0", **changes: object) -> dict[str, object]:
    """Return the body of a PUT that brings out *version* of billing."""
    url = f"swr.cn-north-4.myhuaweicloud.com/shop/billing:{version}"
    artifact = {"storage": "swr", "type": "image", "url": url, "auth": "iam"}
    return {"version": version, "artifacts": {"billing": artifact}, **changes}
