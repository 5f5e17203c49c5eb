"""The end of an instance, by a job, and of its component, which is gone at once or watched.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0018.html
"""

from typing import Final

from bot.core.codes.systems import label
from bot.core.errors import CloudRefusedError
from bot.core.flow import Call, Flow
from bot.core.plan import Change, PlanDraft, PlannedStep
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    Recovery,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._huawei.codes import (
    GoneForGood,
    GoneSince,
    IsGone,
    Leaving,
    NoMore,
    NotDeleted,
    OthersStay,
    StillHere,
)
from bot.systems._huawei.errors import is_gone
from bot.systems._huawei.evidence import adopt_job, match_of, still_last
from bot.systems._huawei.jobs import poll_result, read_job
from bot.systems._huawei.servicestage import DELETED, SERVICE
from bot.systems._huawei.servicestage import DELETING as LEAVES
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2.reads import (
    THING,
    Live,
    Place,
    component_path,
    instance_path,
    read_component,
    read_instance,
    read_instances,
)
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import DELETING, ComponentView

DELETE_INSTANCE: Final = "delete instance"
DELETE_COMPONENT: Final = "delete component"
STEPS: Final = frozenset({DELETE_INSTANCE, DELETE_COMPONENT})


def delete(live: Live) -> Flow[PlanDraft]:
    """Plan the end of the instance, and of its component where no other instance is in it."""
    target, place = live.target, live.place
    component = yield from read_component(target, place.component)
    rows = yield from read_instances(target, place.component)
    others = [row for row in rows if row.id != place.instance and row.word != DELETED]
    last = live.present.step(DELETE_COMPONENT)
    name = component.name or component.id
    after = OthersStay(others=len(others)).reason if others else NoMore().reason
    return PlanDraft(
        observed=live.present.observed,
        steps=(live.present.step(DELETE_INSTANCE), *(() if others else (last,))),
        before=live.view.version,
        after=NoMore().reason,
        changes=(Change(name=label("component"), before=name, after=after),),
        no_way_back=GoneForGood(thing=THING, is_creatable=target.create_body is not None).reason,
    )


def call(target: Instance, step: PlannedStep) -> Call:
    """Return the call that deletes the instance, or its component."""
    place = place_of(step)
    whole = component_path(target, place.component)
    where = instance_path(target, place) if step.name == DELETE_INSTANCE else whole
    return Call(method="DELETE", service=SERVICE, path=where)


def watch(target: Instance, work: Work, task: RemoteTask) -> Flow[PollResult]:
    """Look at the job, or at the component; an instance that is gone needs no job to say so."""
    place = place_of(work.step)
    if work.step.name == DELETE_COMPONENT:
        return (yield from _watch_component(target, place.component, work))
    if task.id != place.instance:
        seen = poll_result(task.id, (yield from read_job(task.id)))
        if not isinstance(seen, TaskNotFound):
            return seen
    live = yield from _there(target, place)
    if live is None:
        return TaskSucceeded(detail=IsGone(thing=THING).reason)
    return TaskRunning(detail=Leaving(thing=THING, status=plain(live.view.word)).reason)


def recover(target: Instance, sent: SentStep) -> Flow[Recovery]:
    """Adopt the deletion where what was asked for is so, or on its way."""
    place = place_of(sent.work.step)
    if sent.work.step.name == DELETE_COMPONENT:
        return (yield from _recover_component(target, place.component))
    live = yield from _there(target, place)
    if live is None:
        evidence = GoneSince(thing=THING, id=place.instance)
        return Adopted(task=RemoteTask(id=place.instance), evidence=evidence.reason)
    last = live.view.last_job
    if live.view.word == LEAVES and last and last != sent.observed.last_task:
        return (yield from adopt_job(last, sent, match_of(DELETE_INSTANCE, LEAVES, None)))
    return still_last(THING, last)


def place_of(step: PlannedStep) -> Place:
    """Return the instance that *step* is about."""
    return Place(str(step.parameters["component_id"]), str(step.parameters["instance_id"]))


def _watch_component(target: Instance, component: str, work: Work) -> Flow[PollResult]:
    view = yield from _component(target, component)
    if view is None:
        return TaskSucceeded(detail=IsGone(thing="component").reason)
    was_leaving = work.seen == Leaving(thing="component", status=DELETING).reason
    if view.status != DELETING and was_leaving:
        status = plain(view.status)
        return TaskFailed(reason=NotDeleted(thing="component", status=status).reason)
    return TaskRunning(detail=Leaving(thing="component", status=plain(view.status)).reason)


def _recover_component(target: Instance, component: str) -> Flow[Recovery]:
    view = yield from _component(target, component)
    task = RemoteTask(id=component)
    if view is None:
        return Adopted(task=task, evidence=GoneSince(thing="component", id=component).reason)
    if view.status == DELETING:
        since = GoneSince(thing="component", id=component, status=DELETING)
        return Adopted(task=task, evidence=since.reason)
    return NothingFound(reason=StillHere(thing="component", status=plain(view.status)).reason)


def _there(target: Instance, place: Place) -> Flow[Live | None]:
    try:
        live = yield from read_instance(target, place)
    except CloudRefusedError as error:
        if not is_gone(error):
            raise
        return None
    return None if live.view.word == DELETED else live


def _component(target: Instance, component: str) -> Flow[ComponentView | None]:
    try:
        return (yield from read_component(target, component))
    except CloudRefusedError as error:
        if not is_gone(error):
            raise
        return None
