"""The system `cce-cluster`, the client and the strict simulator over a real socket."""

from collections.abc import Iterator

import pytest

from bot.core.codes import Denied, Reason
from bot.core.codes.systems import StatusOf
from bot.core.errors import CloudRefusedError
from bot.core.operation import TaskLine
from bot.core.plan import PlannedStep
from bot.core.system import (
    PrerequisiteSteps,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault, sandbox_config
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
    edge_config,
)
from bot.systems.cce_cluster import Cluster
from bot.systems.cce_cluster.codes import Course, OtherWorkflow, WorkflowBusy
from bot.systems.cce_cluster.task_codes import StepProgress
from tests.systems.cce_cluster_world import (
    ADDON,
    EDGE,
    LEAN,
    PILOT,
    SYSTEM,
    ClusterWorld,
    config,
    names,
)
from tests.systems.conversing import JOB_SECONDS, Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """One server for all tests of this module."""
    with opened() as door:
        yield door


@pytest.fixture
def world(door: Door) -> ClusterWorld:
    """A fresh project."""
    return door.world(SYSTEM, config(), ClusterWorld)


@pytest.mark.parametrize(("target", "base"), [(EDGE, "/api/"), (PILOT, "/autopilot/")])
def test_an_upgrade_from_plan_to_end(world: ClusterWorld, target: Cluster, base: str) -> None:
    """The whole way on the paths of the flavour; exact versions come from the workflow."""
    draft = world.draft(target, "deploy", version="1.31")
    assert names(draft) == ["workflow", "precheck", "snapshot", "upgrade", "postcheck"]
    assert (draft.before, draft.after) == ("v1.29.8-r0", "v1.31.4-r2")
    seen = world.go(target, draft)
    assert all(isinstance(each, TaskSucceeded) for each in seen), seen
    assert len(seen) == 5
    assert world.calls == ["upgradeworkflows", "precheck", "snapshot", "upgrade", "postcheck"]
    assert all(each.path.startswith(base) for each in world.there.executed)
    assert world.there.clusters.version(target.id) == "v1.31.4-r2"
    assert world.there.strictness == ()
    report = world.run(SYSTEM.status(target))
    assert report.headline == StatusOf(status="Available", version="v1.31.4-r2").reason
    entries = world.run(SYSTEM.history(target))
    assert (entries[0].description, entries[0].status) == ("v1.29.8-r0 → v1.31.4-r2", "Success")
    assert [each.is_current for each in entries] == [True, *[False] * (len(entries) - 1)]


def test_the_card_names_every_point(world: ClusterWorld) -> None:
    """While a step runs, each point of the workflow is shown, and which node is upgraded."""
    draft = world.draft(EDGE, "deploy", version="v1.30")
    world.go(EDGE, draft, until="upgrade")
    work = Work(step=draft.steps[3], earlier=world.done)
    task = world.send(EDGE, work)
    world.hands.advance(JOB_SECONDS / 2)
    seen = world.run(SYSTEM.watch(EDGE, work, task))
    assert isinstance(seen, TaskRunning)
    points = ("PreCheck Success", "Snapshot Success", "Cluster Running", "PostCheck Init")
    detail = StepProgress(
        status="Running", progress="50", points=points, nodes=2, upgrading=("node-2",)
    )
    assert seen.detail == detail.reason
    assert TaskLine(name="Cluster", status="Running", state="running") in seen.tasks


def test_no_snapshot_where_none_is_wanted(world: ClusterWorld) -> None:
    """`snapshot: false` leaves the step out."""
    assert all(isinstance(each, TaskSucceeded) for each in world.upgrade(LEAN, "v1.30"))
    assert world.calls == ["upgradeworkflows", "precheck", "upgrade", "postcheck"]


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
    assert isinstance(detour.reason, Reason)
    assert detour.reason.key == "plan.precheck_expired"
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
    assert caught.value.reason.key == "refused.precheck_expired"
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
    assert world.denied() == Denied.of(OtherWorkflow(workflow=uid, version="v1.30.6-r0"))


def test_a_task_of_somebody_else_is_refused(world: ClusterWorld) -> None:
    """While it runs, nothing is planned."""
    uid = world.there.clusters.meddle(EDGE_ID, "v1.31")
    world.there.clusters.meddle_with(EDGE_ID, "PreCheck")
    refusal = world.denied()
    points = ("PreCheck Init", "Snapshot Init", "Cluster Init", "PostCheck Init")
    course = Course(version="v1.31.4-r2", status="Running", points=points).reason
    assert refusal == Denied.of(WorkflowBusy(workflow=uid, course=course))


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
    assert refusal.code == "no_such_version"
    assert refusal.why is not None
    assert "v1.30.6-r0" in str(refusal.why.params["offered"])
    assert world.denied(version="v1.29").code == "no_change"
    assert world.denied(version="v1.28").code == "no_change"
    assert world.denied(version="latest").code == "bad_version"
    world.there.clusters.offer(EDGE_ID)
    refusal = world.denied()
    assert refusal.code == "no_such_version"
    assert refusal.why is not None
    assert refusal.why.params["offered"] == []


def test_a_cluster_that_is_not_available(world: ClusterWorld) -> None:
    """With the vendor's reason: what ends by itself is waited for, the rest is mended."""
    world.there.clusters.be(EDGE_ID, "ScalingUp")
    assert world.denied().code == "in_progress"
    world.there.clusters.be(EDGE_ID, "Unavailable", "etcd has no leader")
    refusal = world.denied()
    assert refusal.code == "not_available"
    assert refusal.why is not None
    assert "etcd has no leader" in str(refusal.why.params["words"])


def test_a_cluster_of_the_other_flavour_is_not_there(world: ClusterWorld) -> None:
    """A wrong flavour looks like a wrong id."""
    nobody = Cluster.model_validate({"cluster_id": EDGE_ID, "flavour": "autopilot"})
    assert world.denied(nobody).code == "not_found"


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
    assert isinstance(seen.detail, Reason)
    assert (seen.detail.params["status"], seen.note) == ("Pause", None)


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
