"""What would be done to a cluster, decided from what was read; no flow in here."""

from typing import Final

from bot.core.codes import Denied
from bot.core.plan import Change, PlanDraft, PlannedStep
from bot.core.records import Json, Parameters
from bot.systems._wire.text import plain
from bot.systems.cce_cluster import versions
from bot.systems.cce_cluster.findings import selectors
from bot.systems.cce_cluster.reads import Live, course, observation
from bot.systems.cce_cluster.target import Cluster
from bot.systems.cce_cluster.wire import (
    AVAILABLE,
    CHANGING,
    CLUSTER,
    PRECHECK,
    SNAPSHOT,
    Task,
    Workflow,
)

CANCEL, RETRY, SKIP = "cancel", "retry", "skip"
_SHOWN: Final = 5
_LATER: Final = "Try again when it has ended; /ops status shows it."


def begin(target: Cluster, live: Live, wanted: str) -> PlanDraft | Denied:
    """Plan a whole upgrade: no workflow is open."""
    refusal = _below(live, wanted) or unavailable(live) or upgrading(live)
    if refusal:
        return refusal
    steps = [_step("workflow", wanted), _step("precheck", wanted)]
    if target.snapshot:
        steps.append(_step("snapshot", wanted))
    return _draft(live, wanted, *steps, _step("upgrade", wanted), _step("postcheck", wanted))


def proceed(
    target: Cluster, live: Live, workflow: Workflow, given: Parameters, failed: Task | None
) -> PlanDraft | Denied:
    """Plan what is still to be done of an open workflow.

    *failed* is the upgrade task, where it failed.
    """
    wanted = versions.written(versions.parsed(given.version or "") or ())
    refusal = _occupied(workflow) or _elsewhere(workflow, wanted)
    if refusal:
        return refusal
    match given.way:
        case "cancel":
            return _cancelled(live, workflow, wanted)
        case "skip":
            return _skipping(target, live, workflow, wanted, given.items)
        case "retry" | None:
            return _rest(target, live, workflow, wanted, failed)
        case other:
            return _no_such_way(other)


def _rest(
    target: Cluster, live: Live, workflow: Workflow, wanted: str, failed: Task | None
) -> PlanDraft | Denied:
    point = workflow.point(CLUSTER)
    last = _step("postcheck", wanted, workflow)
    if point.status == "Success":
        return _draft(live, wanted, last)
    if point.status == "Failed":
        if failed is None:
            return _untold(workflow)
        again = _step("upgrade", wanted, workflow, retry=failed.uid, mark=failed.mark)
        return _draft(live, wanted, again, last)
    refusal = unavailable(live)
    if refusal:
        return refusal
    is_checked = workflow.point(PRECHECK).status == "Success"
    first = [] if is_checked else [_step("precheck", wanted, workflow)]
    return _draft(live, wanted, *first, *_upgrade(target, workflow, wanted), last)


def _skipping(
    target: Cluster, live: Live, workflow: Workflow, wanted: str, items: tuple[str, ...]
) -> PlanDraft | Denied:
    if workflow.point(PRECHECK).status != "Failed" or not items:
        return changed(f"the precheck of workflow {workflow.uid} does not stand as failed any more")
    try:
        selectors(items)
    except ValueError:
        return changed("what was to be skipped cannot be read")
    refusal = unavailable(live)
    if refusal:
        return refusal
    first = _step("precheck", wanted, workflow, skip=list(items))
    last = _step("postcheck", wanted, workflow)
    return _draft(live, wanted, first, *_upgrade(target, workflow, wanted), last)


def _upgrade(target: Cluster, workflow: Workflow, wanted: str) -> list[PlannedStep]:
    is_backed_up = not target.snapshot or workflow.point(SNAPSHOT).status == "Success"
    first = [] if is_backed_up else [_step("snapshot", wanted, workflow)]
    return [*first, _step("upgrade", wanted, workflow)]


def _cancelled(live: Live, workflow: Workflow, wanted: str) -> PlanDraft | Denied:
    why = not_cancellable(workflow)
    if why:
        return Denied(
            code="in_progress", reason=f"workflow {workflow.uid} cannot be cancelled: {why}",
            way_out="Go on with it, or look into CCE's console.",
        )  # fmt: skip
    return PlanDraft(
        observed=observation(live),
        steps=(_step("cancel", wanted, workflow),),
        before=f"workflow to {workflow.spec.after or wanted}",
        after="cancelled",
    )


def not_cancellable(workflow: Workflow, *, failed: str = "") -> str:
    """Return why a workflow may not be cancelled; empty where it may.

    *failed* is the point whose task has just failed: the workflow may not show that yet.
    """
    busy = workflow.busy(failed)
    if busy:
        return f"{busy[0].kind} is {busy[0].status or 'under way'}"
    fitting = {"Init", "Pending", "Running"} if failed else {"Init", "Pending"}
    if workflow.phase not in fitting:
        return f"its phase is {plain(workflow.phase) or 'unknown'}"
    return "a critical line of it was not gone to its end" if workflow.is_bound else ""


def refused_offer(live: Live, wanted: str, ways: tuple[str, ...]) -> Denied | None:
    """Return the refusal of a version that is not offered; *ways* is where paths lead."""
    if live.info is None or any(versions.are_akin(each, wanted) for each in live.info.targets):
        return None
    offered = live.info.targets
    near = ", ".join(versions.nearest(wanted, offered or ways, _SHOWN))
    if offered:
        reason = f"CCE does not offer {wanted} to a cluster of version {live.version}"
        return Denied(
            code="no_such_version", reason=reason, way_out=f"Choose one of those offered: {near}."
        )
    known = f"; from this version its paths lead to {near}" if near else ""
    return Denied(
        code="no_such_version",
        reason=f"CCE offers this cluster, of version {live.version}, no upgrade now{known}",
        way_out="Try again later; CCE offers upgrades in its own time.",
    )


def missing(target: Cluster) -> Denied:
    """Return the refusal for a cluster that is not there."""
    return Denied(
        code="not_found",
        reason=f"there is no {target.flavour} cluster {target.id}",
        way_out="Check cluster_id and flavour of the target in slipway.yaml.",
    )


def no_version(word: str) -> Denied:
    """Return the refusal of what is no version of a cluster."""
    return Denied(
        code="bad_version",
        reason=f"{plain(word, 60)!r} is no version of a cluster"
        if word
        else "no version was named",
        way_out="Name it as CCE does: v1.31, or v1.31.4-r0 for one patch.",
    )


def changed(reason: str) -> Denied:
    """Return the refusal of going on with what has gone on without us."""
    return Denied(code="changed_meanwhile", reason=reason, way_out="Ask for the upgrade again.")


def several(workflows: tuple[Workflow, ...]) -> Denied:
    """Return the refusal where it is not clear which workflow to go on with."""
    named = ", ".join(each.uid for each in workflows[:_SHOWN])
    return Denied(
        code="in_progress",
        reason=f"the cluster has {len(workflows)} open workflows: {named}",
        way_out="Cancel all but one in CCE's console.",
    )


def unavailable(live: Live) -> Denied | None:
    """Return the refusal while the cluster cannot be upgraded."""
    phase = live.view.status.phase
    if phase == AVAILABLE:
        return None
    why = f" ({live.view.why})" if live.view.why else ""
    shown = plain(phase) or "unknown"
    if phase in CHANGING:
        reason = f"CCE is changing the cluster already: it is {shown}{why}"
        return Denied(code="in_progress", reason=reason, way_out=_LATER)
    return Denied(
        code="not_available",
        reason=f"the cluster is {shown}{why}, and only an Available one can be upgraded",
        way_out="Mend it in CCE's console, then ask again.",
    )


def upgrading(live: Live) -> Denied | None:
    """Return the refusal while an upgrade runs that no open workflow shows."""
    phase = live.info.status.phase if live.info else ""
    if phase not in {"Running", "Pause"}:
        return None
    reason = f"an upgrade of the cluster is under way already ({phase})"
    return Denied(code="in_progress", reason=reason, way_out=_LATER)


def _below(live: Live, wanted: str) -> Denied | None:
    """Refuse the version that runs, unless a patch of it is offered, and every lower one."""
    now = live.version
    if versions.is_lower(wanted, now):
        reason = f"{wanted} is below {now}, which runs now, and a cluster has no way down"
        return Denied(code="no_change", reason=reason, way_out="Ask for a higher version.")
    targets = live.info.targets if live.info else ()
    if versions.is_one_of(now, wanted) and not any(
        versions.are_akin(each, wanted) and each != now for each in targets
    ):
        return Denied(
            code="no_change",
            reason=f"{now} runs already",
            way_out="Ask for a higher version; /ops status shows those that are offered.",
        )
    return None


def _occupied(workflow: Workflow) -> Denied | None:
    if workflow.is_known and not workflow.busy():
        return None
    return Denied(
        code="in_progress",
        reason=f"workflow {workflow.uid} is under way: {course(workflow)}",
        way_out=_LATER,
    )


def _elsewhere(workflow: Workflow, wanted: str) -> Denied | None:
    there = workflow.spec.after
    if versions.is_one_of(there, wanted):
        return None
    shown = plain(there) or "an unknown version"
    return Denied(
        code="in_progress",
        reason=f"workflow {workflow.uid} to {shown} is open, and a cluster has one at a time",
        way_out=f"Ask for {shown} to go on with it, or cancel it in CCE's console.",
    )


def _untold(workflow: Workflow) -> Denied:
    return Denied(
        code="in_progress",
        reason=f"the upgrade of workflow {workflow.uid} failed, but CCE shows no task to retry",
        way_out="Look into CCE's console.",
    )


def _no_such_way(name: str) -> Denied:
    return Denied(
        code="unsupported_action",
        reason=f"a cluster's upgrade cannot be gone on with by {plain(name, 60)!r}",
        way_out="Ask for the upgrade again.",
    )


def _draft(live: Live, wanted: str, *steps: PlannedStep) -> PlanDraft:
    return PlanDraft(
        observed=observation(live),
        steps=steps,
        before=live.version,
        after=wanted,
        changes=(Change(name="version", before=live.version, after=wanted),),
    )


def _step(name: str, wanted: str, workflow: Workflow | None = None, **more: Json) -> PlannedStep:
    known: dict[str, Json] = {"workflow": workflow.uid} if workflow else {}
    return PlannedStep(name=name, parameters={"target": wanted, **known, **more})
