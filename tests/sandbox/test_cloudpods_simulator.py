"""The simulated kubeserver: what it shows and lists, and what is not there."""

from typing import Any, Final

import pytest

from bot.sandbox.clouds import sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import OTHER_CLUSTER, RELEASE_ID
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
    told = {name: shown[name] for name in SHOWN}
    told["resources"] = {kind: [] for kind in told["resources"]}  # printed as [ ... ]
    assert told == SHOWN
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
