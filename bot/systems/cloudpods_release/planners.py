"""One planner per action: reads the live state, and says what the action would do."""

from collections.abc import Mapping
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.systems import NoTemplate
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.plan import PlanDraft
from bot.core.records import Action, Asked
from bot.core.system import Planner
from bot.systems._cloudpods.errors import is_unreachable
from bot.systems._helm.choice import fills_masks, recorded_values, wanted
from bot.systems._helm.values import Values, masked, merged
from bot.systems._helm.word_types import words_of
from bot.systems.cloudpods_release import plans, refusals
from bot.systems.cloudpods_release.deletions import PURGE
from bot.systems.cloudpods_release.plans import Deployment, Known, Live
from bot.systems.cloudpods_release.reads import (
    ambiguous,
    find_all,
    missing,
    read_first_values,
    read_history,
    read_versions,
)
from bot.systems.cloudpods_release.remembered_values import as_shown, remembered
from bot.systems.cloudpods_release.revisions import running
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import DELETING, Revision, Row


def plan_create(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan a release that is not there yet, by the target's template."""
    there = yield from find_all(target)
    if there:
        return ambiguous(target, there) if len(there) > 1 else refusals.exists(target, there[0])
    if target.creation is None:
        return Denied.of(NoTemplate())
    versions = yield from read_versions(target)
    if isinstance(versions, Denied):
        return versions
    version = plans.created_version(target, asked.parameters.version, versions)
    if isinstance(version, Denied):
        return version
    return plans.create(target, version, target.created_values)


def plan_deploy(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan the way to a version of the chart, or to other values, or both."""
    live = yield from _live(target, asked.action)
    if isinstance(live, Denied):
        return live
    present = running(live.rows)
    if present is None:
        return refusals.nothing_runs(live.newest)
    refusal = refusals.not_upgradable(target, live.row)
    if refusal:
        return refusal
    version = yield from _version(target, present, asked.parameters.version)
    if isinstance(version, Denied):
        return version
    return (yield from _with_values(target, live, version, asked))


def plan_rollback(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan the way back to an earlier revision."""
    live = yield from _live(target, asked.action)
    if isinstance(live, Denied):
        return live
    back = plans.chosen(live.rows, asked.parameters.revision)
    if isinstance(back, Denied):
        return back
    now, then = (
        remembered(asked.past, live.row.id, row, target.chart_name) if row else None
        for row in (running(live.rows), back)
    )
    options = asked.parameters.options
    return plans.rollback(target, live, back, Known(now, then, options))


def plan_delete(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan the end of the release, or only of Cloudpods' record of it, in whatever state it is."""
    row = yield from _row(target)
    if isinstance(row, Denied):
        return row
    is_purge = asked.parameters.way == PURGE
    if not is_purge and row.status == DELETING:
        return refusals.busy(row)
    rows = yield from _known_history(target, row, is_purge=is_purge)
    plan = plans.purge if is_purge else plans.delete
    return plan(target, row, rows)


RESET: Final = "reset-values"
OPTIONS: Final[dict[Action, tuple[str, ...]]] = {
    "deploy": (RESET,),
    "rollback": ("force", "recreate"),
}
PLANNERS: Final[Mapping[Action, Planner]] = {
    "create": plan_create,
    "deploy": plan_deploy,
    "rollback": plan_rollback,
    "delete": plan_delete,
}


def _row(target: Release) -> Flow[Row | Denied]:
    there = yield from find_all(target)
    if not there:
        return (yield from missing(target))
    return ambiguous(target, there) if len(there) > 1 else there[0]


def _known_history(target: Release, row: Row, *, is_purge: bool) -> Flow[tuple[Revision, ...]]:
    """Read the revisions; a purge does not need the cluster, which may be gone for good."""
    try:
        return (yield from read_history(target, row.id))
    except CloudRefusedError as error:
        if is_purge and is_unreachable(error.why):
            return ()
        raise


def _live(target: Release, action: Action) -> Flow[Live | Denied]:
    row = yield from _row(target)
    if isinstance(row, Denied):
        return row
    if row.status == DELETING:
        return refusals.busy(row)
    rows = yield from read_history(target, row.id)
    return refusals.under_way(row, rows, action) or Live(row, rows)


def _version(target: Release, present: Revision, version: str | None) -> Flow[str | Denied]:
    there = (yield from read_versions(target)) if version else None
    if isinstance(there, Denied):
        return there
    return plans.version_to_pin(target, present, version, there)


def _with_values(
    target: Release, live: Live, version: str, asked: Asked
) -> Flow[PlanDraft | Denied]:
    given = words_of(asked.parameters)
    shown = yield from read_first_values(target, live.row, live.rows)
    known = remembered(asked.past, live.row.id, live.present, target.chart_name)
    known = known or as_shown(shown, live.present)
    present = recorded_values(known) if shown is None else shown
    resets = RESET in asked.parameters.options
    declared = target.declared if resets else _declared(target, present)
    values = wanted(declared, given, known, present, resets=resets)
    if isinstance(values, Denied):
        return values
    return plans.deploy(target, live, Deployment(version, known, values, tuple(given)))


def _declared(target: Release, present: Values | None) -> Values | None:
    """Return what slipway.yaml declares; what only fills masks, laid over the *present* values.

    Cloudpods masks nothing, but Slipway records no secret, and so cannot send it again.
    """
    declared = target.declared
    if declared is None or present is None or not fills_masks(declared, masked(present)):
        return declared
    return merged(present, declared)
