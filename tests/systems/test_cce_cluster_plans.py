"""What an upgrade plans from the start, what it refuses, and what people read."""

from typing import Final

import pytest

from bot.core.codes import Code, Denied
from bot.core.codes.systems import AlreadyRunning, Ready, StatusOf
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.plan import PlanDraft
from bot.systems.cce_cluster import examples
from bot.systems.cce_cluster.codes import (
    ClusterChanging,
    ClusterUnavailable,
    Course,
    LowerVersion,
    NoClusterVersion,
    NoDowngrade,
    NoSuchCluster,
    NothingOffered,
    NothingToRetry,
    NotOffered,
    OtherWorkflow,
    SeveralWorkflows,
    WorkflowBusy,
)
from tests.systems.cce_cluster_scripts import (
    FLOW,
    INIT,
    RUNS,
    SYSTEM,
    TARGET,
    There,
    changed,
    offered,
    prepare,
    workflow,
)
from tests.systems.scripts import refused, run_by


def test_the_plan_of_an_upgrade() -> None:
    """From what runs exactly to the exact build that is offered; nothing names a workflow yet."""
    draft = prepare(There(), "1.19")
    assert isinstance(draft, PlanDraft)
    assert (draft.before, draft.after) == ("v1.17.17-r0", "v1.19.16-r80")
    assert draft.observed.revision == "v1.17.17-r0"
    assert draft.observed.status == "Available"
    assert draft.observed.facts["offered"] == "v1.19.16-r80, v1.23"
    assert [each.parameters for each in draft.steps] == [{"target": "v1.19.16-r80"}] * 5


def busy(status: str, *points: str) -> Code:
    """The open workflow is at work."""
    course = Course(version="v1.19.16-r80", status=status, points=points).reason
    return WorkflowBusy(workflow=FLOW, course=course)


REFUSALS: Final[list[tuple[There, str | None, Code]]] = [
    (There(), None, NoClusterVersion(version="")),
    (There(), "latest", NoClusterVersion(version="latest")),
    (There(), "v1.17", AlreadyRunning(version=RUNS)),
    (There(), "v1.17.17-r0", AlreadyRunning(version=RUNS)),
    (There(), "v1.15", LowerVersion(version="v1.15", running=RUNS)),
    (
        There(),
        "v1.25",
        NotOffered(version="v1.25", running=RUNS, offered=("v1.19.16-r80", "v1.23")),
    ),
    (
        There(upgradeinfo=offered()),
        "v1.19",
        NotOffered(version="v1.19", running=RUNS, paths=("v1.19.16-r80",)),
    ),
    (
        There(upgradeinfo=offered(), paths={"upgradePaths": None}),
        "v1.19",
        NotOffered(version="v1.19", running=RUNS),
    ),
    (
        There(upgradeinfo=offered(), paths=refused(403, "refused")),
        "v1.19",
        NotOffered(version="v1.19", running=RUNS),
    ),
    (
        There(upgradeinfo=offered("v1.19", phase="Running")),
        "v1.19",
        ClusterChanging(status="Running"),
    ),
    (There(upgradeinfo=offered("v1.19", phase="Pause")), "v1.19", ClusterChanging(status="Pause")),
    (
        There(cluster=refused(404)),
        "v1.19",
        NoSuchCluster(cluster=examples.CLUSTER_ID, flavour="standard"),
    ),
    (
        There(cluster=changed(examples.CLUSTER, status={"phase": "Resizing"})),
        "v1.19",
        ClusterChanging(status="Resizing"),
    ),
    (
        There(cluster=changed(examples.CLUSTER, status={"phase": "Error", "message": "etcd"})),
        "v1.19",
        ClusterUnavailable(status="Error", words="etcd"),
    ),
    (
        There(cluster=changed(examples.CLUSTER, status={"phase": "Moody"})),
        "v1.19",
        ClusterUnavailable(status="Moody"),
    ),
    (
        There(open=(workflow("Pending"), changed(workflow(), metadata__uid="w-2"))),
        "v1.19",
        SeveralWorkflows(workflows=(FLOW, "w-2")),
    ),
    (There(open=(workflow("PARTIAL"),)), "v1.19", busy("PARTIAL", *INIT)),
    (
        There(open=(workflow(),)),
        "v1.23",
        OtherWorkflow(workflow=FLOW, version="v1.19.16-r80"),
    ),
    (
        There(open=(workflow("Running", PreCheck="Running"),)),
        "v1.19",
        busy("Running", "PreCheck Running", *INIT[1:]),
    ),
    (
        There(open=(workflow("Running", PreCheck={"taskID": "t"}),)),
        "v1.19",
        busy("Running", *INIT),
    ),
    (
        There(open=(workflow("Running", Snapshot="Dreaming"),)),
        "v1.19",
        busy("Running", INIT[0], "Snapshot Dreaming", *INIT[2:]),
    ),
    (
        There(open=(workflow("Pending", Cluster="Failed"),)),
        "v1.19",
        NothingToRetry(workflow=FLOW),
    ),
    (
        There(open=(workflow(),), cluster=changed(examples.CLUSTER, status={"phase": "Error"})),
        "v1.19",
        ClusterUnavailable(status="Error"),
    ),
]


@pytest.mark.parametrize(("there", "version", "code"), REFUSALS)
def test_what_is_refused(there: There, version: str | None, code: Code) -> None:
    """Each with its code, and in the vendor's words where it has some."""
    assert prepare(there, version) == Denied.of(code)


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


def test_why_nothing_goes_back_is_declared() -> None:
    """No rollback: the reason stands in the specification."""
    assert SYSTEM.spec.no_rollback == NoDowngrade().reason


def test_the_status_of_a_cluster() -> None:
    """What runs, what is offered, what is open, and what CCE says of a bad phase."""
    bad = changed(examples.CLUSTER, status={"phase": "Unavailable", "reason": "etcd"})
    there = There(open=(workflow("Running", PreCheck="Running"),), cluster=bad)
    report = run_by(SYSTEM.status(TARGET), there).result
    assert report.headline == StatusOf(status="Unavailable", version="v1.17.17-r0").reason
    assert report.facts == {
        "cluster": "edge",
        "version": "v1.17.17-r0",
        "platform": "cce.7.0",
        "nodes": Ready(ready=2, wanted=2).reason,
        "state_reason": "etcd",
        "offered": "v1.19.16-r80, v1.23",
        f"workflow:{FLOW}": Course(
            version="v1.19.16-r80", status="Running", points=("PreCheck Running", *INIT[1:])
        ).reason,
    }


def test_the_status_of_a_cluster_that_tells_little() -> None:
    """What is not told is left out; an upgrade under way tells how far it is."""
    info = offered(phase="Running", progress="40")
    report = run_by(SYSTEM.status(TARGET), There(upgradeinfo=info)).result
    assert report.facts["offered"] == NothingOffered().reason
    assert report.facts["upgrade"] == "Running, 40"
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
