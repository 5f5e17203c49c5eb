"""Finds what a lost call started: a task that is new, of the right time, and the only one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.core.codes import Code, Reason
from bot.core.codes.systems import Matches, SeveralCandidates
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._huawei.cce import is_identifier, moment
from bot.systems._wire.text import plain
from bot.systems._wire.timing import is_in_window
from bot.systems.cce_cluster import versions
from bot.systems.cce_cluster.reads import (
    current_upgrade,
    read_snapshots,
    read_tasks,
    read_upgrade,
    read_workflow,
    read_workflows,
)
from bot.systems.cce_cluster.sending import wanted, workflow_id
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.task_codes import (
    ChangedThen,
    ChangeIsOurs,
    NothingListed,
    StepIsOurs,
    StillSo,
    TaskUnreadable,
    UntimedTasks,
)
from bot.systems.cce_cluster.wire import CLUSTER, POSTCHECK, AnyTask, Task, Workflow

_SHOWN: Final = 5


def recover(target: Cluster, sent: SentStep) -> Flow[Recovery]:
    """Read what the step's call would have made."""
    step = sent.work.step
    match step.name:
        case "workflow":
            return (yield from _workflow(target, sent))
        case "snapshot":
            rows = yield from read_snapshots(target)
            return _only(rows, sent)
        case "upgrade" if "retry" in step.parameters:
            return (yield from _retried(target, sent))
        case "precheck" | "upgrade":
            tasks = yield from read_tasks(target, step.name)
            fitting = [each for each in tasks if _leads_there(each, sent)]
            return _only(fitting, sent, _leads_to(wanted(step)))
        case "postcheck":
            workflow, _ = yield from read_workflow(target, workflow_id(sent.work))
            return _postcheck(workflow, sent)
        case _:
            workflow, _ = yield from read_workflow(target, workflow_id(sent.work))
            return _cancel(workflow, sent)


def _workflow(target: Cluster, sent: SentStep) -> Flow[Recovery]:
    asked = wanted(sent.work.step)
    rows = yield from read_workflows(target)
    new = [
        each
        for each in rows
        if each.uid != sent.observed.last_task and each.phase != "Cancel"
        and versions.is_one_of(each.spec.after, asked)
    ]  # fmt: skip
    return _chosen([(each.uid, each.metadata.created) for each in new], sent, _leads_to(asked))


def _leads_to(version: str) -> Reason:
    return Matches(what="version", value=version).reason


def _only(tasks: Sequence[AnyTask], sent: SentStep, match: Reason | None = None) -> Recovery:
    known = {each.id for each in sent.work.earlier}
    new = [(each.uid, each.metadata.created) for each in tasks if each.uid not in known]
    return _chosen(new, sent, match)


def _chosen(
    new: Sequence[tuple[str, str]], sent: SentStep, match: Reason | None = None
) -> Recovery:
    """Adopt the one that was made in the time of our call, if it is the only one."""
    timed = [(uid, moment(text)) for uid, text in new]
    in_time = [(uid, at) for uid, at in timed if at and is_in_window(at, sent)]
    untold = [uid for uid, at in timed if at is None]
    if len(in_time) == 1 and not untold:
        uid, at = in_time[0]
        return Adopted(task=RemoteTask(id=uid), evidence=_made(sent, uid, at, match).reason)
    step = sent.work.step.name
    if not in_time and not untold:
        return NothingFound(reason=NothingListed(step=step).reason)
    several = tuple([*(uid for uid, _ in in_time), *untold][:_SHOWN])
    reason: Code = SeveralCandidates(tasks=several)
    if untold:
        reason = UntimedTasks(step=step, tasks=several)
    return NothingFound(reason=reason.reason, may_be_ours=True)


def _made(sent: SentStep, uid: str, at: datetime, match: Reason | None = None) -> StepIsOurs:
    return StepIsOurs(
        step=sent.work.step.name, task=uid, made=at, permitted=sent.permitted_at, match=match
    )


def _leads_there(task: Task, sent: SentStep) -> bool:
    """Whether a task is about our version; one that does not tell its own may be."""
    return not task.spec.after or versions.are_akin(task.spec.after, wanted(sent.work.step))


def _retried(target: Cluster, sent: SentStep) -> Flow[Recovery]:
    """Look whether the failed task runs again, or another one in its place."""
    uid = str(sent.work.step.parameters["retry"])
    try:
        workflow, _ = yield from read_workflow(target, workflow_id(sent.work))
        task = yield from read_upgrade(target, current_upgrade(workflow, uid))
    except CloudRefusedError as error:
        reason = TaskUnreadable(task=uid, by=error.reason).reason
        return NothingFound(reason=reason, may_be_ours=True)
    if task.uid != uid:
        made = [(task.uid, task.metadata.created)]
        return _chosen(made, sent)
    status, at = plain(task.phase), moment(task.metadata.updated)
    if task.phase == "Failed":
        at = task.ended_at(workflow.point(CLUSTER))
        if at is None or at < sent.permitted_at:
            return NothingFound(reason=StillSo(task=uid, status=status).reason)
    return _changed(uid, status, at, sent)


def _postcheck(workflow: Workflow, sent: SentStep) -> Recovery:
    point = workflow.point(POSTCHECK)
    at = moment(point.begun) or moment(point.ended)
    if not is_identifier(point.task) or at is None or not is_in_window(at, sent):
        return NothingFound(reason=NothingListed(step=sent.work.step.name).reason)
    return Adopted(task=RemoteTask(id=point.task), evidence=_made(sent, point.task, at).reason)


def _cancel(workflow: Workflow, sent: SentStep) -> Recovery:
    status = plain(workflow.phase) or "?"
    if workflow.phase != "Cancel":
        return NothingFound(reason=StillSo(task=workflow.uid, status=status).reason)
    return _changed(workflow.uid, status, moment(workflow.metadata.updated), sent)


def _changed(uid: str, status: str, at: datetime | None, sent: SentStep) -> Recovery:
    """Adopt what our call was to change, if that happened in its time."""
    if at is None or not is_in_window(at, sent):
        return NothingFound(reason=ChangedThen(task=uid).reason)
    evidence = ChangeIsOurs(task=uid, status=status, changed=at, permitted=sent.permitted_at)
    return Adopted(task=RemoteTask(id=uid), evidence=evidence.reason)
