"""ServiceStage v2: the end of an instance, and of the component that it was in."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.errors import CloudRefusedError
from bot.core.plan import Observation, PlannedStep
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._huawei.codes import GoneForGood, Leaving, OthersStay
from bot.systems.servicestage_v2.examples import COMPONENT, CREATED_COMPONENT, INSTANCE, POLLED
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v2.cases import (
    IDLE,
    IDS,
    NEW,
    NOW,
    SYSTEM,
    TARGET,
    instance,
    job,
    prepare,
)

OF_INSTANCE: Final = PlannedStep(name="delete instance", parameters=IDS)
OF_COMPONENT: Final = PlannedStep(name="delete component", parameters=IDS)
GONE: Final = refused(404, "not_found", "SVCSTG.00100412")
UNKNOWN_JOB: Final = refused(404, "not_found", "SVCSTG.00100429")
OTHER: Final = {**instance(), "id": "0d0b8a5e-0000-4000-8000-000000000000"}


def component(status: int = 0) -> dict[str, Any]:
    """The component, with this status."""
    return {**CREATED_COMPONENT, "id": COMPONENT, "status": status}


def planned(*others: dict[str, Any]) -> Any:
    """The plan, where *others* are in the component, too."""
    rows = [instance(), *others]
    listed: dict[str, Any] = {"count": len(rows), "instances": rows}
    return prepare("delete", instance(), IDLE, component(), listed)


def seen(step: PlannedStep, task: str, *answers: Answer, before: Any = None) -> Any:
    """What a look shows, where the one before showed *before*."""
    work = Work(step=step, seen=before)
    return run(SYSTEM.watch(TARGET, work, RemoteTask(id=task)), answers).result


def found(step: PlannedStep, *answers: Answer) -> Any:
    """What is found of a lost call."""
    sent = SentStep(
        work=Work(step=step),
        observed=Observation(revision="1.0.0", last_task=POLLED),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )
    return run(SYSTEM.recover(TARGET, sent), answers).result


def test_the_component_goes_with_its_only_instance() -> None:
    """Both are steps of the plan, and who approves reads that neither comes back."""
    draft = planned()
    assert [each.name for each in draft.steps] == ["delete instance", "delete component"]
    assert draft.no_way_back == GoneForGood(thing="instance", is_creatable=True).reason


def test_a_component_with_other_instances_stays() -> None:
    """What is somebody else's is not deleted, which the card says; what is gone does not count."""
    draft = planned(OTHER, {**OTHER, **instance(status_="DELETED"), "id": "1"})
    assert [each.name for each in draft.steps] == ["delete instance"]
    assert draft.changes[0].after == OthersStay(others=1).reason


def test_each_is_one_call_without_a_body() -> None:
    """The instance's end has a job; the component's id stands for its own."""
    told: dict[str, Any] = {"job_id": NEW}
    for step, answer, task in (
        (OF_INSTANCE, told, NEW),
        (OF_COMPONENT, None, COMPONENT),
    ):
        driven = run(SYSTEM.submit(TARGET, Work(step=step)), [answer])
        [call] = driven.calls
        assert (call.method, call.body, driven.result.id) == ("DELETE", None, task)


def test_the_end_of_an_instance() -> None:
    """Its job tells; where that went with it, that it is gone."""
    assert isinstance(seen(OF_INSTANCE, NEW, job("SUCCEEDED", id_=NEW)), TaskSucceeded)
    assert isinstance(seen(OF_INSTANCE, NEW, job("RUNNING", id_=NEW)), TaskRunning)
    assert isinstance(seen(OF_INSTANCE, NEW, job("FAILED", id_=NEW)), TaskFailed)
    gone = (UNKNOWN_JOB, UNKNOWN_JOB, GONE)
    assert isinstance(seen(OF_INSTANCE, NEW, *gone), TaskSucceeded)
    assert isinstance(seen(OF_INSTANCE, INSTANCE, instance(status_="DELETING")), TaskRunning)


def test_the_end_of_a_component() -> None:
    """It is gone, on its way, or stays after all."""
    leaving = Leaving(thing="component", status="1").reason
    assert isinstance(seen(OF_COMPONENT, COMPONENT, GONE), TaskSucceeded)
    assert seen(OF_COMPONENT, COMPONENT, component(1)).detail == leaving
    assert isinstance(seen(OF_COMPONENT, COMPONENT, component()), TaskRunning)
    assert isinstance(seen(OF_COMPONENT, COMPONENT, component(), before=leaving), TaskFailed)


@pytest.mark.parametrize(("step", "task"), [(OF_INSTANCE, INSTANCE), (OF_COMPONENT, COMPONENT)])
def test_a_gateway_without_the_api_tells_no_end(step: PlannedStep, task: str) -> None:
    """V9: what a wrong endpoint does not have is not gone; nor was it deleted by a lost call."""
    no_api = refused(404, "refused", "APIGW.0101")
    with pytest.raises(CloudRefusedError):
        seen(step, task, no_api)
    with pytest.raises(CloudRefusedError):
        found(step, no_api)


@pytest.mark.parametrize(
    ("step", "answers", "kind"),
    [
        (OF_INSTANCE, (GONE,), Adopted),
        (OF_INSTANCE, (instance(),), NothingFound),
        (
            OF_INSTANCE,
            (
                instance(status_="DELETING", status_last_job_id=NEW),
                job("RUNNING", id_=NEW, begun=NOW.isoformat()),
            ),
            Adopted,
        ),
        (OF_COMPONENT, (GONE,), Adopted),
        (OF_COMPONENT, (component(1),), Adopted),
        (OF_COMPONENT, (component(),), NothingFound),
    ],
)
def test_a_lost_deletion_is_what_is_seen_of_it(
    step: PlannedStep, answers: tuple[Any, ...], kind: type
) -> None:
    """What was asked for is so, or on its way by a job of our time; else nothing is sent again."""
    assert isinstance(found(step, *answers), kind)
