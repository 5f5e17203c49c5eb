"""Instances of ServiceStage components, through its v2 API."""

from collections.abc import Mapping
from typing import ClassVar

from bot.core.codes import Denied
from bot.core.codes.systems import AboutAnother, NotCreatedYet, UnlistedStatus
from bot.core.errors import CloudRefusedError, Verdict
from bot.core.flow import Call, Flow, Reply
from bot.core.plan import PlanDraft, PlannedStep
from bot.core.proof import ErrorForm
from bot.core.records import Action, Asked, Json
from bot.core.system import (
    Entry,
    Planner,
    PollResult,
    Questions,
    Recovery,
    RemoteTask,
    SentStep,
    StatusReport,
    SystemSpec,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._huawei import errors
from bot.systems._huawei.drafts import not_a_tag
from bot.systems._huawei.jobs import job_id, poll_result, progress, read_job
from bot.systems._huawei.servicestage import SERVICE, Accepted, change, written
from bot.systems._huawei.settings import planned
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2 import creation, deletion
from bot.systems.servicestage_v2.artifacts import misfit
from bot.systems.servicestage_v2.codes import BeingDeleted, ComponentThere, ComponentUnknown
from bot.systems.servicestage_v2.creation import CREATE_COMPONENT, CREATE_INSTANCE
from bot.systems.servicestage_v2.discovery import discover
from bot.systems.servicestage_v2.examples import EXAMPLES, SAMPLE
from bot.systems.servicestage_v2.modification import modified
from bot.systems.servicestage_v2.planners import PLANNERS
from bot.systems.servicestage_v2.reads import (
    Place,
    components_path,
    instance_path,
    instances_path,
    read_component,
    read_instance,
    read_live,
    read_snapshots,
)
from bot.systems.servicestage_v2.recovery import component_of, recover
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import (
    DELETING,
    NORMAL,
    ComponentView,
    Snapshot,
)


class ServiceStageV2:
    """Creates, upgrades, rolls back, starts, stops, restarts, scales and deletes an instance."""

    spec: ClassVar[SystemSpec[Instance]] = SystemSpec(
        name="servicestage-v2",
        title="ServiceStage v2 instance",
        connection_kind="huaweicloud",
        services=frozenset({SERVICE}),
        target=Instance,
        identity=lambda target: target.identity,
        created_version=lambda target: target.created_version,
        actions=frozenset(PLANNERS),
        source="https://support.huaweicloud.com/intl/en-us/api-servicestage/",
        examples=EXAMPLES,
        sample=SAMPLE,
        takes_values=True,
        takes_json=True,
        strategies=("rolling", "recreate"),
    )
    planners: ClassVar[Mapping[Action, Planner]] = PLANNERS
    questions: ClassVar[Questions] = Questions(discover=discover)

    def prepare(self, target: Instance, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the instance, and for a rollback its snapshots; say what the action would do."""
        return not_a_tag(asked) or (yield from self.planners[asked.action](target, asked))

    def submit(self, target: Instance, work: Work) -> Flow[RemoteTask]:
        """Make the step's call; ServiceStage answers with the job that does it.

        A component is created and deleted without a job: its id stands for the task. A deployment
        reads the instance first, so that it can send what else is set.
        """
        doing = f"{work.step.name} of {target.instance_name or target.instance_id}"
        if work.step.name == CREATE_COMPONENT:
            reply = yield change("POST", components_path(target), target.component_body)
            return RemoteTask(id=_created(target, reply, doing))
        if work.step.name == CREATE_INSTANCE:
            reply = yield _creation(target, work)
            return RemoteTask(id=job_id(parse(Accepted, reply, doing).job_id, doing))
        if work.step.name == deletion.DELETE_COMPONENT:
            yield deletion.call(target, work.step)
            return RemoteTask(id=deletion.place_of(work.step).component)
        place = deletion.place_of(work.step)
        call = yield from _change(target, place, work.step)
        answer = parse(Accepted, (yield call), doing)
        if answer.instance_id not in {None, place.instance}:
            raise unreadable(doing=doing, why=AboutAnother(id=plain(str(answer.instance_id))))
        return RemoteTask(id=job_id(answer.job_id, doing))

    def watch(self, target: Instance, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Read the job once; of a component that is being created or deleted, the component."""
        if work.step.name == CREATE_COMPONENT:
            return (yield from _watch_component(target, task))
        if work.step.name in deletion.STEPS:
            return (yield from deletion.watch(target, work, task))
        info = yield from read_job(task.id)
        return poll_result(task.id, info)

    def recover(self, target: Instance, sent: SentStep) -> Flow[Recovery]:
        """Adopt the instance's last job, or the component, if it is new and fits the call."""
        return (yield from recover(target, sent))

    def status(self, target: Instance) -> Flow[StatusReport]:
        """Read the instance's status, version and replicas."""
        live = yield from read_live(target)
        if live is None:
            names = {"component": target.component_name, "instance": target.instance_name}
            return StatusReport(headline=NotCreatedYet().reason, facts=names)
        return live.present.report

    def history(self, target: Instance) -> Flow[tuple[Entry, ...]]:
        """Read the instance's snapshots, newest first."""
        live = yield from read_live(target)
        if live is None:
            return ()
        snapshots = yield from read_snapshots(target, live.place)
        return tuple(_entry(each, live.view.version) for each in snapshots)

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error where the body is in one of Huawei's forms."""
        return errors.error_form(reply)

    def verdict(self, reply: Reply) -> Verdict:
        """Return what the answer proves, by the codes and texts that Huawei's pages list."""
        return errors.verdict(reply)


def _creation(target: Instance, work: Work) -> Call:
    given = work.step.parameters
    body = creation.created_instance(target, str(given["version"]), _addresses(work.step))
    return change("POST", instances_path(target, component_of(work)), body)


def _change(target: Instance, place: Place, step: PlannedStep) -> Flow[Call]:
    where = instance_path(target, place)
    if step.name == deletion.DELETE_INSTANCE:
        return deletion.call(target, step)
    if step.name != "deploy":
        return change("POST", f"{where}/action", _action(step))
    live = yield from read_instance(target, place)
    version, wanted = str(step.parameters["version"]), _addresses(step)
    denial = misfit(live.view, wanted)
    if denial:
        raise unreadable(doing=f"read instance {place.instance}", why=denial)
    return change("PUT", where, modified(live.settings, version, wanted, planned(step)))


def _action(step: PlannedStep) -> dict[str, Json]:
    """Return the body of an action; those without parameters carry no such key."""
    taken = {"scale": "replica", "rollback": "version"}.get(step.name)
    if taken is None:
        return {"action": step.name}
    return {"action": step.name, "parameters": {taken: step.parameters[taken]}}


def _addresses(step: PlannedStep) -> dict[str, str]:
    """Return the planned addresses: what was approved is sent."""
    planned = step.parameters["addresses"]
    return {name: str(url) for name, url in planned.items()} if isinstance(planned, dict) else {}


def _created(target: Instance, reply: Reply, doing: str) -> str:
    view = parse(ComponentView, reply, doing)
    if view.name not in {"", target.component_name}:
        raise unreadable(doing=doing, why=AboutAnother(id=view.name))
    return view.id


def _watch_component(target: Instance, task: RemoteTask) -> Flow[PollResult]:
    try:
        view = yield from read_component(target, job_id(task.id, "read the component"))
    except CloudRefusedError as error:
        if not errors.is_absent(error):
            raise
        return TaskNotFound(reason=ComponentUnknown(component=task.id).reason)
    if view.status in {NORMAL, ""}:  # the vendor's guide prints a component without a status
        return TaskSucceeded(detail=ComponentThere(component=view.name or view.id).reason)
    if view.status == DELETING:
        return TaskFailed(reason=BeingDeleted(component=view.name or view.id).reason)
    note = UnlistedStatus(status=plain(view.status), of=view.name or view.id)
    return TaskRunning(detail=progress(view.status).reason, note=note.reason)


def _entry(snapshot: Snapshot, live: str) -> Entry:
    is_current = snapshot.version == live
    return Entry(
        revision=snapshot.version,
        status="",
        when=written(snapshot.create_time),
        description=snapshot.words,
        is_current=is_current,
        can_return=bool(snapshot.version) and not is_current,
    )
