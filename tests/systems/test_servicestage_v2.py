"""ServiceStage v2: what is planned, sent, seen and found again."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.errors import CloudError, CloudRefusedError, UnreadableReplyError
from bot.core.flow import Reply
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.records import Action, Asked, Json, Parameters, PastStep
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems.servicestage_v2 import Instance, ServiceStageV2
from bot.systems.servicestage_v2.examples import (
    APPLICATION,
    COMPONENT,
    COMPONENT_BODY,
    INSTANCE,
    INSTANCE_BODY,
    JOB,
    POLLED,
    SETTINGS,
)
from tests.systems import servicestage_v2_samples as printed
from tests.systems.scripts import Answer, Driven, refused, run

SYSTEM: Final = ServiceStageV2()
TARGET: Final = Instance.model_validate(ServiceStageV2.spec.sample.target)
NAMELESS: Final = TARGET.model_copy(update={"component_id": None, "instance_id": None})
NEW: Final = "JOB2209202b-617c-4591-b0c6-ef2521a943a2"
NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
LIVE: Final = "1.0.0"
PATH: Final = (
    f"/v2/{{project_id}}/cas/applications/{APPLICATION}/components/{COMPONENT}/instances/{INSTANCE}"
)
IDLE: Final[Json] = JOB
IDS: Final[dict[str, Json]] = {"component_id": COMPONENT, "instance_id": INSTANCE}
URL: Final = "registry.example.com:20202/xxxxxxxx/junit-platformstest"


def instance(**changes: Any) -> dict[str, Any]:
    """The sample instance; `status_…` changes its status block."""
    view = copy.deepcopy(SETTINGS)
    for name, value in changes.items():
        if name.startswith("status_"):
            field = name.removeprefix("status_") or "status"
            view["status_detail"][field] = value
        else:
            view[name] = value
    return view


def artifacts(url: str, **changes: Any) -> dict[str, Any]:
    """Artifacts of one container."""
    base = INSTANCE_BODY["artifacts"]["container-name"]
    return {"container-name": {**base, "url": url, **changes}}


def job(status: str, *, id_: str = POLLED, begun: str = "") -> dict[str, Any]:
    """A job in the upper case of v2."""
    row = {"TASK_NAME": "t", "TASK_STATUS": "RUNNING", "TASK_INDEX": 1, "CREATED_AT": begun}
    return {"job": {"JOB_ID": id_, "EXECUTION_STATUS": status}, "tasks": [row] if begun else []}


def snapshot(version: Any, made: Any = 1571647078435, words: Any = "") -> dict[str, Any]:
    """A version to go back to."""
    return {"version": version, "create_time": made, "description": words, "instance_id": INSTANCE}


def snapshots(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of snapshots."""
    return {"count": len(rows), "snapshots": list(rows)}


def prepare(action: Action, *answers: Answer, target: Instance = TARGET, **given: Any) -> Any:
    """What the question leads to."""
    past = given.pop("past", ())
    asked = Asked(action=action, parameters=Parameters(**given), past=past)
    return run(SYSTEM.prepare(target, asked), answers).result


def denied(result: Any) -> str:
    """The code of a refusal."""
    assert isinstance(result, Denied), result
    return result.code


def submit(step: PlannedStep, *answers: Answer, earlier: tuple[str, ...] = ()) -> Driven:
    """Send a step."""
    work = Work(step=step, earlier=tuple(RemoteTask(id=each) for each in earlier))
    return run(SYSTEM.submit(TARGET, work), answers)


def test_a_deployment_says_what_changes() -> None:
    """The plan names the version and the image before and after."""
    draft = prepare("deploy", instance(), IDLE, version="1.4.0")
    assert isinstance(draft, PlanDraft)
    assert (draft.before, draft.after) == (LIVE, "1.4.0")
    assert [(each.name, each.before, each.after) for each in draft.changes] == [
        ("version", LIVE, "1.4.0"),
        ("image", URL + ":1.0", URL + ":1.4.0"),
    ]
    assert (draft.observed.revision, draft.observed.last_task) == (LIVE, POLLED)
    assert draft.observed.facts["replicas"] == "1 of 1"
    assert "warn" not in draft.model_dump_json()


def test_several_artifacts_are_named_and_shown_without_passwords() -> None:
    """Each container has its line; an address with a password in it is not repeated."""
    given = {"a": "x/a:{version}", "b": "x/b-{version}.jar"}
    target = TARGET.model_copy(update={"artifacts": given})
    two = {
        "a": {"type": "image", "url": "https://u:hunter22@x/a:1"},
        "b": {"type": "package", "url": "x/b-1.jar"},
        "c": {"url": "x/c"},
    }
    draft = prepare("deploy", instance(artifacts=two), IDLE, target=target, version="2")
    assert [(each.name, each.before, each.after) for each in draft.changes[1:]] == [
        ("image of a", "[hidden]", "x/a:2"),
        ("package of b", "x/b-1.jar", "x/b-2.jar"),
    ]
    assert "hunter22" not in draft.model_dump_json()


def test_the_version_that_runs_is_no_change() -> None:
    """Nothing is sent for what is there: version, image and a running status."""
    same = {"version": "1.4.0", "artifacts": artifacts(URL + ":1.4.0")}
    assert denied(prepare("deploy", instance(**same), IDLE, version="1.4.0")) == "no_change"
    broken = instance(**same, status_="FAILED")
    assert isinstance(prepare("deploy", broken, IDLE, version="1.4.0"), PlanDraft)
    assert isinstance(
        prepare("deploy", instance(version="1.4.0"), IDLE, version="1.4.0"), PlanDraft
    )


def test_an_artifact_that_the_instance_has_not_is_refused() -> None:
    """A slip in a container's name would add a container: the present ones are named."""
    target = TARGET.model_copy(update={"artifacts": {"container-nam": "x:{version}"}})
    result = prepare("deploy", instance(), IDLE, target=target, version="2")
    assert denied(result) == "not_deployable"
    assert "container-name" in result.way_out
    none = prepare("deploy", instance(artifacts=None), IDLE, target=target, version="2")
    assert "none" in none.way_out


OBJECT: Final = {"endpoint": "obs.example", "bucket": "shop", "key": "jars/app-1.jar"}


@pytest.mark.parametrize(
    ("template", "now", "key"),
    [
        ("obs://shop/jars/app-{version}.jar", "obs://shop/jars/app-1.jar", "jars/app-2.jar"),
        ("obs://shop/app-{version}.jar", "obs://shop/jars/app-1.jar", "app-2.jar"),
        ("obs://other/app-{version}.jar", "obs://shop/jars/app-1.jar", None),
        ("obs://shop/app-{version}.jar", "obs://shop/elsewhere.jar", None),
    ],
)
def test_a_package_in_a_bucket_is_named_by_its_key_too(
    template: str, now: str, key: str | None
) -> None:
    """Both the address and the key lead to the new package, or nothing is sent."""
    target = TARGET.model_copy(update={"artifacts": {"container-name": template}})
    view = instance(artifacts=artifacts(now, type="package", storage="obs", properties=OBJECT))
    draft = prepare("deploy", view, IDLE, target=target, version="2")
    if key is None:
        assert denied(draft) == "not_deployable"
        return
    body: Any = submit(draft.steps[0], view, {"job_id": NEW}).calls[-1].body
    assert body["artifacts"]["container-name"]["properties"] == {**OBJECT, "key": key}


def test_an_object_without_a_name_is_none() -> None:
    """An address that ends where the key begins leads to no package."""
    target = TARGET.model_copy(update={"artifacts": {"container-name": "obs://shop/{version}"}})
    view = instance(artifacts=artifacts("obs://shop/2key", properties={"key": "key"}))
    draft = prepare("deploy", view, IDLE, target=target, version="2")
    assert denied(draft) == "not_deployable"


CHANGING: Final = (
    *("INITIALIZING", "UPGRADING", "STARTING", "STOPPING", "RESTARTING", "DELETING"),
)


@pytest.mark.parametrize("word", CHANGING)
@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "start", "stop", "scale"])
def test_an_instance_under_way_is_left_alone(word: str, action: Action) -> None:
    """Two changes never run at once, and the refusal names the vendor's status."""
    result = prepare(action, instance(status_=word), version="1.4.0", replicas=3)
    assert denied(result) == "in_progress"
    assert word in result.reason


@pytest.mark.parametrize("word", ["SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING"])
def test_a_job_under_way_is_waited_for(word: str) -> None:
    """A job that runs is noticed before the instance's status shows it."""
    assert denied(prepare("deploy", instance(), job(word), version="1.4.0")) == "in_progress"


@pytest.mark.parametrize("end", [IDLE, job("UNKNOWN"), refused(403, "refused")])
def test_a_job_that_cannot_be_judged_stands_in_no_way(end: Answer) -> None:
    """An old job that is unclear or hidden does not block a target for ever."""
    assert isinstance(prepare("deploy", instance(), end, version="1.4.0"), PlanDraft)


OTHERS: Final = (
    *("FAILED", "RUNNING", "DOWN", "RESERVED", "STOPPED", "PENDING", "UNKNOWN"),
    *("PARTIALLY_FAILED", "SOMETHING_NEW", "", None),
)


@pytest.mark.parametrize("word", OTHERS)
def test_any_other_status_can_be_deployed_over(word: str | None) -> None:
    """A deployment is how most of them are mended; the status is shown as it stands."""
    draft = prepare("deploy", instance(status_=word), IDLE, version="1.4.0")
    assert draft.observed.status == (word or "")
    report = run(SYSTEM.status(TARGET), [instance(status_=word)]).result
    assert report.headline == f"{(word or 'status unknown').lower()} {LIVE}"


def test_a_deleted_instance_is_not_there() -> None:
    """DELETED is an end: nothing can be changed any more."""
    assert denied(prepare("restart", instance(status_="DELETED"))) == "not_found"


@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "scale"])
def test_a_missing_instance_is_told_with_the_vendors_code(action: Action) -> None:
    """404 with SVCSTG.001004xx means that there is no such instance."""
    gone = refused(404, "not_found", "SVCSTG.00100412")
    result = prepare(action, gone, version="1", replicas=1)
    assert denied(result) == "not_found"
    assert "SVCSTG.00100412" in result.reason
    with pytest.raises(CloudRefusedError):
        prepare(action, refused(403, "refused"), version="1", replicas=1)


ROLLBACKS: Final[dict[str, tuple[list[dict[str, Any]], str | None, str]]] = {
    "one before": ([snapshot(LIVE), snapshot("0.9"), snapshot("0.8")], None, "0.9"),
    "named": ([snapshot(LIVE), snapshot("0.9"), snapshot("0.8")], "0.8", "0.8"),
    "without the live one": ([snapshot("0.9"), snapshot("0.8")], None, "0.9"),
    "after a rollback": ([snapshot("1.1"), snapshot(LIVE), snapshot("0.9")], None, "0.9"),
    "forward, named": ([snapshot("1.1"), snapshot(LIVE)], "1.1", "1.1"),
    "a number": ([snapshot(LIVE), snapshot(7)], None, "7"),
    "listed oldest first": ([snapshot("0.9", 1000), snapshot(LIVE, 2000)], None, "0.9"),
    "the live one twice": (
        [snapshot(LIVE), snapshot("1.1"), snapshot(LIVE), snapshot("0.9")], None, "0.9",
    ),
    "one without a version": ([snapshot(LIVE), snapshot(None), snapshot("0.9")], None, "0.9"),
    "times that cannot be read": ([snapshot(LIVE, "?"), snapshot("0.9", None)], None, "0.9"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "revision", "to"), ROLLBACKS.values(), ids=list(ROLLBACKS))
def test_where_a_rollback_leads(rows: list[dict[str, Any]], revision: str | None, to: str) -> None:
    """To the newest snapshot from before what runs, or to the one that is named."""
    draft = prepare("rollback", instance(), IDLE, snapshots(*rows), revision=revision)
    assert isinstance(draft, PlanDraft)
    assert (draft.steps[0].parameters["version"], draft.after) == (to, to)


def past(action: Action, version: str) -> tuple[PastStep, ...]:
    """What Slipway did last, before something that replaced nothing."""
    step = PastStep(action=action, name=action, parameters={"version": version}, task="JOB1")
    return (PastStep(action="restart", name="restart", task="JOB2"), step)


def test_what_slipway_deployed_last_was_no_way_back() -> None:
    """An old version deployed anew has the newer snapshot before it; one returned to has not."""
    rows = snapshots(snapshot("1.1"), snapshot(LIVE), snapshot("0.9"))
    ends = [
        prepare("rollback", instance(), IDLE, rows, past=before).after
        for before in (past("deploy", LIVE), past("deploy", "1.1"), past("rollback", LIVE))
    ]
    assert ends == ["1.1", "0.9", "0.9"]


def test_rollbacks_that_cannot_be() -> None:
    """What the snapshots do not hold, or what is live, cannot be returned to."""
    rows = snapshots(snapshot(LIVE), snapshot("0.9"))
    wrong = prepare("rollback", instance(), IDLE, rows, revision="0.8")
    assert denied(wrong) == "no_such_revision"
    assert "0.9" in wrong.way_out
    assert denied(prepare("rollback", instance(), IDLE, rows, revision=LIVE)) == "no_change"
    none = snapshots(snapshot(LIVE))
    assert denied(prepare("rollback", instance(), IDLE, none)) == "no_previous_revision"
    empty: Json = {"count": 0, "snapshots": None}
    assert denied(prepare("rollback", instance(), IDLE, empty)) == "no_previous_revision"


def test_a_list_that_comes_in_short_pages_is_read_to_its_end() -> None:
    """A limit out of range counts as 10 there: what `count` promises is asked for."""
    rows = [snapshot(f"0.{n}") for n in range(13)]
    first: Any = {"count": 13, "snapshots": rows[:10]}
    rest: Any = {"count": 13, "snapshots": rows[10:]}
    entries = run(SYSTEM.history(TARGET), [instance(), first, rest]).result
    assert len(entries) == 13
    nothing: Json = {"count": 13, "snapshots": []}
    assert len(run(SYSTEM.history(TARGET), [instance(), first, nothing]).result) == 10


def test_switches_that_change_nothing() -> None:
    """Start while it runs, stop while it stands, scale to what is: nothing is sent."""
    stopped = instance(status_="STOPPED")
    assert denied(prepare("start", instance(), IDLE)) == "no_change"
    assert denied(prepare("stop", stopped, IDLE)) == "no_change"
    assert denied(prepare("scale", instance(), IDLE, replicas=1)) == "no_change"
    assert prepare("start", stopped, IDLE).after == "running"
    assert prepare("stop", instance(), IDLE).after == "stopped"
    assert prepare("scale", instance(), IDLE, replicas=0).after == "0 replicas"
    assert prepare("restart", instance(), IDLE).before == LIVE


def test_what_was_not_named_is_asked_for() -> None:
    """A deployment without version and a scaling without number are no plans."""
    assert denied(prepare("deploy", instance(), IDLE)) == "usage"
    assert denied(prepare("scale", instance(), IDLE)) == "usage"
    assert denied(prepare("delete", instance(), IDLE)) == "unsupported_action"


def test_an_instance_on_ecs_is_not_scaled() -> None:
    """Its number of replicas follows from hosts, which nobody named."""
    result = prepare("scale", instance(platform_type="vmapp"), IDLE, replicas=3)
    assert denied(result) == "unsupported_action"
    assert "hosts" in result.reason


def component(**changes: Any) -> dict[str, Any]:
    """The created component."""
    return {"id": COMPONENT, **COMPONENT_BODY, "status": 0, **changes}


def components(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of components."""
    return {"count": len(rows), "components": list(rows)}


def instances(*rows: dict[str, Any]) -> dict[str, Any]:
    """A page of instances."""
    return {"count": len(rows), "instances": list(rows)}


def test_creating_takes_the_steps_that_are_missing() -> None:
    """Component and instance, the instance alone, or nothing."""
    both = prepare("create", components(), version="1.4.0")
    assert [step.name for step in both.steps] == ["create component", "create instance"]
    assert (both.before, both.after, both.observed.status) == ("absent", "1.4.0", "absent")
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


INCOMPLETE: Final[dict[str, tuple[Instance, str, str]]] = {
    "no runtime": (template("component", runtime=None), "not_creatable", "component.runtime"),
    "no flavour": (template("instance", flavor_id=None), "not_creatable", "instance.flavor_id"),
    "a number as version": (template("instance", version=2), "not_creatable", "quotes"),
    "no version": (template("instance", version=None), "usage", "version"),
    "artifacts of text": (template("instance", artifacts={"a": "x"}), "not_creatable", "artifacts"),
    "artifacts in a list": (template("instance", artifacts=["x"]), "not_creatable", "artifacts"),
}


@pytest.mark.parametrize(("target", "code", "why"), INCOMPLETE.values(), ids=list(INCOMPLETE))
def test_an_incomplete_template_creates_nothing(target: Instance, code: str, why: str) -> None:
    """The refusal names what is missing, before anything is asked of the cloud."""
    result = prepare("create", target=target)
    assert denied(result) == code
    assert why in result.reason


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
    assert draft.changes[0].name == "artifact"


def test_a_password_in_a_template_stays_there() -> None:
    """It is sent, and neither shown nor recorded with the plan."""
    target = template("instance", artifacts=artifacts("https://u:hunter22@x/a.jar"))
    draft = prepare("create", components(), target=target)
    assert draft.changes[0].after == "[hidden]"
    assert "hunter22" not in draft.model_dump_json()
    work = Work(step=draft.steps[1], earlier=(RemoteTask(id="c-1"),))
    body: Any = run(SYSTEM.submit(target, work), [{"job_id": NEW}]).calls[0].body
    assert body["artifacts"]["container-name"]["url"] == "https://u:hunter22@x/a.jar"


def test_names_lead_to_the_instance() -> None:
    """An instance that Slipway created needs no ids in slipway.yaml."""
    found = (components(component()), instances(instance()), instance(), IDLE)
    draft = prepare("restart", *found, target=NAMELESS)
    assert draft.steps[0].parameters == IDS
    assert denied(prepare("restart", components(), target=NAMELESS)) == "not_found"
    nobody = (components(component()), instances())
    assert denied(prepare("restart", *nobody, target=NAMELESS)) == "not_found"
    report = run(SYSTEM.status(NAMELESS), nobody).result
    assert report.headline == "not created yet"
    assert report.facts == {"component": "component-a", "instance": "component-instance-name"}
    assert run(SYSTEM.history(NAMELESS), nobody).result == ()
    with pytest.raises(UnreadableReplyError, match="several"):
        prepare("restart", components(component(), component()), target=NAMELESS)


DEPLOY: Final = PlannedStep(
    name="deploy",
    parameters={**IDS, "version": "1.4.0", "addresses": {"container-name": "x/shop:1.4.0"}},
)


def deployed(**settings: Any) -> dict[str, Any]:
    """The body that deploys over an instance with these settings."""
    body = submit(DEPLOY, instance(**settings), {"job_id": NEW}).calls[-1].body
    assert isinstance(body, dict)
    return body


def test_a_deployment_keeps_every_other_setting() -> None:
    """All that a modification takes is sent back as it is; what it does not take is left out."""
    body = deployed()
    access = dict(SETTINGS["external_accesses"][0])
    for told in ("create_time", "update_time"):
        access.pop(told)
    assert body == {
        "version": "1.4.0",
        "artifacts": artifacts("x/shop:1.4.0"),
        "flavor_id": SETTINGS["flavor_id"],
        "configuration": SETTINGS["configuration"],
        "description": SETTINGS["description"],
        "refer_resources": SETTINGS["refer_resources"],
        "external_accesses": [access],
    }


def test_other_containers_and_fields_of_an_artifact_are_kept() -> None:
    """Only address and version of the target's own containers change."""
    one = artifacts("x/shop:1.3.0", version="1.3.0", something_new={"that": "nobody listed"})
    body = deployed(artifacts={**one, "sidecar": {"url": "side:1", "auth": None}})
    assert body["artifacts"] == {
        **artifacts("x/shop:1.4.0", version="1.4.0", something_new={"that": "nobody listed"}),
        "sidecar": {"url": "side:1"},
    }


def test_a_container_whose_address_stays_keeps_its_version() -> None:
    """An address without {version} names the same thing after a deployment."""
    same = artifacts("x/shop:1.4.0", version="fixed")
    assert deployed(artifacts=same)["artifacts"] == same


KEPT: Final[dict[str, Json]] = {
    "flavor_id": "CUSTOM-10G:0.5C-0.25C:1.6Gi-0.8Gi",
    "configuration": {"strategy": {"upgrade": "Recreate"}, "something_new": [{"x": 1}]},
    "description": "",
    "refer_resources": [],
    "external_accesses": [],
}


@pytest.mark.parametrize("name", KEPT)
def test_settings_of_any_kind_are_sent_back(name: str) -> None:
    """Also what is empty, and what nobody listed."""
    assert deployed(**{name: KEPT[name]})[name] == KEPT[name]


@pytest.mark.parametrize("name", KEPT)
def test_what_is_not_set_is_not_sent(name: str) -> None:
    """A null stands for no setting, which the API does not take back; also deep inside."""
    assert name not in deployed(**{name: None})
    nested = deployed(configuration={"env": [{"name": "A", "value": None}], "probes": None})
    assert nested["configuration"] == {"env": [{"name": "A"}]}


@pytest.mark.parametrize(
    "garbled",
    [
        {"external_accesses": ["x"]},
        {"external_accesses": {}},
        {"artifacts": {"container-name": "x"}},
        {"artifacts": {}},
        {"id": "another"},
        {"status_last_job_id": "../x"},
    ],
)
def test_what_cannot_be_sent_back_stops_the_deployment(garbled: dict[str, Any]) -> None:
    """Garbled settings, and artifacts that are gone since the plan, are refused unsent."""
    with pytest.raises(UnreadableReplyError):
        deployed(**garbled)


BODIES: Final[list[tuple[str, dict[str, Json], Json]]] = [
    ("stop", {}, {"action": "stop"}),
    ("start", {}, {"action": "start"}),
    ("restart", {}, {"action": "restart"}),
    ("scale", {"replica": 3}, {"action": "scale", "parameters": {"replica": 3}}),
    ("rollback", {"version": "1"}, {"action": "rollback", "parameters": {"version": "1"}}),
]


@pytest.mark.parametrize(("name", "parameters", "body"), BODIES)
def test_the_body_of_an_action(name: str, parameters: dict[str, Json], body: Json) -> None:
    """An action is sent as the vendor's guide prints it, without an empty `parameters`."""
    driven = submit(PlannedStep(name=name, parameters={**IDS, **parameters}), {"job_id": NEW})
    assert driven.result == RemoteTask(id=NEW)
    assert (driven.calls[0].method, driven.calls[0].path) == ("POST", PATH + "/action")
    assert driven.calls[0].body == body


def test_an_answer_about_something_else_is_not_believed() -> None:
    """FM-70: an acceptance that names another instance or component is none of ours."""
    stop = PlannedStep(name="stop", parameters=IDS)
    with pytest.raises(UnreadableReplyError):
        submit(stop, {"job_id": NEW, "instance_id": "another"})
    with pytest.raises(UnreadableReplyError):
        submit(PlannedStep(name="create component"), {"id": "c-1", "name": "another"})


PRINTED: Final = Instance.model_validate(
    {
        **ServiceStageV2.spec.sample.target,
        "create_body": {
            "component": printed.CREATE_COMPONENT,
            "instance": printed.CREATE_INSTANCE,
        },
    }
)


def test_the_printed_creation_is_what_goes_out() -> None:
    """Steps 1 and 2: the template as it stands is sent, and both answers are understood."""
    draft = prepare("create", components(), target=PRINTED)
    first = Work(step=draft.steps[0])
    one = run(SYSTEM.submit(PRINTED, first), [printed.COMPONENT_CREATED])
    assert one.calls[-1].body == printed.CREATE_COMPONENT
    assert one.result == RemoteTask(id="string")
    shown = run(SYSTEM.watch(PRINTED, first, one.result), [printed.COMPONENT_CREATED]).result
    assert isinstance(shown, TaskSucceeded)
    second = Work(step=draft.steps[1], earlier=(one.result,))
    two = run(SYSTEM.submit(PRINTED, second), [printed.INSTANCE_CREATED])
    assert two.calls[-1].body == printed.CREATE_INSTANCE
    assert two.calls[-1].path.endswith(f"/applications/{APPLICATION}/components/string/instances")
    assert two.result == RemoteTask(id=printed.INSTANCE_CREATED["job_id"])


def test_the_printed_job_is_an_end() -> None:
    """Step 3: the job, read at v2's path."""
    flow = SYSTEM.watch(PRINTED, Work(step=DEPLOY), RemoteTask(id=POLLED))
    driven = run(flow, [JOB])
    assert isinstance(driven.result, TaskSucceeded)
    assert driven.calls[0].path == f"/v2/{{project_id}}/cas/jobs/{POLLED}"


def test_the_printed_upgrade_is_sent_as_the_api_takes_it() -> None:
    """Step 4: to the same place, in the fields that a modification has.

    The sample names the instance, its environment and replicas besides, and a version that is a
    number: the API's model has none of the three, and takes text.
    """
    draft = prepare("deploy", instance(), IDLE, target=PRINTED, version="2")
    driven = submit(draft.steps[0], instance(), printed.UPGRADE_TAKEN)
    body = driven.calls[-1].body
    assert isinstance(body, dict)
    own = {"name", "environment_id", "replica"}
    wanted = {k: v for k, v in printed.UPGRADE.items() if k not in own} | {"version": "2"}
    assert {k: v for k, v in body.items() if k in printed.UPGRADE} == wanted
    assert (driven.calls[-1].method, driven.calls[-1].path) == ("PUT", PATH)
    assert driven.result == RemoteTask(id=printed.UPGRADE_TAKEN["job_id"])


def test_the_printed_snapshots_lead_to_the_printed_rollback() -> None:
    """Steps 5 and 6: the list that is closed after its count is read as it is meant."""
    misprinted = Reply(status=200, text=printed.SNAPSHOTS_MISPRINTED)
    draft = prepare("rollback", instance(), IDLE, misprinted)
    driven = submit(draft.steps[0], printed.ACTION_TAKEN)
    assert driven.calls[0].body == printed.ROLLBACK
    assert driven.result == RemoteTask(id=printed.ACTION_TAKEN["job_id"])
    (entry,) = run(SYSTEM.history(TARGET), [instance(), misprinted]).result
    assert (entry.revision, entry.description) == ("1", "xxx")
    assert entry.when == "2019-10-21T08:37:58Z"


def test_the_printed_stop() -> None:
    """Step 7."""
    draft = prepare("stop", instance(), IDLE)
    assert submit(draft.steps[0], printed.ACTION_TAKEN).calls[0].body == printed.STOP


@pytest.mark.parametrize(
    "text",
    [
        printed.SNAPSHOTS_MISPRINTED[:-3],
        printed.SNAPSHOTS_MISPRINTED.replace('"1"', '"1'),
        "<html></html>",
        "",
        '{"snapshots": ' + "[" * 100_000 + '},"count": 1]}',
    ],
)
def test_other_misprints_are_no_answer(text: str) -> None:
    """What is not that very slip is told as unreadable."""
    with pytest.raises(UnreadableReplyError):
        prepare("rollback", instance(), IDLE, Reply(status=200, text=text))


COMPONENT_STEP: Final = PlannedStep(name="create component")


def watched(*answers: Answer) -> Any:
    """What a look at a component shows."""
    task = RemoteTask(id=COMPONENT)
    return run(SYSTEM.watch(TARGET, Work(step=COMPONENT_STEP), task), answers).result


def test_what_a_components_status_means() -> None:
    """0 is normal, 1 is deleting; another is shown and waited for, with one warning."""
    assert isinstance(watched(component(status=0)), TaskSucceeded)
    assert isinstance(watched(component(status="0")), TaskSucceeded)
    assert isinstance(watched(component(status=None)), TaskSucceeded)
    assert isinstance(watched(component(status=1)), TaskFailed)
    busy = watched(component(status=7))
    assert isinstance(busy, TaskRunning)
    assert "'7'" in busy.note
    assert isinstance(watched(refused(404, "not_found", "SVCSTG.00100404")), TaskNotFound)
    with pytest.raises(CloudRefusedError):
        watched(refused(403, "refused"))
    with pytest.raises(UnreadableReplyError):
        watched(component(id="another"))
    with pytest.raises(UnreadableReplyError):
        run(SYSTEM.watch(TARGET, Work(step=COMPONENT_STEP), RemoteTask(id="../x")), [])


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
    assert found.task == RemoteTask(id=NEW, detail="RUNNING")
    assert POLLED in found.evidence
    assert "1.4.0" in found.evidence


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
    assert found.reason


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


def test_status_and_history_for_people() -> None:
    """The headline says how it is; the history says what a rollback may name."""
    broken = instance(status_="FAILED", status_fail_detail="cluster_deleted", version=7)
    report = run(SYSTEM.status(TARGET), [broken]).result
    assert report.headline == "failed 7"
    assert report.facts["fault"] == "cluster_deleted"
    assert report.facts["last job"] == "SUCCEEDED"
    rows = snapshots(
        snapshot(LIVE, 1689123720000, '{"action":"New Version: 1.0.0"}'),
        snapshot("0.9", "soon", {"action": "New Version: 0.9"}),
        snapshot(None, None, None),
    )
    entries = run(SYSTEM.history(TARGET), [instance(), rows]).result
    assert [entry.is_current for entry in entries] == [True, False, False]
    assert [entry.can_return for entry in entries] == [False, True, False]
    assert [entry.description for entry in entries] == [
        "New Version: 1.0.0", "New Version: 0.9", "",
    ]  # fmt: skip
    assert [entry.when for entry in entries] == ["2023-07-12T01:02:00Z", "soon", ""]


def test_garbled_lists_are_no_answer() -> None:
    """A list without its rows, or with rows that have no id, decides nothing."""
    pages: list[Json] = [
        {}, {"components": [{}]}, {"components": "x"}, {"components": [{"id": "../"}]},
    ]  # fmt: skip
    for page in pages:
        with pytest.raises(CloudError):
            prepare("create", page, version="1")


BODY: Final = {"component": COMPONENT_BODY, "instance": INSTANCE_BODY}
BAD_TARGETS: Final[dict[str, dict[str, Any]]] = {
    "no artifacts": {"artifacts": {}},
    "no mark": {"artifacts": {"a": "swr.example/shop:1"}},
    "other braces": {"artifacts": {"a": "{x}{version}"}},
    "a blank": {"artifacts": {"a": "a b:{version}"}},
    "a password": {"artifacts": {"a": "https://u:pass@x/{version}"}},
    "no container": {"artifacts": {"": "x:{version}"}},
    "no uuid": {"application_id": "../x"},
    "nothing to find it by": {"instance_id": None, "create_body": None},
    "nothing to find its component by": {"component_id": None, "create_body": None},
    "half a template": {"create_body": {"component": COMPONENT_BODY}},
    "more than a template": {"create_body": {**BODY, "more": {}}},
    "a nameless component": {"create_body": {**BODY, "component": {}}},
    "a bad name": {"create_body": {**BODY, "instance": {**INSTANCE_BODY, "name": "Upper"}}},
    "a body that is none": {"create_body": {**BODY, "instance": "x"}},
    "an unknown key": {"source_url": "x:{version}"},
}


@pytest.mark.parametrize("changes", BAD_TARGETS.values(), ids=list(BAD_TARGETS))
def test_a_faulty_target_is_refused(changes: dict[str, Any]) -> None:
    """slipway.yaml is checked before anything is asked of the cloud."""
    with pytest.raises(ValidationError):
        Instance.model_validate({**ServiceStageV2.spec.sample.target, **changes})


def test_one_of_several_artifacts_may_stay() -> None:
    """A container whose image has a fixed tag goes without {version}; a package may have two."""
    given = {"a": "x/a:fixed", "b": "x/{version}/b-{version}.jar"}
    target = Instance.model_validate({**ServiceStageV2.spec.sample.target, "artifacts": given})
    assert target.addresses("2") == {"a": "x/a:fixed", "b": "x/2/b-2.jar"}
