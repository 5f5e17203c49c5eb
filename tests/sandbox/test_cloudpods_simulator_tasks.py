"""What the simulated kubeserver does in the background: creating, deleting, and the sync."""

from typing import Any, Final

import pytest

from bot.sandbox.clouds import sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.config import ChartSeed, ClusterSeed, NamespaceSeed, RepoSeed
from bot.sandbox.clouds.cloudpods.content import OTHER_CLUSTER, RELEASE_ID
from tests.sandbox.cloudpods_client import ETCD, ROWS, Lab, a_lab, error

PRINTED: Final = {
    "chart_name": "bitnami-new/etcd",
    "cluster": "test122",
    "namespace": "default",
    "release_name": "second",
}


@pytest.fixture
def lab() -> Lab:
    """Return the sandbox's installation."""
    return a_lab()


def create(lab: Lab, **changes: Any) -> Any:
    """Ask for a release, in the wrapper."""
    body = {name: value for name, value in {**PRINTED, **changes}.items() if value is not None}
    return lab.client.post(ROWS, json={"release": body})


def status(lab: Lab, named: str = "second") -> str:
    """Return what the database says of a release."""
    return str(lab.get(f"{ROWS}/{named}")["status"])


def test_creating_goes_through_its_statuses(lab: Lab) -> None:
    """5.1, 12.2: init, creating, syncing, deployed; the newest version, if none is asked for."""
    answer = create(lab)
    assert answer.status_code == 200
    assert answer.json()["release"]["status"] == "init"
    assert answer.json()["release"]["version"] == 0
    told = error(lab.client.get(f"{ROWS}/second/history"))
    assert told == (500, "UnclassifiedError", "get release history: release: not found")
    seen = []
    for _ in range(5):
        seen.append(status(lab))
        lab.clock.turn(1)
    assert seen == ["creating", "creating", "creating", "creating", "deployed"]
    assert lab.history(f"{ROWS}/second") == {1: ("deployed", "etcd-8.12.0", "Install complete")}
    assert len(lab.cloud.executed) == 1


def test_syncing_comes_before_deployed(lab: Lab) -> None:
    """5.1: for a moment."""
    create(lab, version="8.11.1", values_json={"replicaCount": 3}, timeout=600, details=True)
    lab.clock.turn(3.5)
    assert status(lab) == "syncing"
    assert lab.cloud.values("second") == {"replicaCount": 3}
    lab.clock.turn(1)
    assert lab.get(f"{ROWS}/second")["config"] == {"replicaCount": 3}


def test_a_failed_installation(lab: Lab) -> None:
    """5.1: create_fail; only the events tell why. Helm keeps a failed revision."""
    create(lab)
    lab.cloud.fail_next("second", "no room")
    lab.clock.turn(4)
    shown = lab.get(f"{ROWS}/second")
    assert (shown["status"], shown["info"]["status"]) == ("create_fail", "failed")
    [event] = lab.get("/api/events", obj_type="release", obj_id=shown["id"])["events"]
    assert event["action"] == "resource_create_fail"
    assert event["notes"] == "CreateRemoteObject: install release: no room"
    assert lab.get("/api/events", obj_name="second")["events"] == [event]
    assert lab.get("/api/events", obj_name="other") == {"events": []}


def test_an_installation_nobody_can_make(lab: Lab) -> None:
    """5.1: a cluster that is away, and a namespace that is not there yet."""
    create(lab)
    lab.cloud.unreachable("test122")
    lab.clock.turn(4)
    assert status(lab) == "create_fail"
    sandbox = sandbox_cloudpods()
    waiting = NamespaceSeed(id="n-2", name="later", status="Creating")
    clusters = tuple(
        each.model_copy(update={"namespaces": (*each.namespaces, waiting)})
        for each in sandbox.clusters
    )
    late = a_lab(clusters=clusters)
    create(late, namespace="later")
    late.clock.turn(49)
    assert status(late) == "init"
    late.clock.turn(1)
    assert status(late) == "create_fail"


BAD_CREATIONS: Final[list[tuple[dict[str, Any], int, str, str]]] = [
    ({"chart_name": "etcd"}, 400, "InputParameterError", 'Illegal chart name: "etcd"'),
    ({"chart_name": "a/b/c"}, 400, "InputParameterError", 'Illegal chart name: "a/b/c"'),
    ({"chart_name": None}, 406, "NotEmptyError", "repo must provided"),
    ({"chart_name": "bitnami-new/"}, 406, "NotEmptyError", "chart must provided"),
    ({"repo": "x"}, 404, "NotFoundError", "resource repo/x not found: NotFoundError"),
    ({"release_name": None}, 400, "InputParameterError", "invalid name: no release provided"),
    ({"release_name": "a b"}, 400, "InputParameterError", "invalid name: a b"),
    ({"release_name": "x" * 54}, 400, "InputParameterError", "invalid name: " + "x" * 54),
    ({"cluster": None}, 406, "NotEmptyError", "cluster"),
    ({"namespace": None}, 406, "NotEmptyError", "namespace"),
    ({"namespace": "x"}, 404, "NotFoundError", "resource namespace_id/x not found: NotFoundError"),
    ({"chart": "x"}, 500, "UnclassifiedError", "get chart: no chart name found"),
    ({"release_name": "etcd-release"}, 409, "DuplicateNameError",
     "Duplicate name release etcd-release"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "kind", "text"), BAD_CREATIONS)
def test_creations_that_are_declined(
    lab: Lab, changes: dict[str, Any], code: int, kind: str, text: str
) -> None:
    """5.1: every check, in the vendor's words; nothing is made."""
    assert error(create(lab, **changes)) == (code, kind, text)
    assert len(lab.get(ROWS)["releases"]) == 1


def test_an_unknown_cluster_is_told_in_json(lab: Lab) -> None:
    """Section 4: an error within an error, as a text."""
    assert "Cluster nope" in error(create(lab, cluster="nope"))[2]
    assert error(create(lab, version="9.9.9"))[2].endswith("no chart version found for etcd-9.9.9")


def test_creating_wants_a_wrapper_and_a_body(lab: Lab) -> None:
    """3.1, 12.2: the printed body has none; an absent one is a panic."""
    bare = lab.client.post(ROWS, json=PRINTED)
    assert error(bare) == (400, "InputParameterError", "No request key: release")
    assert error(lab.client.post(ROWS))[:2] == (500, "InternalServerError")


def test_a_dry_creation_checks_alone(lab: Lab) -> None:
    """5.1: dry_run works here, and inserts nothing; it is no action of the ledger's concern."""
    assert create(lab, dry_run=True).json()["release"]["name"] == "second"
    assert create(lab, dry_run=True, release_name="etcd-release").status_code == 409
    assert len(lab.get(ROWS)["releases"]) == 1


def test_an_internal_repository_names_its_place_itself() -> None:
    """5.1: cluster and namespace must not be given."""
    sandbox = sandbox_cloudpods()
    inner = RepoSeed(id="r-2", name="inner", type="internal")
    lab = a_lab(repos=(*sandbox.repos, inner))
    assert error(create(lab, chart_name="inner/etcd"))[:2] == (406, "NotAcceptableError")


def test_an_internal_release_runs_in_the_platforms_own_cluster() -> None:
    """5.1, 5.2: it is shown to those alone who ask for the system's."""
    lab = a_lab(**internal())
    body = {"chart_name": "inner/etcd", "release_name": "own"}
    assert lab.client.post(ROWS, json={"release": body}).status_code == 200
    assert [row["name"] for row in lab.get(ROWS)["releases"]] == ["etcd-release"]
    found = lab.get(ROWS, type="internal", system="true")["releases"]
    assert [row["name"] for row in found] == ["own"]


def internal() -> dict[str, Any]:
    """What an installation needs for internal releases."""
    sandbox = sandbox_cloudpods()
    own = NamespaceSeed(id="n-9", name="p-1")
    return {
        "repos": (*sandbox.repos, RepoSeed(id="r-2", name="inner", type="internal")),
        "charts": (*sandbox.charts, ChartSeed(repo="inner", name="etcd", versions=("8.12.0",))),
        "clusters": (
            *sandbox.clusters,
            ClusterSeed(id="c-9", name="system", namespaces=(own,), is_system=True),
        ),
    }


def test_a_name_is_free_in_another_namespace(lab: Lab) -> None:
    """5.1: names are unique within one namespace."""
    assert create(lab, release_name="etcd-release", cluster=OTHER_CLUSTER).status_code == 200


def test_deleting_takes_a_while(lab: Lab) -> None:
    """6.5: details at once, deleting, and then a 404; the body is ignored."""
    answer = lab.client.request("DELETE", ETCD, json={"release": {}})
    assert answer.json()["release"]["status"] == "deployed"
    assert status(lab, "etcd-release") == "deleting"
    lab.clock.turn(2)
    assert error(lab.client.get(ETCD))[1] == "ResourceNotFoundError"
    assert lab.client.delete(ETCD).status_code == 404


def test_deleting_may_fail(lab: Lab) -> None:
    """6.5: delete_fail; the events tell why."""
    lab.cloud.fail_next("etcd-release", "hook")
    lab.client.delete(ETCD)
    lab.clock.turn(2)
    assert status(lab, "etcd-release") == "delete_fail"
    lab.cloud.unreachable("test122")
    lab.client.delete(ETCD)
    lab.clock.turn(2)
    notes = [each["notes"] for each in lab.get("/api/events")["events"]]
    assert notes[-1] == "uninstall: hook"
    assert notes[0].startswith("uninstall: Kubernetes cluster unreachable")


def test_deleting_twice_and_purging_meanwhile(lab: Lab) -> None:
    """What is gone already is not removed again."""
    lab.client.delete(ETCD)
    lab.client.delete(ETCD)
    lab.clock.turn(5)
    assert lab.client.get(ETCD).status_code == 404
    create(lab)
    lab.client.delete(f"{ROWS}/second")
    lab.clock.turn(5)
    assert lab.client.get(f"{ROWS}/second").status_code == 404
    create(lab)
    assert lab.post("purge", f"{ROWS}/second").status_code == 200
    lab.clock.turn(5)
    assert lab.client.get(f"{ROWS}/second").status_code == 404


def test_a_sync_loses_what_is_pending(lab: Lab) -> None:
    """7.2: the row goes, and comes back as a stranger whose chart nobody knows."""
    lab.cloud.stick_pending("etcd-release")
    lab.cloud.sync("test122")
    assert lab.client.get(ETCD).status_code == 404
    lab.cloud.sync("test122")
    assert lab.client.get(ETCD).status_code == 404


def test_a_lost_release_comes_back_as_a_stranger(lab: Lab) -> None:
    """7.2: with another id and without a repository, so that it cannot be upgraded."""
    lab.cloud.meddle("etcd-release", "8.11.2", {"a": 1}, seconds=30)
    lab.cloud.sync("test122")
    assert lab.client.get(ETCD).status_code == 404
    lab.clock.turn(100)
    answer = lab.client.post("/api/kubeclusters/test122/sync", json={"kubecluster": {}})
    assert answer.status_code == 200
    shown = lab.get()
    assert shown["id"] != RELEASE_ID
    assert (shown["repo_id"], shown["chart"], shown["type"]) == ("", "", "external")
    assert shown["config"] == {"a": 1}  # the column is empty, so Helm's comes through
    told = error(lab.post("upgrade", version="8.12.0"))
    assert told[2].startswith("get release etcd-release repo: ")
    assert lab.post("rollback", revision=1).status_code == 200


def test_a_sync_heals_statuses(lab: Lab) -> None:
    """6.2, 7.2: what a PUT left behind; and one whose status ends in _fail is not dropped."""
    lab.client.put(ETCD, json={})
    lab.clock.turn(1)
    lab.cloud.sync("test122")
    assert status(lab, "etcd-release") == "deployed"
    lab.post("status", status="update_fail")
    lab.cloud.stick_pending("etcd-release")
    lab.cloud.sync("test122")
    assert status(lab, "etcd-release") == "update_fail"
    lab.cloud.unreachable("test122")
    lab.cloud.set_status("etcd-release", "deployed")
    lab.cloud.sync("test122")
    assert status(lab, "etcd-release") == "update_fail"


def test_syncs_rest(lab: Lab) -> None:
    """7.2: too soon after another, unless forced; never while the cluster is away."""
    where = "/api/kubeclusters/test122/sync"
    assert lab.client.post(where, json={"kubecluster": {}}).status_code == 200
    assert error(lab.client.post(where, json={}))[:2] == (406, "NotAcceptableError")
    assert lab.client.post(where, json={"kubecluster": {"force": True}}).status_code == 200
    lab.cloud.unreachable("test122")
    assert error(lab.client.post(where, json={"force": True}))[2] == "cluster status is lost"
