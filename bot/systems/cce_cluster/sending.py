"""The calls that change something, and what each needs to know before it leaves."""

from datetime import datetime
from typing import Any, Final

from bot.core.codes import Code
from bot.core.codes.systems import AboutAnother
from bot.core.errors import CloudRefusedError
from bot.core.flow import Call, Flow, Method
from bot.core.plan import PlannedStep
from bot.core.records import Json
from bot.core.system import PrerequisiteSteps, RemoteTask, Work
from bot.systems._huawei.cce import SERVICE, is_identifier, moment
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.cce_cluster import versions
from bot.systems.cce_cluster.codes import (
    PrecheckExpired,
    PrecheckRefused,
    WorkflowElsewhere,
    WorkflowEnded,
)
from bot.systems.cce_cluster.findings import items, read_precheck, selectors
from bot.systems.cce_cluster.reads import OPERATION, read_workflow
from bot.systems.cce_cluster.settings import body
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.task_codes import StepProgress
from bot.systems.cce_cluster.wire import (
    PRECHECK,
    Accepted,
    AcceptedPostcheck,
    AcceptedSnapshot,
    Point,
    Workflow,
)

_RUN_OUT: Final = "CCE.01400075"


def submit(target: Cluster, work: Work) -> Flow[RemoteTask | PrerequisiteSteps]:
    """Read the workflow for its exact versions, then make the step's call."""
    step = work.step
    if step.name == "workflow":
        return (yield from _create(target, wanted(step)))
    workflow, now = yield from _own_workflow(target, work)
    match step.name:
        case "precheck":
            asked = _checked(target, "PreCheckTask", workflow, step)
            task = yield from _made(target, "precheck", asked)
        case "snapshot":
            task = yield from _snapshot(target)
        case "upgrade" if "retry" in step.parameters:
            task = yield from _retry(target, step)
        case "upgrade":
            detour = yield from _recheck(target, workflow, step, now)
            if detour:
                return detour
            task = yield from _upgraded(target, workflow, step)
        case "postcheck":
            return (yield from _postchecked(target, workflow, step))
        case _:
            task = yield from _cancel(target, workflow)
    return RemoteTask(id=task)


def workflow_id(work: Work) -> str:
    """Return the workflow that a step belongs to: named in the plan, or made by its first step."""
    named = work.step.parameters.get("workflow")
    return str(named or (work.earlier[0].id if work.earlier else ""))


def wanted(step: PlannedStep) -> str:
    """Return the version that was asked for and approved."""
    return str(step.parameters["target"])


def _create(target: Cluster, version: str) -> Flow[RemoteTask]:
    asked = {"kind": "WorkFlowTask", "apiVersion": "v3", "spec": {"targetVersion": version}}
    call = _call("POST", target.path(OPERATION, "upgradeworkflows"), asked)
    made = parse(Workflow, (yield call), "create the upgrade workflow")
    return RemoteTask(id=made.uid)


def _own_workflow(target: Cluster, work: Work) -> Flow[tuple[Workflow, datetime | None]]:
    workflow, now = yield from read_workflow(target, workflow_id(work))
    if not workflow.is_open:
        raise _gone(WorkflowEnded(workflow=workflow.uid, status=workflow.phase))
    there, asked = workflow.spec.after, wanted(work.step)
    if not versions.is_one_of(there, asked):
        raise _gone(WorkflowElsewhere(workflow=workflow.uid, version=there, wanted=asked))
    return workflow, now


def _recheck(
    target: Cluster, workflow: Workflow, step: PlannedStep, now: datetime | None
) -> Flow[PrerequisiteSteps | None]:
    """Return the precheck that has to come first where the last one has run out."""
    point = workflow.point(PRECHECK)
    expires = point.expires
    if not expires and is_identifier(point.task):
        expires = (yield from read_precheck(target, point.task)).status.expires
    until = moment(expires)
    latest = max(_known(workflow, point, now), default=None)
    if until is None or latest is None or latest < until:
        return None  # CCE itself refuses what has run out unseen
    skip: list[Json] = []
    if is_identifier(point.task):
        skip += items((yield from read_precheck(target, point.task)).skipped)
    known: dict[str, Json] = {"target": wanted(step), "workflow": workflow.uid}
    again = PlannedStep(name="precheck", parameters=known | ({"skip": skip} if skip else {}))
    return PrerequisiteSteps(steps=(again,), reason=PrecheckExpired(at=until).reason)


def _known(workflow: Workflow, checked: Point, now: datetime | None) -> list[datetime]:
    """Return moments that are past by the API's own word; there is no clock in here."""
    ends = [each.ended for each in workflow.status.points if each.kind != checked.kind]
    past = [moment(text) for text in (*ends, workflow.metadata.updated)]
    return [each for each in (now, *past) if each]


def _made(target: Cluster, kind: str, asked: dict[str, Any]) -> Flow[str]:
    reply = yield _call("POST", target.path(OPERATION, kind), asked)
    return parse(Accepted, reply, f"ask for the {kind}").metadata.uid


def _postchecked(target: Cluster, workflow: Workflow, step: PlannedStep) -> Flow[RemoteTask]:
    """Ask for the postcheck; how it ended is in its answer, and in no later one for sure."""
    asked = _checked(target, "PostCheckTask", workflow, step)
    reply = yield _call("POST", target.path(OPERATION, "postcheck"), asked)
    made = parse(AcceptedPostcheck, reply, "ask for the postcheck")
    phase = plain(made.status.phase)
    told = StepProgress(status=phase, is_answer=True).reason if phase else None
    return RemoteTask(id=made.metadata.uid, detail=told)


def _upgraded(target: Cluster, workflow: Workflow, step: PlannedStep) -> Flow[str]:
    """Ask for the upgrade; where the precheck counts no more, say what to do about it."""
    given = step.parameters.get("settings")
    asked = body(workflow.spec.after, given, target.upgrade, "upgrade the cluster")
    try:
        return (yield from _made(target, "upgrade", asked))
    except CloudRefusedError as error:
        if error.code != _RUN_OUT:
            raise
        raise CloudRefusedError(
            doing=error.doing,
            why=PrecheckRefused(words=error.why),
            status=error.status,
            verdict=error.verdict,
            code=error.code,
            request_id=error.request_id,
        ) from error


def _snapshot(target: Cluster) -> Flow[str]:
    reply = yield _call("POST", target.path(OPERATION, "snapshot", version="v3.1"))
    return parse(AcceptedSnapshot, reply, "ask for the snapshot").uid


def _retry(target: Cluster, step: PlannedStep) -> Flow[str]:
    """Let the failed task run again; the answer is empty, the task keeps its id."""
    yield _call("POST", target.path(OPERATION, "upgrade", "retry"))
    return str(step.parameters["retry"])


def _cancel(target: Cluster, workflow: Workflow) -> Flow[str]:
    where = target.path(OPERATION, "upgradeworkflows", workflow.uid)
    doing = "cancel the workflow"
    answer = parse(Workflow, (yield _call("PATCH", where, {"status": {"phase": "Cancel"}})), doing)
    if answer.uid != workflow.uid:
        raise unreadable(doing=doing, why=AboutAnother(id=answer.uid))
    return answer.uid


def _checked(target: Cluster, kind: str, workflow: Workflow, step: PlannedStep) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "clusterID": target.id,
        "clusterVersion": workflow.spec.before,
        "targetVersion": workflow.spec.after,
    }
    skip = step.parameters.get("skip")
    if isinstance(skip, list) and skip:
        spec["skippedCheckItemList"] = selectors(str(each) for each in skip)
    return {"apiVersion": "v3", "kind": kind, "spec": spec}


def _call(method: Method, where: str, asked: dict[str, Any] | None = None) -> Call:
    return Call(method=method, service=SERVICE, path=where, body=asked)


def _gone(why: Code) -> CloudRefusedError:
    """Return the refusal of a step whose ground has changed: nothing was sent."""
    return CloudRefusedError(
        doing="go on with the upgrade",
        why=why,
        status=0,
        verdict="refused",
        code=why.reason.code,
    )
