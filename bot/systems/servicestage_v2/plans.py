"""What an action would do to an instance, decided from what was read; no flow in here."""

from collections.abc import Sequence

from bot.core.codes import Denied
from bot.core.codes.systems import AlreadyRunning, NoPreviousRevision, NotGiven, label
from bot.core.plan import Change, PlanDraft
from bot.core.records import Asked
from bot.systems._huawei.drafts import scaled
from bot.systems._huawei.past_versions import past_versions, way_back
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


def rollback(live: Live, snapshots: Sequence[Snapshot], asked: Asked) -> PlanDraft | Denied:
    """Plan the way back to the version that is named, or to the one that ran well before."""
    there = returnable(live, snapshots)
    older = returnable(live, _older(live, snapshots))
    known = past_versions(asked.past)
    version = asked.parameters.revision or way_back(known, live.view.version, there, older)
    if not version:
        return Denied.of(NoPreviousRevision(thing=THING))
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


def _older(live: Live, snapshots: Sequence[Snapshot]) -> Sequence[Snapshot]:
    """Return what may have run before the live version, as far as the snapshots tell.

    Those newer than the live version's are what a rollback has left.
    """
    places = [at for at, each in enumerate(snapshots) if each.version == live.view.version]
    return snapshots[places[-1] + 1 :] if places else snapshots
