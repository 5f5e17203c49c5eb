"""What an action would do to an instance, decided from what was read; no flow in here."""

from collections.abc import Sequence

from bot.core.codes import Denied
from bot.core.plan import Change, PlanDraft, PlannedStep
from bot.core.records import Action, Json, PastStep
from bot.systems._huawei import refusals
from bot.systems._huawei.drafts import scaled, switched
from bot.systems._huawei.servicestage import CHANGING, RUNNING
from bot.systems.servicestage_v2.artifacts import address_changes, differing, misfit
from bot.systems.servicestage_v2.reads import Live, observation
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import VM, Snapshot


def deploy(target: Instance, live: Live, version: str) -> PlanDraft | Denied:
    """Plan the way to *version*."""
    wanted = target.addresses(version)
    denial = misfit(live.view, wanted)
    if denial:
        return denial
    present = {name: live.view.address(name) for name in wanted}
    if (live.view.version, present, live.view.word) == (version, wanted, RUNNING):
        return refusals.no_change(f"{version} is running already", "Ask for another version.")
    return PlanDraft(
        observed=observation(live),
        steps=(_step("deploy", live, version=version, addresses=dict(wanted)),),
        before=live.view.version,
        after=version,
        changes=(
            *differing("version", live.view.version, version),
            *address_changes(live.view.artifacts, present, wanted),
        ),
    )


def rollback(
    live: Live, snapshots: Sequence[Snapshot], revision: str | None, past: Sequence[PastStep]
) -> PlanDraft | Denied:
    """Plan the way back to *revision*, or to what was there before the live version."""
    there = returnable(live, snapshots)
    earlier = returnable(live, _older(live, snapshots, past))
    if revision is None and not earlier:
        return refusals.no_previous_revision(
            "the instance's snapshots hold no version from before the one that is live"
        )
    version = revision or earlier[0]
    if version == live.view.version:
        return refusals.no_change(
            f"{version} is live already", "See /ops revisions for the others."
        )
    if version not in there:
        why = "is not in the instance's snapshots"
        return refusals.no_such_revision(version, why, there)
    return PlanDraft(
        observed=observation(live),
        steps=(_step("rollback", live, version=version),),
        before=live.view.version,
        after=version,
        changes=(Change(name="version", before=live.view.version, after=version),),
    )


def scale(live: Live, replicas: int) -> PlanDraft | Denied:
    """Plan another number of copies."""
    if live.view.platform_type == VM:
        return Denied(
            code="unsupported_action",
            reason="the instance runs on ECS: it is scaled by naming hosts, not by a number",
            way_out="Scale it in ServiceStage's console.",
        )
    step = _step("scale", live, replica=replicas)
    return scaled(observation(live), step, live.view.status_detail.replica, replicas)


def switch(live: Live, action: Action) -> PlanDraft | Denied:
    """Plan a start, stop or restart."""
    return switched(
        observation(live),
        _step(action, live),
        action,
        thing="instance",
        word=live.view.word,
        version=live.view.version,
    )


def missing(target: Instance, code: str = "") -> Denied:
    """Return the refusal for an instance that is not there; *code* is the vendor's."""
    component = target.component_id or repr(target.component_name)
    instance = target.instance_id or repr(target.instance_name)
    return Denied(
        code="not_found",
        reason=f"application {target.application_id} has no component {component} "
        f"with an instance {instance}" + (f": {code}" if code else ""),
        way_out="Check the target in slipway.yaml, and whether its credentials may see it.",
    )


def under_way(live: Live, job: str = "") -> Denied | None:
    """Return the refusal while the instance is being changed; *job* names a job that runs."""
    if live.view.word not in CHANGING and not job:
        return None
    what = f"job {job} runs on it" if job else f"its status is {live.view.word}"
    return refusals.in_progress("instance", what)


def returnable(live: Live, snapshots: Sequence[Snapshot]) -> tuple[str, ...]:
    """Return the versions that a rollback may name, newest first."""
    others = (each.version for each in snapshots if each.version != live.view.version)
    return tuple(dict.fromkeys(filter(None, others)))


def _older(
    live: Live, snapshots: Sequence[Snapshot], past: Sequence[PastStep]
) -> Sequence[Snapshot]:
    """Return what may have run before the live version.

    Snapshots newer than the live version's are what a rollback has left, and no way back leads
    there; unless Slipway itself deployed that version again after them.
    """
    places = [at for at, each in enumerate(snapshots) if each.version == live.view.version]
    if not places or _was_deployed_last(live, past):
        return snapshots
    return snapshots[places[-1] + 1 :]


def _was_deployed_last(live: Live, past: Sequence[PastStep]) -> bool:
    newest = next((each for each in past if each.name in {"deploy", "rollback"}), None)
    if newest is None or newest.name != "deploy":
        return False
    return newest.parameters.get("version") == live.view.version


def _step(name: str, live: Live, **parameters: Json) -> PlannedStep:
    ids: dict[str, Json] = {
        "component_id": live.place.component,
        "instance_id": live.place.instance,
    }
    return PlannedStep(name=name, parameters={**ids, **parameters})
