"""What would be done to a cluster, decided from what was read; no flow in here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.core.codes import Code, Denied
from bot.core.codes.systems import AlreadyRunning, label
from bot.core.plan import Change, PlanDraft, PlannedStep
from bot.core.records import Json, Parameters
from bot.systems._wire.text import plain
from bot.systems.cce_cluster import findings, versions
from bot.systems.cce_cluster.codes import (
    AskedBefore,
    Cancelled,
    ClusterChanging,
    ClusterUnavailable,
    CriticalStage,
    LowerVersion,
    NoSuchOption,
    NotCancellable,
    NothingToRetry,
    NotOffered,
    OtherWorkflow,
    PointBusy,
    PrecheckChanged,
    SkippedRisks,
    WorkflowBusy,
    WorkflowTo,
    WrongPhase,
)
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


def begin(target: Cluster, live: Live, wanted: str) -> PlanDraft | Denied:
    """Plan a whole upgrade: no workflow is open."""
    refusal = _below(live, wanted) or unavailable(live) or upgrading(live)
    if refusal:
        return refusal
    steps = [_step("workflow", wanted), _step("precheck", wanted)]
    if target.snapshot:
        steps.append(_step("snapshot", wanted))
    upgrade = _step("upgrade", wanted, None, **_settings(target))
    last = _last(target, _step("postcheck", wanted))
    return _told(_draft(live, wanted, *steps, upgrade, *last), target, live)


def build(live: Live, wanted: str) -> str:
    """Return the exact version that *wanted* means; itself where that is not told."""
    exact = [
        each
        for each in (live.info.targets if live.info else ())
        if versions.is_exact(each) and versions.is_one_of(each, wanted)
    ]
    return max(exact, key=lambda each: versions.parsed(each) or (), default=wanted)


def proceed(
    target: Cluster,
    live: Live,
    workflow: Workflow,
    given: Parameters,
    failed: Task | None = None,
    names: Mapping[str, str] = MappingProxyType({}),
) -> PlanDraft | Denied:
    """Plan what is still to be done of an open workflow.

    *failed* is the upgrade task, where it failed; *names* are the nodes' names by their uids,
    where risks are skipped.
    """
    wanted = versions.written(versions.parsed(given.version or "") or ())
    refusal = _occupied(workflow) or (_elsewhere(workflow, wanted) if given.version else None)
    if refusal:
        return refusal
    wanted = workflow.spec.after
    match given.way:
        case "cancel":
            return _cancelled(live, workflow, wanted)
        case "skip":
            return _skipping(target, live, workflow, wanted, given.items, names)
        case "retry" | None:
            return _rest(target, live, workflow, wanted, failed)
        case other:
            return Denied.of(NoSuchOption(name=plain(other, 60)))


def _rest(
    target: Cluster, live: Live, workflow: Workflow, wanted: str, failed: Task | None
) -> PlanDraft | Denied:
    point = workflow.point(CLUSTER)
    last = _step("postcheck", wanted, workflow)
    if point.status == "Success":
        return _draft(live, wanted, last)
    if point.status == "Failed":
        if failed is None:
            return Denied.of(NothingToRetry(workflow=workflow.uid))
        again = _step("upgrade", wanted, workflow, retry=failed.uid, **_confirmed(target))
        return _draft(live, wanted, again, *_last(target, last))
    refusal = unavailable(live)
    if refusal:
        return refusal
    is_checked = workflow.point(PRECHECK).status == "Success"
    first = [] if is_checked else [_step("precheck", wanted, workflow)]
    rest = (*first, *_upgrade(target, workflow, wanted), *_last(target, last))
    return _told(_draft(live, wanted, *rest), target, live)


def _skipping(
    target: Cluster,
    live: Live,
    workflow: Workflow,
    wanted: str,
    items: tuple[str, ...],
    names: Mapping[str, str],
) -> PlanDraft | Denied:
    if workflow.point(PRECHECK).status != "Failed" or not items:
        return Denied.of(PrecheckChanged(workflow=workflow.uid))
    try:
        findings.selectors(items)
    except ValueError:
        return Denied.of(PrecheckChanged(workflow=workflow.uid))
    refusal = unavailable(live)
    if refusal:
        return refusal
    told = findings.told(items, names)
    first = _step("precheck", wanted, workflow, skip=list(items))
    last = _step("postcheck", wanted, workflow)
    rest = (first, *_upgrade(target, workflow, wanted), *_last(target, last))
    skipped = Change(name=label("skipped"), before="", after=SkippedRisks(risks=told).reason)
    planned = _told(_draft(live, wanted, *rest), target, live)
    return planned.model_copy(update={"changes": (skipped, *planned.changes)})


def _last(target: Cluster, postcheck: PlannedStep) -> tuple[PlannedStep, ...]:
    """Return the check after the upgrade, where people need not be asked for it."""
    return () if target.confirm_postcheck else (postcheck,)


def _confirmed(target: Cluster) -> dict[str, Json]:
    return {"confirm": True} if target.confirm_postcheck else {}


def _settings(target: Cluster) -> dict[str, Json]:
    return {**target.upgrade.recorded, **_confirmed(target)}


def _upgrade(target: Cluster, workflow: Workflow, wanted: str) -> list[PlannedStep]:
    is_backed_up = not target.snapshot or workflow.point(SNAPSHOT).status == "Success"
    first = [] if is_backed_up else [_step("snapshot", wanted, workflow)]
    return [*first, _step("upgrade", wanted, workflow, **_settings(target))]


def _cancelled(live: Live, workflow: Workflow, wanted: str) -> PlanDraft | Denied:
    why = not_cancellable(workflow)
    if why:
        return Denied.of(NotCancellable(workflow=workflow.uid, because=why.reason))
    return PlanDraft(
        observed=observation(live),
        steps=(_step("cancel", wanted, workflow),),
        before=WorkflowTo(version=workflow.spec.after or wanted).reason,
        after=Cancelled().reason,
    )


def not_cancellable(workflow: Workflow, *, failed: str = "") -> Code | None:
    """Return why a workflow may not be cancelled; None where it may.

    *failed* is the point whose task has just failed: the workflow may not show that yet.
    """
    busy = workflow.busy(failed)
    if busy:
        return PointBusy(point=plain(busy[0].kind), status=plain(busy[0].status) or "?")
    fitting = {"Init", "Pending", "Running"} if failed else {"Init", "Pending"}
    if workflow.phase not in fitting:
        return WrongPhase(status=plain(workflow.phase) or "?")
    return CriticalStage() if workflow.is_bound else None


def refused_offer(live: Live, wanted: str, ways: tuple[str, ...]) -> Denied | None:
    """Return the refusal of a version that is not offered; *ways* is where paths lead."""
    if live.info is None or any(versions.are_akin(each, wanted) for each in live.info.targets):
        return None
    near = versions.nearest(wanted, live.info.targets or ways, _SHOWN)
    where = {"offered": near} if live.info.targets else {"paths": near}
    return Denied.of(NotOffered(version=wanted, running=live.version, **where))


def unavailable(live: Live) -> Denied | None:
    """Return the refusal while the cluster cannot be upgraded."""
    phase, words = live.view.status.phase, live.view.why
    if phase == AVAILABLE:
        return None
    shown = plain(phase) or "?"
    if phase in CHANGING:
        return Denied.of(ClusterChanging(status=shown, words=words))
    return Denied.of(ClusterUnavailable(status=shown, words=words))


def upgrading(live: Live) -> Denied | None:
    """Return the refusal while an upgrade runs that no open workflow shows."""
    phase = live.info.status.phase if live.info else ""
    return Denied.of(ClusterChanging(status=phase)) if phase in {"Running", "Pause"} else None


def _below(live: Live, wanted: str) -> Denied | None:
    """Refuse the version that runs, unless a patch of it is offered, and every lower one."""
    now = live.version
    if versions.is_lower(wanted, now):
        return Denied.of(LowerVersion(version=wanted, running=now))
    targets = live.info.targets if live.info else ()
    if versions.is_one_of(now, wanted) and not any(
        versions.are_akin(each, wanted) and each != now for each in targets
    ):
        return Denied.of(AlreadyRunning(version=now))
    return None


def _occupied(workflow: Workflow) -> Denied | None:
    if workflow.is_known and not workflow.busy():
        return None
    return Denied.of(WorkflowBusy(workflow=workflow.uid, course=course(workflow).reason))


def _elsewhere(workflow: Workflow, wanted: str) -> Denied | None:
    there = workflow.spec.after
    if versions.is_one_of(there, wanted):
        return None
    return Denied.of(OtherWorkflow(workflow=workflow.uid, version=plain(there) or "?"))


def _draft(live: Live, wanted: str, *steps: PlannedStep) -> PlanDraft:
    return PlanDraft(
        observed=observation(live),
        steps=steps,
        before=live.version,
        after=wanted,
        changes=(Change(name=label("version"), before=live.version, after=wanted),),
    )


def _told(planned: PlanDraft, target: Cluster, live: Live) -> PlanDraft:
    """Return the plan of an upgrade with what people read of its nodes; Autopilot shows none."""
    if target.flavour == "autopilot":
        return planned
    asks = Change(name=label("postcheck"), before="", after=AskedBefore().reason)
    asked = (asks,) if target.confirm_postcheck else ()
    more = (*target.upgrade.changes(live.view.nodes), *asked)
    return planned.model_copy(update={"changes": (*planned.changes, *more)})


def _step(name: str, wanted: str, workflow: Workflow | None = None, **more: Json) -> PlannedStep:
    known: dict[str, Json] = {"workflow": workflow.uid} if workflow else {}
    return PlannedStep(name=name, parameters={"target": wanted, **known, **more})
