"""The documented calls of an upgrade with their answers, and what its reads look like.

The workflow's answer is the vendor's own sample, to the letter; it was asked for v1.23 there and
leads to v1.19.16-r80, so the sample target asks for v1.19. The other bodies are put together from
the fields that the reference lists.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/CreateUpgradeWorkFlow.html
"""

from typing import Any, Final

from bot.core.flow import Call, Method, Reply
from bot.core.records import Parameters
from bot.core.system import Exchange, Sample

CLUSTER_ID: Final = "b4b9e60f-8aa2-11ee-af09-0255ac10004f"
WORKFLOW_ID: Final = "5ddfddfe-87db-11ec-b5e5-0255ac111914"
PRECHECK_ID: Final = "6b1c2f0a-87db-11ec-b5e5-0255ac111914"
SNAPSHOT_ID: Final = "71d0c7be-87db-11ec-b5e5-0255ac111914"
UPGRADE_ID: Final = "7f3e5f52-87db-11ec-b5e5-0255ac111914"
POSTCHECK_ID: Final = "8d9a4d16-87db-11ec-b5e5-0255ac111914"
NODE_ID: Final = "2c5e3d6e-8aa3-11ee-af09-0255ac10004f"
_BASE: Final = f"/api/v3/projects/{{project_id}}/clusters/{CLUSTER_ID}"
_BASE_3_1: Final = _BASE.replace("/v3/", "/v3.1/")
_WORKFLOWS: Final = f"{_BASE}/operation/upgradeworkflows"

WORKFLOW_BODY: Final[dict[str, Any]] = {
    "kind": "WorkFlowTask",
    "apiVersion": "v3",
    "spec": {"targetVersion": "v1.23"},
}

WORKFLOW: Final[dict[str, Any]] = {
    "kind": "WorkFlowTask",
    "apiVersion": "v3",
    "metadata": {"uid": WORKFLOW_ID},
    "spec": {
        "clusterID": CLUSTER_ID,
        "clusterVersion": "v1.17.17-r0",
        "targetVersion": "v1.19.16-r80",
    },
    "status": {
        "pointStatuses": [
            {"taskType": "PreCheck"},
            {"taskType": "Snapshot"},
            {"taskType": "Cluster"},
            {"taskType": "PostCheck"},
        ],
        "lineStatuses": [
            {"startPoint": {"taskType": "PreCheck"}, "endPoint": {"taskType": "Cluster"}},
            {"startPoint": {"taskType": "Cluster"}, "endPoint": {"taskType": "PostCheck"}},
        ],
    },
}

_TIMES: Final = {
    "creationTimestamp": "2022-02-07 06:44:26.000000 +0000 UTC",
    "updateTimestamp": "2022-02-07 07:31:02.000000 +0000 UTC",
}
_POINTS: Final[dict[str, str]] = {
    "PreCheck": PRECHECK_ID,
    "Snapshot": SNAPSHOT_ID,
    "Cluster": UPGRADE_ID,
    "PostCheck": POSTCHECK_ID,
}
ENDED_WORKFLOW: Final[dict[str, Any]] = {
    **WORKFLOW,
    "metadata": {"uid": WORKFLOW_ID, **_TIMES},
    "status": {
        "phase": "Success",
        "pointStatuses": [
            {"taskType": kind, "taskID": task, "status": "Success"}
            for kind, task in _POINTS.items()
        ],
        "lineStatuses": WORKFLOW["status"]["lineStatuses"],
    },
}

OLD_WORKFLOW: Final[dict[str, Any]] = {
    "kind": "WorkFlowTask",
    "apiVersion": "v3",
    "metadata": {
        "uid": "0e2f6a34-7b11-11ec-b5e5-0255ac111914",
        "creationTimestamp": "2022-01-21 18:06:51.000000 +0000 UTC",
        "updateTimestamp": "2022-01-21 18:20:09.000000 +0000 UTC",
    },
    "spec": WORKFLOW["spec"],
    "status": {"phase": "Cancel", "pointStatuses": [{"taskType": "PreCheck", "status": "Failed"}]},
}

CLUSTER: Final[dict[str, Any]] = {
    "kind": "Cluster",
    "apiVersion": "v3",
    "metadata": {
        "name": "edge",
        "uid": CLUSTER_ID,
        "annotations": {"totalNodesNumber": "2", "activeNodesNumber": "2"},
        "creationTimestamp": "2021-06-01 08:00:00.000000 +0000 UTC",
        "updateTimestamp": "2022-02-07 06:40:00.000000 +0000 UTC",
    },
    "spec": {
        "category": "CCE",
        "type": "VirtualMachine",
        "flavor": "cce.s2.small",
        "version": "v1.17.17",
        "platformVersion": "cce.7.0",
    },
    "status": {
        "phase": "Available",
        "endpoints": [{"url": "https://edge.example:5443", "type": "Internal"}],
        "isLocked": False,
    },
}

UPGRADE_INFO: Final[dict[str, Any]] = {
    "kind": "UpgradeInfo",
    "apiVersion": "v3",
    "metadata": {"uid": CLUSTER_ID},
    "spec": {
        "lastUpgradeInfo": {"phase": "", "progress": "", "completionTime": ""},
        "versionInfo": {
            "release": "v1.17.17",
            "patch": "r0",
            "suggestPatch": "",
            "targetVersions": ["v1.19.16-r80", "v1.23"],
        },
        "upgradeFeatureGates": {"supportUpgradePageV4": True},
    },
    "status": {"phase": "Init", "progress": "", "completionTime": ""},
}


def precheck(phase: str = "Success", **status: Any) -> dict[str, Any]:
    """Return a precheck task."""
    passed = {"phase": "Success", "itemsStatus": []}
    return {
        "kind": "PreCheckTask",
        "apiVersion": "v3",
        "metadata": {"uid": PRECHECK_ID, **_TIMES},
        "spec": {**WORKFLOW["spec"], "skippedCheckItemList": []},
        "status": {
            "phase": phase,
            "expireTimeStamp": "2022-02-07 07:44:26.000000 +0000 UTC",
            "message": "",
            "clusterCheckStatus": passed,
            "addonCheckStatus": passed,
            "nodeCheckStatus": {"phase": "Success", "nodeStageStatus": []},
            **status,
        },
    }


def node_finding(kind: str = "Risk", **more: Any) -> dict[str, Any]:
    """Return the part of a precheck's status that says what was found on a node."""
    item = {
        "name": "disk usage",
        "kind": kind,
        "group": "NodeCheck",
        "level": "Warning",
        "phase": "Failed",
        "message": "/var is 91 % full",
        "riskSource": {"nodeRisks": [{"NodeID": NODE_ID}]},
        "errorCodes": [],
        **more,
    }
    node = {"uid": NODE_ID, "name": "node-1", "status": "Active", "nodeType": "node"}
    stages = [{"nodeInfo": node, "itemsStatus": [item]}]
    return {"nodeCheckStatus": {"phase": "Failed", "nodeStageStatus": stages}}


def snapshot(phase: str = "Success", **more: Any) -> dict[str, Any]:
    """Return the list of snapshot tasks."""
    item = {"id": "1", "type": "master-backup", "status": phase, "message": "", **more}
    task = {
        "metadata": {"uid": SNAPSHOT_ID, **_TIMES},
        "spec": {"items": [item]},
        "status": {"phase": phase, "progress": "", "completionTime": ""},
    }
    return {"items": [task], "status": {"latestBackupTime": ""}}


def upgrade(phase: str = "Success", progress: str = "100", **metadata: str) -> dict[str, Any]:
    """Return an upgrade task."""
    return {
        "kind": "UpgradeTask",
        "apiVersion": "v3",
        "metadata": {"uid": UPGRADE_ID, **_TIMES, **metadata},
        "spec": {"version": "v1.17.17-r0", "targetVersion": "v1.19.16-r80", "items": []},
        "status": {"phase": phase, "progress": progress, "completionTime": ""},
    }


_POSTCHECK: Final[dict[str, Any]] = {
    "kind": "PostCheckTask",
    "apiVersion": "v3",
    "metadata": {"uid": POSTCHECK_ID},
    "spec": WORKFLOW["spec"],
    "status": {"phase": "Success"},
}
_PATHS: Final[dict[str, Any]] = {
    "upgradePaths": [
        {"version": "v1.17.17-r0", "platformVersion": "", "targetVersions": ["v1.19.16-r80"]},
        {"version": "v1.19.16-r80", "platformVersion": "", "targetVersions": ["v1.21", "v1.23"]},
    ]
}


def _exchange(
    method: Method, where: str, answer: Any, body: Any = None, status: int = 200
) -> Exchange:
    call = Call(method=method, service="cce", path=where, body=body)
    return Exchange(call=call, reply=Reply(status=status, body=answer))


def _checked(kind: str) -> dict[str, Any]:
    return {"apiVersion": "v3", "kind": kind, "spec": WORKFLOW["spec"]}


NODES: Final[dict[str, Any]] = {
    "kind": "List",
    "apiVersion": "v3",
    "items": [
        {"metadata": {"name": "edge-1"}, "status": {"phase": "Upgrading"}},
        {"metadata": {"name": "edge-2"}, "status": {"phase": "Active"}},
    ],
}

UPGRADE_BODY: Final[dict[str, Any]] = {
    "metadata": {"apiVersion": "v3", "kind": "UpgradeTask"},
    "spec": {
        "clusterUpgradeAction": {
            "strategy": {
                "type": "inPlaceRollingUpdate",
                "inPlaceRollingUpdate": {"userDefinedStep": 20},
            },
            "targetVersion": "v1.19.16-r80",
            "isOnlyUpgrade": True,
        }
    },
}
_BEGUN: Final[dict[str, Any]] = {  # the task itself is told by a look at it
    "metadata": {"uid": UPGRADE_ID},
    "spec": {
        "clusterUpgradeAction": {
            **UPGRADE_BODY["spec"]["clusterUpgradeAction"],
            "version": "v1.17.17-r0",
        }
    },
}
_PRECHECKS: Final = f"{_BASE}/operation/precheck"
_SNAPSHOTS: Final = f"{_BASE_3_1}/operation/snapshot"
_UPGRADES: Final = f"{_BASE}/operation/upgrade"

_CLUSTERS: Final = "/v3/projects/{project_id}/clusters"

EXAMPLES: Final = (
    _exchange("GET", f"/api{_CLUSTERS}", {"kind": "List", "apiVersion": "v3", "items": [CLUSTER]}),
    _exchange("GET", f"/autopilot{_CLUSTERS}", {"kind": "List", "apiVersion": "v3", "items": []}),
    _exchange("POST", _WORKFLOWS, WORKFLOW, WORKFLOW_BODY, status=201),
    _exchange("GET", f"{_WORKFLOWS}/{WORKFLOW_ID}", WORKFLOW),
    _exchange("GET", _WORKFLOWS, {"kind": "List", "apiVersion": "v3", "items": [OLD_WORKFLOW]}),
    _exchange("GET", _BASE, CLUSTER),
    _exchange("GET", f"{_BASE}/upgradeinfo", UPGRADE_INFO),
    _exchange("GET", f"{_BASE}/nodes", NODES),
    _exchange("GET", "/api/v3/clusterupgradepaths", _PATHS),
    _exchange("POST", _PRECHECKS, precheck("Init"), _checked("PreCheckTask")),
    _exchange("GET", f"{_PRECHECKS}/tasks/{PRECHECK_ID}", precheck("Running")),
    _exchange("GET", f"{_PRECHECKS}/tasks", {"items": [precheck("Running")]}),
    _exchange(
        "POST",
        _SNAPSHOTS,
        {"uid": SNAPSHOT_ID, "metadata": {"apiVersion": "v3.1", "kind": "Snapshot"}},
    ),
    _exchange("GET", f"{_SNAPSHOTS}/tasks", snapshot("Running")),
    _exchange("POST", _UPGRADES, _BEGUN, UPGRADE_BODY),
    _exchange("GET", f"{_UPGRADES}/tasks/{UPGRADE_ID}", upgrade("Running", "40")),
    _exchange("GET", f"{_UPGRADES}/tasks", {"items": [upgrade("Running", "40")]}),
    _exchange("POST", f"{_BASE}/operation/postcheck", _POSTCHECK, _checked("PostCheckTask")),
)

SAMPLE: Final = Sample(
    target={"cluster_id": CLUSTER_ID},
    asked={"deploy": Parameters(version="v1.19")},
    ended=(
        _exchange("GET", f"{_WORKFLOWS}/{WORKFLOW_ID}", ENDED_WORKFLOW),
        _exchange("GET", f"{_PRECHECKS}/tasks/{PRECHECK_ID}", precheck()),
        _exchange("GET", f"{_SNAPSHOTS}/tasks", snapshot()),
        _exchange("GET", f"{_UPGRADES}/tasks/{UPGRADE_ID}", upgrade()),
    ),
)
