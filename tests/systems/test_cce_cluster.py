"""The system `cce-cluster` by scripts: what it sends, what it makes of answers, what it refuses."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from pydantic import ValidationError

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.flow import Call, Reply
from bot.core.operation import TaskLine
from bot.core.plan import Observation, PlanDraft, PlannedStep
from bot.core.records import Asked, Parameters
from bot.core.system import (
    Adopted,
    NothingFound,
    PrerequisiteSteps,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._huawei.cce import answered_at, is_identifier, moment
from bot.systems.cce_cluster import CceCluster, Cluster, examples, versions
from bot.systems.cce_cluster.findings import items, selectors
from tests.systems.scripts import Driven, refused, run, run_by

SYSTEM: Final = CceCluster()
TARGET: Final = Cluster.model_validate({"cluster_id": examples.CLUSTER_ID})
EARLIER: Final = (RemoteTask(id=examples.WORKFLOW_ID),)
NOW: Final = datetime(2022, 2, 7, 6, 44, 30, tzinfo=UTC)  # of the examples
FLOWS: Final = "/operation/upgradeworkflows"


def changed(body: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A copy of *body* with some of its fields, named by path, set anew: `status__phase`."""
    copied = copy.deepcopy(body)
    for name, value in parts.items():
        *way, last = name.split("__")
        inner = copied
        for key in way:
            inner = inner[key]
        inner[last] = value
    return copied


def workflow(phase: str | None = "Init", **points: Any) -> dict[str, Any]:
    """The documented workflow with other states of its points, or whole points."""
    body = copy.deepcopy(examples.WORKFLOW)
    body["metadata"] |= {
        "creationTimestamp": "2022-02-07T06:44:26Z",
        "updateTimestamp": "2022-02-07T06:44:40Z",
    }
    if phase is not None:
        body["status"]["phase"] = phase
    for point in body["status"]["pointStatuses"]:
        given = points.get(point["taskType"], {})
        point.update(given if isinstance(given, dict) else {"status": given})
    return body


_PLACES: Final = {
    "": "cluster",
    "upgradeinfo": "upgradeinfo",
    "operation/upgrade/tasks": "upgrades",
    "api/v3/clusterupgradepaths": "paths",
}


class There:
    """A cluster's answers by their place, the examples' where nothing else is said."""

    def __init__(self, **answers: Any) -> None:
        self.open = answers.pop("open", ())
        self.answers = answers

    def __call__(self, call: Call) -> Any:
        """Answer a call."""
        if call.method == "GET" and call.path.endswith(FLOWS):
            return {"items": [*self.open, examples.OLD_WORKFLOW]}
        if call.method == "GET" and FLOWS in call.path and self.open:
            return self.open[0]
        tail = call.path.rpartition(examples.CLUSTER_ID)[2].strip("/")
        if _PLACES.get(tail) in self.answers:
            return self.answers[_PLACES[tail]]
        for each in examples.EXAMPLES:
            if (each.call.method, each.call.path) == (call.method, call.path):
                return each.reply
        raise LookupError(call.name)


def prepare(there: There, version: str | None = "v1.19", **given: Any) -> Any:
    """What an upgrade would do."""
    asked = Asked(action="deploy", parameters=Parameters(version=version, **given))
    return run_by(SYSTEM.prepare(TARGET, asked), there).result


def submit(name: str, answers: list[Any], **parameters: Any) -> Driven:
    """Send a step."""
    given = {"target": "v1.19", **parameters}
    work = Work(step=PlannedStep(name=name, parameters=given), earlier=EARLIER)
    return run(SYSTEM.submit(TARGET, work), answers)


def watch(name: str, answers: list[Any], task: str = "t", **parameters: Any) -> Any:
    """Look at a step's task."""
    step = PlannedStep(name=name, parameters={"target": "v1.19", **parameters})
    return run(
        SYSTEM.watch(TARGET, Work(step=step, earlier=EARLIER), RemoteTask(id=task)), answers
    ).result


def recover(name: str, answers: list[Any], **parameters: Any) -> Any:
    """Look for what a lost call started."""
    step = PlannedStep(name=name, parameters={"target": "v1.19", **parameters})
    sent = SentStep(
        work=Work(step=step, earlier=EARLIER if name != "workflow" else ()),
        observed=Observation(last_task=examples.OLD_WORKFLOW["metadata"]["uid"]),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )
    return run(SYSTEM.recover(TARGET, sent), answers).result


# Versions and targets


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("v1.31", (1, 31)),
        ("1.31", (1, 31)),
        ("V1.19.16-r80", (1, 19, 16, 80)),
        ("v1.31.4", (1, 31, 4)),
        (" v1.31 ", (1, 31)),
        ("latest", None),
        ("v1", None),
        ("v1.31-r2", None),
        ("v1.31.4-r2-x", None),
        ("", None),
        ("v\uff11.31", None),
    ],
)
def test_versions(text: str, numbers: tuple[int, ...] | None) -> None:
    """Two to four numbers in ASCII; nothing else is a version of a cluster."""
    assert versions.parsed(text) == numbers


def test_versions_among_themselves() -> None:
    """A short version means all its patches; what is not told is not compared."""
    assert versions.written((1, 19, 16, 80)) == "v1.19.16-r80"
    assert versions.written((1, 31)) == "v1.31"
    assert versions.is_one_of("v1.31.4-r0", "v1.31")
    assert not versions.is_one_of("v1.31", "v1.31.4-r0")
    assert versions.are_akin("v1.31", "v1.31.4-r0")
    assert versions.is_lower("v1.9", "v1.31.4-r0")
    assert not versions.is_lower("v1.31", "v1.31.4-r0")
    assert not versions.is_lower("x", "v1.31")
    assert versions.nearest("v1.31", ["v1.20", "v1.32", "x", "v1.30"], 2) == ("v1.30", "v1.32")


@pytest.mark.parametrize("more", [{"flavour": "turbo"}, {"snapshot": "perhaps"}, {"version": "v1"}])
def test_a_target_is_checked(more: dict[str, Any]) -> None:
    """Unknown flavours and keys are refused."""
    with pytest.raises(ValidationError):
        Cluster.model_validate({"cluster_id": examples.CLUSTER_ID, **more})


def test_paths_of_the_flavours() -> None:
    """Autopilot's calls have the same tails below another base."""
    pilot = Cluster.model_validate({"cluster_id": examples.CLUSTER_ID, "flavour": "autopilot"})
    tail = f"/projects/{{project_id}}/clusters/{examples.CLUSTER_ID}/operation"
    assert pilot.path("operation") == f"/autopilot/v3{tail}"
    assert pilot.path("operation", version="v3.1") == f"/autopilot/v3.1{tail}"
    assert TARGET.path("operation") == f"/api/v3{tail}"
    assert pilot.paths_path == "/autopilot/v3/clusterupgradepaths"
    assert pilot.snapshot


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2022-02-07T06:44:30Z", NOW),
        ("2022-02-07 06:44:30.480136 +0000 UTC", NOW),
        ("2022-02-07T14:44:30+08:00", NOW),
        ("2022-02-07 14:44:30 +0800 CST", NOW),
        ("2022-02-07T06:44:30", None),
        ("2022-02-37T06:44:30Z", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times(text: str, wanted: datetime | None) -> None:
    """ISO 8601, and what Go prints; a time without a zone is none."""
    assert moment(text) == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("Mon, 07 Feb 2022 06:44:30 GMT", NOW),
        ("Sat, 21 Nov 2026 06:44:30 GMT, Mon, 07 Feb 2022 06:44:30 GMT", NOW),
        ("Mon, 99 Feb 2022 06:44:30 GMT", None),
        ("now", None),
        (None, None),
    ],
)
def test_the_time_of_an_answer(header: str | None, wanted: datetime | None) -> None:
    """The header tells it; the API's own stands after one that a proxy added."""
    headers = {} if header is None else {"date": header}
    assert answered_at(Reply(status=200, headers=headers)) == wanted


# Requests and answers of the vendor's page and kit


def test_the_documented_request_and_answer() -> None:
    """The workflow is asked for and understood as the vendor's page shows it."""
    driven = submit("workflow", [examples.WORKFLOW], target="v1.23")
    assert driven.result == RemoteTask(id="5ddfddfe-87db-11ec-b5e5-0255ac111914")
    call = driven.calls[0]
    assert call.method == "POST"
    assert call.path == (
        "/api/v3/projects/{project_id}/clusters/b4b9e60f-8aa2-11ee-af09-0255ac10004f"
        "/operation/upgradeworkflows"
    )
    assert call.body == {
        "kind": "WorkFlowTask",
        "apiVersion": "v3",
        "spec": {"targetVersion": "v1.23"},
    }


def test_the_kits_requests() -> None:
    """Precheck, upgrade and postcheck are sent as the vendor's kit sends them."""
    versions_ = {
        "clusterID": "b4b9e60f-8aa2-11ee-af09-0255ac10004f",
        "clusterVersion": "v1.21.7-r0",
        "targetVersion": "v1.23.5-r0",
    }
    there = changed(workflow(), spec=versions_)
    made = {"metadata": {"uid": "t"}}
    sent = {
        name: submit(name, [there, made], target="v1.23").calls[-1].body
        for name in ("precheck", "upgrade", "postcheck")
    }
    assert sent["precheck"] == {"apiVersion": "v3", "kind": "PreCheckTask", "spec": versions_}
    assert sent["postcheck"] == {"apiVersion": "v3", "kind": "PostCheckTask", "spec": versions_}
    assert sent["upgrade"] == {
        "metadata": {"apiVersion": "v3", "kind": "UpgradeTask"},
        "spec": {
            "clusterUpgradeAction": {
                "strategy": {
                    "type": "inPlaceRollingUpdate",
                    "inPlaceRollingUpdate": {"userDefinedStep": 20},
                },
                "targetVersion": "v1.23.5-r0",
                "isOnlyUpgrade": True,
            }
        },
    }


def test_a_snapshot_has_no_body_and_its_id_stands_at_the_top() -> None:
    """So the documented answer is read."""
    driven = submit("snapshot", [workflow(), {"uid": "s-1", "metadata": {"uid": "no"}}])
    assert driven.result == RemoteTask(id="s-1")
    assert (driven.calls[-1].body, "/api/v3.1/" in driven.calls[-1].path) == (None, True)


def test_a_retry_keeps_the_tasks_id() -> None:
    """The answer is empty: it names nothing."""
    driven = submit("upgrade", [workflow(), None], retry="u-1", mark="x")
    assert driven.result == RemoteTask(id="u-1")
    assert driven.calls[-1].path.endswith("/operation/upgrade/retry")
    assert driven.calls[-1].body is None


def test_a_cancel_is_all_that_a_workflow_takes() -> None:
    """And the answer must be about it."""
    driven = submit("cancel", [workflow(), workflow("Cancel")])
    assert (driven.calls[-1].method, driven.calls[-1].body) == (
        "PATCH", {"status": {"phase": "Cancel"}},
    )  # fmt: skip
    assert driven.result == RemoteTask(id=examples.WORKFLOW_ID)
    with pytest.raises(UnreadableReplyError):
        submit("cancel", [workflow(), changed(workflow("Cancel"), metadata__uid="w-2")])


def test_skipped_items_are_sent_with_their_nodes() -> None:
    """As the page's selector wants them."""
    written = ["disk usage@n-1,n-2", "add-on limits"]
    body = submit("precheck", [workflow(), {"metadata": {"uid": "t"}}], skip=written).calls[-1].body
    assert isinstance(body, dict)
    spec = body["spec"]
    assert isinstance(spec, dict)
    assert spec["skippedCheckItemList"] == [
        {
            "name": "disk usage",
            "resourceSelector": {"key": "node.uid", "operator": "In", "values": ["n-1", "n-2"]},
        },
        {"name": "add-on limits"},
    ]


# What a step refuses before its call


@pytest.mark.parametrize(
    ("there", "why"),
    [
        (workflow("Cancel"), "has ended meanwhile: Cancel"),
        (workflow("Success"), "has ended meanwhile: Success"),
        (changed(workflow(), spec__targetVersion="v1.25.1-r0"), "leads to v1.25.1-r0"),
        (changed(workflow(), spec=None), "leads to nowhere"),
    ],
)
@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade", "postcheck", "cancel"])
def test_a_step_is_not_sent_where_its_workflow_is_another(
    name: str, there: dict[str, Any], why: str
) -> None:
    """What was approved is one version; the documented sample itself leads elsewhere."""
    with pytest.raises(CloudRefusedError) as caught:
        submit(name, [there])
    assert caught.value.code == "changed_meanwhile"
    assert why in caught.value.why


def test_the_answer_about_another_workflow_is_unreadable() -> None:
    """FM-70: it was not asked for."""
    with pytest.raises(UnreadableReplyError):
        submit("precheck", [changed(workflow(), metadata__uid="w-2")])


PASSED: Final = {"taskID": examples.PRECHECK_ID, "status": "Success"}
UNTIL: Final = "2022-02-07T06:44:30Z"


def upgrade_after(header: str | None = None, **point: str) -> Driven:
    """Send the upgrade, with what the workflow says of its precheck, and of itself."""
    there = workflow("Running", PreCheck={**PASSED, **point})
    there["metadata"]["updateTimestamp"] = point.get("touched", "2022-02-07T06:44:28Z")
    headers = {} if header is None else {"date": header}

    def answer(call: Call) -> Any:
        if call.mutates:
            return {"metadata": {"uid": "t"}}
        if "/precheck/" in call.path:
            return examples.precheck(expireTimeStamp=point.get("inside", ""))
        return Reply(status=200, body=there, headers=headers)

    step = PlannedStep(name="upgrade", parameters={"target": "v1.19"})
    return run_by(SYSTEM.submit(TARGET, Work(step=step, earlier=EARLIER)), answer)


@pytest.mark.parametrize(
    ("header", "point"),
    [
        ("Mon, 07 Feb 2022 06:44:30 GMT", {"expireTimeStamp": UNTIL}),
        ("Mon, 07 Feb 2022 07:44:30 GMT", {"expireTimeStamp": UNTIL}),
        ("Mon, 07 Feb 2022 07:44:30 GMT", {"inside": UNTIL}),
        (None, {"expireTimeStamp": UNTIL, "touched": "2022-02-07T06:44:40Z"}),
    ],
)
def test_a_precheck_that_ran_out_runs_again(header: str | None, point: dict[str, str]) -> None:
    """By the header, or by any moment that the API tells."""
    driven = upgrade_after(header, **point)
    assert isinstance(driven.result, PrerequisiteSteps)
    assert driven.result.steps[0].name == "precheck"
    assert driven.result.steps[0].parameters == {
        "target": "v1.19", "workflow": examples.WORKFLOW_ID,
    }  # fmt: skip
    assert not any(call.mutates for call in driven.calls)


@pytest.mark.parametrize(
    ("header", "point"),
    [
        ("Mon, 07 Feb 2022 06:44:29 GMT", {"expireTimeStamp": UNTIL}),
        ("Mon, 07 Feb 2022 07:44:30 GMT", {"expireTimeStamp": "soon"}),
        ("Mon, 07 Feb 2022 07:44:30 GMT", {}),
        (None, {"expireTimeStamp": "2022-02-07T08:44:30Z"}),
        ("Mon, 07 Feb 2022 07:44:30 GMT", {"taskID": ""}),
    ],
)
def test_a_precheck_that_may_hold_is_used(header: str | None, point: dict[str, str]) -> None:
    """Where nothing tells that it ran out, CCE itself decides."""
    assert upgrade_after(header, **point).result == RemoteTask(id="t")


# Plans


def test_the_plan_of_an_upgrade() -> None:
    """From what runs exactly to what was asked for; nothing names a workflow yet."""
    draft = prepare(There(), "1.19")
    assert isinstance(draft, PlanDraft)
    assert (draft.before, draft.after) == ("v1.17.17-r0", "v1.19")
    assert draft.observed.revision == "v1.17.17-r0"
    assert draft.observed.status == "Available"
    assert draft.observed.facts["offered"] == "v1.19.16-r80, v1.23"
    assert [each.parameters for each in draft.steps] == [{"target": "v1.19"}] * 5


def offered(*targets: str, **status: str) -> dict[str, Any]:
    """An upgrade info that offers *targets*."""
    body = changed(examples.UPGRADE_INFO, spec__versionInfo__targetVersions=list(targets))
    body["status"] |= status
    return body


REFUSALS: Final[list[tuple[There, str | None, str, str]]] = [
    (There(), None, "bad_version", "no version was named"),
    (There(), "latest", "bad_version", "'latest' is no version"),
    (There(), "v1.17", "no_change", "v1.17.17-r0 runs already"),
    (There(), "v1.17.17-r0", "no_change", "runs already"),
    (There(), "v1.15", "no_change", "below v1.17.17-r0"),
    (There(), "v1.25", "no_such_version", "does not offer v1.25"),
    (There(upgradeinfo=offered()), "v1.19", "no_such_version", "paths lead to v1.19.16-r80"),
    (
        There(upgradeinfo=offered(), paths={"upgradePaths": None}),
        "v1.19", "no_such_version", "no upgrade now",
    ),
    (
        There(upgradeinfo=offered(), paths=refused(403, "refused")),
        "v1.19", "no_such_version", "no upgrade now",
    ),
    (There(upgradeinfo=offered("v1.19", phase="Running")), "v1.19", "in_progress", "(Running)"),
    (There(upgradeinfo=offered("v1.19", phase="Pause")), "v1.19", "in_progress", "(Pause)"),
    (There(cluster=refused(404)), "v1.19", "not_found", "no standard cluster"),
    (
        There(cluster=changed(examples.CLUSTER, status={"phase": "Resizing"})),
        "v1.19", "in_progress", "it is Resizing",
    ),
    (
        There(cluster=changed(examples.CLUSTER, status={"phase": "Error", "message": "etcd"})),
        "v1.19", "not_available", "Error (etcd)",
    ),
    (
        There(cluster=changed(examples.CLUSTER, status={"phase": "Moody"})),
        "v1.19", "not_available", "Moody",
    ),
    (
        There(open=(workflow("Pending"), changed(workflow(), metadata__uid="w-2"))),
        "v1.19", "in_progress", "2 open workflows",
    ),
    (There(open=(workflow("PARTIAL"),)), "v1.19", "in_progress", "to v1.19.16-r80, PARTIAL"),
    (There(open=(workflow(),)), "v1.23", "in_progress", "to v1.19.16-r80 is open"),
    (
        There(open=(workflow("Running", PreCheck="Running"),)),
        "v1.19", "in_progress", "PreCheck Running",
    ),
    (
        There(open=(workflow("Running", PreCheck={"taskID": "t"}),)),
        "v1.19", "in_progress", "under way",
    ),
    (
        There(open=(workflow("Running", Snapshot="Dreaming"),)),
        "v1.19", "in_progress", "Snapshot Dreaming",
    ),
    (
        There(open=(workflow("Pending", Cluster="Failed"),)),
        "v1.19", "in_progress", "no task to retry",
    ),
    (
        There(open=(workflow(),), cluster=changed(examples.CLUSTER, status={"phase": "Error"})),
        "v1.19", "not_available", "Error",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("there", "version", "code", "reason"), REFUSALS)
def test_what_is_refused(there: There, version: str | None, code: str, reason: str) -> None:
    """Each with its code, and in the vendor's words where it has some."""
    refusal = prepare(there, version)
    assert isinstance(refusal, Denied), refusal
    assert refusal.code == code
    assert reason in refusal.reason
    assert refusal.way_out.endswith(".")


def test_a_right_that_is_missing_is_the_clouds_word() -> None:
    """403 is not "not found"."""
    for place in ("cluster", "upgradeinfo"):
        with pytest.raises(CloudRefusedError):
            prepare(There(**{place: refused(403, "refused")}))


def test_without_an_offer_cce_decides() -> None:
    """A server that does not tell what it offers is asked for what people want."""
    draft = prepare(There(upgradeinfo=refused(404)), "v1.25")
    assert isinstance(draft, PlanDraft)
    assert draft.before == "v1.17.17"
    assert "offered" not in draft.observed.facts


def test_a_patch_of_what_runs_may_be_offered() -> None:
    """The same minor version again is a change where a newer patch of it is offered."""
    assert isinstance(prepare(There(upgradeinfo=offered("v1.17.17-r2")), "v1.17"), PlanDraft)


def test_other_actions_are_not_there() -> None:
    """No rollback: the reason stands in the specification."""
    asked = Asked(action="rollback", parameters=Parameters())
    refusal = run(SYSTEM.prepare(TARGET, asked), []).result
    assert refusal.code == "unsupported_action"
    assert SYSTEM.spec.no_rollback


def names(draft: Any) -> list[str]:
    """The steps of a plan."""
    assert isinstance(draft, PlanDraft), draft
    assert {each.parameters["workflow"] for each in draft.steps} == {examples.WORKFLOW_ID}
    return [each.name for each in draft.steps]


CONTINUED: Final[list[tuple[dict[str, Any], list[str]]]] = [
    ({}, ["precheck", "snapshot", "upgrade", "postcheck"]),
    ({"PreCheck": "Failed"}, ["precheck", "snapshot", "upgrade", "postcheck"]),
    ({"PreCheck": "Success"}, ["snapshot", "upgrade", "postcheck"]),
    ({"PreCheck": "Success", "Snapshot": "Failed"}, ["snapshot", "upgrade", "postcheck"]),
    ({"PreCheck": "Success", "Snapshot": "Success"}, ["upgrade", "postcheck"]),
    ({"Cluster": "Success"}, ["postcheck"]),
    ({"Cluster": "Success", "PostCheck": "Failed"}, ["postcheck"]),
]


@pytest.mark.parametrize(("points", "steps"), CONTINUED)
def test_an_open_workflow_is_gone_on_with(points: dict[str, Any], steps: list[str]) -> None:
    """Only what is still to be done is planned."""
    assert names(prepare(There(open=(workflow("Pending", **points),)))) == steps


@pytest.mark.parametrize("point", [{"status": "Failed"}, {"taskID": examples.UPGRADE_ID}])
def test_a_failed_upgrade_is_planned_as_a_retry(point: dict[str, str]) -> None:
    """With what the task looked like: its old failure is not the new one's."""
    there = There(
        open=(workflow("Pending", Cluster={"status": "Failed", **point}),),
        upgrades={"items": [examples.upgrade("Failed")]},
        cluster=changed(examples.CLUSTER, status={"phase": "Upgrading"}),
    )
    draft = prepare(there, way="retry")
    assert names(draft) == ["upgrade", "postcheck"]
    assert draft.steps[0].parameters["retry"] == examples.UPGRADE_ID
    assert draft.steps[0].parameters["mark"] == "2022-02-07 07:31:02.000000 +0000 UTC"


WAYS: Final[list[tuple[There, dict[str, Any], str]]] = [
    (There(), {"way": "retry"}, "changed_meanwhile"),
    (There(open=(workflow(),)), {"way": "skip", "items": ("x",)}, "changed_meanwhile"),
    (
        There(open=(workflow("Pending", PreCheck="Failed"),)),
        {"way": "skip"}, "changed_meanwhile",
    ),
    (
        There(open=(workflow("Pending", PreCheck="Failed"),)),
        {"way": "skip", "items": ("",)}, "changed_meanwhile",
    ),
    (
        There(
            open=(workflow("Pending", PreCheck="Failed"),),
            cluster=changed(examples.CLUSTER, status={"phase": "Awaking"}),
        ),
        {"way": "skip", "items": ("x",)}, "in_progress",
    ),
    (There(open=(workflow(),)), {"way": "pray"}, "unsupported_action"),
    (There(open=(workflow("Running"),)), {"way": "cancel"}, "in_progress"),
]  # fmt: skip


@pytest.mark.parametrize(("there", "given", "code"), WAYS)
def test_ways_that_lead_nowhere(there: There, given: dict[str, Any], code: str) -> None:
    """What a card offered may be past when it is pressed."""
    refusal = prepare(there, **given)
    assert isinstance(refusal, Denied)
    assert refusal.code == code


def test_a_skip_is_planned_with_its_items() -> None:
    """The precheck comes first, with what it leaves out."""
    there = There(open=(workflow("Pending", PreCheck="Failed"),))
    draft = prepare(there, way="skip", items=("disk usage@n-1",))
    assert names(draft) == ["precheck", "snapshot", "upgrade", "postcheck"]
    assert draft.steps[0].parameters["skip"] == ["disk usage@n-1"]


def test_no_snapshot_where_none_is_wanted() -> None:
    """The step is left out, of a new workflow and of an open one."""
    lean = TARGET.model_copy(update={"snapshot": False})
    asked = Asked(action="deploy", parameters=Parameters(version="v1.19"))
    for there, steps in ((There(), 4), (There(open=(workflow(),)), 3)):
        draft = run_by(SYSTEM.prepare(lean, asked), there).result
        assert len(draft.steps) == steps
        assert "snapshot" not in [each.name for each in draft.steps]


def test_a_cancel_is_one_step() -> None:
    """Whatever the cluster is."""
    there = There(
        open=(workflow("Pending", PreCheck="Failed"),),
        cluster=changed(examples.CLUSTER, status={"phase": "Error"}),
    )
    draft = prepare(there, way="cancel")
    assert names(draft) == ["cancel"]
    assert (draft.before, draft.after) == ("workflow to v1.19.16-r80", "cancelled")


# Looks


def test_words_of_a_workflow() -> None:
    """It is there at once; cancelled by others it fails; an unknown word is shown."""
    seen = watch("workflow", [workflow(None)], examples.WORKFLOW_ID)
    assert isinstance(seen, TaskSucceeded)
    assert seen.detail == (
        "from v1.17.17-r0 to v1.19.16-r80; PreCheck Init, Snapshot Init, Cluster Init, "
        "PostCheck Init"
    )
    assert isinstance(watch("workflow", [workflow("Cancel")], examples.WORKFLOW_ID), TaskFailed)
    strange = watch("workflow", [workflow("Dreaming")], examples.WORKFLOW_ID)
    assert isinstance(strange, TaskRunning)
    assert "'Dreaming'" in strange.note


def test_words_of_a_cancel() -> None:
    """Only Cancel is its end; the workflow may have ended well before."""
    kinds = {
        word: type(watch("cancel", [workflow(word)], examples.WORKFLOW_ID))
        for word in ("Cancel", "Success", "Pending", "Dreaming")
    }
    assert kinds == {
        "Cancel": TaskSucceeded,
        "Success": TaskFailed,
        "Pending": TaskRunning,
        "Dreaming": TaskRunning,
    }


@pytest.mark.parametrize("word", ["Init", "Queuing", "Running", "Pause"])
@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade", "postcheck"])
def test_words_that_mean_running(name: str, word: str) -> None:
    """Listed words are no warning."""
    seen = watch(name, *looked_at(name, word))
    assert isinstance(seen, TaskRunning)
    assert (seen.note, word in seen.detail) == ("", True)
    assert len(seen.tasks) == 4


def looked_at(name: str, word: str) -> tuple[list[Any], str]:
    """What is read of a step's task in a state, and the task."""
    task = {
        "precheck": (examples.precheck(word), examples.PRECHECK_ID),
        "snapshot": (examples.snapshot(word), examples.SNAPSHOT_ID),
        "upgrade": (examples.upgrade(word), examples.UPGRADE_ID),
    }.get(name)
    if task is None:
        return [workflow("Running", PostCheck=word)], examples.POSTCHECK_ID
    return [task[0], workflow("Running")], task[1]


@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade", "postcheck"])
def test_a_failure_has_its_ways(name: str) -> None:
    """Each may be gone on with; none is skipped without a finding."""
    seen = watch(name, *looked_at(name, "Failed"))
    assert isinstance(seen, TaskFailed)
    assert seen.ways[0].name == "retry"
    assert ("cancel" in [each.name for each in seen.ways]) == (name != "postcheck")


@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade"])
def test_a_task_decides_without_its_workflow(name: str) -> None:
    """A workflow that cannot be read takes nothing from the task's word."""
    answers, task = looked_at(name, "Success")
    seen = watch(name, [answers[0], refused(500, "unknown")], task)
    assert seen == TaskSucceeded(detail="Success, 100" if name == "upgrade" else "Success")
    answers, task = looked_at(name, "Failed")
    failed = watch(name, [answers[0], refused(404)], task)
    assert isinstance(failed, TaskFailed)
    assert [each.name for each in failed.ways] == ["retry"]


def test_a_snapshot_without_a_phase_is_judged_by_its_item() -> None:
    """The page lists words for the items only; the newest backup counts."""
    body = changed(examples.snapshot("Success"))
    body["items"][0]["status"] = None
    body["items"][0]["spec"]["items"].insert(
        0, {"type": "master-backup-rollback", "status": "Failed"}
    )
    assert isinstance(watch("snapshot", [body, workflow()], examples.SNAPSHOT_ID), TaskSucceeded)


def test_a_snapshots_message_is_told() -> None:
    """The item says why."""
    body = examples.snapshot("Failed", message="the disk is gone")
    seen = watch("snapshot", [body, workflow()], examples.SNAPSHOT_ID)
    assert seen.reason == "the snapshot failed: the disk is gone"


def test_what_is_not_there_has_vanished() -> None:
    """FM-77: for every kind of task."""
    assert isinstance(watch("snapshot", [{"items": None}]), TaskNotFound)
    for name in ("workflow", "precheck", "upgrade", "postcheck", "cancel"):
        assert isinstance(watch(name, [refused(404)]), TaskNotFound), name
    with pytest.raises(CloudRefusedError):
        watch("upgrade", [refused(403, "refused")])


def test_an_answer_about_another_task_is_unreadable() -> None:
    """FM-70."""
    for name, body in (("precheck", examples.precheck()), ("upgrade", examples.upgrade())):
        with pytest.raises(UnreadableReplyError):
            watch(name, [body], "another")


def test_ids_that_could_not_be_asked_for_are_unreadable() -> None:
    """FM-67: neither as an answer nor in a path."""
    for uid in ("../w", "", "w" * 65, "w\r\n"):
        with pytest.raises(UnreadableReplyError):
            submit("workflow", [changed(examples.WORKFLOW, metadata__uid=uid)])
        with pytest.raises(UnreadableReplyError):
            watch("upgrade", [], uid)


def test_a_snapshot_in_a_state_that_nobody_lists_is_under_way() -> None:
    """FM-75: shown, with a warning."""
    seen = watch("snapshot", [examples.snapshot("Dreaming"), workflow()], examples.SNAPSHOT_ID)
    assert isinstance(seen, TaskRunning)
    assert "'Dreaming' of the snapshot" in seen.note


@pytest.mark.parametrize("end", ["Cluster", {"taskType": "Cluster"}])
@pytest.mark.parametrize("flag", [True, "true"])
def test_critical_lines_are_read_in_all_their_forms(end: Any, flag: Any) -> None:
    """Texts and objects, texts and booleans: the page and the kit differ."""
    line = {"startPoint": "PreCheck", "endPoint": end, "critical": flag}
    there = changed(workflow("Pending", PreCheck="Failed"), status__lineStatuses=[line])
    seen = watch("precheck", [examples.precheck("Failed"), there], examples.PRECHECK_ID)
    assert [each.name for each in seen.ways] == ["retry"]
    refusal = prepare(There(open=(there,)), way="cancel")
    assert "critical line" in refusal.reason


def test_a_failed_postcheck_of_before_is_not_ours() -> None:
    """Its point still names the task of the first try."""
    old = workflow("Pending", PostCheck={"status": "Failed", "taskID": "old"})
    assert isinstance(watch("postcheck", [old], "new"), TaskRunning)
    assert isinstance(watch("postcheck", [old], "old"), TaskFailed)
    assert isinstance(watch("postcheck", [workflow("Success")], "new"), TaskSucceeded)


def test_a_way_to_cancel_is_offered_where_nothing_else_runs() -> None:
    """The failed task itself may still be shown as running."""
    lagging = workflow("Running", Cluster={"status": "Running", "taskID": examples.UPGRADE_ID})
    busy = workflow("Running", Snapshot="Running")
    offers = [
        [each.name for each in watch("upgrade", [examples.upgrade("Failed"), there], task).ways]
        for there in (lagging, busy, workflow("Dreaming"))
        for task in [examples.UPGRADE_ID]
    ]
    assert offers == [["retry", "cancel"], ["retry"], ["retry"]]


# Findings


def failed_precheck(**status: Any) -> TaskFailed:
    """A precheck that failed with *status*."""
    answers = [examples.precheck("Failed", **status), workflow("Pending", PreCheck="Failed")]
    seen = watch("precheck", answers, examples.PRECHECK_ID)
    assert isinstance(seen, TaskFailed)
    return seen


def test_a_finding_is_told_by_node() -> None:
    """With its level, its kind and what CCE says of it."""
    seen = failed_precheck(**examples.node_finding())
    assert seen.tasks == (
        TaskLine(name="node-1: disk usage", status="Risk/Warning", detail="/var is 91 % full"),
    )
    assert seen.reason == "the precheck found 1 risk: node-1: disk usage (Risk/Warning)"
    skip = seen.ways[0]
    assert (skip.name, skip.label) == ("skip", "Skip 1 risk")
    assert skip.items == (f"disk usage@{examples.NODE_ID}",)
    assert skip.wants_reason


@pytest.mark.parametrize("kind", ["Exception", "", "Hazard", "risk"])
def test_only_a_risk_may_be_skipped(kind: str) -> None:
    """Whatever else it is called."""
    seen = failed_precheck(**examples.node_finding(kind))
    assert [each.name for each in seen.ways] == ["retry", "cancel"]


def test_findings_come_worst_first() -> None:
    """What cannot be skipped, then by level; the reason counts those that it leaves out."""
    rows = [
        {"name": name, "kind": kind, "level": level, "phase": "Failed"}
        for name, kind, level in (
            ("a", "Risk", "Info"), ("b", "Risk", "Fatal"), ("c", "Exception", "Warning"),
            ("d", "Risk", "Odd"), ("e", "Risk", "Warning"),
        )
    ]  # fmt: skip
    passed = {"name": "f", "kind": "Exception", "phase": "Success"}
    seen = failed_precheck(
        clusterCheckStatus={"itemsStatus": rows[:2]},
        addonCheckStatus={"itemsStatus": [*rows[2:], passed]},
    )
    assert [each.name[-1] for each in seen.tasks] == ["c", "d", "b", "e", "a"]
    assert str(seen.reason).startswith("the precheck found 1 exception and 4 risks: add-ons: c")
    assert str(seen.reason).endswith("; and 2 more")


def test_a_failure_without_a_finding_is_told_as_it_is() -> None:
    """There is nothing to skip."""
    seen = failed_precheck(message="a timeout")
    assert seen.reason == "the precheck ended Failed: a timeout"
    assert [each.name for each in seen.ways] == ["retry", "cancel"]


def test_a_finding_without_a_message_has_its_codes() -> None:
    """And a node without a name its id."""
    more = examples.node_finding(message="", errorCodes=["CCE.1", "CCE.2"])
    more["nodeCheckStatus"]["nodeStageStatus"][0]["nodeInfo"]["name"] = ""
    seen = failed_precheck(**more)
    assert seen.tasks[0].name == f"{examples.NODE_ID}: disk usage"
    assert seen.tasks[0].detail == "CCE.1, CCE.2"


def test_a_node_that_cannot_be_named_is_skipped_for_all() -> None:
    """Its id is no id, so the item goes without a selector."""
    more = examples.node_finding()
    more["nodeCheckStatus"]["nodeStageStatus"][0]["nodeInfo"]["uid"] = "../1"
    assert failed_precheck(**more).ways[0].items == ("disk usage",)
    assert is_identifier(examples.NODE_ID)


def test_items_are_written_and_read() -> None:
    """An at-sign in a name is part of it."""
    written = items([("a", "n-1"), ("a", "n-2"), ("a", "n-1"), ("b", ""), ("c@ d", "")])
    assert written == ("a@n-1,n-2", "b", "c@ d")
    assert [each["name"] for each in selectors(written)] == ["a", "b", "c@ d"]
    for bad in ("", "@n-1", "x" * 201):
        with pytest.raises(ValueError, match=bad or "^$"):
            selectors([bad])


# Lost calls


def made(uid: str, at: str = "2022-02-07T06:44:31Z", after: str = "v1.19.16-r80") -> dict[str, Any]:
    """A task, or a workflow, as a list shows it."""
    return {
        "metadata": {"uid": uid, "creationTimestamp": at, "updateTimestamp": at},
        "spec": {"targetVersion": after},
        "status": {"phase": "Running"},
    }


@pytest.mark.parametrize("name", ["workflow", "precheck", "upgrade"])
def test_the_only_new_one_is_ours(name: str) -> None:
    """E2: new, of the right time, to our version, and alone."""
    old = made(examples.OLD_WORKFLOW["metadata"]["uid"], "2022-01-21T18:06:51Z")
    found = recover(name, [{"items": [old, made("new"), made("other", after="v1.23.1-r0")]}])
    assert isinstance(found, Adopted)
    assert found.task.id == "new"
    assert "06:44:31" in found.evidence


@pytest.mark.parametrize("name", ["workflow", "precheck", "upgrade"])
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "lists no"),
        ([made("late", "2022-02-07T08:44:31Z")], "lists no"),
        ([made("a"), made("b")], "more than one"),
        ([made("a"), made("b", "")], "does not tell when"),
        ([made("b", "noon")], "does not tell when"),
    ],
)
def test_what_is_no_evidence(name: str, rows: list[Any], why: str) -> None:
    """Nothing, too late, several, or without its time."""
    found = recover(name, [{"items": rows}])
    assert isinstance(found, NothingFound)
    assert why in found.reason


def test_a_task_that_was_ours_before_is_not_new() -> None:
    """An earlier step's task does not count for this one."""
    assert isinstance(recover("precheck", [{"items": [made(examples.WORKFLOW_ID)]}]), NothingFound)


def test_a_lost_snapshot_is_found_by_its_time() -> None:
    """It tells no version."""
    found = recover("snapshot", [{"items": [made("s-1")]}])
    assert isinstance(found, Adopted)


def retried(phase: str, updated: str = "2022-02-07T06:44:31Z") -> Any:
    """What a lost retry's task looks like now."""
    task = examples.upgrade(phase, updateTimestamp=updated)
    return recover("upgrade", [task], retry=examples.UPGRADE_ID, mark="2022-02-07T06:00:00Z")


def test_a_lost_retry_is_known_by_its_task() -> None:
    """It runs again, or has failed anew; unchanged it was not retried."""
    assert isinstance(retried("Running"), Adopted)
    assert isinstance(retried("Failed"), Adopted)
    assert isinstance(retried("Failed", "2022-02-07T06:00:00Z"), NothingFound)
    assert isinstance(retried("Running", "2022-02-07T09:00:00Z"), NothingFound)
    assert isinstance(retried("Running", ""), NothingFound)
    gone = recover("upgrade", [refused(404)], retry="u-1", mark="")
    assert isinstance(gone, NothingFound)


@pytest.mark.parametrize(
    ("point", "kind"),
    [
        ({"status": "Success", "taskID": "p-1", "startTimeStamp": "2022-02-07T06:44:31Z"}, Adopted),
        ({"status": "Success", "taskID": "p-1", "endTimeStamp": "2022-02-07T06:44:31Z"}, Adopted),
        ({"status": "Success", "taskID": "p-1"}, NothingFound),
        ({"status": "Success", "startTimeStamp": "2022-02-07T06:44:31Z"}, NothingFound),
        (
            {"status": "Failed", "taskID": "p-1", "startTimeStamp": "2022-02-06T06:44:31Z"},
            NothingFound,
        ),
    ],
)
def test_a_lost_postcheck_is_known_by_its_point(point: dict[str, str], kind: type) -> None:
    """With its id and its time."""
    assert isinstance(recover("postcheck", [workflow("Running", PostCheck=point)]), kind)


@pytest.mark.parametrize(
    ("phase", "updated", "kind"),
    [
        ("Cancel", "2022-02-07T06:44:40Z", Adopted),
        ("Cancel", "2022-02-07T09:44:40Z", NothingFound),
        ("Cancel", "", NothingFound),
        ("Pending", "2022-02-07T06:44:40Z", NothingFound),
    ],
)
def test_a_lost_cancel_is_known_by_the_workflow(phase: str, updated: str, kind: type) -> None:
    """And by when it was touched last."""
    there = changed(workflow(phase), metadata__updateTimestamp=updated)
    assert isinstance(recover("cancel", [there]), kind)


# For people


def test_the_status_of_a_cluster() -> None:
    """What runs, what is offered, what is open, and what CCE says of a bad phase."""
    bad = changed(examples.CLUSTER, status={"phase": "Unavailable", "reason": "etcd"})
    there = There(open=(workflow("Running", PreCheck="Running"),), cluster=bad)
    report = run_by(SYSTEM.status(TARGET), there).result
    assert report.headline == "Unavailable v1.17.17-r0"
    assert report.facts == {
        "cluster": "edge",
        "version": "v1.17.17-r0",
        "platform": "cce.7.0",
        "why": "etcd",
        "offered": "v1.19.16-r80, v1.23",
        "upgrade": "Init",
        f"workflow {examples.WORKFLOW_ID}": "to v1.19.16-r80, Running: PreCheck Running, "
        "Snapshot Init, Cluster Init, PostCheck Init",
    }


def test_the_status_of_a_cluster_that_tells_little() -> None:
    """What is not told is left out; an upgrade under way tells how far it is."""
    info = offered(phase="Running", progress="40")
    report = run_by(SYSTEM.status(TARGET), There(upgradeinfo=info)).result
    assert (report.facts["offered"], report.facts["upgrade"]) == ("nothing now", "Running, 40")
    silent = changed(info, status=None)
    assert "upgrade" not in run_by(SYSTEM.status(TARGET), There(upgradeinfo=silent)).result.facts


def test_the_history_of_a_cluster() -> None:
    """Its workflows, newest first; the one that led to what runs is current."""
    current = changed(examples.ENDED_WORKFLOW, spec__targetVersion="v1.17.17-r0")
    entries = run_by(SYSTEM.history(TARGET), There(open=(current,))).result
    assert [(each.revision, each.status, each.is_current) for each in entries] == [
        ("v1.17.17-r0", "Success", True),
        ("v1.19.16-r80", "Cancel", False),
    ]
    assert entries[0].description == "v1.17.17-r0 → v1.17.17-r0"
    assert not any(each.can_return for each in entries)


def test_the_cluster_of_another_id_is_unreadable() -> None:
    """FM-70: it was not asked for."""
    with pytest.raises(UnreadableReplyError):
        prepare(There(cluster=changed(examples.CLUSTER, metadata__uid="other")))


def test_an_expired_precheck_is_told_with_the_way_on() -> None:
    """CCE.01400075 is a refusal, and asking again goes on."""
    body: dict[str, Any] = {"errorCode": "CCE.01400075", "errorMessage": "expired"}
    reply = Reply(status=400, body=body)
    form = SYSTEM.error_form(reply)
    assert form is not None
    assert form.message.startswith("expired: the precheck has run out; ask for the upgrade again")
    assert SYSTEM.verdict(reply) == "refused"
    bare = SYSTEM.error_form(Reply(status=400, body={"errorCode": "CCE.01400075"}))
    assert bare is not None
    assert bare.message.startswith("the precheck has run out")


def test_limits_are_declared() -> None:
    """Ten writes a minute were measured; reads stay well below what was throttled."""
    limit = SYSTEM.spec.limits["cce"]
    assert (limit.writes, limit.reads <= 70 * 60 / 10) == (10, True)
