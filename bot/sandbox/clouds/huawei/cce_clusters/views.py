"""Clusters, workflows and tasks as CCE shows them."""

from datetime import UTC, datetime

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import JsonObject
from bot.sandbox.clouds.huawei.cce_clusters.bodies import UpgradeAction
from bot.sandbox.clouds.huawei.cce_clusters.state import (
    LINES,
    POINTS,
    Cluster,
    Kind,
    Task,
    Workflow,
)
from bot.sandbox.clouds.huawei.seeds.cce_clusters import CceClusterConfig, FindingSeed


class Views:
    """Shows things as the choices of *config* say."""

    def __init__(self, config: CceClusterConfig) -> None:
        self._config = config

    def time(self, at: float | None) -> str:
        """Return a time in the spelling that was chosen."""
        if at is None:
            return ""
        moment = datetime.fromtimestamp(at, tz=UTC)
        if self._config.go_times:
            return f"{moment:%Y-%m-%d %H:%M:%S.%f} +0000 UTC"
        return f"{moment:%Y-%m-%dT%H:%M:%SZ}"

    def cluster(self, cluster: Cluster, *, in_detail: bool = False) -> JsonObject:
        """Return a cluster."""
        count = str(len(cluster.nodes))
        annotations: JsonObject = {"totalNodesNumber": count, "activeNodesNumber": count}
        status: JsonObject = {"phase": cluster.phase, "isLocked": cluster.running is not None}
        if cluster.reason:
            status |= {"reason": cluster.reason, "message": cluster.reason}
        autopilot = cluster.flavour == "autopilot"
        return {
            "kind": "Cluster",
            "apiVersion": "v3",
            "metadata": {
                "uid": cluster.id,
                "name": cluster.name,
                "alias": cluster.name,
                "labels": {},
                "annotations": annotations if in_detail else {},
                "creationTimestamp": self.time(cluster.made),
                "updateTimestamp": self.time(cluster.made),
            },
            "spec": {
                "category": "CCE",
                "type": "VirtualMachine",
                "flavor": "cce.autopilot.cluster" if autopilot else "cce.s2.medium",
                "version": cluster.version.rpartition(".")[0],
                "platformVersion": "cce.5.0",
            },
            "status": status,
        }

    def nodes(self, cluster: Cluster, now: float) -> JsonObject:
        """Return the nodes of a cluster: an upgrade goes through them one after the other."""
        task = cluster.running
        is_upgrading = task is not None and task.kind == "Cluster" and task.shown(now) == "Running"
        share = int(task.progress(now)) if task is not None and is_upgrading else 100
        at = share * len(cluster.nodes) // 100
        rows: list[JsonValue] = [
            {
                "kind": "Node",
                "apiVersion": "v3",
                "metadata": {"uid": node.uid, "name": node.name},
                "spec": {"flavor": "c7.large.2", "az": "cn-north-4a"},
                "status": {"phase": "Upgrading" if number == at else "Active"},
            }
            for number, node in enumerate(cluster.nodes)
        ]
        return {"kind": "List", "apiVersion": "v3", "items": rows}

    def upgrade_info(self, cluster: Cluster, now: float) -> JsonObject:
        """Return what a cluster may be upgraded to."""
        release, _, patch = cluster.version.partition("-")
        last = next(reversed(cluster.of_kind("Cluster")), None)
        state: JsonObject = {
            "phase": "Init" if last is None else last.shown(now),
            "progress": "" if last is None else last.progress(now),
            "completionTime": self.time(None if last is None else last.ended),
        }
        return {
            "kind": "UpgradeInfo",
            "apiVersion": "v3",
            "metadata": {"uid": cluster.id},
            "spec": {
                "lastUpgradeInfo": state,
                "versionInfo": {
                    "release": release,
                    "patch": patch,
                    "suggestPatch": "",
                    "targetVersions": list(cluster.offers),
                },
                "upgradeFeatureGates": {"supportUpgradePageV4": True},
            },
            "status": state,
        }

    def new_workflow(self, cluster: Cluster, workflow: Workflow) -> JsonObject:
        """Return a workflow right after its creation: neither phase nor states are told."""
        points: list[JsonValue] = [{"taskType": kind} for kind in POINTS]
        return {
            **self._head(cluster, workflow),
            "status": {"pointStatuses": points, "lineStatuses": self._lines()},
        }

    def workflow(self, cluster: Cluster, workflow: Workflow, now: float) -> JsonObject:
        """Return a workflow."""
        points: list[JsonValue] = [self._point(workflow, kind, now) for kind in POINTS]
        return {
            **self._head(cluster, workflow),
            "status": {
                "phase": workflow.phase(now),
                "pointStatuses": points,
                "lineStatuses": self._lines(),
            },
        }

    def precheck(self, cluster: Cluster, task: Task, status: str) -> JsonObject:
        """Return a precheck."""
        names = {node.uid: node.name for node in cluster.nodes}
        on_cluster = [_item(each) for each in task.found if not each.nodes]
        stages: list[JsonValue] = [
            {
                "nodeInfo": {"uid": uid, "name": name, "status": "Active", "nodeType": "node"},
                "itemsStatus": [_item(each, uid) for each in task.found if uid in each.nodes],
            }
            for uid, name in names.items()
            if any(uid in each.nodes for each in task.found)
        ]
        shows_expiry = self._config.expiry_in == "precheck"
        return {
            "kind": "PreCheckTask",
            "apiVersion": "v3",
            "metadata": self._metadata(task),
            "spec": {
                "clusterID": cluster.id,
                "clusterVersion": task.before,
                "targetVersion": task.after,
                "skippedCheckItemList": [_skip(name, nodes) for name, nodes in task.skipped],
            },
            "status": {
                "phase": status,
                **({"expireTimeStamp": self.time(task.expires)} if shows_expiry else {}),
                "message": task.failure if task.ended is not None else "",
                "clusterCheckStatus": {"phase": status, "itemsStatus": list(on_cluster)},
                "addonCheckStatus": {"phase": status, "itemsStatus": []},
                "nodeCheckStatus": {"phase": status, "nodeStageStatus": stages},
            },
        }

    def snapshot(self, task: Task, status: str, now: float) -> JsonObject:
        """Return a backup of the control plane."""
        item: JsonObject = {
            "id": task.uid,
            "type": "master-backup",
            "status": status,
            "creationTimestamp": self.time(task.made),
            "updateTimestamp": self.time(task.updated),
            "message": task.failure if task.ended is not None else "",
        }
        return {
            "metadata": self._metadata(task),
            "spec": {"items": [item]},
            "status": self._progress(task, status, now),
        }

    def begun(self, task: Task, action: UpgradeAction) -> JsonObject:
        """Return the answer to an upgrade that begins: the task itself is told by a look at it."""
        asked: JsonObject = {"version": task.before, "targetVersion": task.after}
        strategy = action.strategy.model_dump(exclude_none=True)
        return {
            "metadata": {"uid": task.uid},
            "spec": {"clusterUpgradeAction": {**asked, "strategy": strategy}},
        }

    def upgrade(self, task: Task, status: str, now: float) -> JsonObject:
        """Return an upgrade task."""
        message = task.failure if task.ended is not None else ""
        return {
            "kind": "UpgradeTask",
            "apiVersion": "v3",
            "metadata": self._metadata(task, now),
            "spec": {"version": task.before, "targetVersion": task.after, "items": []},
            "status": {
                **self._progress(task, status, now),
                **({"message": message} if message else {}),
            },
        }

    def postcheck(self, cluster: Cluster, task: Task) -> JsonObject:
        """Return a postcheck, which has ended already."""
        return {
            "kind": "PostCheckTask",
            "apiVersion": "v3",
            "metadata": self._metadata(task),
            "spec": {
                "clusterID": cluster.id,
                "clusterVersion": task.before,
                "targetVersion": task.after,
            },
            "status": {"phase": task.status},
        }

    def _head(self, cluster: Cluster, workflow: Workflow) -> JsonObject:
        return {
            "kind": "WorkFlowTask",
            "apiVersion": "v3",
            "metadata": {
                "uid": workflow.uid,
                "creationTimestamp": self.time(workflow.made),
                "updateTimestamp": self.time(workflow.updated),
            },
            "spec": {
                "clusterID": cluster.id,
                "clusterVersion": workflow.before,
                "targetVersion": workflow.after,
            },
        }

    def _point(self, workflow: Workflow, kind: Kind, now: float) -> JsonObject:
        task = workflow.tasks.get(kind)
        if task is None:
            return {"taskType": kind, "status": "Init"}
        point: JsonObject = {
            "taskType": kind,
            "taskID": task.uid,
            "status": workflow.status(kind, now),
            "startTimeStamp": self.time(task.begun),
            "endTimeStamp": self.time(task.ended),
        }
        if kind == "PreCheck" and self._config.expiry_in == "workflow":
            point["expireTimeStamp"] = self.time(task.expires)
        return point

    def _lines(self) -> list[JsonValue]:
        flag: JsonValue = self._config.critical
        if self._config.texts_for_flags:
            flag = str(self._config.critical).lower()
        return [
            {"startPoint": {"taskType": start}, "endPoint": {"taskType": end}, "critical": flag}
            for start, end in LINES
        ]

    def _metadata(self, task: Task, now: float | None = None) -> JsonObject:
        is_touched = self._config.is_restless and task.status == "Failed"
        return {
            "uid": task.uid,
            "creationTimestamp": self.time(task.made),
            "updateTimestamp": self.time(now if is_touched else task.updated),
        }

    def _progress(self, task: Task, status: str, now: float) -> JsonObject:
        return {
            "phase": status,
            "progress": task.progress(now),
            "completionTime": self.time(task.ended),
        }


def _item(finding: FindingSeed, node: str = "") -> JsonObject:
    return {
        "name": finding.name,
        "kind": finding.kind,
        "group": finding.group,
        "level": finding.level,
        "phase": "Failed",
        "message": finding.message,
        "riskSource": {"nodeRisks": [{"NodeID": node}]} if node else {},
        "errorCodes": [],
    }


def _skip(name: str, nodes: tuple[str, ...]) -> JsonObject:
    if not nodes:
        return {"name": name}
    selector: JsonObject = {"key": "node.uid", "operator": "In", "values": list(nodes)}
    return {"name": name, "resourceSelector": selector}
