"""Finds what a lost call started: a task that is new, of the right time, and the only one."""

from collections.abc import Sequence

from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._huawei.cce import is_identifier, moment
from bot.systems._huawei.evidence import told
from bot.systems._wire.text import plain
from bot.systems._wire.timing import is_in_window
from bot.systems.cce_cluster import versions
from bot.systems.cce_cluster.reads import (
    read_snapshots,
    read_tasks,
    read_upgrade,
    read_workflow,
    read_workflows,
)
from bot.systems.cce_cluster.sending import wanted, workflow_id
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import POSTCHECK, AnyTask, Task, Workflow


def recover(target: Cluster, sent: SentStep) -> Flow[Recovery]:
    """Read what the step's call would have made."""
    step = sent.work.step
    match step.name:
        case "workflow":
            return (yield from _workflow(target, sent))
        case "snapshot":
            rows = yield from read_snapshots(target)
            return _only(rows, sent, "it is the only new snapshot")
        case "upgrade" if "retry" in step.parameters:
            return (yield from _retried(target, sent))
        case "precheck" | "upgrade":
            tasks = yield from read_tasks(target, step.name)
            fitting = [each for each in tasks if _leads_there(each, sent)]
            return _only(fitting, sent, f"it leads to {wanted(step)}")
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
    return _chosen([(each.uid, each.metadata.created) for each in new], sent, f"leads to {asked}")


def _only(tasks: Sequence[AnyTask], sent: SentStep, match: str) -> Recovery:
    known = {each.id for each in sent.work.earlier}
    new = [(each.uid, each.metadata.created) for each in tasks if each.uid not in known]
    return _chosen(new, sent, match)


def _chosen(new: Sequence[tuple[str, str]], sent: SentStep, match: str) -> Recovery:
    """Adopt the one that was made in the time of our call, if it is the only one."""
    timed = [(uid, moment(text)) for uid, text in new]
    in_time = [(uid, at) for uid, at in timed if at and is_in_window(at, sent)]
    untold = [uid for uid, at in timed if at is None]
    if len(in_time) == 1 and not untold:
        uid, at = in_time[0]
        evidence = (
            f"{sent.work.step.name} {uid} was made at {told(at)}, our call was permitted at "
            f"{told(sent.permitted_at)}; {match}; no other new one was found"
        )
        return Adopted(task=RemoteTask(id=uid), evidence=evidence)
    name = sent.work.step.name
    if not in_time and not untold:
        return NothingFound(reason=f"CCE lists no {name} from the time of our call")
    several = ", ".join([*(uid for uid, _ in in_time), *untold][:5])
    if untold:
        reason = f"CCE does not tell when this {name} was made: {several}"
    else:
        reason = f"more than one new {name} may be ours, people must look: {several}"
    return NothingFound(reason=reason, may_be_ours=True)


def _leads_there(task: Task, sent: SentStep) -> bool:
    """Whether a task is about our version; one that does not tell its own may be."""
    return not task.spec.after or versions.are_akin(task.spec.after, wanted(sent.work.step))


def _retried(target: Cluster, sent: SentStep) -> Flow[Recovery]:
    parameters = sent.work.step.parameters
    uid, mark = str(parameters["retry"]), str(parameters.get("mark") or "")
    try:
        task = yield from read_upgrade(target, uid)
    except CloudRefusedError as error:
        reason = f"upgrade task {uid} cannot be read: {error.why}"
        return NothingFound(reason=reason, may_be_ours=True)
    at = moment(task.metadata.updated)
    if task.phase == "Failed" and task.mark == mark:
        return NothingFound(reason=f"upgrade task {uid} stands as it did: {plain(task.phase)}")
    if at is None or not is_in_window(at, sent):
        return NothingFound(reason=f"upgrade task {uid} changed, but not in the time of our call")
    evidence = (
        f"upgrade task {uid} had failed, and is {plain(task.phase)} since {told(at)}; "
        f"our call was permitted at {told(sent.permitted_at)}"
    )
    return Adopted(task=RemoteTask(id=uid), evidence=evidence)


def _postcheck(workflow: Workflow, sent: SentStep) -> Recovery:
    point = workflow.point(POSTCHECK)
    at = moment(point.begun) or moment(point.ended)
    if not is_identifier(point.task) or at is None or not is_in_window(at, sent):
        return NothingFound(reason="the workflow shows no postcheck from the time of our call")
    evidence = (
        f"the workflow's PostCheck is task {point.task}, begun at {told(at)}; our call was "
        f"permitted at {told(sent.permitted_at)}"
    )
    return Adopted(task=RemoteTask(id=point.task), evidence=evidence)


def _cancel(workflow: Workflow, sent: SentStep) -> Recovery:
    at = moment(workflow.metadata.updated)
    if workflow.phase != "Cancel":
        return NothingFound(reason=f"the workflow is {plain(workflow.phase) or 'open'} still")
    if at is None or not is_in_window(at, sent):
        return NothingFound(reason="the workflow is cancelled, but not in the time of our call")
    evidence = f"the workflow is cancelled since {told(at)}, and was open before our call"
    return Adopted(task=RemoteTask(id=workflow.uid), evidence=evidence)
