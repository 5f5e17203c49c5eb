"""The planners of an instance's actions: what each reads before it decides."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.core.codes import Denied
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.plan import PlanDraft
from bot.core.records import Action, Asked
from bot.core.system import Planner
from bot.systems._huawei import errors
from bot.systems._huawei.drafts import busy, switched, without_ids
from bot.systems._huawei.past_versions import was_deleted
from bot.systems.servicestage_v2 import creation, deletion, plans
from bot.systems.servicestage_v2.codes import ComponentLeaves
from bot.systems.servicestage_v2.reads import (
    Live,
    find_present_component,
    find_present_instance,
    read_live,
    read_snapshots,
)
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import DELETING


def _create(target: Instance, asked: Asked) -> Flow[PlanDraft | Denied]:
    draft = creation.create(target, asked.parameters.version, None)
    if isinstance(draft, Denied):
        return draft
    component = yield from find_present_component(target)
    if component is None:
        return without_ids(draft, component_id=target.component_id, instance_id=target.instance_id)
    if component.status == DELETING:
        return Denied.of(ComponentLeaves(component=component.name or component.id))
    instance = yield from find_present_instance(target, component.id)
    if instance is not None:
        return creation.exists(instance)
    known = target.component_id
    others = known if known is not None and str(known) != component.id else None
    draft = creation.create(target, asked.parameters.version, component.id)
    if isinstance(draft, Denied):
        return draft
    return without_ids(draft, component_id=others, instance_id=target.instance_id)


def _rollback(target: Instance, asked: Asked) -> Flow[PlanDraft | Denied]:
    live = yield from _free(target, asked)
    if isinstance(live, Denied):
        return live
    snapshots = yield from read_snapshots(target, live.place)
    return plans.rollback(live, snapshots, asked)


def _delete(target: Instance, asked: Asked) -> Flow[PlanDraft | Denied]:
    live = yield from _free(target, asked)
    if isinstance(live, Denied):
        return live
    return (yield from deletion.delete(live))


def _changing(plan: Callable[[Live, Asked], PlanDraft | Denied]) -> Planner:
    """Return the planner of a change that is decided by the instance alone."""

    def planner(target: Instance, asked: Asked) -> Flow[PlanDraft | Denied]:
        live = yield from _free(target, asked)
        return live if isinstance(live, Denied) else plan(live, asked)

    return planner


def _free(target: Instance, asked: Asked) -> Flow[Live | Denied]:
    """Read the instance; a refusal where it is not there, or is being changed."""
    is_deleted = was_deleted(asked.past)
    try:
        live = yield from read_live(target)
    except CloudRefusedError as error:
        if not errors.is_absent(error):
            raise
        return plans.deleted(target) if is_deleted else plans.missing(target, error.code)
    if live is None:
        return plans.deleted(target) if is_deleted else plans.missing(target)
    return (yield from busy(live.present)) or live


_SWITCH: Final = _changing(lambda live, asked: switched(live.present, asked))
PLANNERS: Final[Mapping[Action, Planner]] = {
    "create": _create,
    "deploy": _changing(plans.deploy),
    "rollback": _rollback,
    "delete": _delete,
    "scale": _changing(plans.scale),
    **dict.fromkeys(("start", "stop", "restart"), _SWITCH),
}
