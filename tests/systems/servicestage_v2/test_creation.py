"""ServiceStage v2: what creating an instance takes."""

import copy
from typing import Any, Final

import pytest

from bot.core.codes import Code, Denied
from bot.core.codes.systems import (
    Absent,
    AlreadyThere,
    Hidden,
    NotGiven,
    TemplateLacks,
    TemplateMisfit,
    label,
)
from bot.core.plan import PlanDraft
from bot.core.system import (
    RemoteTask,
    Work,
)
from bot.systems._huawei.codes import IdIsGone
from bot.systems.servicestage_v2 import Instance, ServiceStageV2
from bot.systems.servicestage_v2.examples import (
    COMPONENT,
    COMPONENT_BODY,
    INSTANCE,
    INSTANCE_BODY,
)
from tests.systems.scripts import run
from tests.systems.servicestage_v2.cases import (
    NEW,
    OBJECT,
    SYSTEM,
    TARGET,
    URL,
    artifacts,
    component,
    components,
    denied,
    instance,
    instances,
    prepare,
)


def test_creating_takes_the_steps_that_are_missing() -> None:
    """Component and instance, the instance alone, or nothing."""
    both = prepare("create", components(), version="1.4.0")
    assert [step.name for step in both.steps] == ["create component", "create instance"]
    assert (both.before, both.after) == (Absent().reason, "1.4.0")
    assert both.changes[0].after == URL + ":1.4.0"
    one = prepare("create", components(component()), instances(), version="1.4.0")
    assert [step.name for step in one.steps] == ["create instance"]
    assert one.steps[0].parameters["component_id"] == COMPONENT
    there = prepare("create", components(component()), instances(instance()), version="1.4.0")
    assert denied(there) == "no_change"
    leaving = instance(status_="DELETED")
    again = prepare("create", components(component()), instances(leaving), version="1.4.0")
    assert isinstance(again, PlanDraft)
    deleting = prepare("create", components(component(status=1)), version="1.4.0")
    assert denied(deleting) == "in_progress"


def test_what_slipway_yaml_names_by_its_id_is_not_made_twice() -> None:
    """It may have another name than the template's: a second one would not be the target's."""
    renamed = prepare("create", components(component(name="shop")), instances(instance()))
    assert denied(renamed) == "no_change"
    other = prepare("create", components(component()), instances(instance(name="shop-1")))
    assert other == Denied.of(AlreadyThere(thing="instance", name="shop-1"))
    gone = instance(name="shop-1", status_="DELETED")
    for anew, ids in (
        (prepare("create", components(component()), instances(gone)), {"instance_id"}),
        (prepare("create", components()), {"component_id", "instance_id"}),
    ):
        told = {each.name for each in anew.changes if each.after == IdIsGone().reason}
        assert (isinstance(anew, PlanDraft), told) == (True, ids)


def test_another_template_is_another_plan() -> None:
    """What was approved is the template as it was: a change of it changes the plan's steps."""
    changed = copy.deepcopy(ServiceStageV2.spec.sample.target)
    create = changed["create_body"]
    assert isinstance(create, dict)
    instance_body = create["instance"]
    assert isinstance(instance_body, dict)
    instance_body["replica"] = 9
    other = Instance.model_validate(changed)
    plans = [prepare("create", components(), target=each).steps for each in (TARGET, other)]
    assert plans[0] != plans[1]
    assert "warn" not in str(plans)


def template(part: str, **changes: Any) -> Instance:
    """A target whose template has other fields; None leaves one out."""
    bodies = {"component": dict(COMPONENT_BODY), "instance": dict(INSTANCE_BODY)}
    bodies[part] = {k: v for k, v in {**bodies[part], **changes}.items() if v is not None}
    return Instance.model_validate({**ServiceStageV2.spec.sample.target, "create_body": bodies})


NO_OBJECTS: Final = TemplateMisfit(field="instance.artifacts", wanted="objects")
INCOMPLETE: Final[dict[str, tuple[Instance, Code]]] = {
    "no runtime": (
        template("component", runtime=None), TemplateLacks(fields=("component.runtime",)),
    ),
    "no flavour": (
        template("instance", flavor_id=None), TemplateLacks(fields=("instance.flavor_id",)),
    ),
    "a number as version": (
        template("instance", version=2), TemplateMisfit(field="instance.version", wanted="text"),
    ),
    "no version": (template("instance", version=None), NotGiven(what="version")),
    "artifacts of text": (template("instance", artifacts={"a": "x"}), NO_OBJECTS),
    "artifacts in a list": (template("instance", artifacts=["x"]), NO_OBJECTS),
}  # fmt: skip


@pytest.mark.parametrize(("target", "why"), INCOMPLETE.values(), ids=list(INCOMPLETE))
def test_an_incomplete_template_creates_nothing(target: Instance, why: Code) -> None:
    """The refusal names what is missing, before anything is asked of the cloud."""
    assert prepare("create", target=target) == Denied.of(why)


def test_a_template_with_a_package_elsewhere_creates_nothing() -> None:
    """A key that the target's address does not lead to would bring out another package."""
    given = artifacts("obs://shop/jars/app-1.jar", properties=OBJECT)
    result = prepare("create", target=template("instance", artifacts=given), version="2")
    assert denied(result) == "not_creatable"


def test_a_creation_at_a_version_fills_the_template() -> None:
    """The template goes out as it is, but for the version and its addresses."""
    given = {**artifacts("old:1", version="1"), "sidecar": {"url": "side:1", "version": "1"}}
    target = template("instance", artifacts=given, version=None)
    draft = prepare("create", components(), target=target, version="2")
    work = Work(step=draft.steps[1], earlier=(RemoteTask(id="c-1"),))
    driven = run(SYSTEM.submit(target, work), [{"job_id": NEW, "instance_id": INSTANCE}])
    body = driven.calls[0].body
    assert isinstance(body, dict)
    wanted = artifacts(URL + ":2", version="2") | {"sidecar": {"url": "side:1", "version": "1"}}
    assert body == {**INSTANCE_BODY, "version": "2", "artifacts": wanted}
    assert driven.calls[0].path.endswith("/components/c-1/instances")


def test_a_template_without_artifacts_takes_the_targets() -> None:
    """Without a version typed, the template's version leads to the target's address."""
    target = template("instance", artifacts=None)
    draft = prepare("create", components(), target=target)
    assert draft.steps[1].parameters["addresses"] == {"container-name": URL + ":1.0.0"}
    assert draft.changes[0].name == label("artifact")


def test_a_password_in_a_template_stays_there() -> None:
    """It is sent, and neither shown nor recorded with the plan."""
    target = template("instance", artifacts=artifacts("https://u:hunter22@x/a.jar"))
    draft = prepare("create", components(), target=target)
    assert draft.changes[0].after == Hidden().reason
    assert "hunter22" not in draft.model_dump_json()
    work = Work(step=draft.steps[1], earlier=(RemoteTask(id="c-1"),))
    body: Any = run(SYSTEM.submit(target, work), [{"job_id": NEW}]).calls[0].body
    assert body["artifacts"]["container-name"]["url"] == "https://u:hunter22@x/a.jar"
