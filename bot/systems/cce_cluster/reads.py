"""The reads that the flows are made of."""

from datetime import datetime
from typing import Final, NamedTuple

from bot.core.codes import Value
from bot.core.codes.systems import AboutAnother, Ready
from bot.core.errors import CloudError, CloudRefusedError
from bot.core.flow import Call, Flow
from bot.core.plan import Observation
from bot.systems._huawei.cce import SERVICE, answered_at, identifier, is_identifier
from bot.systems._huawei.errors import is_absent
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.cce_cluster import versions
from bot.systems.cce_cluster.codes import Course, NothingOffered
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import (
    CLUSTER,
    ClusterView,
    NodeList,
    NodeView,
    SnapshotList,
    SnapshotTask,
    Task,
    TaskList,
    UpgradeInfo,
    UpgradePaths,
    Workflow,
    WorkflowList,
)

OPERATION: Final = "operation"


class Live(NamedTuple):
    """A cluster with what may be done to it; `info` is None where the API does not tell."""

    view: ClusterView
    info: UpgradeInfo | None
    workflows: tuple[Workflow, ...]  # newest first

    @property
    def version(self) -> str:
        """The exact version that runs, as far as it is told."""
        exact = self.info.version if self.info else ""
        return exact if versions.parsed(exact) else self.view.spec.version

    @property
    def open(self) -> tuple[Workflow, ...]:
        """The workflows that have not ended."""
        return tuple(each for each in self.workflows if each.is_open)


def read_live(target: Cluster) -> Flow[Live]:
    """Read the cluster, what is offered to it, and its workflows."""
    view = yield from read_cluster(target)
    info = yield from _read_info(target)
    workflows = yield from read_workflows(target)
    return Live(view, info, workflows)


def read_cluster(target: Cluster) -> Flow[ClusterView]:
    """Read the cluster itself, with how many nodes it has."""
    doing = f"read cluster {target.id}"
    view = parse(ClusterView, (yield get(target.path(), ("detail", "true"))), doing)
    if view.metadata.uid and view.metadata.uid != target.id:
        raise unreadable(doing=doing, why=AboutAnother(id=plain(view.metadata.uid)))
    return view


def _read_info(target: Cluster) -> Flow[UpgradeInfo | None]:
    try:
        reply = yield get(target.path("upgradeinfo"))
    except CloudRefusedError as error:
        if not is_absent(error):
            raise
        return None
    return parse(UpgradeInfo, reply, "read what the cluster may be upgraded to")


def read_workflows(target: Cluster) -> Flow[tuple[Workflow, ...]]:
    """Read the cluster's workflows, newest first where they tell their time."""
    reply = yield get(target.path(OPERATION, "upgradeworkflows"))
    rows = parse(WorkflowList, reply, "list the upgrade workflows").items
    return tuple(sorted(rows, key=lambda each: each.metadata.created, reverse=True))


def read_workflow(target: Cluster, uid: str) -> Flow[tuple[Workflow, datetime | None]]:
    """Read a workflow, and when that was by the answer's own word."""
    doing = f"read workflow {uid}"
    reply = yield get(target.path(OPERATION, "upgradeworkflows", identifier(uid, doing)))
    workflow = parse(Workflow, reply, doing)
    if workflow.uid != uid:
        raise unreadable(doing=doing, why=AboutAnother(id=workflow.uid))
    return workflow, answered_at(reply)


def read_upgrade(target: Cluster, uid: str) -> Flow[Task]:
    """Read an upgrade task."""
    doing = f"read upgrade task {uid}"
    reply = yield get(target.path(OPERATION, "upgrade", "tasks", identifier(uid, doing)))
    return own(parse(Task, reply, doing), uid, doing)


def current_upgrade(workflow: Workflow | None, task: str) -> str:
    """Return the task that the workflow's upgrade is now; *task* where it does not tell."""
    there = workflow.point(CLUSTER).task if workflow else ""
    return there if is_identifier(there) else task


def own(task: Task, uid: str, doing: str) -> Task:
    """Return *task* if it is the one that was asked for."""
    if task.uid != uid:
        raise unreadable(doing=doing, why=AboutAnother(id=task.uid))
    return task


def read_tasks(target: Cluster, kind: str) -> Flow[tuple[Task, ...]]:
    """Read all tasks of a *kind*: "precheck" or "upgrade"."""
    reply = yield get(target.path(OPERATION, kind, "tasks"))
    return tuple(parse(TaskList, reply, f"list the {kind} tasks").items)


def read_snapshots(target: Cluster) -> Flow[tuple[SnapshotTask, ...]]:
    """Read all backups of the control plane."""
    reply = yield get(target.path(OPERATION, "snapshot", "tasks", version="v3.1"))
    return tuple(parse(SnapshotList, reply, "list the snapshot tasks").items)


def read_ways(target: Cluster, version: str) -> Flow[tuple[str, ...]]:
    """Read to which versions ways lead from *version*; nothing where that is not told."""
    try:
        reply = yield get(target.paths_path)
    except CloudRefusedError:
        return ()
    paths = parse(UpgradePaths, reply, "read the upgrade paths").paths
    fitting = (each.targets for each in paths if versions.are_akin(each.version, version))
    return tuple(dict.fromkeys(target for targets in fitting for target in targets if target))


def observation(live: Live) -> Observation:
    """Return what people and plans need of the live state."""
    return Observation(
        revision=live.version or None,
        status=plain(live.view.status.phase),
        last_task=live.workflows[0].uid if live.workflows else None,
        facts=facts(live),
    )


def facts(live: Live) -> dict[str, Value]:
    """Return what people read of a cluster."""
    told: dict[str, Value] = {
        "cluster": live.view.metadata.name,
        "version": live.version,
        "platform": live.view.spec.platform,
        "nodes": _nodes(live.view),
        "state_reason": live.view.why,
        "offered": _offered(live.info),
        "upgrade": _upgrade(live.info),
        **{f"workflow:{each.uid}": course(each).reason for each in live.open},
    }
    return {name: stated for name, stated in told.items() if stated}


def course(workflow: Workflow) -> Course:
    """Return where a workflow leads and how far it has come."""
    phase = plain(workflow.phase)
    return Course(version=workflow.spec.after, status=phase, points=points(workflow))


def points(workflow: Workflow | None) -> tuple[str, ...]:
    """Return the state of each point of a workflow, in the vendor's words."""
    found = workflow.status.points if workflow else ()
    return tuple(plain(f"{each.kind} {each.status or '?'}") for each in found)


def read_nodes(target: Cluster) -> Flow[tuple[NodeView, ...]]:
    """Read the cluster's nodes; none where they are not told, as on Autopilot."""
    if target.flavour == "autopilot":
        return ()
    try:
        reply = yield get(target.path("nodes"))
        return tuple(parse(NodeList, reply, "list the nodes").items)
    except CloudError:
        return ()


def read_node_names(target: Cluster) -> Flow[dict[str, str]]:
    """Read what the nodes are called, by their uids, as far as that is told."""
    nodes = yield from read_nodes(target)
    return {each.metadata.uid: each.metadata.name for each in nodes if each.metadata.name}


def get(where: str, *query: tuple[str, str]) -> Call:
    """Return the call that reads *where*."""
    return Call(method="GET", service=SERVICE, path=where, query=query)


def _nodes(view: ClusterView) -> Value:
    if view.nodes is None:
        return ""
    return (
        str(view.nodes) if view.ready is None else Ready(ready=view.ready, wanted=view.nodes).reason
    )


def _offered(info: UpgradeInfo | None) -> Value:
    if info is None:
        return ""
    return ", ".join(info.targets) or NothingOffered().reason


def _upgrade(info: UpgradeInfo | None) -> str:
    if info is None or info.status.phase in {"", "Init"}:  # none has begun
        return ""
    progress = f", {info.status.progress}" if info.status.progress else ""
    return plain(f"{info.status.phase}{progress}")
