"""ServiceStage v3: what is planned, and what is refused."""

from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import (
    Absent,
    AlreadyThere,
    BusyByStatus,
    BusyWithTask,
    Ready,
    Replicas,
    RunState,
    TemplateLacks,
    label,
)
from bot.core.errors import CloudRefusedError
from bot.core.plan import PlanDraft
from bot.core.records import Action, Asked, Json
from bot.systems._huawei.codes import IdIsGone, ScaledByHosts
from bot.systems.servicestage_v3.codes import GrayUnderWay, GrayWaits, NoSuchComponent
from bot.systems.servicestage_v3.examples import COMPONENT
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v3.cases import (
    GONE,
    IDLE,
    LIVE,
    OLD,
    SYSTEM,
    TARGET,
    component,
    denied,
    job,
    prepare,
)


def test_a_deployment_says_what_changes() -> None:
    """The plan names the version and the image before and after."""
    draft = prepare("deploy", component(), IDLE, version="1.4.0")
    assert isinstance(draft, PlanDraft)
    assert (draft.before, draft.after) == ("2023.0712.09204", "1.4.0")
    assert [change.name for change in draft.changes] == [label("version"), label("image")]
    assert draft.observed.revision == "2023.0712.09204"
    assert draft.observed.last_task == OLD
    assert draft.observed.facts["replicas"] == Ready(ready=2, wanted=2).reason


def test_no_plan_shows_an_environment_variable() -> None:
    """What a component is told in secret stays out of plans."""
    draft = prepare("deploy", component(), IDLE, version="1.4.0")
    assert "testValue" not in draft.model_dump_json()


def test_the_version_that_runs_is_no_change() -> None:
    """Nothing is sent for what is there: version, image and a running status."""
    url = TARGET.url("1.4.0")
    same = {"version": "1.4.0", "source": {"kind": "image", "url": url}}
    assert denied(prepare("deploy", component(**same), IDLE, version="1.4.0")) == "no_change"
    broken = component(**same, status_component_status="FAILED")
    assert isinstance(prepare("deploy", broken, IDLE, version="1.4.0"), PlanDraft)
    elsewhere = component(version="1.4.0")
    assert isinstance(prepare("deploy", elsewhere, IDLE, version="1.4.0"), PlanDraft)


CHANGING: Final = (
    *("INITIALIZING", "UPGRADING", "STARTING", "STOPPING", "RESTARTING", "DELETING"),
)


@pytest.mark.parametrize("word", CHANGING)
@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "start", "stop", "scale"])
def test_a_component_under_way_is_left_alone(word: str, action: Action) -> None:
    """Two changes never run at once, and the refusal names the vendor's status."""
    given = {"version": "1.4.0", "replicas": 3}
    result = prepare(action, component(status_component_status=word), **given)
    assert result == Denied.of(BusyByStatus(thing="component", status=word))


@pytest.mark.parametrize("word", ["SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING"])
def test_a_job_under_way_is_waited_for(word: str) -> None:
    """A job that runs is noticed before the component's status shows it."""
    result = prepare("deploy", component(), job(word), version="1.4.0")
    assert result == Denied.of(BusyWithTask(thing="component", task=OLD))


@pytest.mark.parametrize("end", [IDLE, job("UNKNOWN"), refused(403, "refused")])
def test_a_job_that_cannot_be_judged_stands_in_no_way(end: Answer) -> None:
    """An old job that is unclear or hidden does not block a target for ever."""
    assert isinstance(prepare("deploy", component(), end, version="1.4.0"), PlanDraft)


def test_a_gray_release_is_told() -> None:
    """A gray release waits for people: they read it in the facts, and nothing crosses it."""
    waiting = component(status_component_status="GRAYING")
    report = run(SYSTEM.status(TARGET), [waiting]).result
    assert report.facts["strategy"] == GrayWaits().reason
    crossing = prepare("deploy", waiting, version="1.4.0")
    assert crossing == Denied.of(GrayUnderWay(version=LIVE))


@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "scale"])
def test_a_missing_component_is_told(action: Action) -> None:
    """HTTP 401 with SVCSTG.00100401 means that there is no such component."""
    result = prepare(action, GONE, version="1", replicas=1)
    missing = NoSuchComponent(
        application=str(TARGET.application_id), component=COMPONENT, code="SVCSTG.00100401"
    )
    assert result == Denied.of(missing)


def test_a_refused_read_is_passed_on() -> None:
    """Another refusal is no missing component."""
    with pytest.raises(CloudRefusedError):
        prepare("deploy", refused(403, "refused"), version="1")


def test_switches_that_change_nothing() -> None:
    """Start while it runs, stop while it stands, scale to what is: nothing is sent."""
    stopped = component(status_component_status="STOPPED")
    assert denied(prepare("start", component(), IDLE)) == "no_change"
    assert denied(prepare("stop", stopped, IDLE)) == "no_change"
    assert denied(prepare("scale", component(), IDLE, replicas=2)) == "no_change"
    assert prepare("start", stopped, IDLE).after == RunState(status="running").reason
    assert prepare("stop", component(), IDLE).after == RunState(status="stopped").reason
    assert prepare("scale", component(), IDLE, replicas=0).after == Replicas(replicas=0).reason


@pytest.mark.parametrize(
    "told",
    [{"platform_type": "vmapp"}, {"runtime_stack": {"deploy_mode": "virtualmachine"}}],
    ids=["platform", "stack"],
)
def test_a_component_on_ecs_is_not_scaled(told: dict[str, Any]) -> None:
    """Its number of replicas follows from hosts, which nobody named."""
    result = prepare("scale", component(**told), IDLE, replicas=3)
    assert result == Denied.of(ScaledByHosts())
    assert prepare("scale", component(runtime_stack="Docker"), IDLE, replicas=3).steps


def test_what_was_not_named_is_asked_for() -> None:
    """A deployment without version and a scaling without number are no plans."""
    assert denied(prepare("deploy", component(), IDLE)) == "usage"
    assert denied(prepare("scale", component(), IDLE)) == "usage"


def test_what_slipway_yaml_names_by_its_id_is_not_made_twice() -> None:
    """It may have another name than the template's: a second one would not be the target's."""
    renamed = component(name="shop")
    there: Json = {"count": 1, "components": [renamed]}
    found = prepare("create", there, version="1.0")
    assert found == Denied.of(AlreadyThere(thing="component", name="shop"))
    renamed["status"]["component_status"] = "DELETED"
    anew = prepare("create", there, version="1.0")
    assert anew.before == Absent().reason
    told = {each.name: each.after for each in anew.changes}
    assert told["component_id"] == IdIsGone().reason


def test_creating_needs_the_template_and_a_free_name() -> None:
    """A component is created once, and with all that the API requires."""
    nobody: Json = {"count": 0, "components": []}
    there: Json = {"count": 1, "components": [component()]}
    assert prepare("create", nobody, version="1.0").before == Absent().reason
    assert prepare("create", nobody).after == "2023.0712.09204"
    assert denied(prepare("create", there, version="1.0")) == "no_change"
    bare = TARGET.model_copy(update={"create_body": {"name": "shop-api"}})
    question = SYSTEM.prepare(bare, Asked(action="create"))
    lacking = TemplateLacks(fields=("runtime_stack", "source", "replica", "refer_resources"))
    assert run(question, []).result == Denied.of(lacking)
