"""What an action would do to an instance, decided from what was read; no flow in here."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.core.codes import Code, Denied
from bot.core.codes.systems import (
    AlreadyRunning,
    NoPreviousRevision,
    NoSuchStrategy,
    NotGiven,
    label,
)
from bot.core.plan import Change, PlanDraft
from bot.core.records import Asked, Json
from bot.systems._huawei.codes import (
    DeletedBefore,
    Form,
    KeptStrategy,
    ScaledByHosts,
    UnknownSetting,
)
from bot.systems._huawei.drafts import scaled
from bot.systems._huawei.past_versions import past_versions, undone, way_back
from bot.systems._huawei.refusals import no_such_revision
from bot.systems._huawei.servicestage import BROKEN, RUNNING
from bot.systems._huawei.settings import Settings, read
from bot.systems._huawei.settings import changes as settings_changed
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2.artifacts import address_changes, differing, misfit
from bot.systems.servicestage_v2.codes import NoSuchInstance, ReplicaByScale
from bot.systems.servicestage_v2.modification import CONFIGURATION
from bot.systems.servicestage_v2.reads import THING, Live
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import VM, Snapshot

FORMS: Final[Mapping[str, Form]] = {
    "flavor_id": "text",
    "description": "text",
    CONFIGURATION: "object",
}
STRATEGY: Final = "strategy"
STRATEGIES: Final[Mapping[str, str]] = {"rolling": "RollingUpdate", "recreate": "Recreate"}
DEFAULT: Final = "RollingUpdate"


def deploy(live: Live, asked: Asked) -> PlanDraft | Denied:
    """Plan the way to another version, or to other settings of the present one."""
    given = asked.parameters
    version = given.version or (live.view.version if given.values else "")
    if not version:
        return Denied.of(NotGiven(what="version"))
    wanted = _wanted(live, asked)
    if isinstance(wanted, Code):
        return Denied.of(wanted)
    addresses = live.target.addresses(version) if given.version else {}  # else those of now stay
    denial = misfit(live.view, addresses)
    draft = Denied.of(denial) if denial else _deployed(live, version, addresses, wanted)
    if isinstance(draft, Denied):
        return draft
    back = undone(past_versions(asked.past), live.view.version)
    return draft.model_copy(update={"way_back": back})


def _deployed(
    live: Live, version: str, addresses: Mapping[str, str], wanted: Settings
) -> PlanDraft | Denied:
    view = live.view
    present = {name: view.address(name) for name in addresses}
    changes = (
        *differing(label("version"), view.version, version),
        *address_changes(view.artifacts, present, addresses),
        *_settings_changed(live, wanted),
    )
    is_same = (view.version, present) == (version, addresses)
    if is_same and not changes and view.word == RUNNING:
        return Denied.of(AlreadyRunning(version=version))
    step = live.present.step(
        "deploy", version=version, addresses=dict(addresses), **wanted.parameters
    )
    return PlanDraft(
        observed=live.present.observed,
        steps=(step,),
        before=view.version,
        after=version,
        changes=(*changes, *_kept_strategy(live, wanted, changes)),
    )


def _kept_strategy(live: Live, wanted: Settings, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return that the old version is stopped first, though no setting changes for it.

    An instance keeps its strategy. Its word stands on both sides, so that a plan which was approved
    with another one is void.
    """
    given = _configured(wanted).get(STRATEGY)
    applies = given if given is not None else _members(live).get(STRATEGY)
    is_told = any(each.name == label("strategy") for each in changes)
    if named(applies) != "recreate" or is_told:
        return ()
    kept = named(applies) if given is not None else KeptStrategy(word=named(applies)).reason
    return (Change(name=label("strategy"), before=kept, after=kept),)


def _strategy_changed(live: Live, wanted: Settings) -> tuple[Change, ...]:
    given = _configured(wanted).get(STRATEGY)
    before, after = named(_members(live).get(STRATEGY)), named(given)
    if given is None or before == after:
        return ()
    return (Change(name=label("strategy"), before=before, after=after),)


def named(strategy: object) -> str:
    """Return the word of a strategy as the API shows it; one that is not set is rolling."""
    kind = strategy.get("upgrade") if isinstance(strategy, dict) else None
    words = {each: word for word, each in STRATEGIES.items()}
    return words.get(kind or DEFAULT, plain(str(kind)))


def _settings_changed(live: Live, wanted: Settings) -> tuple[Change, ...]:
    """Return the settings that change; members of the configuration by their own names."""
    fields = {name: each for name, each in wanted.fields.items() if name != CONFIGURATION}
    configured = {name: each for name, each in _configured(wanted).items() if name != STRATEGY}
    members = _members(live)
    others = Settings(fields={**fields, **configured})
    told = settings_changed(Settings(env=wanted.env), members.get("env"), {})
    return (
        *_strategy_changed(live, wanted),
        *told,
        *settings_changed(others, None, {**members, **live.settings}),
    )


def _members(live: Live) -> dict[str, Json]:
    own = live.settings.get(CONFIGURATION)
    return own if isinstance(own, dict) else {}


def _configured(wanted: Settings) -> dict[str, Json]:
    given = wanted.fields.get(CONFIGURATION)
    return dict(given) if isinstance(given, dict) else {}


def _wanted(live: Live, asked: Asked) -> Settings | Code:
    """Return what is set beside the version, by the command's words and the target's strategy."""
    if "replica" in asked.parameters.values:
        return ReplicaByScale()
    words = read(asked.parameters.values, FORMS)
    if isinstance(words, Settings) and "env" in _configured(words):
        return UnknownSetting(name=f"{CONFIGURATION}.env", near=("env.NAME",))
    word = asked.parameters.strategy or live.target.strategy
    if isinstance(words, Code) or not word:
        return words
    kind = STRATEGIES.get(word)
    if kind is None:
        return NoSuchStrategy(word=word, known=tuple(STRATEGIES))
    configuration = {**_configured(words), STRATEGY: {"upgrade": kind}}
    return words.model_copy(update={"fields": {**words.fields, CONFIGURATION: configuration}})


def rollback(live: Live, snapshots: Sequence[Snapshot], asked: Asked) -> PlanDraft | Denied:
    """Plan the way back to the version that is named, or to the one that ran well before."""
    there = returnable(live, snapshots)
    older = returnable(live, _older(live, snapshots))
    known = past_versions(asked.past)
    version = asked.parameters.revision or way_back(known, live.view.version, there, older)
    if not version:
        return Denied.of(NoPreviousRevision(thing=THING))
    if version == live.view.version and live.view.word in BROKEN:
        return no_such_revision(THING, version, there, live.view.word)
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


def deleted(target: Instance) -> Denied:
    """Return the refusal for an instance that Slipway has deleted."""
    return Denied.of(
        DeletedBefore(
            thing=THING,
            id=str(target.instance_id or target.instance_name),
            is_creatable=target.create_body is not None,
            has_id=target.instance_id is not None or target.component_id is not None,
        )
    )


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
