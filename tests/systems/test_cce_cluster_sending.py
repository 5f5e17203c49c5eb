"""What `cce-cluster` sends, and what a step refuses before its call."""

from typing import Any, Final

import pytest

from bot.core.codes import Code
from bot.core.codes.systems import VendorSaid
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.flow import Call, Reply
from bot.core.plan import PlannedStep
from bot.core.system import (
    PrerequisiteSteps,
    RemoteTask,
    Work,
)
from bot.systems.cce_cluster import examples
from bot.systems.cce_cluster.codes import PrecheckRefused, WorkflowElsewhere, WorkflowEnded
from tests.systems.cce_cluster_scripts import (
    EARLIER,
    FLOW,
    SYSTEM,
    TARGET,
    changed,
    submit,
    workflow,
)
from tests.systems.scripts import Driven, run_by


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
    driven = submit("upgrade", [workflow(), None], retry="u-1")
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
        (workflow("Cancel"), WorkflowEnded(workflow=FLOW, status="Cancel")),
        (workflow("Success"), WorkflowEnded(workflow=FLOW, status="Success")),
        (
            changed(workflow(), spec__targetVersion="v1.25.1-r0"),
            WorkflowElsewhere(workflow=FLOW, version="v1.25.1-r0", wanted="v1.19"),
        ),
        (
            changed(workflow(), spec=None),
            WorkflowElsewhere(workflow=FLOW, version="", wanted="v1.19"),
        ),
    ],
)
@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade", "postcheck", "cancel"])
def test_a_step_is_not_sent_where_its_workflow_is_another(
    name: str, there: dict[str, Any], why: Code
) -> None:
    """What was approved is one version; the documented sample itself leads elsewhere."""
    with pytest.raises(CloudRefusedError) as caught:
        submit(name, [there])
    assert caught.value.code == "changed_meanwhile"
    assert caught.value.reason == why.reason


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


def test_an_expired_precheck_is_told_with_the_way_on() -> None:
    """CCE.01400075 is a refusal, and asking again goes on."""
    expired = CloudRefusedError(
        doing="POST upgrade",
        why=VendorSaid(words="expired"),
        status=400,
        verdict="refused",
        code="CCE.01400075",
    )
    with pytest.raises(CloudRefusedError) as caught:
        submit("upgrade", [workflow(), expired])
    assert (caught.value.code, caught.value.verdict) == ("CCE.01400075", "refused")
    assert caught.value.reason == PrecheckRefused(words="expired").reason
    other = CloudRefusedError(
        doing="x", why=VendorSaid(words="no"), status=400, verdict="refused", code="CCE.1"
    )
    with pytest.raises(CloudRefusedError) as passed:
        submit("upgrade", [workflow(), other])
    assert passed.value is other
