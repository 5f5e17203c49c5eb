"""The system `cce-cluster`, the client and the strict simulator over a real socket."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError
from bot.core.operation import TaskLine
from bot.core.plan import PlanDraft, PlannedStep
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    PrerequisiteSteps,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault, HuaweiConfig, sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
    CceClusterConfig,
    ClusterSeed,
    FindingSeed,
    NodeSeed,
    edge_config,
)
from bot.systems import system
from bot.systems.cce_cluster import Cluster
from tests.systems.conversing import JOB_SECONDS, Door, World, opened

SYSTEM: Final = system("cce-cluster")
EDGE: Final = Cluster.model_validate({"cluster_id": EDGE_ID})
LEAN: Final = Cluster.model_validate({"cluster_id": EDGE_ID, "snapshot": False})
PILOT_ID: Final = "c0ffee00-8aa2-11ee-af09-0255ac10004f"
PILOT: Final = Cluster.model_validate({"cluster_id": PILOT_ID, "flavour": "autopilot"})
NODES: Final = (
    NodeSeed(uid="node-uid-1", name="node-1"),
    NodeSeed(uid="node-uid-2", name="node-2"),
)
DISK: Final = FindingSeed(
    name="disk usage", message="/var is 91 % full", nodes=("node-uid-1", "node-uid-2")
)
ADDON: Final = FindingSeed(name="add-on limits", level="Info", message="coredns has no limits")
FATAL: Final = FindingSeed(
    name="kubelet", kind="Exception", level="Fatal", message="it does not run",
    nodes=("node-uid-2",),
)  # fmt: skip

CLUSTERS: Final = CceClusterConfig(
    clusters=(
        ClusterSeed(id=EDGE_ID, name="edge", nodes=NODES, past=("v1.28.15-r4",)),
        ClusterSeed(id=PILOT_ID, name="pilot", flavour="autopilot"),
    ),
    seconds=JOB_SECONDS,
)


def config(**choices: Any) -> HuaweiConfig:
    """The sandbox's project with clusters of our own."""
    clusters = CLUSTERS.model_copy(update=choices)
    changes = {"cce_clusters": clusters, "cce_writes_a_minute": None}
    return sandbox_config().model_copy(update=changes)


class ClusterWorld(World):
    """A project with a cluster, whose plans have several steps and detours."""

    done: tuple[RemoteTask, ...] = ()

    def go(self, target: Cluster, draft: PlanDraft, *, until: str = "") -> list[PollResult]:
        """Send and watch the steps before *until*, and what comes between, up to a failure."""
        steps, seen = list(draft.steps), list[PollResult]()
        done: tuple[RemoteTask, ...] = ()
        while steps and steps[0].name != until:
            work = Work(step=steps[0], earlier=done)
            outcome = self.run(self.system.submit(target, work))
            if isinstance(outcome, PrerequisiteSteps):
                assert len(steps) <= len(draft.steps), "one detour leads to another"
                steps = [*outcome.steps, *steps]
                continue
            seen.append(self.look(target, work, outcome))
            if not isinstance(seen[-1], TaskSucceeded):
                break
            done = (*done, outcome)
            steps = steps[1:]
        self.done = done
        return seen

    def upgrade(self, target: Cluster = EDGE, version: str = "v1.31", **given: Any) -> list[Any]:
        """Plan and carry out an upgrade."""
        return self.go(target, self.draft(target, "deploy", version=version, **given))

    def broken(self, **given: Any) -> TaskFailed:
        """Carry out an upgrade that fails, and return how."""
        seen = self.upgrade(**given)
        assert isinstance(seen[-1], TaskFailed), seen
        return seen[-1]

    def denied(self, target: Cluster = EDGE, version: str = "v1.31", **given: Any) -> Denied:
        """Ask for what is refused."""
        refusal = self.prepare(target, "deploy", version=version, **given)
        assert isinstance(refusal, Denied), refusal
        return refusal

    @property
    def calls(self) -> list[str]:
        """The ends of the paths of what took effect."""
        return [each.path.rpartition("/operation/")[2] for each in self.there.executed]


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """One server for all tests of this module."""
    with opened() as door:
        yield door


@pytest.fixture
def world(door: Door) -> ClusterWorld:
    """A fresh project."""
    return door.world(SYSTEM, config(), ClusterWorld)


def names(draft: PlanDraft) -> list[str]:
    """The steps of a plan."""
    return [each.name for each in draft.steps]


@pytest.mark.parametrize(("target", "base"), [(EDGE, "/api/"), (PILOT, "/autopilot/")])
def test_an_upgrade_from_plan_to_end(world: ClusterWorld, target: Cluster, base: str) -> None:
    """The whole way on the paths of the flavour; exact versions come from the workflow."""
    draft = world.draft(target, "deploy", version="1.31")
    assert names(draft) == ["workflow", "precheck", "snapshot", "upgrade", "postcheck"]
    assert (draft.before, draft.after) == ("v1.29.8-r0", "v1.31")
    seen = world.go(target, draft)
    assert all(isinstance(each, TaskSucceeded) for each in seen), seen
    assert len(seen) == 5
    assert world.calls == ["upgradeworkflows", "precheck", "snapshot", "upgrade", "postcheck"]
    assert all(each.path.startswith(base) for each in world.there.executed)
    assert world.there.clusters.version(target.id) == "v1.31.4-r2"
    assert world.there.strictness == ()
    report = world.run(SYSTEM.status(target))
    assert report.headline == "Available v1.31.4-r2"
    entries = world.run(SYSTEM.history(target))
    assert (entries[0].description, entries[0].status) == ("v1.29.8-r0 → v1.31.4-r2", "Success")
    assert [each.is_current for each in entries] == [True, *[False] * (len(entries) - 1)]


def test_the_card_names_every_point(world: ClusterWorld) -> None:
    """While a step runs, each point of the workflow is shown with its state."""
    draft = world.draft(EDGE, "deploy", version="v1.30")
    world.go(EDGE, draft, until="upgrade")
    work = Work(step=draft.steps[3], earlier=world.done)
    task = world.send(EDGE, work)
    world.hands.advance(JOB_SECONDS / 2)
    seen = world.run(SYSTEM.watch(EDGE, work, task))
    assert isinstance(seen, TaskRunning)
    assert seen.detail == (
        "Running, 50; PreCheck Success, Snapshot Success, Cluster Running, PostCheck Init"
    )
    assert TaskLine(name="Cluster", status="Running") in seen.tasks


def test_no_snapshot_where_none_is_wanted(world: ClusterWorld) -> None:
    """`snapshot: false` leaves the step out."""
    assert all(isinstance(each, TaskSucceeded) for each in world.upgrade(LEAN, "v1.30"))
    assert world.calls == ["upgradeworkflows", "precheck", "upgrade", "postcheck"]


def test_risks_are_skipped_with_a_reason(world: ClusterWorld) -> None:
    """Findings are listed by node; a new precheck leaves them out, and the upgrade goes on."""
    world.there.clusters.find(EDGE_ID, DISK, ADDON)
    failed = world.broken()
    assert str(failed.reason).startswith(
        "the precheck found 3 risks: node-1: disk usage (Risk/Warning)"
    )
    assert failed.tasks[0] == TaskLine(
        name="node-1: disk usage", status="Risk/Warning", detail="/var is 91 % full"
    )
    assert [each.name for each in failed.ways] == ["skip", "retry", "cancel"]
    skip = failed.ways[0]
    assert (skip.label, skip.wants_reason) == ("Skip 3 risks", True)
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
    assert "1 exception and 2 risks" in failed.reason
    assert failed.tasks[0].status == "Exception/Fatal"
    assert [each.name for each in failed.ways] == ["retry", "cancel"]
    world.there.clusters.find(EDGE_ID)
    assert isinstance(world.upgrade(way="retry")[-1], TaskSucceeded)
    assert world.there.clusters.version(EDGE_ID) == "v1.31.4-r2"


def test_an_error_of_the_precheck_is_retried_only(world: ClusterWorld) -> None:
    """It found nothing, so there is nothing to skip."""
    world.there.clusters.fail_next(EDGE_ID, "PreCheck", "no agent answers", is_error=True)
    failed = world.broken()
    assert failed.reason == "the precheck ended Error: no agent answers"
    assert [each.name for each in failed.ways] == ["retry", "cancel"]


@pytest.mark.parametrize("after", ["Upgrading", "Available", "Unavailable"])
def test_a_failed_upgrade_is_retried(door: Door, after: str) -> None:
    """Whatever the cluster is meanwhile: the same task runs again, then the postcheck."""
    world = door.world(SYSTEM, config(failed_phase=after), ClusterWorld)
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "node-2 does not come back")
    failed = world.broken()
    assert str(failed.reason).startswith("the upgrade failed: node-2 does not come back")
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
    before = world.run(
        SYSTEM.watch(EDGE, Work(step=step), RemoteTask(id=str(step.parameters["retry"])))
    )
    assert isinstance(before, TaskRunning)
    assert str(before.detail).startswith("as before the retry: Failed")
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "twice")
    failed = world.go(EDGE, draft)[-1]
    assert isinstance(failed, TaskFailed)
    assert "twice" in failed.reason


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
    assert "critical line" in world.denied(way="cancel").reason


@pytest.mark.parametrize("where", ["workflow", "precheck"])
@pytest.mark.parametrize("go_times", [False, True])
def test_an_expired_precheck_runs_again(door: Door, where: str, *, go_times: bool) -> None:
    """The detour keeps what was skipped; CCE is never asked for what it must refuse."""
    world = door.world(SYSTEM, config(holds=20, expiry_in=where, go_times=go_times), ClusterWorld)
    world.there.clusters.find(EDGE_ID, ADDON)
    items = world.broken().ways[0].items
    draft = world.draft(EDGE, "deploy", version="v1.31", way="skip", items=items)
    world.go(EDGE, draft, until="upgrade")
    world.hands.advance(30)
    work = Work(step=draft.steps[2], earlier=world.done)
    detour = world.run(SYSTEM.submit(EDGE, work))
    assert isinstance(detour, PrerequisiteSteps)
    assert detour.steps[0].parameters["skip"] == ["add-on limits"]
    assert "run out" in detour.reason
    rest = draft.model_copy(update={"steps": (*detour.steps, *draft.steps[2:])})
    assert all(isinstance(each, TaskSucceeded) for each in world.go(EDGE, rest))
    assert world.there.strictness == ()


def test_an_expiry_that_nobody_tells_is_a_plain_refusal(door: Door) -> None:
    """CCE's own word says what happened, and asking again goes on."""
    world = door.world(SYSTEM, config(holds=1, expiry_in="neither"), ClusterWorld)
    draft = world.draft(EDGE, "deploy", version="v1.31")
    world.go(EDGE, draft, until="upgrade")
    with pytest.raises(CloudRefusedError) as caught:
        world.send(EDGE, Work(step=draft.steps[3], earlier=world.done))
    assert (caught.value.code, caught.value.verdict) == ("CCE.01400075", "refused")
    assert "ask for the upgrade again" in caught.value.why
    assert names(world.draft(EDGE, "deploy", version="v1.31"))[0] == "upgrade"


def test_what_is_open_is_continued(world: ClusterWorld) -> None:
    """A workflow that somebody opened for the same version is gone on with."""
    uid = world.there.clusters.meddle(EDGE_ID, "v1.31")
    draft = world.draft(EDGE, "deploy", version="v1.31.4-r2")
    assert names(draft) == ["precheck", "snapshot", "upgrade", "postcheck"]
    assert {each.parameters["workflow"] for each in draft.steps} == {uid}
    assert all(isinstance(each, TaskSucceeded) for each in world.go(EDGE, draft))


def test_a_workflow_to_another_version_is_refused(world: ClusterWorld) -> None:
    """With its id, and what can be done."""
    uid = world.there.clusters.meddle(EDGE_ID, "v1.30")
    refusal = world.denied()
    assert (refusal.code, uid in refusal.reason) == ("in_progress", True)
    assert "v1.30.6-r0" in refusal.way_out


def test_a_task_of_somebody_else_is_refused(world: ClusterWorld) -> None:
    """While it runs, nothing is planned."""
    uid = world.there.clusters.meddle(EDGE_ID, "v1.31")
    world.there.clusters.meddle_with(EDGE_ID, "PreCheck")
    refusal = world.denied()
    assert (refusal.code, uid in refusal.reason) == ("in_progress", True)
    assert "PreCheck Init" in refusal.reason


def test_a_lock_of_somebody_else_is_waited_for(world: ClusterWorld) -> None:
    """CCE.01429002 says busy, although its status is that of a throttle."""
    draft = world.draft(EDGE, "deploy", version="v1.31")
    world.go(EDGE, draft, until="precheck")
    world.there.clusters.meddle_with(EDGE_ID, "PreCheck")
    with pytest.raises(CloudRefusedError) as caught:
        world.send(EDGE, Work(step=draft.steps[1], earlier=world.done))
    assert (caught.value.verdict, caught.value.code) == ("busy", "CCE.01429002")


def test_a_workflow_that_was_opened_meanwhile_is_busy(world: ClusterWorld) -> None:
    """409 in Kubernetes' form; by then a plan would go on with the other one."""
    draft = world.draft(EDGE, "deploy", version="v1.31")
    world.there.clusters.meddle(EDGE_ID, "v1.31")
    with pytest.raises(CloudRefusedError) as caught:
        world.send(EDGE, Work(step=draft.steps[0]))
    assert caught.value.verdict == "busy"


def test_writes_are_throttled(door: Door) -> None:
    """The eleventh in a minute is told to wait, and counts itself."""
    limited = config().model_copy(update={"cce_writes_a_minute": 10})
    world = door.world(SYSTEM, limited, ClusterWorld)
    world.there.clusters.take_seconds(EDGE_ID, 0)
    for _ in range(10):
        with pytest.raises(CloudRefusedError):
            world.send(EDGE, declined())
    with pytest.raises(CloudRefusedError) as caught:
        world.send(EDGE, declined())
    assert caught.value.verdict == "throttled"
    assert "limit:10,time:1 minute" in caught.value.why
    world.hands.advance(59)
    with pytest.raises(CloudRefusedError) as caught:
        world.send(EDGE, Work(step=world.draft(EDGE, "deploy", version="v1.31").steps[0]))
    assert caught.value.verdict == "throttled"
    world.hands.advance(61)
    assert isinstance(world.upgrade()[-1], TaskSucceeded)


def declined() -> Work:
    """A call that CCE refuses."""
    return Work(step=PlannedStep(name="workflow", parameters={"target": "v1.99"}))


def test_versions_that_are_not_offered(world: ClusterWorld) -> None:
    """The offered ones are named; what runs, and what is lower, is no change."""
    refusal = world.denied(version="v1.35")
    assert (refusal.code, "v1.30.6-r0" in refusal.way_out) == ("no_such_version", True)
    assert world.denied(version="v1.29").code == "no_change"
    assert world.denied(version="v1.28").code == "no_change"
    assert world.denied(version="latest").code == "bad_version"
    world.there.clusters.offer(EDGE_ID)
    refusal = world.denied()
    assert "no upgrade now" in refusal.reason
    assert refusal.code == "no_such_version"


def test_a_cluster_that_is_not_available(world: ClusterWorld) -> None:
    """With the vendor's reason: what ends by itself is waited for, the rest is mended."""
    world.there.clusters.be(EDGE_ID, "ScalingUp")
    assert world.denied().code == "in_progress"
    world.there.clusters.be(EDGE_ID, "Unavailable", "etcd has no leader")
    refusal = world.denied()
    assert (refusal.code, "etcd has no leader" in refusal.reason) == ("not_available", True)


def test_a_cluster_of_the_other_flavour_is_not_there(world: ClusterWorld) -> None:
    """A wrong flavour looks like a wrong id."""
    nobody = Cluster.model_validate({"cluster_id": EDGE_ID, "flavour": "autopilot"})
    assert world.denied(nobody).code == "not_found"


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
    assert failed.reason == "the snapshot failed: the disk is gone"
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    assert names(draft) == ["snapshot", "upgrade", "postcheck"]
    assert isinstance(world.go(EDGE, draft)[-1], TaskSucceeded)


STEPS: Final = ("workflow", "precheck", "snapshot", "upgrade", "postcheck")


def lost(world: ClusterWorld, name: str, fault: Fault, target: Cluster = EDGE) -> SentStep:
    """Carry out an upgrade up to a step, whose answer is lost."""
    draft = world.draft(target, "deploy", version="v1.31")
    world.go(target, draft, until=name)
    return world.lose_step(target, fault, draft, world.done)


@pytest.mark.parametrize("go_times", [False, True])
@pytest.mark.parametrize("name", STEPS)
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    door: Door, name: str, *, go_times: bool
) -> None:
    """FM-56, FM-58: found again by time and versions, and nothing is sent twice."""
    world = door.world(SYSTEM, config(go_times=go_times), ClusterWorld)
    sent = lost(world, name, Fault(kind="drop", when="after"))
    found = world.run(SYSTEM.recover(EDGE, sent))
    assert isinstance(found, Adopted), found
    assert isinstance(world.look(EDGE, sent.work, found.task), TaskSucceeded)
    assert len(world.there.executed) == STEPS.index(name) + 1


@pytest.mark.parametrize("name", STEPS)
def test_what_was_not_executed_is_not_found(world: ClusterWorld, name: str) -> None:
    """FM-55, FM-57: however long one reads."""
    sent = lost(world, name, Fault(kind="answer", status=502, when="before"))
    for _ in range(2):
        world.hands.advance(60)
        assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), NothingFound)


def test_what_is_executed_later_is_adopted_then(world: ClusterWorld) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    sent = lost(world, "precheck", Fault(kind="later", status=504, seconds=30))
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), NothingFound)
    world.hands.advance(40)
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), Adopted)


def test_two_that_may_be_ours_are_for_people(world: ClusterWorld) -> None:
    """Somebody took a snapshot in the same minute."""
    sent = lost(world, "snapshot", Fault(kind="drop", when="after"))
    world.hands.advance(JOB_SECONDS + 1)
    world.there.clusters.meddle_with(EDGE_ID, "Snapshot")
    found = world.run(SYSTEM.recover(EDGE, sent))
    assert isinstance(found, NothingFound)
    assert "more than one" in found.reason


@pytest.mark.parametrize(("when", "kind"), [("after", Adopted), ("before", NothingFound)])
def test_a_lost_retry(world: ClusterWorld, when: Any, kind: type) -> None:
    """The task that had failed runs, or stands as it did."""
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "once")
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    world.hands.advance(600)
    sent = world.lose_step(EDGE, Fault(kind="drop", when=when), draft)
    world.hands.advance(1)
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), kind)


@pytest.mark.parametrize(("when", "kind"), [("after", Adopted), ("before", NothingFound)])
def test_a_lost_cancel(world: ClusterWorld, when: Any, kind: type) -> None:
    """The workflow says whether it is cancelled."""
    world.there.clusters.find(EDGE_ID, FATAL)
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="cancel")
    sent = world.lose_step(EDGE, Fault(kind="drop", when=when), draft)
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), kind)


def test_a_pause_is_shown_and_is_running(world: ClusterWorld) -> None:
    """Somebody pauses the upgrade in the console: it is no end."""
    draft = world.draft(EDGE, "deploy", version="v1.31")
    world.go(EDGE, draft, until="upgrade")
    work = Work(step=draft.steps[3], earlier=world.done)
    task = world.send(EDGE, work)
    world.there.faults.add(
        Fault(kind="job_status", match="GET */upgrade/tasks/*", words=("Pause",))
    )
    seen = world.run(SYSTEM.watch(EDGE, work, task))
    assert isinstance(seen, TaskRunning)
    assert (str(seen.detail).startswith("Pause"), seen.note) == (True, "")


def test_a_task_that_is_gone_has_vanished(world: ClusterWorld) -> None:
    """FM-77: the API does not know it any more."""
    draft = world.draft(EDGE, "deploy", version="v1.31")
    world.go(EDGE, draft, until="upgrade")
    work = Work(step=draft.steps[3], earlier=world.done)
    task = world.send(EDGE, work)
    world.there.faults.add(Fault(kind="vanished_job", match="GET */upgrade/tasks/*"))
    assert isinstance(world.run(SYSTEM.watch(EDGE, work, task)), TaskNotFound)


def test_the_sandboxes_cluster_can_be_upgraded(door: Door) -> None:
    """What people meet in the sandbox, with its limit of writes."""
    world = door.world(SYSTEM, sandbox_config(job_seconds=JOB_SECONDS), ClusterWorld)
    assert isinstance(world.upgrade()[-1], TaskSucceeded)
    assert edge_config().clusters[0].id == EDGE_ID
