"""The system, the client and the strict simulator over a real socket."""

import time
from collections.abc import Iterator
from typing import Any, Final

import pytest
from pydantic import JsonValue

from bot.core.codes import Denied
from bot.core.codes.systems import Ready
from bot.core.errors import CloudRefusedError
from bot.core.plan import PlanDraft
from bot.core.records import Action
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault, sandbox_config
from bot.sandbox.clouds.huawei.content import CHECKOUT_ID, FLAKY_ID, SHOP_ID
from bot.systems import system
from bot.systems.servicestage_v3 import Component
from bot.views.words import spelled
from tests.systems.conversing import JOB_SECONDS, Door, World, opened

SYSTEM: Final = system("servicestage-v3")


class Talk(World):
    """A world in which each action is one step."""

    def begin(
        self, target: Component, action: Action, **given: Any
    ) -> tuple[PlanDraft, RemoteTask]:
        """Plan and send."""
        draft = self.draft(target, action, **given)
        return draft, self.send(target, Work(step=draft.steps[0]))

    def finish(self, target: Component, draft: PlanDraft, task: RemoteTask) -> PollResult:
        """Let the job's time pass, and look."""
        return self.look(target, Work(step=draft.steps[0]), task)


def component(id_: str, name: str) -> Component:
    """A target of the sandbox."""
    return Component.model_validate(
        {
            "application_id": SHOP_ID,
            "component_id": id_,
            "source_url": f"swr.cn-north-4.myhuaweicloud.com/shop/{name}:{{version}}",
        }
    )


CHECKOUT: Final = component(CHECKOUT_ID, "checkout")
FLAKY: Final = component(FLAKY_ID, "flaky")


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server that outlives the tests' projects."""
    with opened() as there:
        yield there


@pytest.fixture
def world(door: Door) -> Talk:
    """A fresh project behind a real server on loopback."""
    return door.world(SYSTEM, sandbox_config(job_seconds=JOB_SECONDS), Talk)


def test_a_deployment_from_plan_to_end(world: Talk) -> None:
    """The whole way; nothing was refused, one mutation took effect, every setting is kept."""
    before = world.run(SYSTEM.status(CHECKOUT))
    draft, task = world.begin(CHECKOUT, "deploy", version="1.4.0")
    assert (draft.before, draft.after) == ("1.3.0", "1.4.0")
    assert isinstance(world.finish(CHECKOUT, draft, task), TaskSucceeded)
    after = world.run(SYSTEM.status(CHECKOUT))
    assert (spelled(before.headline), spelled(after.headline)) == ("running 1.3.0", "running 1.4.0")
    assert [done.method for done in world.there.executed] == ["PUT"]
    body = world.there.executed[0].body or {}
    assert {"envs", "liveness_probe", "readiness_probe", "labels", "replica"} <= set(body)
    assert world.there.strictness == ()
    entries = world.run(SYSTEM.history(CHECKOUT))
    assert [entry.revision for entry in entries] == ["1.4.0", "1.3.0", "1.2.0"]
    assert [entry.can_return for entry in entries] == [False, True, True]


def test_a_component_under_way_is_left_alone(world: Talk) -> None:
    """While a job runs, nothing else is planned; and what is sent all the same is told busy."""
    draft, _ = world.begin(CHECKOUT, "deploy", version="1.4.0")
    refusal = world.prepare(CHECKOUT, "restart")
    assert isinstance(refusal, Denied)
    assert refusal.code == "in_progress"
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(CHECKOUT, Work(step=draft.steps[0])))
    assert caught.value.verdict == "busy"


def test_a_failure_is_told_in_the_clouds_words_and_rolled_back(world: Talk) -> None:
    """A failing deployment names the task's reason; the way back leads to what ran before."""
    draft, task = world.begin(FLAKY, "deploy", version="2.1.0")
    seen = world.finish(FLAKY, draft, task)
    assert isinstance(seen, TaskFailed)
    assert "readiness probe" in spelled(seen.reason)
    back, task = world.begin(FLAKY, "rollback")
    assert back.after == "2.0.0"
    assert isinstance(world.finish(FLAKY, back, task), TaskSucceeded)
    assert spelled(world.run(SYSTEM.status(FLAKY)).headline) == "running 2.0.0"
    again, task = world.begin(FLAKY, "deploy", version="2.1.1")
    assert isinstance(world.finish(FLAKY, again, task), TaskSucceeded)


def test_rollbacks_one_after_the_other(world: Talk) -> None:
    """To the version before, to a named one, and forward again: each is taken."""
    for revision, to in ((None, "1.2.0"), ("1.3.0", "1.3.0"), (None, "1.2.0")):
        draft, task = world.begin(CHECKOUT, "rollback", revision=revision)
        assert draft.after == to
        assert isinstance(world.finish(CHECKOUT, draft, task), TaskSucceeded)
        assert spelled(world.run(SYSTEM.status(CHECKOUT)).headline) == f"running {to}"


def test_switching_and_scaling(world: Talk) -> None:
    """Stop, start, restart and scale, each followed to its end."""
    headlines = []
    actions: list[tuple[Action, dict[str, Any]]] = [
        ("stop", {}), ("start", {}), ("restart", {}), ("scale", {"replicas": 3}),
    ]  # fmt: skip
    for action, given in actions:
        draft, task = world.begin(CHECKOUT, action, **given)
        assert isinstance(world.finish(CHECKOUT, draft, task), TaskSucceeded)
        headlines.append(spelled(world.run(SYSTEM.status(CHECKOUT)).headline).split()[0])
    assert headlines == ["stopped", "running", "running", "running"]
    assert world.run(SYSTEM.status(CHECKOUT)).facts["replicas"] == Ready(ready=3, wanted=3).reason
    assert world.there.strictness == ()


def test_creating_and_then_deploying_by_name(world: Talk) -> None:
    """A template makes the component; later actions find it by its name."""
    body = {
        "name": "basket",
        "runtime_stack": {
            "name": "Docker", "type": "Docker", "version": "", "deploy_mode": "container",
        },
        "source": {"kind": "image", "storage": "swr"},
        "replica": 1,
        "refer_resources": [{"id": "c-1", "type": "cce", "parameters": {"namespace": "default"}}],
    }  # fmt: skip
    url = "swr.cn-north-4.myhuaweicloud.com/shop/basket:{version}"
    target = Component.model_validate(
        {"application_id": SHOP_ID, "source_url": url, "create_body": body}
    )
    missing = world.prepare(target, "deploy", version="1.0.0")
    assert isinstance(missing, Denied)
    assert missing.code == "not_found"
    draft, task = world.begin(target, "create", version="1.0.0")
    assert isinstance(world.finish(target, draft, task), TaskSucceeded)
    twice = world.prepare(target, "create", version="1.0.0")
    assert isinstance(twice, Denied)
    draft, task = world.begin(target, "deploy", version="1.1.0")
    assert isinstance(world.finish(target, draft, task), TaskSucceeded)
    assert spelled(world.run(SYSTEM.status(target)).headline) == "running 1.1.0"


def test_a_missing_component_is_a_rule_and_no_renewal(world: Talk) -> None:
    """The simulator's 401 for an unknown component ends as not_found, asked once."""
    nobody = component("00000000-0000-4000-8000-000000000000", "x")
    refusal = world.prepare(nobody, "restart")
    assert isinstance(refusal, Denied)
    assert refusal.code == "not_found"
    assert len(world.there.requests) == 1


def lost(world: Talk, fault: Fault, action: Action, **given: Any) -> SentStep:
    """Send a step whose answer is lost."""
    return world.lose(CHECKOUT, fault, action, **given)


CHANGES: Final[list[tuple[Action, dict[str, Any]]]] = [
    ("deploy", {"version": "1.4.0"}),
    ("rollback", {}),
    ("stop", {}),
    ("scale", {"replicas": 3}),
]


@pytest.mark.parametrize(("action", "given"), CHANGES)
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    world: Talk, action: Action, given: dict[str, Any]
) -> None:
    """FM-56, FM-58: executed, then a reset or a 502: found again, and nothing is sent twice."""
    sent = lost(world, Fault(kind="drop", when="after"), action, **given)
    world.hands.advance(JOB_SECONDS + 1)
    found = world.run(SYSTEM.recover(CHECKOUT, sent))
    assert isinstance(found, Adopted), found
    seen = world.run(SYSTEM.watch(CHECKOUT, sent.work, found.task))
    assert isinstance(seen, TaskSucceeded)
    assert len(world.there.executed) == 1


@pytest.mark.parametrize(("action", "given"), CHANGES)
def test_what_was_not_executed_is_not_found(
    world: Talk, action: Action, given: dict[str, Any]
) -> None:
    """FM-55, FM-57: nothing was executed, so nothing is adopted, however long one reads."""
    sent = lost(world, Fault(kind="answer", status=502, when="before"), action, **given)
    for _ in range(3):
        world.hands.advance(60)
        assert isinstance(world.run(SYSTEM.recover(CHECKOUT, sent)), NothingFound)
    assert world.there.executed == ()


def test_what_is_executed_later_is_adopted_then(world: Talk) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    sent = lost(world, Fault(kind="later", status=504, seconds=30), "deploy", version="1.4.0")
    assert isinstance(world.run(SYSTEM.recover(CHECKOUT, sent)), NothingFound)
    world.hands.advance(40)
    assert isinstance(world.run(SYSTEM.recover(CHECKOUT, sent)), Adopted)


def test_somebody_elses_change_is_not_adopted(world: Talk) -> None:
    """A deployment of another version in the same minutes is not taken for ours."""
    sent = lost(world, Fault(kind="answer", status=502, when="before"), "deploy", version="1.4.0")
    world.begin(CHECKOUT, "deploy", version="1.5.0")
    world.hands.advance(JOB_SECONDS + 1)
    assert isinstance(world.run(SYSTEM.recover(CHECKOUT, sent)), NothingFound)


def test_the_conversation_is_quick(world: Talk) -> None:
    """Two reads and a plan take no more than a moment on loopback."""
    began = time.monotonic()
    world.prepare(CHECKOUT, "restart")
    assert time.monotonic() - began < 2


def test_a_gray_release_from_batch_to_batch(door: Door) -> None:
    """V9: running until the last of three batches is out; each is brought out by an action."""
    world = grays(door)
    draft, task = world.begin(CHECKOUT, "deploy", version="1.4.0")
    work = Work(step=draft.steps[0])
    for _ in range(2):
        waiting = world.look(CHECKOUT, work, task)
        assert isinstance(waiting, TaskRunning)
        assert spelled(world.run(SYSTEM.status(CHECKOUT)).headline) == "rolling out 1.4.0"
        world.begin(CHECKOUT, "deploy", version="1.4.0", way=waiting.ways[0].name)
        assert isinstance(world.run(SYSTEM.watch(CHECKOUT, work, task)), TaskRunning)
    assert isinstance(world.look(CHECKOUT, work, task), TaskSucceeded)
    assert spelled(world.run(SYSTEM.status(CHECKOUT)).headline) == "running 1.4.0"


def test_a_gray_release_is_checked_and_taken_back(door: Door) -> None:
    """V9: a check changes nothing; a rollback ends it, and the deployment has failed."""
    world = grays(door)
    draft, task = world.begin(CHECKOUT, "deploy", version="1.4.0")
    work = Work(step=draft.steps[0])
    waiting = world.look(CHECKOUT, work, task)
    assert isinstance(waiting, TaskRunning)
    checked, check = world.begin(CHECKOUT, "deploy", version="1.4.0", way=waiting.ways[1].name)
    assert isinstance(world.finish(CHECKOUT, checked, check), TaskRunning)
    assert isinstance(world.run(SYSTEM.watch(CHECKOUT, work, task)), TaskRunning)
    back, undo = world.begin(CHECKOUT, "rollback")
    assert back.after == "1.3.0"
    assert isinstance(world.finish(CHECKOUT, back, undo), TaskSucceeded)
    assert isinstance(world.run(SYSTEM.watch(CHECKOUT, work, task)), TaskFailed)


def grays(door: Door) -> Talk:
    """A world whose checkout brings versions out in a gray release of three batches."""
    gray: JsonValue = {
        "type": "WEIGHT", "replica_surge_mode": "EXTRA", "deployment_mode": 3,
        "first_batch_weight": 20, "remaining_batch": 2,
    }  # fmt: skip
    strategy: JsonValue = {"type": "GrayRelease", "gray_release": gray}
    config = sandbox_config(job_seconds=JOB_SECONDS)
    seeds = tuple(
        each.model_copy(update={"settings": {**each.settings, "deploy_strategy": strategy}})
        for each in config.components
    )
    return door.world(SYSTEM, config.model_copy(update={"components": seeds}), Talk)
