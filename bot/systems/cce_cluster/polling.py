"""What a look at a step's remote task shows; the workflow's points are read beside it."""

from collections.abc import Iterable
from typing import Final

from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.operation import RecoveryOption, TaskLine
from bot.core.system import (
    PollResult,
    RemoteTask,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._huawei.errors import is_absent
from bot.systems._wire.text import plain
from bot.systems.cce_cluster.findings import RISK, Finding, Precheck, read_precheck, risks
from bot.systems.cce_cluster.plans import CANCEL, RETRY, SKIP, not_cancellable
from bot.systems.cce_cluster.reads import points, read_snapshots, read_upgrade, read_workflow
from bot.systems.cce_cluster.sending import workflow_id
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import CLUSTER, POSTCHECK, PRECHECK, SNAPSHOT, UNDER_WAY, Workflow

_BAD_ENDS: Final = frozenset({"Failed", "Error"})
_TOLD: Final = 3  # findings in the reason; the rest is counted


def look(target: Cluster, work: Work, task: RemoteTask) -> Flow[PollResult]:
    """Look at the step's task, and at its workflow for what stands around it."""
    name = work.step.name
    uid = task.id if name in {"workflow", "cancel"} else workflow_id(work)
    try:
        match name:
            case "workflow" | "cancel":
                workflow, _ = yield from read_workflow(target, uid)
                return _created(workflow) if name == "workflow" else _cancelled(workflow)
            case "precheck":
                return (yield from _precheck(target, uid, task.id))
            case "snapshot":
                return (yield from _snapshot(target, uid, task.id))
            case "upgrade":
                return (yield from _upgrade(target, uid, work, task.id))
            case _:
                workflow, _ = yield from read_workflow(target, uid)
                return _postchecked(workflow, task.id)
    except CloudRefusedError as error:
        if not is_absent(error):
            raise
        return TaskNotFound(reason=f"CCE does not know the {name}'s task {task.id}")


def _created(workflow: Workflow) -> PollResult:
    """A workflow is there at once; its versions are what the later steps go by."""
    way = plain(f"{workflow.spec.before or '?'} to {workflow.spec.after or '?'}")
    if workflow.phase == "Cancel":
        return TaskFailed(reason=f"workflow {workflow.uid} was cancelled", tasks=_lines(workflow))
    if not workflow.is_known:
        return _strange("workflow", workflow.phase, workflow)
    return TaskSucceeded(detail=f"from {way}; {points(workflow)}", tasks=_lines(workflow))


def _cancelled(workflow: Workflow) -> PollResult:
    if workflow.phase == "Cancel":
        return TaskSucceeded(detail="the workflow is cancelled", tasks=_lines(workflow))
    if workflow.phase == "Success":
        return TaskFailed(reason="the workflow has ended well instead", tasks=_lines(workflow))
    if not workflow.is_known:
        return _strange("workflow", workflow.phase, workflow)
    return TaskRunning(detail=_detail(workflow.phase, workflow), tasks=_lines(workflow))


def _precheck(target: Cluster, uid: str, task: str) -> Flow[PollResult]:
    precheck = yield from read_precheck(target, task)
    workflow = yield from _around(target, uid)
    phase = precheck.phase
    detail, lines = _detail(phase, workflow), _lines(workflow)
    if phase == "Success":
        return TaskSucceeded(detail=detail, tasks=lines)
    if phase in _BAD_ENDS:
        return _failed_precheck(precheck, workflow)
    if phase not in UNDER_WAY:
        return _strange("precheck", phase, workflow)
    return TaskRunning(detail=detail, tasks=lines)


def _failed_precheck(precheck: Precheck, workflow: Workflow | None) -> TaskFailed:
    found = precheck.findings
    said = precheck.status.message
    reason = plain(f"the precheck ended {precheck.phase}" + (f": {said}" if said else ""))
    ways = [] if precheck.phase == "Error" else _skip(precheck)
    ways.append(
        RecoveryOption(
            name=RETRY,
            label="Run the precheck again",
            explanation="The precheck runs again; if it passes, the upgrade goes on.",
        )
    )
    if found and precheck.phase == "Failed":
        reason = _counted(found)
    return TaskFailed(
        reason=reason,
        tasks=tuple(each.line for each in found),
        ways=(*ways, *_cancel(workflow, PRECHECK)),
    )


def _skip(precheck: Precheck) -> list[RecoveryOption]:
    left_out = risks(precheck)
    if not left_out:
        return []
    what = _number(len(precheck.findings), "risk")
    return [
        RecoveryOption(
            name=SKIP,
            label=f"Skip {what}",
            explanation=f"The precheck runs again without {what}; if nothing else is found, "
            "the upgrade goes on in spite of them.",
            items=left_out,
            wants_reason=True,
            is_dangerous=True,
        )
    ]


def _counted(found: tuple[Finding, ...]) -> str:
    skippable = sum(each.kind == RISK for each in found)
    counts = [(len(found) - skippable, "exception"), (skippable, "risk")]
    what = " and ".join(_number(number, word) for number, word in counts if number)
    told = "; ".join(f"{each.line.name} ({each.line.status})" for each in found[:_TOLD])
    more = f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    return plain(f"the precheck found {what}: {told}{more}")


def _snapshot(target: Cluster, uid: str, task: str) -> Flow[PollResult]:
    rows = yield from read_snapshots(target)
    own = next((each for each in rows if each.uid == task), None)
    if own is None:
        return TaskNotFound(reason=f"CCE does not list snapshot {task}")
    workflow = yield from _around(target, uid)
    detail, lines = _detail(own.word, workflow, own.status.progress), _lines(workflow)
    if own.word == "Success":
        return TaskSucceeded(detail=detail, tasks=lines)
    if own.word == "Failed":
        said = f": {own.message}" if own.message else ""
        again = RecoveryOption(
            name=RETRY,
            label="Take the snapshot again",
            explanation="Another snapshot is taken; if it succeeds, the upgrade goes on.",
        )
        ways = (again, *_cancel(workflow, SNAPSHOT))
        return TaskFailed(reason=plain(f"the snapshot failed{said}"), tasks=lines, ways=ways)
    if own.word not in UNDER_WAY:
        return _strange("snapshot", own.word, workflow)
    return TaskRunning(detail=detail, tasks=lines)


def _upgrade(target: Cluster, uid: str, work: Work, task: str) -> Flow[PollResult]:
    own = yield from read_upgrade(target, task)
    workflow = yield from _around(target, uid)
    detail, lines = _detail(own.phase, workflow, own.status.progress), _lines(workflow)
    if own.phase == "Success":
        return TaskSucceeded(detail=detail, tasks=lines)
    if own.phase == "Failed" and own.mark and own.mark == work.step.parameters.get("mark"):
        return TaskRunning(detail=f"as before the retry: {detail}", tasks=lines)
    if own.phase == "Failed":
        said = f": {own.status.message}" if own.status.message else ""
        reason = plain(f"the upgrade failed{said}; {points(workflow) if workflow else ''}")
        ways = (_RETRY_UPGRADE, *_cancel(workflow, CLUSTER, is_dangerous=True))
        return TaskFailed(reason=reason.rstrip("; "), tasks=lines, ways=ways)
    if own.phase not in UNDER_WAY:
        return _strange("upgrade", own.phase, workflow)
    return TaskRunning(detail=detail, tasks=lines)


def _postchecked(workflow: Workflow, task: str) -> PollResult:
    """Read the postcheck's point: no call shows its task again."""
    point = workflow.point(POSTCHECK)
    detail, lines = _detail(point.status, workflow), _lines(workflow)
    if point.status == "Success" or workflow.phase == "Success":
        return TaskSucceeded(detail=detail, tasks=lines)
    if point.status == "Failed" and point.task in {"", task}:
        again = RecoveryOption(
            name=RETRY,
            label="Run the postcheck again",
            explanation="The cluster and its workloads are checked again; nothing is changed.",
        )
        reason = "the postcheck failed: the cluster has its new version, but is not confirmed"
        return TaskFailed(reason=reason, tasks=lines, ways=(again,))
    if point.status not in UNDER_WAY | {"Failed"}:
        return _strange("postcheck", point.status, workflow)
    return TaskRunning(detail=detail, tasks=lines)


_RETRY_UPGRADE: Final = RecoveryOption(
    name=RETRY,
    label="Retry the upgrade",
    explanation="The failed upgrade task runs again from where it stopped.",
    is_dangerous=True,
)


def _cancel(
    workflow: Workflow | None, failed: str, *, is_dangerous: bool = False
) -> tuple[RecoveryOption, ...]:
    """Offer to cancel the workflow where its rules allow it."""
    if workflow is None or not_cancellable(workflow, failed=failed):
        return ()
    left = "The cluster stays as the failed upgrade left it." if is_dangerous else ""
    explanation = f"The workflow is closed without an upgrade. {left}".strip()
    return (
        RecoveryOption(
            name=CANCEL,
            label="Cancel the workflow",
            explanation=explanation,
            is_dangerous=is_dangerous,
        ),
    )


def _around(target: Cluster, uid: str) -> Flow[Workflow | None]:
    """Read the workflow; the task alone decides, so one that cannot be read is left out."""
    try:
        workflow, _ = yield from read_workflow(target, uid)
    except CloudRefusedError:
        return None
    return workflow


def _lines(workflow: Workflow | None) -> tuple[TaskLine, ...]:
    shown: Iterable[TaskLine] = (
        TaskLine(name=plain(each.kind), status=plain(each.status) or "?")
        for each in (workflow.status.points if workflow else ())
    )
    return tuple(shown)


def _detail(phase: str, workflow: Workflow | None, progress: str = "") -> str:
    head = ", ".join(filter(None, (plain(phase), progress)))
    return f"{head}; {points(workflow)}" if workflow else head


def _strange(what: str, phase: str, workflow: Workflow | None) -> TaskRunning:
    note = plain(f"CCE says {phase!r} of the {what}, which its pages do not list")
    return TaskRunning(detail=_detail(phase, workflow), tasks=_lines(workflow), note=note)


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
