"""What a look at a step's remote task shows; the workflow's points are read beside it."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import Code, Reason
from bot.core.codes.systems import TaskUnknown, UnlistedStatus
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.operation import RecoveryOption, TaskLine, TaskState
from bot.core.plan import PlannedStep
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
from bot.systems.cce_cluster.findings import (
    RISK,
    Finding,
    Precheck,
    read_precheck,
    risks,
    told,
)
from bot.systems.cce_cluster.plans import CANCEL, RETRY, SKIP, not_cancellable
from bot.systems.cce_cluster.reads import (
    current_upgrade,
    points,
    read_nodes,
    read_snapshots,
    read_upgrade,
    read_workflow,
)
from bot.systems.cce_cluster.sending import wanted, workflow_id
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.task_codes import (
    Cancel,
    CancelDoes,
    Confirm,
    ConfirmDoes,
    PostcheckFailed,
    PrecheckFailed,
    PrecheckFound,
    Retried,
    Retry,
    RetryDoes,
    Skip,
    SkipDoes,
    SnapshotFailed,
    StepProgress,
    Upgraded,
    UpgradeFailed,
    WorkflowCancelled,
    WorkflowLost,
    WorkflowMade,
    WorkflowSucceeded,
)
from bot.systems.cce_cluster.wire import (
    CLUSTER,
    POSTCHECK,
    PRECHECK,
    SNAPSHOT,
    UNDER_WAY,
    NodeView,
    Point,
    Task,
    Workflow,
)

_STATES: Final[Mapping[str, TaskState]] = {
    **dict.fromkeys(("Init", "Queuing"), "pending"),
    **dict.fromkeys(("Running", "Pause"), "running"),
    "Success": "done",
    **dict.fromkeys(("Failed", "Error"), "failed"),
}
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
                return (yield from _postcheck(target, uid, task))
    except CloudRefusedError as error:
        if not is_absent(error):
            raise
        return TaskNotFound(reason=TaskUnknown(task=task.id).reason)


def _created(workflow: Workflow) -> PollResult:
    """A workflow is there at once; its versions are what the later steps go by."""
    lines = _lines(workflow)
    if workflow.phase == "Cancel":
        return TaskFailed(reason=WorkflowLost(workflow=workflow.uid).reason, tasks=lines)
    if not workflow.is_known:
        return _strange("workflow", workflow.phase, workflow)
    before, after = workflow.spec.before or "?", workflow.spec.after or "?"
    made = WorkflowMade(before=before, after=after, points=points(workflow))
    return TaskSucceeded(detail=made.reason, tasks=lines)


def _cancelled(workflow: Workflow) -> PollResult:
    if workflow.phase == "Cancel":
        return TaskSucceeded(detail=WorkflowCancelled().reason, tasks=_lines(workflow))
    if workflow.phase == "Success":
        return TaskFailed(reason=WorkflowSucceeded().reason, tasks=_lines(workflow))
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
    found, phase = precheck.findings, precheck.phase
    reason: Code = PrecheckFailed(status=phase, words=precheck.status.message)
    if found and phase == "Failed":
        reason = _counted(found)
    skip = [] if phase == "Error" else _skip(precheck)
    return TaskFailed(
        reason=reason.reason,
        tasks=tuple(each.line for each in found),
        ways=(*skip, _retry("precheck"), *_cancel(workflow, PRECHECK)),
    )


def _skip(precheck: Precheck) -> list[RecoveryOption]:
    left_out = risks(precheck)
    if not left_out:
        return []
    risks_ = len(precheck.findings)
    named = told(left_out, {each.node: each.where for each in precheck.findings})
    return [
        RecoveryOption(
            name=SKIP,
            label=Skip(risks=risks_).reason,
            explanation=SkipDoes(risks=risks_, told=named).reason,
            items=left_out,
            wants_reason=True,
            is_dangerous=True,
        )
    ]


def _counted(found: tuple[Finding, ...]) -> PrecheckFound:
    skippable = sum(each.kind == RISK for each in found)
    shown = tuple(f"{each.line.name} ({each.line.status})" for each in found[:_TOLD])
    return PrecheckFound(
        exceptions=len(found) - skippable,
        risks=skippable,
        findings=shown,
        more=len(found) - len(shown),
    )


def _snapshot(target: Cluster, uid: str, task: str) -> Flow[PollResult]:
    rows = yield from read_snapshots(target)
    own = next((each for each in rows if each.uid == task), None)
    if own is None:
        return TaskNotFound(reason=TaskUnknown(task=task).reason)
    workflow = yield from _around(target, uid)
    detail, lines = _detail(own.word, workflow, own.status.progress), _lines(workflow)
    if own.word == "Success":
        return TaskSucceeded(detail=detail, tasks=lines)
    if own.word == "Failed":
        reason = SnapshotFailed(words=own.message).reason
        ways = (_retry("snapshot"), *_cancel(workflow, SNAPSHOT))
        return TaskFailed(reason=reason, tasks=lines, ways=ways)
    if own.word not in UNDER_WAY:
        return _strange("snapshot", own.word, workflow)
    return TaskRunning(detail=detail, tasks=lines)


def _upgrade(target: Cluster, uid: str, work: Work, task: str) -> Flow[PollResult]:
    """Look at the upgrade; one that was told to run again may go on as another task."""
    workflow: Workflow | None = None
    if "retry" in work.step.parameters:
        workflow = yield from _around(target, uid)
        task = current_upgrade(workflow, task)
    own = yield from read_upgrade(target, task)
    workflow = workflow or (yield from _around(target, uid))
    is_old = own.phase == "Failed" and _is_of_before(own, workflow, work)
    detail = _detail(own.phase, workflow, own.status.progress, is_old=is_old)
    if own.phase in UNDER_WAY:
        detail = _with_nodes(detail, (yield from read_nodes(target)))
    lines = _lines(workflow)
    if own.phase == "Success":
        done = TaskSucceeded(detail=detail, tasks=lines)
        return _unconfirmed(work, uid, workflow, lines) or done
    if own.phase == "Failed" and not is_old:
        reason = UpgradeFailed(words=own.status.message, points=points(workflow)).reason
        ways = (_retry("upgrade"), *_cancel(workflow, CLUSTER, is_dangerous=True))
        return TaskFailed(reason=reason, tasks=lines, ways=ways)
    if own.phase not in UNDER_WAY and not is_old:
        return _strange("upgrade", own.phase, workflow)
    return TaskRunning(detail=detail, tasks=lines)


def _unconfirmed(
    work: Work, uid: str, workflow: Workflow | None, lines: tuple[TaskLine, ...]
) -> TaskRunning | None:
    """Return what waits for people after an upgrade, where they are asked before the postcheck."""
    is_checked = workflow is not None and workflow.point(POSTCHECK).status == "Success"
    if "confirm" not in work.step.parameters or is_checked:
        return None
    version = wanted(work.step)
    step = PlannedStep(name="postcheck", parameters={"target": version, "workflow": uid})
    confirm = RecoveryOption(
        name="postcheck",
        label=Confirm().reason,
        explanation=ConfirmDoes().reason,
        step=step,
    )
    return TaskRunning(detail=Upgraded(version=version).reason, tasks=lines, ways=(confirm,))


def _is_of_before(own: Task, workflow: Workflow | None, work: Work) -> bool:
    """Whether a failed task failed before it was told to run again, and is shown so still."""
    if work.permitted_at is None or own.uid != work.step.parameters.get("retry"):
        return False
    at = own.ended_at(workflow.point(CLUSTER) if workflow else Point())
    return at is not None and at < work.permitted_at


def _postcheck(target: Cluster, uid: str, task: RemoteTask) -> Flow[PollResult]:
    """Return how the postcheck ended: by its own answer, or by its point where that knows more."""
    answered = _answered(task)
    if answered not in {"Success", *_BAD_ENDS}:
        workflow, _ = yield from read_workflow(target, uid)
        return _postchecked(workflow, task.id)
    around = yield from _around(target, uid)
    lines = _lines(around)
    if answered in _BAD_ENDS:
        again = _retry("postcheck")
        return TaskFailed(reason=PostcheckFailed().reason, tasks=lines, ways=(again,))
    seen = _postchecked(around, task.id) if around else None
    if isinstance(seen, TaskFailed) or (isinstance(seen, TaskRunning) and seen.note):
        return seen
    return TaskSucceeded(detail=_detail(answered, around), tasks=lines)


def _answered(task: RemoteTask) -> str:
    """Return the phase that the call's answer told; empty where it told none."""
    match task.detail:
        case Reason(key=StepProgress.key, params=params) if params.get("is_answer"):
            return str(params["status"])
        case _:
            return ""


def _postchecked(workflow: Workflow, task: str) -> PollResult:
    """Read the postcheck's point: no call shows its task again."""
    point = workflow.point(POSTCHECK)
    detail, lines = _detail(point.status, workflow), _lines(workflow)
    if point.status == "Success" or workflow.phase == "Success":
        return TaskSucceeded(detail=detail, tasks=lines)
    if point.status == "Failed" and point.task in {"", task}:
        again = _retry("postcheck")
        return TaskFailed(reason=PostcheckFailed().reason, tasks=lines, ways=(again,))
    if point.status not in UNDER_WAY | {"Failed"}:
        return _strange("postcheck", point.status, workflow)
    return TaskRunning(detail=detail, tasks=lines)


def _retry(step: Retried) -> RecoveryOption:
    return RecoveryOption(
        name=RETRY,
        label=Retry(step=step).reason,
        explanation=RetryDoes(step=step).reason,
        is_dangerous=step == "upgrade",
    )


def _cancel(
    workflow: Workflow | None, failed: str, *, is_dangerous: bool = False
) -> tuple[RecoveryOption, ...]:
    """Offer to cancel the workflow where its rules allow it."""
    if workflow is None or not_cancellable(workflow, failed=failed):
        return ()
    return (
        RecoveryOption(
            name=CANCEL,
            label=Cancel().reason,
            explanation=CancelDoes(is_begun=is_dangerous).reason,
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
    return tuple(
        TaskLine(
            name=plain(each.kind),
            status=plain(each.status) or "?",
            state=_STATES.get(each.status, "unknown"),
        )
        for each in (workflow.status.points if workflow else ())
    )


def _detail(
    phase: str, workflow: Workflow | None, progress: str = "", *, is_old: bool = False
) -> Reason:
    status = plain(phase)
    told = StepProgress(status=status, progress=progress, points=points(workflow), is_old=is_old)
    return told.reason


def _with_nodes(detail: Reason, nodes: tuple[NodeView, ...]) -> Reason:
    """Return *detail* with the nodes that are being upgraded."""
    if not nodes:
        return detail
    now = tuple(plain(each.metadata.name) for each in nodes if each.is_upgrading)
    more = {"nodes": len(nodes), "upgrading": now[:_TOLD], "more": max(0, len(now) - _TOLD)}
    return StepProgress.model_validate({**detail.params, **more}).reason


def _strange(what: str, phase: str, workflow: Workflow | None) -> TaskRunning:
    note = UnlistedStatus(status=plain(phase), of=what).reason
    return TaskRunning(detail=_detail(phase, workflow), tasks=_lines(workflow), note=note)
