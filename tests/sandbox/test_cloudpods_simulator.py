"""The simulated kubeserver: how it reads, answers, and finds releases."""

import json
from typing import Any, Final

import pytest

from bot.sandbox.clouds import Fault, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import OTHER_CLUSTER, RELEASE_ID
from bot.sandbox.clouds.cloudpods.wire import mangled
from tests.sandbox.cloudpods_client import ETCD, ROWS, Lab, a_lab, error

SHOWN: Final = {
    "chart": "etcd",
    "chart_version": "8.11.1",
    "cluster": "test122",
    "clusterID": "2c136bb7-aab8-42f6-89d4-ed921278456c",
    "cluster_id": "2c136bb7-aab8-42f6-89d4-ed921278456c",
    "config": {},
    "external_id": "2c136bb7-aab8-42f6-89d4-ed921278456c/default/etcd-release",
    "id": "d44c4dc7-618a-4070-833a-6d6464e8ad83",
    "is_emulated": False,
    "name": "etcd-release",
    "namespace": "default",
    "namespace_id": "18f51c33-5ff4-41f6-8396-2bcb3174ffa5",
    "progress": 0,
    "project_domain": "Default",
    "repo_id": "22e3d2e4-9230-4380-8a6f-a378fe730625",
    "resources": {"k8s_service": [], "secret": [], "statefulset": []},
    "status": "deployed",
    "type": "external",
    "version": 1,
}


@pytest.fixture
def lab() -> Lab:
    """Return the sandbox's installation."""
    return a_lab()


def test_show_is_what_the_users_document_prints(lab: Lab) -> None:
    """12.4: every field of the printed answer, with its value, in a wrapper."""
    answer = lab.client.get(ETCD)
    shown = answer.json()["release"]
    assert {name: shown[name] for name in SHOWN} == SHOWN
    assert list(shown) == sorted(shown)
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert lab.get(f"{ROWS}/{RELEASE_ID}") == shown


def test_history_has_the_printed_fields(lab: Lab) -> None:
    """12.6: the five printed fields; the array stands under the singular key."""
    [row] = lab.get(f"{ETCD}/history")
    assert sorted(row) == ["chart", "description", "revision", "status", "updated"]
    assert (row["chart"], row["description"]) == ("etcd-8.11.1", "Install complete")
    assert (row["revision"], row["status"]) == (1, "deployed")
    assert row["updated"].endswith("000Z")


def test_the_printed_query_means_another_cluster(lab: Lab) -> None:
    """12.3: a second question mark belongs to a value; /api/repos lists repositories."""
    printed = "?all=true&cluster=test122?details=false&limit=20&offset=0&type=external"
    status, kind, text = error(lab.client.get(f"{ROWS}{printed}"))
    assert (status, kind) == (404, "NotFoundError")
    assert "Cluster test122?details=false" in text
    [repo] = lab.get("/api/repos")["repos"]
    assert repo["name"] == "bitnami-new"


def test_default_values_are_in_the_chart(lab: Lab) -> None:
    """12.9: the repository must be named; the values stand three levels down."""
    values = lab.get("/api/charts/etcd", repo="bitnami-new")["chart"]["chart"]["values"]
    assert values["image"]["tag"] == "3.5.8-debian-11-r8"
    assert values["disasterRecovery"]["cronjob"]["schedule"] == "*/30 * * * *"
    assert error(lab.client.get("/api/charts/etcd"))[:2] == (400, "InputParameterError")
    assert error(lab.client.get("/api/charts"))[2] == "repo must provided"
    [row] = lab.get("/api/charts", repo="bitnami-new", name="etcd")["charts"]
    assert row["version"] == "8.12.0"


ENVELOPES: Final[list[tuple[dict[str, Any], dict[str, int]]]] = [
    ({}, {"total": 1}),
    ({"limit": 20, "offset": 0}, {"limit": 20, "total": 1}),
    ({"type": "external", "search": "etcd", "status": "deployed"}, {"total": 1}),
    ({"filter": "name.contains(etcd)"}, {"total": 1}),
    ({"filter": "what nobody can read"}, {"total": 1}),
    ({"name": ["etcd-release", "x"]}, {"total": 1}),
]


@pytest.mark.parametrize(("query", "told"), ENVELOPES)
def test_zeros_are_left_out_of_an_envelope(
    lab: Lab, query: dict[str, Any], told: dict[str, int]
) -> None:
    """3.2: total, limit and offset are told unless they are 0."""
    found = lab.get(ROWS, **query)
    rows = found.pop("releases")
    assert [row["name"] for row in rows] == ["etcd-release"]
    assert found == told


@pytest.mark.parametrize(
    "query",
    [
        {"name": "x"},
        {"status": "failed"},
        {"type": "internal"},
        {"search": "nothing"},
        {"filter": "name.equals(etcd)"},
        {"cluster": OTHER_CLUSTER, "limit": 20},
    ],
)
def test_an_empty_list_is_exactly_that(lab: Lab, query: dict[str, Any]) -> None:
    """3.2: nothing but the empty array."""
    assert lab.get(ROWS, **query) == {"releases": []}


def test_what_has_no_effect_on_a_list(lab: Lab) -> None:
    """5.2: the documented flags for statuses are not read."""
    assert len(lab.get(ROWS, failed="true", pending="true", all="true")["releases"]) == 1


def test_bare_rows_lack_what_is_resolved(lab: Lab) -> None:
    """5.2: without details there are the database's columns alone; one can ask for some of them."""
    [row] = lab.get(ROWS, details="false")["releases"]
    assert {"cluster", "namespace", "type", "version", "info"}.isdisjoint(row)
    assert row["cluster_id"] == SHOWN["cluster_id"]
    [row] = lab.get(ROWS, field=["id", "name"])["releases"]
    assert row == {"id": RELEASE_ID, "name": "etcd-release"}


def test_a_namespace_wants_its_cluster(lab: Lab) -> None:
    """Section 5: a namespace alone is an unclassified error; with its cluster it is a filter."""
    alone = error(lab.client.get(ETCD, params={"namespace": "default"}))
    assert alone == (500, "UnclassifiedError", "cluster id must provided")
    assert lab.get(ETCD, cluster="test122", namespace="default")["id"] == RELEASE_ID
    wrong = lab.client.get(ETCD, params={"cluster": "test122", "namespace": "nope"})
    assert error(wrong)[:2] == (404, "NotFoundError")


def test_an_ambiguous_name_is_no_name(lab: Lab) -> None:
    """Section 5: reads tell two of one name apart by cluster; actions want the id."""
    twin = lab.cloud.twin("etcd-release", OTHER_CLUSTER)
    duplicate = (500, "duplicate entry", "duplicate entry")
    assert error(lab.client.get(ETCD)) == duplicate
    assert error(lab.post("upgrade", version="8.11.2", cluster="test122")) == duplicate
    assert error(lab.client.delete(ETCD)) == duplicate
    assert lab.get(ETCD, cluster=OTHER_CLUSTER)["id"] == twin
    assert lab.post("upgrade", f"{ROWS}/{twin}", version="8.11.2").status_code == 200
    assert len(lab.history(f"{ROWS}/{RELEASE_ID}")) == 1


def test_releases_of_a_system_cluster_are_hidden() -> None:
    """5.2: they are listed for those who name the cluster, and found by id alone."""
    sandbox = sandbox_cloudpods()
    clusters = tuple(each.model_copy(update={"is_system": True}) for each in sandbox.clusters)
    lab = a_lab(clusters=clusters)
    assert lab.get(ROWS) == {"releases": []}
    assert len(lab.get(ROWS, system="true")["releases"]) == 1
    assert len(lab.get(ROWS, cluster="test122")["releases"]) == 1
    assert error(lab.post("upgrade"))[:2] == (404, "ResourceNotFoundError")
    assert lab.post("upgrade", f"{ROWS}/{RELEASE_ID}").status_code == 200


NOT_FOUND: Final = [
    ("GET", "/api/nothing", "NotFoundError", "Handler not found"),
    ("POST", ETCD, "NotFoundError", "Handler not found"),
    ("DELETE", "/v3/auth/nothing", "NotFoundError", "Handler not found"),
    ("GET", "/v3/auth/tokens", "NotFoundError", "Handler not found"),
    ("GET", f"{ETCD}/resources", "SpecNotFoundError", "release etcd-release resources not found"),
    ("GET", f"{ROWS}/x", "ResourceNotFoundError", "release x not found"),
    ("GET", "/api/repos/x", "NotFoundError", "resource repo/x not found: NotFoundError"),
    (
        *("POST", f"{ETCD}/sync", "ActionNotFoundError"),
        "release perform sync not found, please check service version, current version: v",
    ),
]


@pytest.mark.parametrize(("method", "path", "kind", "text"), NOT_FOUND)
def test_what_is_not_there(lab: Lab, method: str, path: str, kind: str, text: str) -> None:
    """Section 4: there is no 405; every unknown thing has a class of its own."""
    assert error(lab.client.request(method, path)) == (404, kind, text)


def test_head_tells_of_existence(lab: Lab) -> None:
    """Section 5: HEAD is known for releases."""
    assert lab.client.head(ETCD).status_code == 200
    assert lab.client.head(f"{ROWS}/x").status_code == 404


def test_a_request_id_is_kept_and_extended(lab: Lab) -> None:
    """3.1: ours with six digits behind it; without one, six digits."""
    mine = lab.client.get(ETCD, headers={"X-Request-Id": "op-1"}).headers["x-request-id"]
    assert mine.startswith("op-1-")
    assert len(mine) == len("op-1-") + 6
    assert len(lab.client.get(ETCD).headers["x-request-id"]) == 6


def test_a_400_carries_its_text_as_location(lab: Lab) -> None:
    """Section 4: the header is no address."""
    answer = lab.client.put(ETCD, json={"name": "other"})
    assert error(answer)[2] == "can not update cluster resource name"
    assert answer.headers["location"] == "can not update cluster resource name"


LOST: Final[dict[str, tuple[bytes, dict[str, str]]]] = {
    "another type": (b'{"revision": 1}', {"Content-Type": "text/plain"}),
    "no type": (b'{"revision": 1}', {}),
    "no JSON": (b"{revision: 1}", {"Content-Type": "application/json"}),
    "no object": (b"[1]", {"Content-Type": "application/json"}),
    "chunked": (b'{"revision": 1}', {"Content-Type": "application/json", "Content-Length": ""}),
}


@pytest.mark.parametrize(("body", "headers"), LOST.values(), ids=list(LOST))
def test_a_body_that_is_not_taken_is_none(lab: Lab, body: bytes, headers: dict[str, str]) -> None:
    """3.1: without a body a rollback goes to the previous revision, whatever was meant."""
    for version in ("8.11.2", "8.12.0"):
        lab.post("upgrade", version=version)
    assert lab.client.post(f"{ETCD}/rollback", content=body, headers=headers).status_code == 200
    assert lab.history()[4][2] == "Rollback to 2"


def test_a_trailing_comma_is_taken(lab: Lab) -> None:
    """3.1: the vendor's parser does; a comma in a text stays."""
    body = b'{"values_json": {"a": "x,}", "b": [1,],}, }'
    headers = {"Content-Type": "application/json"}
    answer = lab.client.post(f"{ETCD}/upgrade", content=body, headers=headers)
    assert answer.json()["release"]["config"] == {"a": "x,}", "b": [1]}


def test_percent_signs_are_mangled_since_311() -> None:
    """Section 4: in unclassified texts, by Go's formatting without arguments."""
    assert mangled("bad 100% of %s x") == "bad 100%!o(MISSING)f %!s(MISSING) x"
    assert mangled("100%%") == "100%"
    why = 'cannot patch "x" with kind StatefulSet: 100% forbidden'
    for branch, told in (("4.0", "100%!f(MISSING)orbidden"), ("3.10", "100% forbidden")):
        one = a_lab(branch=branch)
        one.cloud.fail_next("etcd-release", why)
        assert error(one.post("upgrade", version="8.11.2"))[2].endswith(told)
        assert one.history()[2][2].endswith("100% forbidden")


def test_the_lists_around_releases(lab: Lab) -> None:
    """Section 9: keywords and envelopes; version and ping want no token."""
    clusters = lab.get("/api/kubeclusters")["kubeclusters"]
    assert [each["name"] for each in clusters] == ["test122", OTHER_CLUSTER]
    assert lab.get("/api/kubeclusters/test122")["kubecluster"]["status"] == "running"
    assert lab.get("/api/namespaces", cluster="test122")["namespaces"][0]["status"] == "Active"
    assert len(lab.get("/api/namespaces")["namespaces"]) == 2
    assert lab.get("/api/repos/bitnami-new")["repo"]["type"] == "external"
    assert lab.get("/api/events") == {"events": []}
    stranger = a_lab(token="")
    assert stranger.get("/api/ping") == {"ping": "pong"}
    assert stranger.get("/api/version")["git_branch"] == "release/4.0"


FAULTS: Final[list[tuple[Fault, int, int]]] = [
    (Fault(kind="throttled", retry_after="3"), 429, 0),
    (Fault(kind="answer", status=502), 502, 0),
    (Fault(kind="answer", status=504, when="after"), 504, 1),
    (Fault(kind="later", status=504, seconds=5), 504, 0),
    (Fault(kind="answer", match=f"POST {ETCD}/upgrade", status=500), 500, 0),
]


@pytest.mark.parametrize(("fault", "status", "executions"), FAULTS)
def test_faults_befall_kubeserver_too(fault: Fault, status: int, executions: int) -> None:
    """The faults of every simulated cloud work here; a login is no mutation."""
    lab = a_lab()
    lab.cloud.faults.add(fault)
    lab.client.get(ETCD)
    answer = lab.post("upgrade", version="8.11.2")
    assert answer.status_code == status
    assert len(lab.cloud.executed) == executions
    assert lab.cloud.requests[-1].status == status
    lab.clock.turn(5)
    assert len(lab.cloud.executed) == (1 if fault.kind == "later" else executions)


def test_a_throttled_answer_is_cloudpods_own(lab: Lab) -> None:
    """Section 4: a full queue, in the flat form."""
    lab.cloud.faults.add(Fault(kind="throttled", match="any", retry_after="3"))
    answer = lab.client.get(ETCD)
    assert error(answer) == (429, "TooManyRequests", "Request queue is full")
    assert answer.headers["retry-after"] == "3"


def test_what_was_declined_is_told(lab: Lab) -> None:
    """The simulator remembers what was refused, and what took effect with its body."""
    lab.client.get(f"{ROWS}/x")
    lab.post("upgrade", version="8.11.2")
    [refused] = lab.cloud.strictness
    assert (refused.status, refused.code) == (404, "ResourceNotFoundError")
    [executed] = lab.cloud.executed
    assert json.dumps(executed.body) == '{"release": {"version": "8.11.2"}}'
    assert executed.principal == "slipway"


def test_a_test_may_look_past_the_wire(lab: Lab) -> None:
    """The looks of a test see what a client would; armed faults can be seen and taken back."""
    assert lab.cloud.release("etcd-release") == lab.get()
    assert lab.cloud.history("etcd-release") == lab.get(f"{ETCD}/history")
    lab.cloud.faults.add(Fault(kind="empty"))
    assert len(lab.cloud.faults.waiting) == 1
    lab.cloud.faults.clear()
    assert not lab.cloud.faults.waiting
