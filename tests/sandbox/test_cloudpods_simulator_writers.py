"""Slow hooks, second writers and broken clusters at the simulated kubeserver."""

import pytest

from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.cloudpods.helm import HelmError, Records
from tests.sandbox.cloudpods_client import ETCD, HELD, ROWS, Lab, a_lab, error
from tests.sandbox.cloudpods_releases_client import unclassified


@pytest.fixture
def lab() -> Lab:
    """Return the sandbox's installation."""
    return a_lab()


def test_the_users_put_upgrades_nothing(lab: Lab) -> None:
    """12.5, 6.2: 200 with details, then updating, then update_fail; Helm never hears of it."""
    body = {
        "chart_name": "bitnami-new/etcd",
        "release_name": "etcd-release",
        "values_json": {"image": {"tag": "3.5.8-debian-11-r9"}},
    }
    answer = lab.client.put(ETCD, json=body)
    assert answer.status_code == 200
    assert answer.json()["release"]["status"] == "updating"
    lab.clock.turn(1)
    assert lab.get()["status"] == "update_fail"
    assert len(lab.history()) == 1
    assert lab.post("status").status_code == 400
    assert lab.post("status", status="deployed").json()["release"]["status"] == "deployed"
    lab.client.patch(ETCD, json={"release": {"config": {"a": 1}}})
    assert lab.get()["config"] == {"a": 1}


def test_the_users_put_upgrades_an_old_server() -> None:
    """Section 0: where the action is unknown, the PUT does what the document says."""
    lab = a_lab(knows_upgrade=False)
    assert error(lab.post("upgrade", version="8.11.2"))[1] == "ActionNotFoundError"
    assert lab.cloud.executed == ()
    body = {"chart_name": "bitnami-new/etcd", "version": "8.11.2", "values_json": {"a": 1}}
    answer = lab.client.put(ETCD, json=body)
    assert answer.json()["release"]["version"] == 2
    assert lab.history()[2] == ("deployed", "etcd-8.11.2", "Upgrade complete")
    assert lab.cloud.values("etcd-release") == {"a": 1}


def test_a_slow_hook_times_out_and_goes_on(lab: Lab) -> None:
    """7.3: 504 after the server's limit; the upgrade ends by itself, and counts as executed."""
    lab.cloud.take_seconds("etcd-release", 90)
    answer = lab.post("upgrade", version="8.11.2", values_json={"a": 1})
    assert error(answer) == (504, "TimeoutError", "request process timeout")
    assert lab.history()[2] == ("pending-upgrade", "etcd-8.11.2", "Preparing upgrade")
    assert lab.history()[1][0] == "deployed"
    lab.clock.turn(90)
    assert lab.history()[2] == ("deployed", "etcd-8.11.2", "Upgrade complete")
    assert lab.history()[1][0] == "superseded"
    assert len(lab.cloud.executed) == 1


def test_a_slow_hook_may_fail(lab: Lab) -> None:
    """7.3: the history alone tells."""
    lab.cloud.take_seconds("etcd-release", 90)
    lab.cloud.fail_next("etcd-release")
    assert lab.post("upgrade", version="8.11.2").status_code == 504
    lab.clock.turn(90)
    assert lab.history()[2][0] == "failed"


def test_a_second_writer_is_told_504_and_executed(lab: Lab) -> None:
    """7.3: requests to one release queue; nobody who gave up is forgotten."""
    lab.cloud.take_seconds("etcd-release", 90)
    lab.post("upgrade", version="8.11.2")
    lab.clock.turn(10)
    for version in ("8.12.0", "8.11.1"):
        assert lab.post("upgrade", version=version).status_code == 504
    assert lab.client.delete(f"{ROWS}/x").status_code == 404
    assert lab.get()["version"] == 2  # reads do not queue
    lab.clock.turn(80)
    assert lab.history()[3][:2] == ("pending-upgrade", "etcd-8.12.0")
    lab.clock.turn(90)
    assert lab.history()[4][:2] == ("pending-upgrade", "etcd-8.11.1")
    lab.clock.turn(90)
    assert [row[0] for row in lab.history().values()] == ["deployed"] + ["superseded"] * 3
    assert len(lab.cloud.executed) == 3


def test_a_second_writer_may_be_refused_behind(lab: Lab) -> None:
    """What is executed unheard is checked as anything else."""
    lab.cloud.take_seconds("etcd-release", 90)
    lab.post("upgrade", version="8.11.2")
    assert lab.post("rollback", revision=9).status_code == 504
    lab.clock.turn(90)
    assert [each.text for each in lab.cloud.strictness] == ["Run rollback: release: not found"]


def test_helm_beside_cloudpods(lab: Lab) -> None:
    """7.5: another writer's pending revision stops an upgrade, and is no lock of the process."""
    assert lab.cloud.meddle("etcd-release", "8.11.2", {"b": 1}, seconds=30) == 2
    assert unclassified(lab.post("upgrade", version="8.12.0")) == f"update release: {HELD}"
    with pytest.raises(HelmError):
        lab.cloud.meddle("etcd-release")
    lab.clock.turn(30)
    assert lab.cloud.values("etcd-release") == {"b": 1}
    assert lab.get()["config"] == {}
    assert lab.cloud.meddle("etcd-release") == 3
    assert lab.history()[3][:2] == ("deployed", "etcd-8.12.0")


def test_a_server_that_died_leaves_a_pending_revision(lab: Lab) -> None:
    """7.5: it stays until somebody rolls back."""
    assert lab.cloud.stick_pending("etcd-release") == 2
    lab.clock.turn(10_000)
    assert unclassified(lab.post("upgrade", version="8.12.0")) == f"update release: {HELD}"
    assert lab.post("rollback", revision=1).status_code == 200
    assert lab.history()[2] == ("pending-upgrade", "etcd-8.11.1", "Preparing upgrade")
    assert lab.history()[3][0] == "deployed"


def test_a_cluster_that_does_not_answer(lab: Lab) -> None:
    """5.3: show loses its live part and is 200 all the same; everything else is an error."""
    lab.cloud.unreachable("test122")
    shown = lab.get()
    assert (shown["version"], shown["type"]) == (0, "")
    assert {"info", "resources", "manifest"}.isdisjoint(shown)
    for answer in (
        lab.client.get(f"{ETCD}/history"),
        lab.post("upgrade", version="8.11.2"),
        lab.post("rollback", revision=1),
    ):
        assert "Kubernetes cluster unreachable" in unclassified(answer)
    assert lab.get("/api/kubeclusters/test122")["kubecluster"]["status"] == "lost"
    lab.cloud.unreachable("test122", away=False)
    assert lab.get()["version"] == 1
    assert lab.cloud.executed == ()


def test_purge_forgets_the_row_alone(lab: Lab) -> None:
    """Section 5: Helm's records stay where they are."""
    assert lab.post("purge").json()["release"]["version"] == 1
    assert lab.client.get(ETCD).status_code == 404


def test_an_engine_without_records() -> None:
    """Section 11: nothing to begin with, and a name in use."""
    empty = Records("x")
    with pytest.raises(HelmError, match='"x" has no deployed releases'):
        empty.begin_upgrade("c", "1", None, 0)
    with pytest.raises(HelmError, match="release: not found"):
        empty.begin_rollback(0, 0)
    empty.begin_install("c", "1", {}, 0, failure="no").end(1)
    with pytest.raises(HelmError, match="cannot re-use a name"):
        empty.begin_install("c", "1", {}, 2)
    change = empty.begin_upgrade("c", "2", None, 3)  # a failed installation is a base
    change.end(4)
    change.end(5)
    assert [each.status for each in empty.revisions] == ["superseded", "deployed"]
    assert change.revision.updated == 4
    empty.revisions[-1].status = "uninstalled"
    with pytest.raises(HelmError, match="has no deployed releases"):
        empty.begin_upgrade("c", "3", None, 6)


def test_a_lost_answer_after_the_upgrade(lab: Lab) -> None:
    """A spoilt answer does not undo what was done."""
    lab.cloud.faults.add(Fault(kind="empty"))
    assert lab.post("upgrade", version="8.11.2").content == b""
    assert lab.history()[2][0] == "deployed"
