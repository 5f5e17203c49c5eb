"""The simulated upgrade of CCE clusters: the documented way, point by point."""

from typing import Final

import pytest

from bot.sandbox.clouds import sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
    CceClusterConfig,
    ClusterSeed,
    FindingSeed,
)
from tests.sandbox.cce_cluster_client import (
    BASE,
    FLOWS,
    NODE,
    OPS,
    SNAPSHOTS,
    check,
    checked,
    opened,
    phase,
    refusal,
    task,
    upgrade_body,
    upgraded,
    world,
)
from tests.sandbox.servicestage_client import Bearer, World, a_world

CANCEL: Final = {"status": {"phase": "Cancel"}}


RISK: Final = FindingSeed(name="disk", message="full", nodes=(NODE.uid,))


EXCEPTION: Final = FindingSeed(name="kubelet", kind="Exception", level="Fatal")


def flow(there: World, uid: str) -> tuple[str, dict[str, str]]:
    """A workflow's phase and the states of its points."""
    status = there.client.get(f"{FLOWS}/{uid}").json()["status"]
    points = {each["taskType"]: each["status"] for each in status["pointStatuses"]}
    return status["phase"], points


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
