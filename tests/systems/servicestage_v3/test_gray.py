"""ServiceStage v3: gray releases, whose batches wait for people."""

from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import TaskProgress
from bot.core.errors import CloudRefusedError
from bot.core.plan import PlannedStep
from bot.core.system import (
    RemoteTask,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems.servicestage_v3.codes import GrayFailed, GrayTakenBack, GrayWaits, NoGrayWaits
from bot.systems.servicestage_v3.examples import COMPONENT
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v3.cases import (
    DEPLOY,
    GONE,
    IDLE,
    LIVE,
    NEW,
    OLD,
    SYSTEM,
    TARGET,
    component,
    job,
    prepare,
    record,
    records,
)

GRAY: Final[dict[str, Any]] = {
    "version": "1.4.0",
    "deploy_strategy": {"type": "GrayRelease", "gray_release": {"type": "WEIGHT"}},
}


def seen(view: Answer, step: PlannedStep = DEPLOY) -> Any:
    """What a look shows once the job has succeeded."""
    flow = SYSTEM.watch(TARGET, Work(step=step), RemoteTask(id=OLD))
    return run(flow, [job("SUCCEEDED"), view]).result


def graying(word: str = "GRAYING", **changes: Any) -> dict[str, Any]:
    """A component in a gray release of 1.4.0."""
    return component(**{**GRAY, "status_component_status": word, **changes})


@pytest.mark.parametrize(
    ("name", "told"), [("deploy", GrayWaits(batch=1)), ("continue_deploy", GrayWaits())]
)
def test_a_batch_is_not_the_end(name: str, told: GrayWaits) -> None:
    """V9: while further batches wait for people, nothing has succeeded, and the ways are named."""
    step = DEPLOY.model_copy(update={"name": name})
    waiting = seen(graying(), step)
    assert isinstance(waiting, TaskRunning)
    assert waiting.detail == told.reason
    assert [way.name for way in waiting.ways] == ["continue_deploy", "check_gray_release"]


def test_the_next_batch_is_under_way() -> None:
    """V9: what brought out the first batch goes on while another job brings out the next."""
    assert seen(graying("UPGRADING")).detail == TaskProgress(status="UPGRADING").reason


@pytest.mark.parametrize("word", ["RUNNING", "PENDING"])
def test_the_last_batch_is_the_end(word: str) -> None:
    """V9: as soon as no batch waits."""
    assert isinstance(seen(graying(word)), TaskSucceeded)


def test_a_release_without_batches_ends_with_its_job() -> None:
    """What somebody else begins afterwards is theirs."""
    assert isinstance(
        seen(component(version="1.5.0", status_component_status="UPGRADING")), TaskSucceeded
    )
    deleted: Answer = {"count": 1, "components": [graying("DELETED")]}
    nobody: Answer = {"count": 0, "components": []}
    for listed in (nobody, deleted):
        answers: list[Answer] = [job("SUCCEEDED"), GONE, listed]
        flow = SYSTEM.watch(TARGET, Work(step=DEPLOY), RemoteTask(id=OLD))
        assert isinstance(run(flow, answers).result, TaskSucceeded)


def test_a_component_that_may_not_be_read_is_no_end() -> None:
    """It is answered as an unknown one is; a gateway without the API says nothing, either."""
    listed: Answer = {"count": 1, "components": [graying()]}
    no_api = refused(404, "refused", "APIGW.0101")
    for answers in ([GONE, listed], [GONE, no_api], [no_api]):
        looked_at = SYSTEM.watch(TARGET, Work(step=DEPLOY), RemoteTask(id=OLD))
        with pytest.raises(CloudRefusedError):
            run(looked_at, [job("SUCCEEDED"), *answers])


def test_a_gray_release_that_was_taken_back_failed() -> None:
    """V9: another version runs before the last batch was out."""
    assert seen(graying("RUNNING", version=LIVE)).reason == GrayTakenBack(version=LIVE).reason


@pytest.mark.parametrize("word", ["FAILED", "PARTIALLY_FAILED"])
def test_a_later_batch_may_fail(word: str) -> None:
    """V9: the component's status says so, since its job is another operation's."""
    broken = seen(graying(word))
    assert isinstance(broken, TaskFailed)
    assert broken.reason == GrayFailed(status=word).reason


def test_a_batch_that_fails_can_be_tried_again() -> None:
    """Where the one before it still waits, people go on from there, or take the release back."""
    given = {**DEPLOY.parameters, "version": "1.4.0", "batch": 2, "of": 3}
    step = PlannedStep(name="continue_deploy", parameters=given)

    def broken(view: Answer) -> Any:
        flow = SYSTEM.watch(TARGET, Work(step=step), RemoteTask(id=OLD))
        return run(flow, [job("FAILED"), view]).result

    waits = broken(graying())
    assert isinstance(waits, TaskFailed)
    assert [way.name for way in waits.ways] == ["continue_deploy", "check_gray_release"]
    again = waits.ways[0].step
    assert again is not None
    assert again.parameters["batch"] == 2
    for view in (graying("FAILED"), graying(version=LIVE), component(version="1.4.0")):
        assert broken(view) == waits.model_copy(update={"ways": ()})


def test_a_look_that_cannot_be_is_passed_on() -> None:
    """A read that fails is no end."""
    with pytest.raises(type(refused(403, "refused"))):
        seen(refused(403, "refused"))


@pytest.mark.parametrize("name", ["continue_deploy", "check_gray_release"])
def test_a_way_on_is_one_action(name: str) -> None:
    """V9: the next batch, or a check, is planned while one waits and sent as the vendor says."""
    draft = prepare("deploy", graying(), version="1.4.0", way=name)
    (step,) = draft.steps
    assert (step.name, draft.before, draft.after) == (name, GrayWaits().reason, "1.4.0")
    driven = run(SYSTEM.submit(TARGET, Work(step=step)), [{"job_id": NEW}])
    assert driven.calls[-1].body == {"action": name}
    assert driven.calls[-1].path.endswith(f"/components/{COMPONENT}/action")


def test_no_way_on_without_a_batch_that_waits() -> None:
    """V9: what was continued by somebody else is not continued twice."""
    result = prepare("deploy", component(), IDLE, version="1.4.0", way="continue_deploy")
    assert result == Denied.of(NoGrayWaits(status="RUNNING"))


def test_a_gray_release_is_taken_back_as_a_whole() -> None:
    """V9: a rollback while a batch waits asks for the version before, as the vendor says."""
    rows = records(record("1.4.0", end_time=None), record(LIVE), record("1.2"))
    draft = prepare("rollback", graying(), rows)
    assert (draft.steps[0].parameters["action"], draft.after) == ("rollback_current", LIVE)
