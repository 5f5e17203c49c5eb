"""Calls to the simulated upgrade of CCE clusters."""

from typing import Any, Final

import httpx

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
    edge_config,
)
from tests.sandbox.servicestage_client import PROJECT, World, a_world

BASE: Final = f"/api/v3/projects/{PROJECT}/clusters/{EDGE_ID}"


OPS: Final = f"{BASE}/operation"


FLOWS: Final = f"{OPS}/upgradeworkflows"


SNAPSHOTS: Final = f"{OPS.replace('/v3/', '/v3.1/')}/snapshot"


WORKFLOW: Final = {"kind": "WorkFlowTask", "apiVersion": "v3", "spec": {"targetVersion": "v1.31"}}


VERSIONS: Final = {
    "clusterID": EDGE_ID,
    "clusterVersion": "v1.29.8-r0",
    "targetVersion": "v1.31.4-r2",
}


NODE: Final = edge_config().clusters[0].nodes[0]


def world(**choices: Any) -> World:
    """The sandbox's project, its cluster with other choices, writes without a limit."""
    clusters = edge_config(seconds=4).model_copy(update=choices)
    changes = {"cce_clusters": clusters, "cce_writes_a_minute": None}
    return a_world(sandbox_config().model_copy(update=changes))


def check(kind: str, **spec: Any) -> dict[str, Any]:
    """The body of a precheck or postcheck."""
    return {"kind": kind, "apiVersion": "v3", "spec": {**VERSIONS, **spec}}


def upgrade_body(key: str = "clusterUpgradeAction", **action: Any) -> dict[str, Any]:
    """The body of an upgrade."""
    strategy = {"type": "inPlaceRollingUpdate", "inPlaceRollingUpdate": {"userDefinedStep": 20}}
    given = {"strategy": strategy, "targetVersion": "v1.31.4-r2", "isOnlyUpgrade": True, **action}
    return {"metadata": {"apiVersion": "v3", "kind": "UpgradeTask"}, "spec": {key: given}}


def opened(there: World) -> str:
    """Open a workflow."""
    answer = there.client.post(FLOWS, json=WORKFLOW)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["metadata"]["uid"])


def checked(there: World, **spec: Any) -> str:
    """Let a precheck run to its end; return its phase."""
    answer = there.client.post(f"{OPS}/precheck", json=check("PreCheckTask", **spec))
    assert answer.status_code == 200, answer.text
    there.clock.turn(5)
    task = answer.json()["metadata"]["uid"]
    return str(there.client.get(f"{OPS}/precheck/tasks/{task}").json()["status"]["phase"])


def upgraded(there: World, **action: Any) -> str:
    """Start an upgrade; return its task."""
    answer = there.client.post(f"{OPS}/upgrade", json=upgrade_body(**action))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["metadata"]["uid"])


def task(there: World, uid: str) -> dict[str, Any]:
    """The status of an upgrade task."""
    status: dict[str, Any] = there.client.get(f"{OPS}/upgrade/tasks/{uid}").json()["status"]
    return status


def phase(there: World) -> str:
    """The cluster's phase."""
    return str(there.client.get(BASE).json()["status"]["phase"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """A refusal in one of CCE's forms."""
    assert answer.json()["errorMessage"]
    return answer.status_code, answer.json()["errorCode"]
