"""ServiceStage v2: what is found of a lost call."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.codes.systems import Matches, TaskIsOurs, TaskProgress
from bot.core.plan import Observation, PlannedStep
from bot.core.records import Json
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
    Work,
)
from bot.systems.servicestage_v2.examples import (
    COMPONENT,
    POLLED,
)
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v2.cases import (
    COMPONENT_STEP,
    DEPLOY,
    IDS,
    LIVE,
    NEW,
    NOW,
    SYSTEM,
    TARGET,
    artifacts,
    component,
    components,
    instance,
    instances,
    job,
    snapshot,
    snapshots,
)


def sent(step: PlannedStep = DEPLOY, *, earlier: tuple[str, ...] = ()) -> SentStep:
    """A step whose answer was lost."""
    return SentStep(
        work=Work(step=step, earlier=tuple(RemoteTask(id=each) for each in earlier)),
        observed=Observation(revision=LIVE, status="RUNNING", last_task=POLLED),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )


def begun(offset: float, id_: str = NEW) -> dict[str, Any]:
    """A job whose first task was made so many seconds after our permit."""
    made = (NOW + timedelta(seconds=offset)).isoformat(timespec="milliseconds")
    return job("RUNNING", id_=id_, begun=made.replace("+00:00", "Z"))


def ms(offset: float) -> int:
    """Epoch milliseconds so many seconds after our permit."""
    return int((NOW + timedelta(seconds=offset)).timestamp() * 1000)


def recover(lost: SentStep, *answers: Answer) -> Any:
    """What is found of it."""
    return run(SYSTEM.recover(TARGET, lost), answers).result


OURS: Final = instance(version="1.4.0", artifacts=artifacts("x/shop:1.4.0"), status_last_job_id=NEW)


def test_a_lost_deployment_is_adopted() -> None:
    """E2: the last job is new, of the right time, and of our version and image."""
    found = recover(sent(), OURS, begun(2))
    assert isinstance(found, Adopted)
    detail = TaskProgress(status="RUNNING").reason
    assert found.task == RemoteTask(id=NEW, detail=detail)
    assert (
        found.evidence
        == TaskIsOurs(
            task=NEW,
            before=POLLED,
            began=(NOW + timedelta(seconds=2)).isoformat(),
            permitted=NOW.isoformat(),
            match=Matches(what="version", value="1.4.0").reason,
        ).reason
    )


UPGRADING: Final = instance(status_="UPGRADING", status_last_job_id=NEW)


NOTHING: Final[dict[str, tuple[Answer, ...]]] = {
    "no new job": (instance(),),
    "no job at all": (instance(status_last_job_id=""),),
    "another version": (instance(status_last_job_id=NEW), snapshots()),
    "another version under way": (UPGRADING, snapshots(snapshot("1.5.0", ms(1)))),
    "an old snapshot of ours": (UPGRADING, snapshots(snapshot("1.4.0", ms(-3600)))),
    "another image": (instance(version="1.4.0", status_last_job_id=NEW),),
    "ours, replaced since": (
        instance(status_last_job_id=NEW),
        snapshots(snapshot("1.4.0", ms(1))),
    ),
    "too early": (OURS, begun(-61)),
    "too late": (OURS, begun(15 * 60 + 1)),
    "no tasks yet": (OURS, job("SUBMITTED", id_=NEW)),
    "job unknown": (OURS, refused(404), refused(404)),
}


@pytest.mark.parametrize("answers", NOTHING.values(), ids=list(NOTHING))
def test_what_is_not_enough_to_adopt(answers: tuple[Answer, ...]) -> None:
    """E0 and E1: people decide, and read what was read."""
    found = recover(sent(), *answers)
    assert isinstance(found, NothingFound)
    assert found.reason.key


@pytest.mark.parametrize(("theirs", "fits"), [("1", True), ("2", False)])
def test_a_job_with_other_settings_is_not_ours(theirs: str, *, fits: bool) -> None:
    """Settings alone may be deployed: then they tell our call from another of these minutes."""
    step = DEPLOY.model_copy(update={"parameters": {**DEPLOY.parameters, "env": {"A": "1"}}})
    view = {**OURS, "configuration": {"env": [{"name": "A", "value": theirs}]}}
    assert isinstance(recover(sent(step), view, begun(2)), Adopted) == fits


def test_a_new_snapshot_of_our_version_is_evidence() -> None:
    """The instance may still show the old version while it is being changed."""
    rows = snapshots(snapshot("1.4.0", ms(1)), snapshot(LIVE, ms(-3600)))
    assert isinstance(recover(sent(), UPGRADING, rows, begun(2)), Adopted)


@pytest.mark.parametrize("offset", [-60, 0, 15 * 60])
def test_the_edges_of_the_window_count(offset: float) -> None:
    """The cloud's clock may be a minute behind; a call may surface until it settles."""
    assert isinstance(recover(sent(), OURS, begun(offset)), Adopted)


FITTING: Final[list[tuple[str, dict[str, Json], dict[str, Any], bool]]] = [
    ("stop", {}, {"status_": "STOPPED"}, True),
    ("stop", {}, {"status_": "RUNNING"}, False),
    ("start", {}, {"status_": "STARTING"}, True),
    ("start", {}, {"status_": "PENDING"}, True),
    ("restart", {}, {"status_": "PENDING"}, True),
    ("stop", {}, {"status_": "PENDING"}, False),
    ("restart", {}, {"status_": "STOPPED"}, False),
    ("restart", {}, {"status_": "RESTARTING", "version": "9"}, False),
    ("scale", {"replica": 3}, {"status_replica": 3}, True),
    ("scale", {"replica": 3}, {}, False),
    ("scale", {"replica": 3}, {"status_replica": None}, False),
    ("rollback", {"version": "0.9"}, {"version": "0.9"}, True),
]


@pytest.mark.parametrize(("name", "parameters", "seen", "fits"), FITTING)
def test_a_job_that_contradicts_the_step_is_not_ours(
    name: str, parameters: dict[str, Json], seen: dict[str, Any], *, fits: bool
) -> None:
    """Somebody else's change in the same minutes is not taken for our lost call."""
    step = PlannedStep(name=name, parameters={**IDS, **parameters})
    view = instance(status_last_job_id=NEW, **seen)
    assert isinstance(recover(sent(step), view, begun(2)), Adopted) == fits


def made(offset: float | None, **changes: Any) -> dict[str, Any]:
    """A page with our component, made so many seconds after our permit."""
    at = None if offset is None else ms(offset)
    return components(component(create_time=at, **changes))


LOST_COMPONENTS: Final[dict[str, tuple[dict[str, Any], bool]]] = {
    "ours": (made(1), True),
    "a minute early by its clock": (made(-60), True),
    "nothing": (components(), False),
    "another name": (made(1, name="component-b"), False),
    "of yesterday": (made(-86_400), False),
    "without a time": (made(None), False),
    "another runtime": (made(1, runtime="Php7"), False),
    "another category": (made(1, category="Webapp"), False),
    "without a runtime": (made(1, runtime=None), True),
}


@pytest.mark.parametrize(("page", "ours"), LOST_COMPONENTS.values(), ids=list(LOST_COMPONENTS))
def test_a_lost_component_is_known_by_name_kind_and_time(
    page: dict[str, Any], *, ours: bool
) -> None:
    """It has no job: nothing of its name was there before, and what is there now fits."""
    found = recover(sent(COMPONENT_STEP), page)
    assert isinstance(found, Adopted) == ours, found
    assert not isinstance(found, Adopted) or found.task == RemoteTask(id=COMPONENT)


INSTANCE_STEP: Final = PlannedStep(
    name="create instance", parameters={"version": "1.4.0", "addresses": {}}
)


def test_a_lost_instance_is_found_by_name_and_job() -> None:
    """It lies in the component that the step before created."""
    lost = sent(INSTANCE_STEP, earlier=("c-1",))
    flow = SYSTEM.recover(TARGET, lost)
    driven = run(flow, [instances(OURS), begun(1)])
    assert isinstance(driven.result, Adopted)
    assert driven.calls[0].path.endswith("/components/c-1/instances")
    assert isinstance(recover(lost, instances()), NothingFound)
    assert isinstance(recover(lost, instances(instance(status_last_job_id=None))), NothingFound)
    other = instance(version="8", status_last_job_id=NEW)
    assert isinstance(recover(lost, instances(other)), NothingFound)
