"""ServiceStage v3: what is found of a lost call."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.codes.systems import Matches, TaskIsOurs
from bot.core.plan import Observation, PlannedStep
from bot.core.records import Json
from bot.core.system import (
    Adopted,
    NothingFound,
    SentStep,
    Work,
)
from bot.systems.servicestage_v3.examples import COMPONENT
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v3.cases import (
    DEPLOY,
    LIVE,
    NEW,
    NOW,
    OLD,
    SYSTEM,
    TARGET,
    component,
    job,
    record,
    records,
    task,
)


def sent(step: PlannedStep = DEPLOY, last: str | None = OLD) -> SentStep:
    """A step whose answer was lost."""
    seen = Observation(revision=LIVE, status="RUNNING", last_task=last)
    return SentStep(
        work=Work(step=step), observed=seen, permitted_at=NOW, settle=timedelta(minutes=15)
    )


def begun(offset: float, id_: str = NEW) -> dict[str, Any]:
    """A job whose first task was made so many seconds after our permit."""
    made = (NOW + timedelta(seconds=offset)).isoformat(timespec="milliseconds")
    row = {**task("t", "RUNNING", 1), "CREATED_AT": made.replace("+00:00", "Z")}
    return job("RUNNING", row, id_=id_)


def ms(offset: float) -> int:
    """Epoch milliseconds so many seconds after our permit."""
    return int((NOW + timedelta(seconds=offset)).timestamp() * 1000)


def recover(lost: SentStep, *answers: Answer) -> Any:
    """What is found of it."""
    return run(SYSTEM.recover(TARGET, lost), answers).result


OURS: Final = component(version="1.4.0", status_last_job_id=NEW)


def test_a_lost_deployment_is_adopted() -> None:
    """E2: the last job is new, of the right time, of our version, and the only one."""
    found = recover(sent(), OURS, records(), begun(2))
    assert isinstance(found, Adopted)
    assert found.task.id == NEW
    assert (
        found.evidence
        == TaskIsOurs(
            task=NEW,
            before=OLD,
            began=(NOW + timedelta(seconds=2)).isoformat(),
            permitted=NOW.isoformat(),
            match=Matches(what="version", value="1.4.0").reason,
        ).reason
    )


@pytest.mark.parametrize(("theirs", "fits"), [("1", True), ("2", False)])
def test_a_job_with_other_settings_is_not_ours(theirs: str, *, fits: bool) -> None:
    """Settings alone may be deployed: then they tell our call from another of these minutes."""
    step = DEPLOY.model_copy(update={"parameters": {**DEPLOY.parameters, "env": {"A": "1"}}})
    view = component(version="1.4.0", status_last_job_id=NEW, envs=[{"name": "A", "value": theirs}])
    assert isinstance(recover(sent(step), view, records(), begun(2)), Adopted) == fits


def test_a_record_with_our_version_and_job_is_evidence() -> None:
    """The component may still show the old version while the record names ours."""
    rows = records(record("1.4.0", begin_time=ms(1), jobs=[{"job_id": NEW}]))
    found = recover(sent(), component(status_last_job_id=NEW), rows, begun(2))
    assert isinstance(found, Adopted)


TWO: Final = records(record("1.4.0", begin_time=ms(1), jobs=[{"job_id": NEW}, {"job_id": "JOB3"}]))


NOTHING: Final[dict[str, tuple[Answer, ...]]] = {
    "no new job": (component(),),
    "no job at all": (component(status_last_job_id=""),),
    "another version": (component(status_last_job_id=NEW), records()),
    "too early": (OURS, records(), begun(-61)),
    "too late": (OURS, records(), begun(15 * 60 + 1)),
    "no tasks yet": (OURS, records(), job("SUBMITTED", id_=NEW)),
    "no readable time": (
        OURS,
        records(),
        job("RUNNING", {**task("t", "RUNNING"), "CREATED_AT": "2026-02-30"}, id_=NEW),
    ),
    "job unknown": (OURS, records(), refused(404), refused(404)),
    "two candidates": (OURS, TWO, begun(-20, OLD), begun(3, "JOB3")),
    "two that began at once": (OURS, TWO, begun(-20, OLD), begun(-20, "JOB3")),
    "two, and what was before is unknown": (OURS, TWO, refused(404), refused(404)),
    "two, one of them unknown": (OURS, TWO, begun(-20, OLD), refused(404), refused(404)),
}


@pytest.mark.parametrize("answers", NOTHING.values(), ids=list(NOTHING))
def test_what_is_not_enough_to_adopt(answers: tuple[Answer, ...]) -> None:
    """E0, E1 and more than one candidate: people decide, and read what was read."""
    found = recover(sent(), *answers)
    assert isinstance(found, NothingFound)
    assert found.reason.key


def test_what_began_before_the_last_job_we_saw_is_no_candidate() -> None:
    """Several changes within a minute: those that were over when we looked first are not ours."""
    found = recover(sent(), OURS, TWO, begun(-20, OLD), begun(-40, "JOB3"), begun(2))
    assert isinstance(found, Adopted)
    assert found.task.id == NEW


@pytest.mark.parametrize("offset", [-60, 0, 15 * 60])
def test_the_edges_of_the_window_count(offset: float) -> None:
    """The cloud's clock may be a minute behind; a call may surface until it settles."""
    assert isinstance(recover(sent(), OURS, records(), begun(offset)), Adopted)


FITTING: Final[list[tuple[str, dict[str, Json], dict[str, Any], bool]]] = [
    ("stop", {}, {"status_component_status": "STOPPED"}, True),
    ("stop", {}, {"status_component_status": "RUNNING"}, False),
    ("start", {}, {"status_component_status": "STARTING"}, True),
    ("start", {}, {"status_component_status": "PENDING"}, True),
    ("restart", {}, {"status_component_status": "PENDING"}, True),
    ("stop", {}, {"status_component_status": "PENDING"}, False),
    ("restart", {}, {"status_component_status": "STOPPED"}, False),
    ("restart", {}, {"status_component_status": "RESTARTING", "version": "9"}, False),
    ("scale", {"replica": 3}, {"status_replica": 3}, True),
    ("scale", {"replica": 3}, {}, False),
    ("rollback", {"version": "1.2", "action": "rollback"}, {"version": "1.2"}, True),
    ("rollback", {"version": "1.2", "action": "rollback"}, {}, False),
]


@pytest.mark.parametrize(("name", "parameters", "seen", "fits"), FITTING)
def test_a_job_that_contradicts_the_step_is_not_ours(
    name: str, parameters: dict[str, Json], seen: dict[str, Any], *, fits: bool
) -> None:
    """Somebody else's change in the same minutes is not taken for our lost call."""
    step = PlannedStep(name=name, parameters={"component_id": COMPONENT, **parameters})
    view = component(status_last_job_id=NEW, **seen)
    found = recover(sent(step), view, records(), begun(2))
    assert isinstance(found, Adopted) == fits


def test_a_lost_creation_is_found_by_name() -> None:
    """The component was not there before: one of its name with a job of that time is ours."""
    step = PlannedStep(name="create", parameters={"version": LIVE, "url": "u"})
    lost = sent(step, last=None)
    page: Json = {"count": 1, "components": [component(status_last_job_id=NEW)]}
    assert isinstance(recover(lost, page, begun(2)), Adopted)
    assert isinstance(recover(lost, {"count": 0, "components": []}), NothingFound)
    silent: Json = {"count": 1, "components": [component(status_last_job_id="")]}
    assert isinstance(recover(lost, silent), NothingFound)
    other: Json = {"count": 1, "components": [component(version="8", status_last_job_id=NEW)]}
    assert isinstance(recover(lost, other), NothingFound)
