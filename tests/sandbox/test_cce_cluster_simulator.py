"""The simulated clusters are strict, and what they tell follows from what was done to them."""

from typing import Any, Final

import httpx
import pytest

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.http.wire import RefusedError
from bot.sandbox.clouds.huawei.cce_gateway import Throttle
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
    CceClusterConfig,
    ClusterSeed,
    FindingSeed,
    NodeSeed,
    edge_config,
)
from tests.sandbox.servicestage_client import PROJECT, Bearer, World, a_world

BASE: Final = f"/api/v3/projects/{PROJECT}/clusters/{EDGE_ID}"
OPS: Final = f"{BASE}/operation"
FLOWS: Final = f"{OPS}/upgradeworkflows"
SNAPSHOTS: Final = f"{OPS.replace('/v3/', '/v3.1/')}/snapshot"
WORKFLOW: Final = {"kind": "WorkFlowTask", "apiVersion": "v3", "spec": {"targetVersion": "v1.31"}}
CANCEL: Final = {"status": {"phase": "Cancel"}}
VERSIONS: Final = {
    "clusterID": EDGE_ID,
    "clusterVersion": "v1.29.8-r0",
    "targetVersion": "v1.31.4-r2",
}
NODE: Final = edge_config().clusters[0].nodes[0]
RISK: Final = FindingSeed(name="disk", message="full", nodes=(NODE.uid,))
EXCEPTION: Final = FindingSeed(name="kubelet", kind="Exception", level="Fatal")


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


def flow(there: World, uid: str) -> tuple[str, dict[str, str]]:
    """A workflow's phase and the states of its points."""
    status = there.client.get(f"{FLOWS}/{uid}").json()["status"]
    points = {each["taskType"]: each["status"] for each in status["pointStatuses"]}
    return status["phase"], points


def phase(there: World) -> str:
    """The cluster's phase."""
    return str(there.client.get(BASE).json()["status"]["phase"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """A refusal in one of CCE's forms."""
    assert answer.json()["errorMessage"]
    return answer.status_code, answer.json()["errorCode"]


def test_the_documented_workflow_works_literally() -> None:
    """The vendor's request, and its answer: exact versions, bare points, lines, no phase."""
    there = a_world(
        sandbox_config().model_copy(
            update={
                "cce_clusters": CceClusterConfig(
                    clusters=(
                        ClusterSeed(
                            id=EDGE_ID, name="edge", version="v1.17.17-r0", offers=("v1.23.5-r0",)
                        ),
                    )
                )
            }
        ),
        auth=Bearer(),
    )
    body = {"kind": "WorkFlowTask", "apiVersion": "v3", "spec": {"targetVersion": "v1.23"}}
    answer = there.client.post(FLOWS, json=body)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["kind"], shown["apiVersion"]) == ("WorkFlowTask", "v3")
    assert shown["spec"] == {
        "clusterID": EDGE_ID, "clusterVersion": "v1.17.17-r0", "targetVersion": "v1.23.5-r0",
    }  # fmt: skip
    assert shown["status"]["pointStatuses"] == [
        {"taskType": kind} for kind in ("PreCheck", "Snapshot", "Cluster", "PostCheck")
    ]
    assert "phase" not in shown["status"]
    assert [(each["startPoint"], each["endPoint"]) for each in shown["status"]["lineStatuses"]] == [
        ({"taskType": "PreCheck"}, {"taskType": "Cluster"}),
        ({"taskType": "Cluster"}, {"taskType": "PostCheck"}),
    ]


@pytest.mark.parametrize("key", ["clusterUpgradeAction", "autopilotClusterUpgradeAction"])
def test_an_upgrade_moves_its_points(key: str) -> None:
    """Phases follow from the tasks; the version changes at the end."""
    there = world()
    uid = opened(there)
    assert flow(there, uid) == ("Init", dict.fromkeys(POINTS, "Init"))
    assert checked(there) == "Success"
    assert flow(there, uid)[0] == "Running"
    there.client.post(SNAPSHOTS)
    there.clock.turn(5)
    item = there.client.get(f"{SNAPSHOTS}/tasks").json()["items"][0]
    assert (item["status"]["phase"], item["spec"]["items"][0]["type"]) == (
        "Success", "master-backup",
    )  # fmt: skip
    started = there.client.post(f"{OPS}/upgrade", json=upgrade_body(key)).json()["metadata"]["uid"]
    assert (task(there, started)["phase"], phase(there)) == ("Init", "Upgrading")
    there.clock.turn(2)
    assert (task(there, started)["phase"], task(there, started)["progress"]) == ("Running", "50")
    info = there.client.get(f"{BASE}/upgradeinfo").json()
    assert info["status"]["phase"] == "Running"
    assert info["spec"]["versionInfo"]["release"] == "v1.29.8"
    there.clock.turn(2)
    assert (task(there, started)["phase"], phase(there)) == ("Success", "Available")
    info = there.client.get(f"{BASE}/upgradeinfo").json()["spec"]["versionInfo"]
    assert (info["release"], info["patch"], info["targetVersions"]) == ("v1.31.4", "r2", [])
    answer = there.client.post(f"{OPS}/postcheck", json=check("PostCheckTask"))
    assert answer.json()["status"]["phase"] == "Success"
    assert flow(there, uid) == ("Success", dict.fromkeys(POINTS, "Success"))
    assert there.cloud.strictness == ()


POINTS: Final = ("PreCheck", "Snapshot", "Cluster", "PostCheck")


def test_what_a_precheck_finds_and_what_is_skipped() -> None:
    """By node; a risk may be left out on its nodes, an exception never."""
    there = world()
    there.cloud.clusters.find(EDGE_ID, RISK)
    uid = opened(there)
    assert checked(there) == "Failed"
    assert flow(there, uid)[0] == "Pending"
    shown = there.client.get(f"{OPS}/precheck/tasks").json()["items"][0]["status"]
    stage = shown["nodeCheckStatus"]["nodeStageStatus"][0]
    assert stage["nodeInfo"]["name"] == NODE.name
    assert stage["itemsStatus"][0] | {"riskSource": {}} == {
        "name": "disk", "kind": "Risk", "group": "NodeCheck", "level": "Warning",
        "phase": "Failed", "message": "full", "riskSource": {}, "errorCodes": [],
    }  # fmt: skip
    selector = {"key": "node.uid", "operator": "In", "values": [NODE.uid]}
    skip = [{"name": "disk", "resourceSelector": selector}]
    assert checked(there, skippedCheckItemList=skip) == "Success"
    assert flow(there, uid)[0] == "Running"
    there.cloud.clusters.find(EDGE_ID, EXCEPTION)
    body = check("PreCheckTask", skippedCheckItemList=[{"name": "kubelet"}])
    assert refusal(there.client.post(f"{OPS}/precheck", json=body)) == (400, "CCE.01400001")
    there.cloud.clusters.find(EDGE_ID, RISK)
    assert checked(there, skippedCheckItemList=[{"name": "disk"}]) == "Success"
    skip = [{"name": "disk", "resourceSelector": {**selector, "values": ["nobody"]}}]
    body = check("PreCheckTask", skippedCheckItemList=skip)
    assert refusal(there.client.post(f"{OPS}/precheck", json=body)) == (400, "CCE.01400001")


BODIES: Final[list[tuple[str, str, Any]]] = [
    ("POST", FLOWS, {**WORKFLOW, "kind": "Workflow"}),
    ("POST", FLOWS, {**WORKFLOW, "spec": {}}),
    ("POST", FLOWS, {**WORKFLOW, "extra": 1}),
    ("POST", FLOWS, {**WORKFLOW, "spec": {"targetVersion": "v1.35"}}),
    ("POST", FLOWS, {**WORKFLOW, "spec": {"targetVersion": "latest"}}),
    ("POST", FLOWS, {**WORKFLOW, "spec": {"targetVersion": 1.31}}),
    ("POST", f"{OPS}/precheck", check("PostCheckTask")),
    ("POST", f"{OPS}/precheck", check("PreCheckTask", targetVersion="v1.31")),
    ("POST", f"{OPS}/precheck", check("PreCheckTask", clusterVersion="v1.28.1-r0")),
    ("POST", f"{OPS}/precheck", check("PreCheckTask", skippedCheckItemList=[{}])),
    ("POST", f"{OPS}/upgrade", upgrade_body(strategy={"type": "recreate"})),
    ("POST", f"{OPS}/upgrade", upgrade_body(targetVersion="v1.31")),
    ("POST", f"{OPS}/upgrade", upgrade_body("upgradeAction")),
    ("POST", f"{OPS}/upgrade", {**upgrade_body(), "spec": {}}),
    ("POST", f"{OPS}/upgrade", upgrade_body()),  # no precheck has passed
    ("POST", f"{OPS}/upgrade/retry", None),
    ("POST", f"{OPS}/upgrade/pause", None),
    ("POST", f"{OPS}/postcheck", check("PostCheckTask")),  # nothing was upgraded
    ("PATCH", f"{FLOWS}/uid", {"status": {"phase": "Success"}}),
]


@pytest.mark.parametrize(("method", "where", "body"), BODIES)
def test_what_is_wrong_is_refused(method: str, where: str, body: Any) -> None:
    """In CCE's own form, and nothing takes effect."""
    there = world()
    uid = "none" if where == FLOWS else opened(there)
    executed = len(there.cloud.executed)
    answer = there.client.request(method, where.replace("/uid", f"/{uid}"), json=body)
    assert refusal(answer) == (400, "CCE.01400001")
    assert len(there.cloud.executed) == executed


def test_requests_that_cannot_be_read_are_refused_in_cces_words() -> None:
    """No body, garbage, a query that is unknown, a body where none belongs."""
    there = world()
    opened(there)
    for answer in (
        there.client.post(f"{OPS}/precheck"),
        there.client.post(f"{OPS}/precheck", content="{", headers=JSON),
        there.client.post(f"{OPS}/precheck", content="[]", headers=JSON),
        there.client.get(BASE, params={"verbose": "1"}),
        there.client.post(SNAPSHOTS, json={}),
    ):
        assert refusal(answer) == (400, "CCE.01400001")


JSON: Final = {"content-type": "application/json"}


def test_what_is_not_there() -> None:
    """Unknown ids are CCE's 404; the other flavour's path knows no cluster; Autopilot no pause."""
    there = world()
    pilot = BASE.replace("/api/", "/autopilot/")
    missing = (404, "CCE.01404001")
    assert refusal(there.client.get(BASE.replace("b4b9", "ffff"))) == missing
    assert refusal(there.client.get(pilot)) == missing
    assert refusal(there.client.get(f"{FLOWS}/nobody")) == missing
    assert refusal(there.client.get(f"{OPS}/upgrade/tasks/nobody")) == missing
    answer = there.client.post(f"{pilot}/operation/upgrade/pause")
    assert answer.json()["error_code"] == "APIGW.0101"


def test_one_workflow_is_open_at_a_time() -> None:
    """A second one is a conflict, in Kubernetes' form with CCE's keys."""
    there = world()
    opened(there)
    answer = there.client.post(FLOWS, json=WORKFLOW)
    assert refusal(answer) == (409, "CCE.01409001")
    assert {**answer.json(), "message": ""} | {"errorMessage": ""} == {
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 409,
        "reason": "Conflict", "message": "", "errorCode": "CCE.01409001", "errorMessage": "",
    }  # fmt: skip


def test_one_task_runs_at_a_time() -> None:
    """Another one is locked out."""
    there = world()
    opened(there)
    there.client.post(f"{OPS}/precheck", json=check("PreCheckTask"))
    answer = there.client.post(f"{OPS}/precheck", json=check("PreCheckTask"))
    assert refusal(answer) == (429, "CCE.01429002")


def test_tasks_want_an_open_workflow_unless_told_otherwise() -> None:
    """It is not known whether old callers may leave it out."""
    body = check("PreCheckTask")
    assert refusal(world().client.post(f"{OPS}/precheck", json=body)) == (400, "CCE.01400001")
    there = world(wants_workflow=False)
    assert there.client.post(f"{OPS}/precheck", json=body).status_code == 200


def test_a_precheck_expires() -> None:
    """Then the upgrade is refused, until another one has passed."""
    there = world(holds=60)
    opened(there)
    assert checked(there) == "Success"
    there.clock.turn(60)
    answer = there.client.post(f"{OPS}/upgrade", json=upgrade_body())
    assert refusal(answer) == (400, "CCE.01400075")
    assert checked(there) == "Success"
    upgraded(there)


def test_a_failed_upgrade_is_retried_under_its_own_id() -> None:
    """The answer is empty; the workflow waits until then."""
    there = world()
    uid = opened(there)
    checked(there)
    there.cloud.clusters.fail_next(EDGE_ID, "Cluster", "node-2 is gone")
    started = upgraded(there)
    there.clock.turn(5)
    assert (task(there, started)["phase"], task(there, started)["message"]) == (
        "Failed", "node-2 is gone",
    )  # fmt: skip
    assert (flow(there, uid)[0], phase(there)) == ("Pending", "Upgrading")
    answer = there.client.post(f"{OPS}/upgrade", json=upgrade_body())
    assert refusal(answer) == (409, "CCE.01409001")
    answer = there.client.post(f"{OPS}/upgrade/retry")
    assert (answer.status_code, answer.content) == (200, b"")
    there.clock.turn(5)
    assert task(there, started)["phase"] == "Success"
    assert there.cloud.clusters.version(EDGE_ID) == "v1.31.4-r2"


def test_pause_and_continue() -> None:
    """A paused upgrade does not come further."""
    there = world()
    opened(there)
    checked(there)
    started = upgraded(there)
    there.clock.turn(1)
    assert there.client.post(f"{OPS}/upgrade/pause").status_code == 200
    there.clock.turn(100)
    assert task(there, started)["phase"] == "Pause"
    assert refusal(there.client.post(f"{OPS}/upgrade/pause")) == (400, "CCE.01400001")
    assert there.client.post(f"{OPS}/upgrade/continue").status_code == 200
    there.clock.turn(2)
    assert task(there, started)["phase"] == "Running"
    there.clock.turn(2)
    assert task(there, started)["phase"] == "Success"


def test_when_a_workflow_may_be_cancelled() -> None:
    """Init or Pending, and nothing of it runs; then another may be opened."""
    there = world()
    uid = opened(there)
    where = f"{FLOWS}/{uid}"
    there.client.post(f"{OPS}/precheck", json=check("PreCheckTask"))
    assert refusal(there.client.patch(where, json=CANCEL)) == (403, "CCE.01403003")
    there.clock.turn(5)
    assert refusal(there.client.patch(where, json=CANCEL)) == (403, "CCE.01403003")
    there.cloud.clusters.find(EDGE_ID, EXCEPTION)
    assert checked(there) == "Failed"
    assert there.client.patch(where, json=CANCEL).json()["status"]["phase"] == "Cancel"
    assert refusal(there.client.patch(where, json=CANCEL)) == (403, "CCE.01403003")
    opened(there)


def test_a_snapshot_that_runs_keeps_a_workflow_from_being_cancelled() -> None:
    """Even while another point has failed."""
    there = world()
    there.cloud.clusters.find(EDGE_ID, EXCEPTION)
    uid = opened(there)
    checked(there)
    there.client.post(SNAPSHOTS)
    answer = there.client.patch(f"{FLOWS}/{uid}", json=CANCEL)
    assert refusal(answer) == (429, "CCE.01429002")


@pytest.mark.parametrize("as_text", [False, True])
def test_critical_lines_bind(*, as_text: bool) -> None:
    """Told as a boolean or as a text."""
    there = world(critical=True, texts_for_flags=as_text)
    uid = opened(there)
    shown = there.client.get(f"{FLOWS}/{uid}").json()["status"]["lineStatuses"][0]["critical"]
    assert shown == ("true" if as_text else True)
    assert refusal(there.client.patch(f"{FLOWS}/{uid}", json=CANCEL)) == (403, "CCE.01403004")


def test_failures_of_the_other_tasks() -> None:
    """A precheck's error, a snapshot's and a postcheck's failure; each can be done again."""
    there = world()
    uid = opened(there)
    there.cloud.clusters.fail_next(EDGE_ID, "PreCheck", "no agent", is_error=True)
    assert checked(there) == "Error"
    assert flow(there, uid)[1]["PreCheck"] == "Failed"
    assert checked(there) == "Success"
    there.cloud.clusters.fail_next(EDGE_ID, "Snapshot", "no disk")
    there.client.post(SNAPSHOTS)
    there.clock.turn(5)
    snapshot = there.client.get(f"{SNAPSHOTS}/tasks").json()["items"][0]
    assert snapshot["spec"]["items"][0]["message"] == "no disk"
    upgraded(there)
    there.clock.turn(5)
    there.cloud.clusters.fail_next(EDGE_ID, "PostCheck", "no pod")
    body = check("PostCheckTask")
    answer = there.client.post(f"{OPS}/postcheck", json=body)
    assert answer.json()["status"]["phase"] == "Failed"
    assert flow(there, uid)[0] == "Pending"
    answer = there.client.post(f"{OPS}/postcheck", json=body)
    assert answer.json()["status"]["phase"] == "Success"


def test_a_cluster_that_is_not_available_takes_no_workflow() -> None:
    """With its reason."""
    there = world()
    there.cloud.clusters.be(EDGE_ID, "Unavailable", "etcd")
    shown = there.client.get(BASE).json()["status"]
    assert (shown["phase"], shown["reason"]) == ("Unavailable", "etcd")
    assert refusal(there.client.post(FLOWS, json=WORKFLOW)) == (409, "CCE.01409001")


def test_lists_and_feature_gates() -> None:
    """What else can be read; the past is among the workflows."""
    there = world()
    clusters = there.client.get(f"/api/v3/projects/{PROJECT}/clusters").json()["items"]
    assert [each["metadata"]["uid"] for each in clusters] == [EDGE_ID]
    detail = there.client.get(BASE, params={"detail": "true"}).json()["metadata"]["annotations"]
    assert detail == {"totalNodesNumber": "3"}
    paths = there.client.get("/api/v3/clusterupgradepaths").json()["upgradePaths"]
    assert paths[0]["targetVersions"] == ["v1.30", "v1.31", "v1.31"]
    gates = there.client.get("/autopilot/v3/clusterupgradefeaturegates").json()
    assert "EvsSnapshot" in gates["upgradeFeatureGates"]
    past = there.client.get(FLOWS).json()["items"]
    assert [(each["spec"]["clusterVersion"], each["status"]["phase"]) for each in past] == [
        ("v1.28.15-r4", "Success")
    ]


def test_times_as_go_prints_them_and_the_date_of_every_answer() -> None:
    """Two spellings of times; the Date header is the simulator's own clock."""
    there = world(go_times=True)
    opened(there)
    answer = there.client.get(FLOWS)
    made = answer.json()["items"][-1]["metadata"]["creationTimestamp"]
    assert made == "2024-05-06 07:08:09.000000 +0000 UTC"
    assert answer.headers["date"] == "Mon, 06 May 2024 07:08:09 GMT"


def test_writes_are_limited_for_each_user() -> None:
    """Ten in a minute; refused ones count too, and another user has ten of their own."""
    throttle = Throttle()
    for second in range(10):
        throttle.count("ann", float(second))
    for at in (10.0, *range(60, 70)):  # each refusal keeps the window full
        with pytest.raises(RefusedError) as caught:
            throttle.count("ann", 10.0)
        assert (caught.value.status, caught.value.code) == (429, "APIGW.0308")
        assert caught.value.text.endswith("policy user over ratelimit,limit:10,time:1 minute")
        throttle.count("ben", 6.0 * at)
    with pytest.raises(RefusedError):
        throttle.count("ann", 69.0)
    throttle.count("ann", 200.0)


def test_the_limit_of_the_sandbox_is_ten() -> None:
    """Over the wire, in the gateway's form; reads go on."""
    there = a_world()
    statuses = [there.client.post(f"{OPS}/upgrade/retry").status_code for _ in range(11)]
    assert statuses == [*[400] * 10, 429]
    assert there.client.get(BASE).status_code == 200


def test_doors_beside_the_api_want_a_cluster_that_is_there() -> None:
    """A wrong id is a mistake of the test's."""
    hooks = world().cloud.clusters
    for act in (hooks.view, hooks.version, hooks.offer, hooks.find):
        with pytest.raises(LookupError):
            act("nobody")
    with pytest.raises(LookupError):
        hooks.meddle_with(EDGE_ID, "PreCheck")
    assert hooks.view(EDGE_ID)["kind"] == "Cluster"
    assert isinstance(NODE, NodeSeed)
