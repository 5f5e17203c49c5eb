"""What the simulated upgrade of CCE clusters refuses, and how it is reached."""

from typing import Any, Final

import pytest

from bot.sandbox.clouds.http.wire import RefusedError
from bot.sandbox.clouds.huawei.cce_gateway import Throttle
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
    NodeSeed,
)
from tests.sandbox.cce_cluster_client import (
    BASE,
    FLOWS,
    NODE,
    OPS,
    SNAPSHOTS,
    WORKFLOW,
    check,
    checked,
    opened,
    refusal,
    upgrade_body,
    upgraded,
    world,
)
from tests.sandbox.servicestage_client import PROJECT, a_world

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
    assert detail == {"totalNodesNumber": "3", "activeNodesNumber": "3"}
    nodes = there.client.get(f"{BASE}/nodes").json()["items"]
    assert [each["status"]["phase"] for each in nodes] == ["Active"] * 3
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
