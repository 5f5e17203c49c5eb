"""What an action would do to a component, decided from what was read; no flow in here."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.core.codes import Code, Denied
from bot.core.codes.systems import (
    Absent,
    AlreadyRunning,
    AlreadyThere,
    NoPreviousRevision,
    NoSuchStrategy,
    NotGiven,
    TemplateLacks,
    TemplateMisfit,
    label,
)
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Asked
from bot.systems._huawei.codes import DeletedBefore, Form, KeptStrategy, ScaledByHosts
from bot.systems._huawei.drafts import scaled
from bot.systems._huawei.past_versions import past_versions, undone, way_back
from bot.systems._huawei.refusals import no_such_revision
from bot.systems._huawei.servicestage import BROKEN, RUNNING
from bot.systems._huawei.settings import Settings, read
from bot.systems._huawei.settings import changes as settings_changed
from bot.systems._wire.text import plain
from bot.systems.servicestage_v3.codes import GrayWithoutMode, NoSuchComponent
from bot.systems.servicestage_v3.gray import WAYS, in_the_way, is_gray, proceed
from bot.systems.servicestage_v3.reads import THING, Live
from bot.systems.servicestage_v3.strategy import body, is_strategy, named
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import VersionRecord, View

STRATEGY: Final = "deploy_strategy"
FORMS: Final[Mapping[str, Form]] = {
    **dict.fromkeys(("limit_cpu", "limit_memory", "request_cpu", "request_memory"), "number"),
    "replica": "count",
    **dict.fromkeys(("description", "jvm_opts", "timezone"), "text"),
    **dict.fromkeys(("liveness_probe", "readiness_probe", "post_start", "pre_stop"), "object"),
    **dict.fromkeys(("command", "custom_metric", "mesher", "tomcat_opts"), "object"),
    "update_strategy": "object",
    **dict.fromkeys(("external_accesses", "labels", "logs", "storages"), "list"),
    **dict.fromkeys(("affinity", "anti_affinity"), "object_or_list"),
}
NEEDED: Final = ("name", "runtime_stack", "source", "replica", "refer_resources")


def deploy(live: Live, asked: Asked) -> PlanDraft | Denied:
    """Plan the way to another version, or to other settings of the present one."""
    if asked.parameters.way in WAYS:
        return proceed(live, asked)
    version = asked.parameters.version or (live.view.version if asked.parameters.values else "")
    wanted = _wanted(live, asked)
    refusal = in_the_way(live) or (None if version else Denied.of(NotGiven(what="version")))
    if refusal:
        return refusal
    if isinstance(wanted, Code):
        return Denied.of(wanted)
    url = live.target.url(version) if asked.parameters.version else ""  # else that of now stays
    draft = _deployed(live, version, url, wanted)
    if isinstance(draft, Denied):
        return draft
    back = undone(past_versions(asked.past), live.view.version)
    return draft.model_copy(update={"way_back": back})


def _deployed(live: Live, version: str, url: str, wanted: Settings) -> PlanDraft | Denied:
    view, image = live.view, plain(live.view.image)
    changed = (
        Change(name=label("version"), before=view.version, after=version),
        Change(name=label("image"), before=image, after=url or image),
        *_settings_changed(live, wanted),
    )
    changes = tuple(each for each in changed if each.before != each.after)
    if not changes and view.word == RUNNING:
        return Denied.of(AlreadyRunning(version=version))
    step = live.present.step("deploy", version=version, url=url, **wanted.parameters)
    return PlanDraft(
        observed=live.present.observed,
        steps=(step,),
        before=view.version,
        after=version,
        changes=(*changes, *_kept_strategy(live, wanted, changes)),
    )


def _kept_strategy(live: Live, wanted: Settings, changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the gray release that it will be, though no setting changes for it.

    ServiceStage keeps the strategy of the last deployment. Its word stands on both sides, so that
    a plan which was approved with another one is void.
    """
    applies = {STRATEGY: wanted.fields.get(STRATEGY, live.settings.get(STRATEGY))}
    if not is_gray(applies) or any(each.name == label("strategy") for each in changes):
        return ()
    word = named(applies[STRATEGY])
    kept = word if STRATEGY in wanted.fields else KeptStrategy(word=word).reason
    return (Change(name=label("strategy"), before=kept, after=kept),)


def _settings_changed(live: Live, wanted: Settings) -> tuple[Change, ...]:
    """Return the settings that change; a strategy by its word."""
    fields = {name: each for name, each in wanted.fields.items() if name != STRATEGY}
    others = settings_changed(Settings(env=wanted.env, fields=fields), live.envs, live.settings)
    if STRATEGY not in wanted.fields:
        return others
    before, after = named(live.settings.get(STRATEGY)), named(wanted.fields[STRATEGY])
    return (Change(name=label("strategy"), before=before, after=after), *others)


def _wanted(live: Live, asked: Asked) -> Settings | Code:
    """Return what is set beside the version, by the command's words and the target's strategy."""
    words = read(asked.parameters.values, FORMS)
    word = asked.parameters.strategy or live.target.strategy
    if isinstance(words, Code) or not word:
        return words
    if not is_strategy(word):
        return NoSuchStrategy(word=word, known=("one-batch", "rolling:3", "gray:20%"))
    present = live.settings.get(STRATEGY)
    strategy = body(word, present, live.target.gray_release)
    if strategy is None:
        return GrayWithoutMode()
    return words.model_copy(update={"fields": {**words.fields, STRATEGY: strategy}})


def rollback(live: Live, records: Sequence[VersionRecord], asked: Asked) -> PlanDraft | Denied:
    """Plan the way back to the version that is named, or to the one that ran well before."""
    revision = asked.parameters.revision
    there = returnable(live, records)
    older = returnable(live, _older(live, records))
    version = revision or way_back(past_versions(asked.past), live.view.version, there, older)
    if not version:
        return Denied.of(NoPreviousRevision(thing=THING))
    if revision is not None and revision == live.view.version and live.view.word in BROKEN:
        return no_such_revision(THING, revision, there, live.view.word)
    if revision is not None and revision == live.view.version:
        return Denied.of(AlreadyRunning(version=revision))
    if revision is not None and revision not in there:
        ended = next((row.status for row in records if row.version == revision), None)
        return no_such_revision(THING, revision, there, ended)
    how = "rollback_current" if _is_current(version, live, records, asked) else "rollback"
    return PlanDraft(
        observed=live.present.observed,
        steps=(live.present.step("rollback", action=how, version=version),),
        before=live.view.version,
        after=version,
        changes=(Change(name=label("version"), before=live.view.version, after=version),),
    )


def scale(live: Live, asked: Asked) -> PlanDraft | Denied:
    """Plan another number of copies."""
    if live.view.is_on_hosts:
        return Denied.of(ScaledByHosts())
    return scaled(live.present, asked)


def create(target: Component, version: str | None) -> PlanDraft | Denied:
    """Plan a component that is not there yet."""
    template = target.create_body or {}
    missing = tuple(name for name in NEEDED if name not in template)
    wanted = version or template.get("version")
    if missing:
        return Denied.of(TemplateLacks(fields=missing))
    if not isinstance(template.get("source"), dict):
        return Denied.of(TemplateMisfit(field="source", wanted="object"))
    if not isinstance(wanted, str):
        return Denied.of(NotGiven(what="version"))
    step = PlannedStep(name="create", parameters={"version": wanted, "url": target.url(wanted)})
    return PlanDraft(
        observed=Observation(status="absent", facts={THING: target.created_name}),
        steps=(step,),
        before=Absent().reason,
        after=wanted,
        changes=(Change(name=label("image"), before="", after=target.url(wanted)),),
    )


def exists(found: View) -> Denied:
    """Return the refusal for a component that is there already."""
    return Denied.of(AlreadyThere(thing=THING, name=found.name or str(found.id)))


def missing(target: Component, code: str = "") -> Denied:
    """Return the refusal for a component that is not there; *code* is the vendor's."""
    return Denied.of(
        NoSuchComponent(
            application=str(target.application_id),
            component=str(target.component_id or target.created_name),
            code=code,
        )
    )


def deleted(target: Component) -> Denied:
    """Return the refusal for a component that Slipway has deleted."""
    return Denied.of(
        DeletedBefore(
            thing=THING,
            id=str(target.component_id or target.created_name),
            is_creatable=target.create_body is not None,
            has_id=target.component_id is not None,
        )
    )


def returnable(live: Live, records: Sequence[VersionRecord]) -> tuple[str, ...]:
    """Return the versions that a rollback may name, newest first.

    A record counts unless it failed, has not ended, or is what the component shows now.
    """
    kept = [row.version for row in records if row.is_usable and not _is_live(row, live)]
    return tuple(dict.fromkeys(kept))


def _is_live(row: VersionRecord, live: Live) -> bool:
    return row.version == live.view.version if live.view.version else row.current_used


def _older(live: Live, records: Sequence[VersionRecord]) -> Sequence[VersionRecord]:
    """Return what is older than the live record: never what a rollback has just left."""
    places = [place for place, row in enumerate(records) if _is_live(row, live)]
    if not places:
        return records
    was_returned_to = records[places[0]].was_returned_to
    return records[(places[-1] if was_returned_to else places[0]) + 1 :]


def _is_current(version: str, live: Live, records: Sequence[VersionRecord], asked: Asked) -> bool:
    """Whether `rollback_current` is the way to *version*; a named one is sent by its name.

    In a gray release it is, as the vendor says: what ran before still runs beside the new one.
    """
    is_named, waits = asked.parameters.revision is not None, live.present.waits
    if is_named and not waits:
        return False
    return (waits and not is_named) or _is_just_before(version, live, records)


def _is_just_before(version: str, live: Live, records: Sequence[VersionRecord]) -> bool:
    """Whether `rollback_current` means *version*: no other record lies between.

    A component that was rolled back cannot be rolled back again that way.
    """
    newest = records[0] if records else None
    if newest is None or not _is_live(newest, live) or newest.was_returned_to:
        return False
    others = [row.version for row in records if not _is_live(row, live)]
    return others[:1] == [version]
