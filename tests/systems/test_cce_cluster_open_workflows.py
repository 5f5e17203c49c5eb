"""What is planned where a workflow is open already."""

from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.plan import PlanDraft
from bot.core.records import Asked, Parameters
from bot.systems.cce_cluster import examples
from bot.systems.cce_cluster.codes import Cancelled, WorkflowTo
from tests.systems.cce_cluster_scripts import (
    FLOW,
    SYSTEM,
    TARGET,
    There,
    changed,
    prepare,
    workflow,
)
from tests.systems.scripts import run_by


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
    """With the task that is to run again."""
    there = There(
        open=(workflow("Pending", Cluster={"status": "Failed", **point}),),
        upgrades={"items": [examples.upgrade("Failed")]},
        cluster=changed(examples.CLUSTER, status={"phase": "Upgrading"}),
    )
    draft = prepare(there, way="retry")
    assert names(draft) == ["upgrade", "postcheck"]
    assert draft.steps[0].parameters == {
        "target": "v1.19.16-r80",
        "workflow": FLOW,
        "retry": examples.UPGRADE_ID,
    }


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
    assert (draft.before, draft.after) == (
        WorkflowTo(version="v1.19.16-r80").reason,
        Cancelled().reason,
    )


# Looks
