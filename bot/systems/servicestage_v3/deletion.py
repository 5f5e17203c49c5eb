"""The end of a component: its API names no job for it, so the component itself is watched.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0100.html
"""

from typing import Any

from pydantic import BaseModel

from bot.core.codes import Denied
from bot.core.codes.systems import AboutAnother
from bot.core.errors import CloudRefusedError
from bot.core.flow import Call, Flow, Reply
from bot.core.plan import PlanDraft, PlannedStep
from bot.core.records import Asked
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    Recovery,
    RemoteTask,
    SentStep,
    TaskFailed,
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
    StillHere,
)
from bot.systems._huawei.errors import is_gone
from bot.systems._huawei.servicestage import DELETED, DELETING, SERVICE
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.servicestage_v3.reads import THING, Live, component_path, find_row, read_component
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import View

DELETE = "delete"


class _Answer(BaseModel):
    component_id: Any = None  # the vendor's SDK knows of no answer at all


def delete(live: Live, asked: Asked) -> PlanDraft | Denied:  # noqa: ARG001 - as every plan
    """Plan the end of the component."""
    is_creatable = live.target.create_body is not None
    return PlanDraft(
        observed=live.present.observed,
        steps=(live.present.step(DELETE),),
        before=live.view.version,
        after=NoMore().reason,
        no_way_back=GoneForGood(thing=THING, is_creatable=is_creatable).reason,
    )


def call(target: Component, component: str) -> Call:
    """Return the call that deletes a component."""
    return Call(method="DELETE", service=SERVICE, path=component_path(target, component))


def begun(step: PlannedStep, reply: Reply) -> RemoteTask:
    """Return what is watched: the component, by its id."""
    component, doing = str(step.parameters["component_id"]), f"{DELETE} the component"
    if isinstance(reply.body, dict):
        told = parse(_Answer, reply, doing).component_id
        if told not in {None, "", component}:
            raise unreadable(doing=doing, why=AboutAnother(id=plain(str(told))))
    return RemoteTask(id=component)


def watch(target: Component, work: Work) -> Flow[PollResult]:
    """Look whether the component is gone, or stays after all."""
    view = yield from _there(target, str(work.step.parameters["component_id"]))
    if view is None or view.word == DELETED:
        return TaskSucceeded(detail=IsGone(thing=THING).reason)
    word, fault = plain(view.word), plain(view.status.fail_detail)
    was_leaving = work.seen == Leaving(thing=THING, status=DELETING).reason
    if view.word != DELETING and (was_leaving or fault == "delete_failed"):
        return TaskFailed(reason=NotDeleted(thing=THING, status=word, fault=fault).reason)
    return TaskRunning(detail=Leaving(thing=THING, status=word).reason)


def recover(target: Component, sent: SentStep) -> Flow[Recovery]:
    """Adopt the deletion where what was asked for is so, or on its way."""
    component = str(sent.work.step.parameters["component_id"])
    view = yield from _there(target, component)
    task = RemoteTask(id=component)
    if view is None or view.word == DELETED:
        return Adopted(task=task, evidence=GoneSince(thing=THING, id=component).reason)
    if view.word == DELETING:
        since = GoneSince(thing=THING, id=component, status=DELETING)
        return Adopted(task=task, evidence=since.reason)
    return NothingFound(reason=StillHere(thing=THING, status=plain(view.word)).reason)


def _there(target: Component, component: str) -> Flow[View | None]:
    """Read the component; None where neither it nor its row in the list is there.

    ServiceStage answers for an unknown component as for a missing right, so the list is asked, too.
    """
    try:
        live = yield from read_component(target, component)
    except CloudRefusedError as error:
        if not is_gone(error):
            raise
        return (yield from find_row(target, component))
    return live.view
