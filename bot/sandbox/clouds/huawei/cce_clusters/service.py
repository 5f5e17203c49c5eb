"""CCE's clusters and the calls that upgrade them, for standard clusters and for Autopilot.

Source: https://support.huaweicloud.com/intl/en-us/api-cce/cce_02_0344.html
"""

from collections.abc import Callable
from functools import partial
from typing import Final

from pydantic import JsonValue

from bot.sandbox.clouds.http.wire import Answer, Call, JsonObject, Route
from bot.sandbox.clouds.huawei.cce_clusters.bodies import (
    CancelBody,
    CheckSpec,
    PostcheckBody,
    PrecheckBody,
    UpgradeBody,
    WorkflowBody,
    read,
)
from bot.sandbox.clouds.huawei.cce_clusters.rules import (
    busy,
    check_cancel,
    check_offer,
    check_precheck,
    check_skips,
    check_versions,
    conflict,
    missing,
)
from bot.sandbox.clouds.huawei.cce_clusters.state import Cluster, Clusters, Kind, Task, Workflow
from bot.sandbox.clouds.huawei.cce_clusters.views import Views
from bot.sandbox.clouds.huawei.cce_gateway import bad_request
from bot.sandbox.clouds.huawei.seeds.cce_clusters import Flavour

_BASES: Final[dict[Flavour, str]] = {"standard": "/api", "autopilot": "/autopilot"}
_LIST: Final = frozenset({"detail", "status", "type", "version"})
_DETAIL: Final = frozenset({"detail"})

Handler = Callable[[Cluster, Call], Answer]


class CceClusters:
    """The calls on the clusters of a project."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters
        self._views = Views(clusters.config)

    def routes(self) -> tuple[Route, ...]:
        """Return the calls of both flavours."""
        return (*self._family("standard"), *self._family("autopilot"), *self._pauses())

    def _family(self, flavour: Flavour) -> tuple[Route, ...]:
        base = _BASES[flavour]
        all_of_them = f"{base}/v3/projects/{{project_id}}/clusters"
        one = f"{all_of_them}/{{cluster_id}}"
        ops = f"{one}/operation"
        flows = f"{ops}/upgradeworkflows"
        snapshots = f"{one.replace('/v3/', '/v3.1/')}/operation/snapshot"
        on = partial(self._on, flavour)
        return (
            Route("GET", all_of_them, partial(self._list, flavour), _LIST),
            Route("GET", one, on(self._show), _DETAIL),
            Route("GET", f"{one}/upgradeinfo", on(self._info)),
            Route("GET", f"{one}/nodes", on(self._nodes)),
            Route("GET", f"{base}/v3/clusterupgradepaths", partial(self._paths, flavour)),
            Route("GET", f"{base}/v3/clusterupgradefeaturegates", self._gates),
            Route("POST", flows, on(self._create), takes_body=True),
            Route("GET", flows, on(self._flows)),
            Route("GET", f"{flows}/{{workflow_id}}", on(self._flow)),
            Route("PATCH", f"{flows}/{{workflow_id}}", on(self._cancel), takes_body=True),
            Route("POST", f"{ops}/precheck", on(self._precheck), takes_body=True),
            Route("GET", f"{ops}/precheck/tasks", on(partial(self._tasks, "PreCheck"))),
            Route("GET", f"{ops}/precheck/tasks/{{task_id}}", on(partial(self._task, "PreCheck"))),
            Route("POST", snapshots, on(self._snapshot)),
            Route("GET", f"{snapshots}/tasks", on(partial(self._tasks, "Snapshot"))),
            Route("POST", f"{ops}/upgrade", on(self._upgrade), takes_body=True),
            Route("POST", f"{ops}/upgrade/retry", on(self._retry)),
            Route("GET", f"{ops}/upgrade/tasks", on(partial(self._tasks, "Cluster"))),
            Route("GET", f"{ops}/upgrade/tasks/{{task_id}}", on(partial(self._task, "Cluster"))),
            Route("POST", f"{ops}/postcheck", on(self._postcheck), takes_body=True),
        )

    def _pauses(self) -> tuple[Route, ...]:
        """Return the two calls that Autopilot has not."""
        ops = "/api/v3/projects/{project_id}/clusters/{cluster_id}/operation/upgrade"
        return (
            Route("POST", f"{ops}/pause", self._on("standard", self._pause)),
            Route("POST", f"{ops}/continue", self._on("standard", self._continue)),
        )

    def _on(self, flavour: Flavour, handler: Handler) -> Callable[[Call], Answer]:
        """Find the cluster before *handler* is called."""

        def handle(call: Call) -> Answer:
            cluster = self._clusters.find(call.names["cluster_id"], call.at)
            if cluster is None or cluster.flavour != flavour:
                raise missing(what="cluster")
            return handler(cluster, call)

        return handle

    def _list(self, flavour: Flavour, call: Call) -> Answer:
        shown = [self._views.cluster(each) for each in self._clusters.of(flavour, call.at)]
        return Answer(body={"kind": "Cluster", "apiVersion": "v3", "items": list(shown)})

    def _show(self, cluster: Cluster, call: Call) -> Answer:
        in_detail = call.query.get("detail") == "true"
        return Answer(body=self._views.cluster(cluster, in_detail=in_detail))

    def _nodes(self, cluster: Cluster, call: Call) -> Answer:
        if cluster.flavour == "autopilot":
            raise missing(what="node")
        return Answer(body=self._views.nodes(cluster, call.at))

    def _info(self, cluster: Cluster, call: Call) -> Answer:
        return Answer(body=self._views.upgrade_info(cluster, call.at))

    def _paths(self, flavour: Flavour, call: Call) -> Answer:
        rows: list[JsonValue] = [
            {
                "version": each.version.rpartition(".")[0],
                "platformVersion": "cce.5.0",
                "targetVersions": [offer.rpartition(".")[0] for offer in each.offers],
            }
            for each in self._clusters.of(flavour, call.at)
        ]
        return Answer(body={"upgradePaths": rows})

    def _gates(self, _call: Call) -> Answer:
        gates: JsonObject = {"DisplayPreCheckDetail": "Support", "EvsSnapshot": "Default"}
        return Answer(body={"upgradeFeatureGates": gates})

    def _create(self, cluster: Cluster, call: Call) -> Answer:
        body = read(WorkflowBody, call.body)
        before = cluster.open_workflow(call.at)
        if before is not None:
            raise conflict(why=f"the upgrade workflow {before.uid} already exists")
        after = check_offer(cluster, body.spec.targetVersion)
        workflow = Workflow(
            uid=self._clusters.new_id(), before=cluster.version, after=after, made=call.at,
            updated=call.at,
        )  # fmt: skip
        cluster.workflows.append(workflow)
        return Answer(status=201, body=self._views.new_workflow(cluster, workflow))

    def _flows(self, cluster: Cluster, call: Call) -> Answer:
        rows = [self._views.workflow(cluster, each, call.at) for each in cluster.workflows]
        return Answer(body={"kind": "List", "apiVersion": "v3", "items": list(rows)})

    def _flow(self, cluster: Cluster, call: Call) -> Answer:
        view = self._views.workflow(cluster, _workflow(cluster, call), call.at)
        if call.disguise is not None and isinstance(view["status"], dict):
            view["status"]["phase"] = call.disguise
        return Answer(body=view)

    def _cancel(self, cluster: Cluster, call: Call) -> Answer:
        read(CancelBody, call.body)
        workflow = _workflow(cluster, call)
        check_cancel(cluster, workflow, self._clusters.config, call.at)
        workflow.is_cancelled, workflow.updated = True, call.at
        if cluster.phase == self._clusters.config.failed_phase:
            cluster.phase = "Available"
        return Answer(body=self._views.workflow(cluster, workflow, call.at))

    def _precheck(self, cluster: Cluster, call: Call) -> Answer:
        spec = read(PrecheckBody, call.body).spec
        workflow = self._open(cluster, call)
        check_versions(cluster, workflow, spec.clusterVersion, spec.targetVersion)
        skipped = tuple(
            (each.name, tuple(each.resourceSelector.values) if each.resourceSelector else ())
            for each in spec.skippedCheckItemList or []
        )
        check_skips(cluster, skipped)
        task = self._clusters.begin(cluster, workflow, "PreCheck", call.at)
        task.skipped = skipped
        return Answer(body=self._views.precheck(cluster, task, "Init"))

    def _snapshot(self, cluster: Cluster, call: Call) -> Answer:
        task = self._clusters.begin(cluster, self._open(cluster, call), "Snapshot", call.at)
        metadata: JsonObject = {"apiVersion": "v3.1", "kind": "Snapshot"}
        return Answer(body={"uid": task.uid, "metadata": metadata})

    def _upgrade(self, cluster: Cluster, call: Call) -> Answer:
        spec = read(UpgradeBody, call.body).spec
        action = spec.clusterUpgradeAction or spec.autopilotClusterUpgradeAction
        workflow = self._open(cluster, call)
        if action is None or cluster.phase != "Available":
            raise conflict(why=f"the cluster is {cluster.phase}")
        check_versions(cluster, workflow, None, action.targetVersion)
        check_precheck(workflow, call.at)
        task = self._clusters.begin(cluster, workflow, "Cluster", call.at)
        return Answer(body=self._views.begun(task, action))

    def _retry(self, cluster: Cluster, call: Call) -> Answer:
        workflow = self._open(cluster, call)
        task = workflow.tasks.get("Cluster")
        if task is None or task.status != "Failed":
            raise bad_request(why="there is no failed upgrade task")
        if self._clusters.config.retry_makes_task:
            self._clusters.begin(cluster, workflow, "Cluster", call.at)
        else:
            self._clusters.again(cluster, workflow, task, call.at)
        return Answer()

    def _pause(self, cluster: Cluster, call: Call) -> Answer:
        task = _upgrading(cluster, "Running", call)
        task.seconds, task.status = task.due - call.at, "Pause"
        return Answer()

    def _continue(self, cluster: Cluster, call: Call) -> Answer:
        task = _upgrading(cluster, "Pause", call)
        task.begun, task.status = call.at, "Running"
        return Answer()

    def _postcheck(self, cluster: Cluster, call: Call) -> Answer:
        spec: CheckSpec = read(PostcheckBody, call.body).spec
        workflow = self._open(cluster, call)
        said = (spec.clusterVersion, spec.targetVersion)
        if said != (workflow.before, workflow.after) or cluster.version != workflow.after:
            raise bad_request(why=f"{said[0]} to {said[1]} is not what was upgraded")
        task = self._clusters.begin(cluster, workflow, "PostCheck", call.at)
        task.ended = call.at
        task.status = "Failed" if task.failure else "Success"
        return Answer(body=self._views.postcheck(cluster, task))

    def _tasks(self, kind: Kind, cluster: Cluster, call: Call) -> Answer:
        rows = [self._shown(cluster, each, call) for each in cluster.of_kind(kind)]
        body: JsonObject = {"items": list(rows)}
        if kind == "Snapshot":
            ends = [each.ended for each in cluster.of_kind(kind) if each.status == "Success"]
            latest = next(reversed(ends), None)
            body["status"] = {"latestBackupTime": self._views.time(latest)}
        return Answer(body=body)

    def _task(self, kind: Kind, cluster: Cluster, call: Call) -> Answer:
        wanted = call.names["task_id"]
        found = next((each for each in cluster.of_kind(kind) if each.uid == wanted), None)
        if found is None or call.hides_jobs:
            raise missing(what="task")
        return Answer(body=self._shown(cluster, found, call))

    def _shown(self, cluster: Cluster, task: Task, call: Call) -> JsonObject:
        status = task.shown(call.at) if call.disguise is None else call.disguise
        if task.kind == "PreCheck":
            return self._views.precheck(cluster, task, status)
        if task.kind == "Snapshot":
            return self._views.snapshot(task, status, call.at)
        return self._views.upgrade(task, status, call.at)

    def _open(self, cluster: Cluster, call: Call) -> Workflow:
        """Return the workflow that a task belongs to, where nothing else runs."""
        if cluster.running is not None:
            raise busy(cluster.running)
        workflow = cluster.open_workflow(call.at)
        if workflow is not None:
            return workflow
        if self._clusters.config.wants_workflow:
            raise bad_request(why="the cluster has no upgrade workflow")
        after = max(cluster.offers, default=cluster.version)
        return Workflow(uid="", before=cluster.version, after=after, made=call.at, updated=call.at)


def _workflow(cluster: Cluster, call: Call) -> Workflow:
    wanted = call.names["workflow_id"]
    found = next((each for each in cluster.workflows if each.uid == wanted), None)
    if found is None:
        raise missing(what="upgrade workflow")
    return found


def _upgrading(cluster: Cluster, status: str, call: Call) -> Task:
    task = cluster.running
    if task is None or task.kind != "Cluster" or task.shown(call.at) != status:
        raise bad_request(why=f"there is no upgrade task that is {status}")
    return task
