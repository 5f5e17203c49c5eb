"""The planners of a component's actions: what each reads before it decides."""

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
from bot.systems.servicestage_v3 import deletion, plans
from bot.systems.servicestage_v3.reads import (
    Live,
    find_present,
    read_live,
    read_records,
)
from bot.systems.servicestage_v3.target import Component


def _create(target: Component, asked: Asked) -> Flow[PlanDraft | Denied]:
    draft = plans.create(target, asked.parameters.version)
    if isinstance(draft, Denied):
        return draft
    found = yield from find_present(target)
    return plans.exists(found) if found else without_ids(draft, component_id=target.component_id)


def _rollback(target: Component, asked: Asked) -> Flow[PlanDraft | Denied]:
    live = yield from _free(target, asked)
    if isinstance(live, Denied):
        return live
    records = yield from read_records(target, str(live.view.id))
    return plans.rollback(live, records, asked)


def _changing(plan: Callable[[Live, Asked], PlanDraft | Denied]) -> Planner:
    """Return the planner of a change that is decided by the component alone."""

    def planner(target: Component, asked: Asked) -> Flow[PlanDraft | Denied]:
        live = yield from _free(target, asked)
        return live if isinstance(live, Denied) else plan(live, asked)

    return planner


def _free(target: Component, asked: Asked) -> Flow[Live | Denied]:
    """Read the component; a refusal where it is not there, or is being changed."""
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
    "delete": _changing(deletion.delete),
    "scale": _changing(plans.scale),
    **dict.fromkeys(("start", "stop", "restart"), _SWITCH),
}
