"""Upgrades that fail, and the ways on, over a real socket."""

from collections.abc import Iterator

import pytest

from bot.core.codes import Reason
from bot.core.operation import TaskLine
from bot.core.system import (
    RemoteTask,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
)
from bot.systems.cce_cluster.codes import CriticalStage
from bot.systems.cce_cluster.task_codes import PrecheckFailed, Skip, SnapshotFailed
from tests.systems.cce_cluster_world import (
    ADDON,
    DISK,
    EDGE,
    FATAL,
    SYSTEM,
    ClusterWorld,
    config,
    names,
)
from tests.systems.conversing import Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """One server for all tests of this module."""
    with opened() as door:
        yield door


@pytest.fixture
def world(door: Door) -> ClusterWorld:
    """A fresh project."""
    return door.world(SYSTEM, config(), ClusterWorld)


def counted(failed: TaskFailed) -> tuple[object, object]:
    """How many exceptions and risks a precheck found."""
    assert isinstance(failed.reason, Reason)
    return failed.reason.params["exceptions"], failed.reason.params["risks"]


def words_of(failed: TaskFailed) -> object:
    """The vendor's words of a failure."""
    assert isinstance(failed.reason, Reason)
    return failed.reason.params["words"]


def test_risks_are_skipped_with_a_reason(world: ClusterWorld) -> None:
    """Findings are listed by node; a new precheck leaves them out, and the upgrade goes on."""
    world.there.clusters.find(EDGE_ID, DISK, ADDON)
    failed = world.broken()
    assert counted(failed) == (0, 3)
    assert failed.tasks[0] == TaskLine(
        name="node-1: disk usage",
        status="Risk/Warning",
        detail="/var is 91 % full",
        state="failed",
    )
    assert [each.name for each in failed.ways] == ["skip", "retry", "cancel"]
    skip = failed.ways[0]
    assert (skip.label, skip.wants_reason) == (Skip(risks=3).reason, True)
    assert set(skip.items) == {"disk usage@node-uid-1,node-uid-2", "add-on limits"}
    draft = world.draft(EDGE, "deploy", version="v1.31", way="skip", items=skip.items)
    assert names(draft) == ["precheck", "snapshot", "upgrade", "postcheck"]
    assert all(isinstance(each, TaskSucceeded) for each in world.go(EDGE, draft))
    assert world.calls.count("upgradeworkflows") == 1
    assert world.there.strictness == ()


def test_a_later_risk_is_skipped_beside_the_first(world: ClusterWorld) -> None:
    """Another precheck's offer keeps what was left out before."""
    world.there.clusters.find(EDGE_ID, ADDON)
    first = world.broken().ways[0]
    world.there.clusters.find(EDGE_ID, ADDON, DISK)
    second = world.broken(way="skip", items=first.items).ways[0]
    assert set(second.items) == {"add-on limits", "disk usage@node-uid-1,node-uid-2"}


def test_an_exception_cannot_be_skipped(world: ClusterWorld) -> None:
    """It is listed first; mended, the precheck passes."""
    world.there.clusters.find(EDGE_ID, DISK, FATAL)
    failed = world.broken()
    assert counted(failed) == (1, 2)
    assert failed.tasks[0].status == "Exception/Fatal"
    assert [each.name for each in failed.ways] == ["retry", "cancel"]
    world.there.clusters.find(EDGE_ID)
    assert isinstance(world.upgrade(way="retry")[-1], TaskSucceeded)
    assert world.there.clusters.version(EDGE_ID) == "v1.31.4-r2"


def test_an_error_of_the_precheck_is_retried_only(world: ClusterWorld) -> None:
    """It found nothing, so there is nothing to skip."""
    world.there.clusters.fail_next(EDGE_ID, "PreCheck", "no agent answers", is_error=True)
    failed = world.broken()
    assert failed.reason == PrecheckFailed(status="Error", words="no agent answers").reason
    assert [each.name for each in failed.ways] == ["retry", "cancel"]


@pytest.mark.parametrize("after", ["Upgrading", "Available", "Unavailable"])
def test_a_failed_upgrade_is_retried(door: Door, after: str) -> None:
    """Whatever the cluster is meanwhile: the same task runs again, then the postcheck."""
    world = door.world(SYSTEM, config(failed_phase=after), ClusterWorld)
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "node-2 does not come back")
    failed = world.broken()
    assert words_of(failed) == "node-2 does not come back"
    assert [(each.name, each.is_dangerous) for each in failed.ways] == [
        ("retry", True), ("cancel", True),
    ]  # fmt: skip
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    assert names(draft) == ["upgrade", "postcheck"]
    assert all(isinstance(each, TaskSucceeded) for each in world.go(EDGE, draft))
    assert world.calls[-2:] == ["upgrade/retry", "postcheck"]
    assert world.there.strictness == ()


def test_a_retry_that_fails_again_says_so(world: ClusterWorld) -> None:
    """The old failure is not taken for the new one, nor the new one for the old."""
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "once")
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    step = draft.steps[0]
    work = Work(step=step, permitted_at=world.hands.now)
    before = world.run(SYSTEM.watch(EDGE, work, RemoteTask(id=str(step.parameters["retry"]))))
    assert isinstance(before, TaskRunning)
    assert isinstance(before.detail, Reason)
    assert before.detail.params["is_old"]
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "twice")
    failed = world.go(EDGE, draft)[-1]
    assert isinstance(failed, TaskFailed)
    assert words_of(failed) == "twice"


def test_a_retry_is_planned_alike_however_often_it_is_looked_at(door: Door) -> None:
    """V3: CCE touches a failed task at each read; an approval of its retry counts all the same."""
    world = door.world(SYSTEM, config(is_restless=True), ClusterWorld)
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "once")
    world.broken()
    first = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    world.hands.advance(600)
    assert world.draft(EDGE, "deploy", version="v1.31", way="retry") == first
    assert all(isinstance(each, TaskSucceeded) for each in world.go(EDGE, first))


def test_a_retry_that_goes_on_as_another_task_is_followed(door: Door) -> None:
    """V7: the workflow names the task that the upgrade is now; that one's end is the step's."""
    world = door.world(SYSTEM, config(retry_makes_task=True), ClusterWorld)
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "once")
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    assert all(isinstance(each, TaskSucceeded) for each in world.go(EDGE, draft))
    assert world.there.clusters.version(EDGE_ID) == "v1.31.4-r2"


def test_another_task_that_fails_again_says_so(door: Door) -> None:
    """V7: its failure is a new one, and may be retried in its turn."""
    world = door.world(SYSTEM, config(retry_makes_task=True), ClusterWorld)
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "once")
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "twice")
    failed = world.go(EDGE, draft)[-1]
    assert isinstance(failed, TaskFailed)
    assert words_of(failed) == "twice"
    again = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    assert again.steps[0].parameters["retry"] != draft.steps[0].parameters["retry"]
    assert all(isinstance(each, TaskSucceeded) for each in world.go(EDGE, again))


def test_a_workflow_is_cancelled(world: ClusterWorld) -> None:
    """One step; afterwards another version may be asked for."""
    world.there.clusters.find(EDGE_ID, FATAL)
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="cancel")
    assert names(draft) == ["cancel"]
    assert isinstance(world.go(EDGE, draft)[-1], TaskSucceeded)
    world.there.clusters.find(EDGE_ID)
    assert isinstance(world.upgrade(EDGE, "v1.30")[-1], TaskSucceeded)
    assert world.there.strictness == ()


@pytest.mark.parametrize("as_text", [False, True])
def test_critical_lines_forbid_to_cancel(door: Door, *, as_text: bool) -> None:
    """Where they bind, the way is not offered, and refused where it is asked for."""
    world = door.world(SYSTEM, config(critical=True, texts_for_flags=as_text), ClusterWorld)
    world.there.clusters.find(EDGE_ID, FATAL)
    assert [each.name for each in world.broken().ways] == ["retry"]
    refusal = world.denied(way="cancel")
    assert refusal.why is not None
    assert refusal.why.params["because"] == CriticalStage().reason.model_dump()


def test_a_failed_postcheck_is_run_again(world: ClusterWorld) -> None:
    """The cluster has its version already; only the confirmation is missing."""
    world.there.clusters.fail_next(EDGE_ID, "PostCheck", "a pod does not start")
    failed = world.broken()
    assert [each.name for each in failed.ways] == ["retry"]
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    assert names(draft) == ["postcheck"]
    assert isinstance(world.go(EDGE, draft)[-1], TaskSucceeded)


def test_a_failed_snapshot_is_taken_again(world: ClusterWorld) -> None:
    """The precheck has passed, so it is not repeated."""
    world.there.clusters.fail_next(EDGE_ID, "Snapshot", "the disk is gone")
    failed = world.broken()
    assert failed.reason == SnapshotFailed(words="the disk is gone").reason
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    assert names(draft) == ["snapshot", "upgrade", "postcheck"]
    assert isinstance(world.go(EDGE, draft)[-1], TaskSucceeded)
