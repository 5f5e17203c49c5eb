"""Components of ServiceStage, through its v3 API."""

from collections.abc import Mapping
from typing import ClassVar

from bot.core.codes import Denied
from bot.core.codes.systems import NotCreatedYet
from bot.core.errors import Verdict
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
    TaskSucceeded,
    Work,
)
from bot.systems._huawei import errors
from bot.systems._huawei.drafts import not_a_tag
from bot.systems._huawei.jobs import job_id, poll_result, read_job
from bot.systems._huawei.servicestage import SERVICE, Accepted, change, written
from bot.systems._huawei.settings import planned
from bot.systems._wire.replies import parse
from bot.systems.servicestage_v3 import deletion, gray, plans
from bot.systems.servicestage_v3.discovery import discover
from bot.systems.servicestage_v3.examples import EXAMPLES, SAMPLE
from bot.systems.servicestage_v3.planners import PLANNERS
from bot.systems.servicestage_v3.reads import (
    component_path,
    components_path,
    read_component,
    read_live,
    read_records,
)
from bot.systems.servicestage_v3.recovery import recover
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import VersionRecord, upgraded


class ServiceStageV3:
    """Creates, upgrades, rolls back, starts, stops, restarts, scales and deletes a component."""

    spec: ClassVar[SystemSpec[Component]] = SystemSpec(
        name="servicestage-v3",
        title="ServiceStage v3 component",
        connection_kind="huaweicloud",
        services=frozenset({SERVICE}),
        target=Component,
        identity=lambda target: target.identity,
        created_version=lambda target: target.created_version,
        actions=frozenset(PLANNERS),
        source="https://support.huaweicloud.com/intl/en-us/api-servicestage/",
        examples=EXAMPLES,
        sample=SAMPLE,
        takes_values=True,
        takes_json=True,
        strategies=("one-batch", "rolling:N", "gray:P%"),
    )
    planners: ClassVar[Mapping[Action, Planner]] = PLANNERS
    questions: ClassVar[Questions] = Questions(discover=discover)

    def prepare(self, target: Component, asked: Asked) -> Flow[PlanDraft | Denied]:
        """Read the component, and for a rollback its records; say what the action would do."""
        return not_a_tag(asked) or (yield from self.planners[asked.action](target, asked))

    def submit(self, target: Component, work: Work) -> Flow[RemoteTask]:
        """Make the step's call; ServiceStage answers with the job that does it.

        A deployment reads the component first, since a modification replaces all its settings.
        """
        step = work.step
        if step.name == deletion.DELETE:
            reply = yield deletion.call(target, str(step.parameters["component_id"]))
            return deletion.begun(step, reply)
        if step.name == "create":
            call = change("POST", components_path(target), target.created_as(*_wanted(step)))
        else:
            component = str(step.parameters["component_id"])
            call = yield from _change(target, component, step)
        reply = yield call
        doing = f"{step.name} the component"
        return RemoteTask(id=job_id(parse(Accepted, reply, doing).job_id, doing))

    def watch(self, target: Component, work: Work, task: RemoteTask) -> Flow[PollResult]:
        """Read the job once, by v2's path as the vendor's guide does, else by v3's.

        Of a deletion, the component itself is read. In a gray release it is followed by batches
        that wait for people.
        """
        if work.step.name == deletion.DELETE:
            return (yield from deletion.watch(target, work))
        info = yield from read_job(task.id)
        seen = poll_result(task.id, info)
        if isinstance(seen, TaskSucceeded | TaskFailed) and gray.is_one_of_several(work, seen):
            return (yield from gray.batches(target, work, task, seen))
        return seen

    def recover(self, target: Component, sent: SentStep) -> Flow[Recovery]:
        """Adopt the component's last job if it is new, of the right time and the only one."""
        return (yield from recover(target, sent))

    def status(self, target: Component) -> Flow[StatusReport]:
        """Read the component's status, version and replicas."""
        live = yield from read_live(target)
        if live is None:
            facts = {"name": target.created_name}
            return StatusReport(headline=NotCreatedYet().reason, facts=facts)
        return live.present.report

    def history(self, target: Component) -> Flow[tuple[Entry, ...]]:
        """Read the component's records, newest first."""
        live = yield from read_live(target)
        if live is None:
            return ()
        records = yield from read_records(target, str(live.view.id))
        there = plans.returnable(live, records)
        return tuple(_entry(row, row.is_usable and row.version in there) for row in records)

    def error_form(self, reply: Reply) -> ErrorForm | None:
        """Return the error where the body is in one of Huawei's forms."""
        return errors.error_form(reply)

    def verdict(self, reply: Reply) -> Verdict:
        """Return what the answer proves; a 401 may mean that the component does not exist."""
        return errors.verdict(reply)


def _change(target: Component, component: str, step: PlannedStep) -> Flow[Call]:
    where = component_path(target, component)
    if step.name == "deploy":
        live = yield from read_component(target, component)
        return change("PUT", where, upgraded(live.settings, *_wanted(step), planned(step)))
    return change("POST", f"{where}/action", _action(step))


def _wanted(step: PlannedStep) -> tuple[str, str]:
    """Return the planned version and where it is fetched from: what was approved is sent."""
    return str(step.parameters["version"]), str(step.parameters["url"])


def _action(step: PlannedStep) -> dict[str, Json]:
    """Return the body of an action; those without parameters carry no such key."""
    if step.name == "scale":
        return {"action": "scale", "parameters": {"replica": step.parameters["replica"]}}
    if step.parameters.get("action") == "rollback":
        version = step.parameters["version"]
        return {"action": "rollback", "parameters": {"version": version}}
    return {"action": step.parameters.get("action", step.name)}


def _entry(row: VersionRecord, can_return: bool) -> Entry:  # noqa: FBT001 - one field of it
    return Entry(
        revision=row.version,
        status=row.status,
        when=written(row.begin_time),
        description=row.words,
        is_current=row.current_used,
        can_return=can_return,
    )
