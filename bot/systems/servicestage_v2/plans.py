"""What an action would do to an instance, decided from what was read; no flow in here."""

from collections.abc import Sequence

from bot.core.codes import Denied
from bot.core.codes.systems import AlreadyRunning, NoPreviousRevision, NotGiven, label
from bot.core.plan import Change, PlanDraft
from bot.core.records import Asked, PastStep
from bot.systems._huawei.drafts import scaled
from bot.systems._huawei.refusals import no_such_revision
from bot.systems._huawei.servicestage import RUNNING
from bot.systems.servicestage_v2.artifacts import address_changes, differing, misfit
from bot.systems.servicestage_v2.codes import NoSuchInstance, ScaledByHosts
from bot.systems.servicestage_v2.reads import THING, Live
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import VM, Snapshot


def deploy(live: Live, asked: Asked) -> PlanDraft | Denied:
    """Plan the way to another version."""
    version, view = asked.parameters.version, live.view
    if not version:
        return Denied.of(NotGiven(what="version"))
    wanted = live.target.addresses(version)
    denial = misfit(view, wanted)
    if denial:
        return Denied.of(denial)
    present = {name: view.address(name) for name in wanted}
    if (view.version, present, view.word) == (version, wanted, RUNNING):
        return Denied.of(AlreadyRunning(version=version))
    return PlanDraft(
        observed=live.present.observed,
        steps=(live.present.step("deploy", version=version, addresses=dict(wanted)),),
        before=view.version,
        after=version,
        changes=(
            *differing(label("version"), view.version, version),
            *address_changes(view.artifacts, present, wanted),
        ),
    )


def rollback(
    live: Live, snapshots: Sequence[Snapshot], revision: str | None, past: Sequence[PastStep]
) -> PlanDraft | Denied:
    """Plan the way back to *revision*, or to what was there before the live version."""
    there = returnable(live, snapshots)
    earlier = returnable(live, _older(live, snapshots, past))
    if revision is None and not earlier:
        return Denied.of(NoPreviousRevision(thing=THING))
    version = revision or earlier[0]
    if version == live.view.version:
        return Denied.of(AlreadyRunning(version=version))
    if version not in there:
        return no_such_revision(THING, version, there)
    return PlanDraft(
        observed=live.present.observed,
        steps=(live.present.step("rollback", version=version),),
        before=live.view.version,
        after=version,
        changes=(Change(name=label("version"), before=live.view.version, after=version),),
    )


def scale(live: Live, asked: Asked) -> PlanDraft | Denied:
    """Plan another number of copies."""
    if live.view.platform_type == VM:
        return Denied.of(ScaledByHosts())
    return scaled(live.present, asked)


def missing(target: Instance, code: str = "") -> Denied:
    """Return the refusal for an instance that is not there; *code* is the vendor's."""
    return Denied.of(
        NoSuchInstance(
            application=str(target.application_id),
            component=str(target.component_id or target.component_name),
            instance=str(target.instance_id or target.instance_name),
            code=code,
        )
    )


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
