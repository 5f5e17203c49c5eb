"""ServiceStage v2, the client and the strict simulator over a real socket."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import Contradicted, NoSuchRevision, Ready, TaskProgress
from bot.core.errors import CloudError, CloudRefusedError
from bot.core.plan import PlanDraft
from bot.core.records import Action, Json, PastStep
from bot.core.system import (
    Adopted,
    NothingFound,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault, HuaweiConfig, sandbox_config
from bot.sandbox.clouds.huawei.seeds.servicestage_v2 import (
    BILLING_APPLICATION_ID,
    BILLING_COMPONENT_ID,
    BILLING_INSTANCE_ID,
)
from bot.systems import system
from bot.systems._huawei.codes import ScaledByHosts
from bot.systems.servicestage_v2 import Instance
from bot.systems.servicestage_v2.codes import ArtifactDiffers
from bot.views.words import spelled
from tests.systems.conversing import JOB_SECONDS, Door, World, opened

SYSTEM: Final = system("servicestage-v2")
URL: Final = "swr.cn-north-4.myhuaweicloud.com/shop/"
NOBODY: Final = "00000000-0000-4000-8000-000000000000"


def a_target(**changes: Any) -> Instance:
    """The sandbox's billing."""
    settings: dict[str, Any] = {
        "application_id": BILLING_APPLICATION_ID,
        "component_id": BILLING_COMPONENT_ID,
        "instance_id": BILLING_INSTANCE_ID,
        "artifacts": {"billing": URL + "billing:{version}"},
    }
    return Instance.model_validate({**settings, **changes})


BILLING: Final = a_target()
TAXES: Final = a_target(
    component_id=None,
    instance_id=None,
    artifacts={"taxes": URL + "taxes:{version}"},
    create_body={
        "component": {"name": "taxes", "runtime": "Docker", "category": "Common"},
        "instance": {
            "name": "taxes-1",
            "environment_id": "6e763000-9128-4a9d-adea-34c42cc5344d",
            "flavor_id": "MICRO-5G:0.5C:1G",
            "replica": 1,
            "artifacts": {"taxes": {"storage": "swr", "type": "image", "auth": "iam"}},
            "configuration": {"env": [{"name": "LEVEL", "value": "warn"}]},
            "refer_resources": [
                {"id": "c-1", "type": "cce", "parameters": {"namespace": "default"}}
            ],
        },
    },
)  # fmt: skip


def config(**changes: Any) -> HuaweiConfig:
    """The sandbox's project; *changes* are of its part of v2."""
    base = sandbox_config(job_seconds=JOB_SECONDS)
    part = base.servicestage_v2.model_copy(update=changes)
    return base.model_copy(update={"servicestage_v2": part})


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server that outlives the tests' projects."""
    with opened() as there:
        yield there


@pytest.fixture
def world(door: Door) -> World:
    """The sandbox's project, fresh."""
    return door.world(SYSTEM, config())


def headline(world: World, target: Instance = BILLING) -> str:
    """What the status says first."""
    return spelled(world.run(SYSTEM.status(target)).headline)


def settings(world: World, instance: str = BILLING_INSTANCE_ID) -> dict[str, Any]:
    """What an instance is set to, but for version, artifacts and what moves by itself."""
    moving = {"version", "artifacts", "update_time", "status_detail"}
    return {k: v for k, v in world.there.instances.view(instance).items() if k not in moving}


@pytest.mark.parametrize("omitted", ["kept", "dropped"])
def test_a_deployment_from_plan_to_end(door: Door, omitted: str) -> None:
    """The whole way; nothing is refused, and every setting outlives it, however a PUT counts."""
    world = door.world(SYSTEM, config(omitted=omitted))
    before = settings(world)
    draft = world.draft(BILLING, "deploy", version="2.4.0")
    assert (draft.before, draft.after) == ("2.3.0", "2.4.0")
    assert isinstance(world.carry_out(BILLING, "deploy", version="2.4.0"), TaskSucceeded)
    assert headline(world) == "running 2.4.0"
    assert settings(world) == before
    facts = world.run(SYSTEM.status(BILLING)).facts
    assert facts["artifact:billing"] == URL + "billing:2.4.0"
    entries = world.run(SYSTEM.history(BILLING))
    assert [entry.revision for entry in entries] == ["2.4.0", "2.3.0", "2.2.0", "2.1.0"]
    assert [entry.can_return for entry in entries] == [False, True, True, True]
    assert entries[0].description == "New Version: 2.4.0"
    assert [done.method for done in world.there.executed] == ["PUT"]
    assert world.there.strictness == ()


def test_jobs_are_read_with_keys_in_upper_case(world: World) -> None:
    """The v2 path shouts its keys; tasks and progress are told all the same."""
    draft = world.draft(BILLING, "deploy", version="2.4.0")
    work = Work(step=draft.steps[0])
    task = world.send(BILLING, work)
    world.hands.advance(JOB_SECONDS / 2)
    seen = world.run(SYSTEM.watch(BILLING, work, task))
    assert isinstance(seen, TaskRunning)
    assert seen.detail == TaskProgress(status="RUNNING", done=4, total=5).reason
    assert [line.name for line in seen.tasks][:2] == [
        "SEPARATOR_PREPARE_RESOURCES",
        "SEPARATOR_BUILDING",
    ]
    assert seen.note is None


def test_creating_takes_two_steps_and_is_found_by_name_then(world: World) -> None:
    """A template makes a component, then its instance; later actions need no ids."""
    missing = world.prepare(TAXES, "deploy", version="1.0.0")
    assert isinstance(missing, Denied)
    assert missing.code == "not_found"
    assert headline(world, TAXES) == "not created yet"
    assert world.run(SYSTEM.history(TAXES)) == ()
    draft = world.draft(TAXES, "create", version="1.0.0")
    assert [step.name for step in draft.steps] == ["create component", "create instance"]
    assert isinstance(world.carry_out(TAXES, "create", version="1.0.0"), TaskSucceeded)
    assert headline(world, TAXES) == "running 1.0.0"
    twice = world.prepare(TAXES, "create", version="1.0.0")
    assert isinstance(twice, Denied)
    assert twice.code == "no_change"
    assert isinstance(world.carry_out(TAXES, "deploy", version="1.1.0"), TaskSucceeded)
    assert isinstance(world.carry_out(TAXES, "rollback"), TaskSucceeded)
    assert headline(world, TAXES) == "running 1.0.0"
    assert world.there.strictness == ()


def test_half_a_creation_is_gone_on_with(world: World) -> None:
    """Where the component is there already, only the instance is created."""
    first = world.draft(TAXES, "create", version="1.0.0")
    world.send(TAXES, Work(step=first.steps[0]))
    again = world.draft(TAXES, "create", version="1.0.0")
    assert [step.name for step in again.steps] == ["create instance"]
    assert isinstance(world.carry_out(TAXES, "create", version="1.0.0"), TaskSucceeded)
    assert headline(world, TAXES) == "running 1.0.0"


@pytest.mark.parametrize("shows", [True, False])
def test_a_component_is_watched_by_reading_it(door: Door, *, shows: bool) -> None:
    """It has no job: normal is the end, gone has vanished, and the sample names no status."""
    world = door.world(SYSTEM, config(shows_component_status=shows))
    work = Work(step=world.draft(TAXES, "create", version="1.0.0").steps[0])
    task = world.send(TAXES, work)
    assert isinstance(world.look(TAXES, work, task), TaskSucceeded)
    gone = task.model_copy(update={"id": NOBODY})
    assert isinstance(world.look(TAXES, work, gone), TaskNotFound)


def test_rollbacks_one_after_the_other(world: World) -> None:
    """To what was before, to a named one, and never forward to what was left by itself."""
    for revision, to in ((None, "2.2.0"), (None, "2.1.0"), ("2.3.0", "2.3.0")):
        assert isinstance(world.carry_out(BILLING, "rollback", revision=revision), TaskSucceeded)
        assert headline(world) == f"running {to}"
    assert isinstance(world.carry_out(BILLING, "rollback", revision="2.1.0"), TaskSucceeded)
    nothing = world.prepare(BILLING, "rollback")
    assert isinstance(nothing, Denied)
    assert nothing.code == "no_previous_revision"
    wrong = world.prepare(BILLING, "rollback", revision="2.2.1")
    assert isinstance(wrong, Denied)
    near = ("2.2.0", "2.3.0")
    assert wrong == Denied.of(NoSuchRevision(thing="instance", revision="2.2.1", near=near))


def test_an_old_version_that_was_deployed_again_goes_back_to_the_one_before(world: World) -> None:
    """What Slipway deployed last was no way back: the newest other snapshot ran before it."""
    given: dict[str, Json] = {"version": "2.3.0"}
    past = (PastStep(action="deploy", name="deploy", parameters=given, task="J", before="2.4.0"),)
    assert isinstance(world.carry_out(BILLING, "deploy", version="2.4.0"), TaskSucceeded)
    assert isinstance(world.carry_out(BILLING, "rollback", revision="2.3.0"), TaskSucceeded)
    assert world.draft(BILLING, "rollback").after == "2.2.0"
    assert world.draft(BILLING, "rollback", past=past).after == "2.4.0"


def test_switching_and_scaling(world: World) -> None:
    """Stop, start, restart and scale, each followed to its end."""
    headlines = []
    actions: list[tuple[Action, dict[str, Any]]] = [
        ("stop", {}), ("start", {}), ("restart", {}), ("scale", {"replicas": 3}),
    ]  # fmt: skip
    for action, given in actions:
        assert isinstance(world.carry_out(BILLING, action, **given), TaskSucceeded)
        headlines.append(headline(world).split()[0])
    assert headlines == ["stopped", "running", "running", "running"]
    assert world.run(SYSTEM.status(BILLING)).facts["replicas"] == Ready(ready=3, wanted=3).reason
    assert world.there.strictness == ()


def test_a_failure_is_told_in_the_clouds_words_and_rolled_back(world: World) -> None:
    """A failing deployment names the task's reason; the way back leads to what ran before."""
    world.there.instances.fail_next_deploy(BILLING_INSTANCE_ID)
    seen = world.carry_out(BILLING, "deploy", version="2.4.0")
    assert isinstance(seen, TaskFailed)
    assert "readiness probe" in spelled(seen.reason)
    assert headline(world) == "failed 2.4.0"
    assert isinstance(world.carry_out(BILLING, "rollback"), TaskSucceeded)
    assert headline(world) == "running 2.3.0"


def test_numbers_as_versions_are_text_here(door: Door) -> None:
    """Where the vendor shows a version as a number, it is the same version."""
    world = door.world(SYSTEM, config(numeric_versions=True, describes_in_json=False))
    assert isinstance(world.carry_out(BILLING, "deploy", version="2"), TaskSucceeded)
    assert headline(world) == "running 2"
    assert isinstance(world.carry_out(BILLING, "deploy", version="3"), TaskSucceeded)
    assert isinstance(world.carry_out(BILLING, "rollback", revision="2"), TaskSucceeded)
    assert headline(world) == "running 2"


def test_misprinted_snapshots_are_read_as_meant(world: World) -> None:
    """The vendor's page closes the list after `count`; what a rollback needs can be read."""
    text = (
        b'{"snapshots": [{"create_time": 1571647078435, "description": "xxx", "instance_id": '
        b'"89f5baf5-efe4-4f12-9c0d-734d2af5a184", "version": "1"\n    },\n    "count": 1]\n}'
    )
    world.there.faults.add(Fault(kind="answer", match="GET */snapshots", status=200, raw=text))
    assert world.draft(BILLING, "rollback").after == "1"


@pytest.mark.parametrize("status", [400, 409])
def test_an_instance_under_way_is_left_alone(door: Door, status: int) -> None:
    """While a job runs, nothing else is planned; and what is sent all the same is told busy."""
    world = door.world(SYSTEM, config().model_copy(update={"busy_status": status}))
    draft = world.draft(BILLING, "deploy", version="2.4.0")
    world.send(BILLING, Work(step=draft.steps[0]))
    refusal = world.prepare(BILLING, "restart")
    assert isinstance(refusal, Denied)
    assert refusal.code == "in_progress"
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(BILLING, Work(step=draft.steps[0])))
    assert caught.value.verdict == "busy"


def test_a_throttled_call_was_not_accepted(world: World) -> None:
    """429 in the gateway's form proves that nothing was executed."""
    draft = world.draft(BILLING, "restart")
    world.there.faults.add(Fault(kind="throttled", retry_after="7"))
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(BILLING, Work(step=draft.steps[0])))
    assert (caught.value.verdict, caught.value.retry_after) == ("throttled", 7)
    assert world.there.executed == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"instance_id": NOBODY}, "SVCSTG.00100412"),
        ({"component_id": NOBODY}, "SVCSTG.00100404"),
        ({"application_id": NOBODY}, "SVCSTG.00100403"),
    ],
)
def test_wrong_ids_are_named_with_the_vendors_code(
    world: World, changes: dict[str, Any], code: str
) -> None:
    """404 with SVCSTG.001004xx: the target is not there, and the refusal says by whose word."""
    refusal = world.prepare(a_target(**changes), "restart")
    assert isinstance(refusal, Denied)
    assert refusal.code == "not_found"
    assert refusal.why is not None
    assert refusal.why.params["code"] == code
    assert NOBODY in refusal.why.params.values()
    with pytest.raises(CloudRefusedError):
        world.run(SYSTEM.status(a_target(**changes)))


def test_a_version_that_may_be_used_once_is_refused_in_the_vendors_words(door: Door) -> None:
    """SVCSTG.00100441 proves that nothing was executed."""
    world = door.world(SYSTEM, config(versions_once=True))
    draft = world.draft(BILLING, "deploy", version="2.1.0")
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(BILLING, Work(step=draft.steps[0])))
    assert (caught.value.verdict, caught.value.code) == ("refused", "SVCSTG.00100441")


CHANGES: Final[list[tuple[Action, dict[str, Any]]]] = [
    ("deploy", {"version": "2.4.0"}),
    ("rollback", {}),
    ("stop", {}),
    ("restart", {}),
    ("scale", {"replicas": 3}),
]


@pytest.mark.parametrize(("action", "given"), CHANGES)
@pytest.mark.parametrize("waits", [0.5, JOB_SECONDS + 1])
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    world: World, action: Action, given: dict[str, Any], waits: float
) -> None:
    """FM-56, FM-58: executed, then a reset: found again while it runs or after, sent once."""
    sent = world.lose(BILLING, Fault(kind="drop", when="after"), action, **given)
    world.hands.advance(waits)
    found = world.run(SYSTEM.recover(BILLING, sent))
    assert isinstance(found, Adopted), found
    assert isinstance(world.look(BILLING, sent.work, found.task), TaskSucceeded)
    assert len(world.there.executed) == 1


@pytest.mark.parametrize(("action", "given"), CHANGES)
def test_what_was_not_executed_is_not_found(
    world: World, action: Action, given: dict[str, Any]
) -> None:
    """FM-55, FM-57: nothing was executed, so nothing is adopted, however long one reads."""
    fault = Fault(kind="answer", status=502, when="before")
    sent = world.lose(BILLING, fault, action, **given)
    for _ in range(3):
        world.hands.advance(60)
        assert isinstance(world.run(SYSTEM.recover(BILLING, sent)), NothingFound)
    assert world.there.executed == ()


@pytest.mark.parametrize(
    "spoiled", [Fault(kind="garbage"), Fault(kind="html"), Fault(kind="empty")]
)
def test_a_spoiled_acceptance_is_adopted(world: World, spoiled: Fault) -> None:
    """PR6: a 2xx that names no job was accepted, and its job is found."""
    draft = world.draft(BILLING, "deploy", version="2.4.0")
    world.there.faults.add(spoiled)
    with pytest.raises(CloudError, match="deploy of"):
        world.run(SYSTEM.submit(BILLING, Work(step=draft.steps[0])))
    sent = SentStep(
        work=Work(step=draft.steps[0]),
        observed=draft.observed,
        permitted_at=world.hands.now,
        settle=SYSTEM.spec.settle,
    )
    world.hands.advance(1)
    assert isinstance(world.run(SYSTEM.recover(BILLING, sent)), Adopted)
    assert len(world.there.executed) == 1


def test_both_steps_of_a_lost_creation_are_adopted(world: World) -> None:
    """The component by its name, kind and time; the instance by its name and its job."""
    draft = world.draft(TAXES, "create", version="1.0.0")
    first = world.lose_step(TAXES, Fault(kind="drop", when="after"), draft)
    component = world.run(SYSTEM.recover(TAXES, first))
    assert isinstance(component, Adopted), component
    assert isinstance(world.look(TAXES, first.work, component.task), TaskSucceeded)
    second = world.lose_step(
        TAXES, Fault(kind="drop", when="after"), draft, earlier=(component.task,)
    )
    world.hands.advance(1)
    job = world.run(SYSTEM.recover(TAXES, second))
    assert isinstance(job, Adopted), job
    assert isinstance(world.look(TAXES, second.work, job.task), TaskSucceeded)
    assert [done.method for done in world.there.executed] == ["POST", "POST"]


def test_a_creation_that_was_not_executed_is_not_found(world: World) -> None:
    """Neither step is there, so neither is adopted."""
    before = Fault(kind="answer", status=504, when="before")
    draft = world.draft(TAXES, "create", version="1.0.0")
    first = world.lose_step(TAXES, before, draft)
    assert isinstance(world.run(SYSTEM.recover(TAXES, first)), NothingFound)
    component = world.send(TAXES, Work(step=draft.steps[0]))
    second = world.lose_step(TAXES, before, draft, earlier=(component,))
    assert isinstance(world.run(SYSTEM.recover(TAXES, second)), NothingFound)


def test_what_is_executed_later_is_adopted_then(world: World) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    fault = Fault(kind="later", status=504, seconds=30)
    sent = world.lose(BILLING, fault, "deploy", version="2.4.0")
    assert isinstance(world.run(SYSTEM.recover(BILLING, sent)), NothingFound)
    world.hands.advance(40)
    assert isinstance(world.run(SYSTEM.recover(BILLING, sent)), Adopted)


def test_somebody_elses_change_is_not_adopted(world: World) -> None:
    """A deployment of another version, or of another image, is not taken for ours."""
    fault = Fault(kind="answer", status=502, when="before")
    sent = world.lose(BILLING, fault, "deploy", version="2.4.0")
    world.there.instances.meddle(BILLING_INSTANCE_ID, "2.5.0")
    world.hands.advance(JOB_SECONDS + 1)
    assert isinstance(world.run(SYSTEM.recover(BILLING, sent)), NothingFound)
    world.there.instances.meddle(BILLING_INSTANCE_ID, "2.4.0")  # keeps the image of 2.3.0
    world.hands.advance(JOB_SECONDS + 1)
    found = world.run(SYSTEM.recover(BILLING, sent))
    assert isinstance(found, NothingFound)
    differs = ArtifactDiffers(container="billing").reason
    detail: Any = world.there.instances.view(BILLING_INSTANCE_ID)["status_detail"]
    assert found.reason == Contradicted(task=detail["last_job_id"], by=differs).reason


def test_an_instance_on_ecs_is_scaled_elsewhere(door: Door) -> None:
    """A VM instance scales by hosts, which Slipway does not know: the refusal says so."""
    seeds = sandbox_config().servicestage_v2.instances
    on_ecs = tuple(each.model_copy(update={"platform_type": "vmapp"}) for each in seeds)
    world = door.world(SYSTEM, config(instances=on_ecs))
    refusal = world.prepare(BILLING, "scale", replicas=3)
    assert isinstance(refusal, Denied)
    assert refusal == Denied.of(ScaledByHosts())
    assert isinstance(world.prepare(BILLING, "deploy", version="2.4.0"), PlanDraft)
