"""ServiceStage v2: what is planned, and what is refused."""

from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import (
    BusyByStatus,
    BusyWithTask,
    Hidden,
    Ready,
    Replicas,
    RunState,
    StatusOf,
    label,
)
from bot.core.errors import CloudRefusedError
from bot.core.plan import PlanDraft
from bot.core.records import Action, Json
from bot.systems._huawei.codes import ScaledByHosts
from bot.systems.servicestage_v2.codes import NoSuchArtifact, NoSuchInstance
from bot.systems.servicestage_v2.examples import (
    APPLICATION,
    COMPONENT,
    INSTANCE,
    POLLED,
)
from bot.views.words import spelled
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v2.cases import (
    CHANGING,
    IDLE,
    LIVE,
    NEW,
    OBJECT,
    SYSTEM,
    TARGET,
    URL,
    artifacts,
    denied,
    instance,
    job,
    prepare,
    snapshot,
    submit,
)


def test_a_deployment_says_what_changes() -> None:
    """The plan names the version and the image before and after."""
    draft = prepare("deploy", instance(), IDLE, version="1.4.0")
    assert isinstance(draft, PlanDraft)
    assert (draft.before, draft.after) == (LIVE, "1.4.0")
    assert [(each.name, each.before, each.after) for each in draft.changes] == [
        (label("version"), LIVE, "1.4.0"),
        (label("image"), URL + ":1.0", URL + ":1.4.0"),
    ]
    assert (draft.observed.revision, draft.observed.last_task) == (LIVE, POLLED)
    assert draft.observed.facts["replicas"] == Ready(ready=1, wanted=1).reason
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
        (label("image", "a"), Hidden().reason, "x/a:2"),
        (label("package", "b"), "x/b-1.jar", "x/b-2.jar"),
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
    lacks = NoSuchArtifact(container="container-nam", near=("container-name",))
    assert result == Denied.of(lacks)
    none = prepare("deploy", instance(artifacts=None), IDLE, target=target, version="2")
    assert none == Denied.of(NoSuchArtifact(container="container-nam"))


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


@pytest.mark.parametrize("word", CHANGING)
@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "start", "stop", "scale"])
def test_an_instance_under_way_is_left_alone(word: str, action: Action) -> None:
    """Two changes never run at once, and the refusal names the vendor's status."""
    result = prepare(action, instance(status_=word), version="1.4.0", replicas=3)
    assert result == Denied.of(BusyByStatus(thing="instance", status=word))


@pytest.mark.parametrize("word", ["SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING"])
def test_a_job_under_way_is_waited_for(word: str) -> None:
    """A job that runs is noticed before the instance's status shows it."""
    result = prepare("deploy", instance(), job(word), version="1.4.0")
    assert result == Denied.of(BusyWithTask(thing="instance", task=POLLED))


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
    status = (word or "").lower()
    assert report.headline == StatusOf(status=status, version=LIVE).reason


def test_a_deleted_instance_is_not_there() -> None:
    """DELETED is an end: nothing can be changed any more."""
    assert denied(prepare("restart", instance(status_="DELETED"))) == "not_found"


@pytest.mark.parametrize("action", ["deploy", "rollback", "restart", "scale"])
def test_a_missing_instance_is_told_with_the_vendors_code(action: Action) -> None:
    """404 with SVCSTG.001004xx means that there is no such instance."""
    gone = refused(404, "not_found", "SVCSTG.00100412")
    result = prepare(action, gone, version="1", replicas=1)
    missing = NoSuchInstance(
        application=APPLICATION, component=COMPONENT, instance=INSTANCE, code="SVCSTG.00100412"
    )
    assert result == Denied.of(missing)
    with pytest.raises(CloudRefusedError):
        prepare(action, refused(403, "refused"), version="1", replicas=1)


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
    assert prepare("start", stopped, IDLE).after == RunState(status="running").reason
    assert prepare("stop", instance(), IDLE).after == RunState(status="stopped").reason
    assert prepare("scale", instance(), IDLE, replicas=0).after == Replicas(replicas=0).reason
    assert prepare("restart", instance(), IDLE).before == LIVE


def test_what_was_not_named_is_asked_for() -> None:
    """A deployment without version and a scaling without number are no plans."""
    assert denied(prepare("deploy", instance(), IDLE)) == "usage"
    assert denied(prepare("scale", instance(), IDLE)) == "usage"


def test_an_instance_on_ecs_is_not_scaled() -> None:
    """Its number of replicas follows from hosts, which nobody named."""
    result = prepare("scale", instance(platform_type="vmapp"), IDLE, replicas=3)
    assert result == Denied.of(ScaledByHosts())


def test_a_switch_of_what_tells_no_status_says_so() -> None:
    """The card has both sides, also where the API leaves one out."""
    draft = prepare("stop", instance(status_=None), IDLE)
    assert spelled(draft.before) == "status unknown"
