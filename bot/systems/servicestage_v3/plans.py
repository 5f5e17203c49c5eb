"""What an action would do to a component, decided from what was read; no flow in here."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Action, Json
from bot.systems._huawei import refusals
from bot.systems._huawei.drafts import scaled, switched
from bot.systems._huawei.servicestage import CHANGING, RUNNING
from bot.systems._wire.text import plain
from bot.systems.servicestage_v3.reads import Live, observation
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import VersionRecord

NEEDED: Final = ("name", "runtime_stack", "source", "replica", "refer_resources")


def deploy(target: Component, live: Live, version: str) -> PlanDraft | Denied:
    """Plan the way to *version*."""
    url = target.url(version)
    if (live.view.version, live.view.image, live.view.word) == (version, url, RUNNING):
        return refusals.no_change(f"{version} is running already", "Ask for another version.")
    changes = (
        Change(name="version", before=live.view.version, after=version),
        Change(name="image", before=plain(live.view.image), after=url),
    )
    return PlanDraft(
        observed=observation(live),
        steps=(_step("deploy", live, version=version, url=url),),
        before=live.view.version,
        after=version,
        changes=tuple(each for each in changes if each.before != each.after),
    )


def rollback(
    live: Live, records: Sequence[VersionRecord], revision: str | None
) -> PlanDraft | Denied:
    """Plan the way back to *revision*, or to the version before the one that is live."""
    there = returnable(live, records)
    earlier = returnable(live, _older(live, records))
    if revision is None and not earlier:
        return refusals.no_previous_revision(
            "the component's records hold no earlier version that ended well"
        )
    if revision is not None and revision == live.view.version:
        return refusals.no_change(
            f"{revision} is live already", "See /ops revisions for the others."
        )
    if revision is not None and revision not in there:
        return _no_such_revision(revision, records, there)
    version = revision or earlier[0]
    is_current = revision is None and _is_just_before(version, live, records)
    how = "rollback_current" if is_current else "rollback"  # a named version is sent by its name
    return PlanDraft(
        observed=observation(live),
        steps=(_step("rollback", live, action=how, version=version),),
        before=live.view.version,
        after=version,
        changes=(Change(name="version", before=live.view.version, after=version),),
    )


def scale(live: Live, replicas: int) -> PlanDraft | Denied:
    """Plan another number of copies."""
    step = _step("scale", live, replica=replicas)
    return scaled(observation(live), step, live.view.replicas_wanted, replicas)


def switch(live: Live, action: Action) -> PlanDraft | Denied:
    """Plan a start, stop or restart."""
    return switched(
        observation(live),
        _step(action, live),
        action,
        thing="component",
        word=live.view.word,
        version=live.view.version,
    )


def create(target: Component, version: str | None) -> PlanDraft | Denied:
    """Plan a component that is not there yet."""
    body = target.create_body or {}
    missing = [name for name in NEEDED if name not in body]
    wanted = version or body.get("version")
    if missing or not isinstance(body.get("source"), dict):
        return refusals.not_creatable(
            f"the create template lacks {', '.join(missing) or 'a source'}"
        )
    if not isinstance(wanted, str):
        return Denied(
            code="usage",
            reason="neither the command nor the create template names a version",
            way_out="Name the version.",
        )
    step = PlannedStep(name="create", parameters={"version": wanted, "url": target.url(wanted)})
    return PlanDraft(
        observed=Observation(status="absent", facts={"component": target.created_name}),
        steps=(step,),
        before="absent",
        after=wanted,
        changes=(Change(name="image", before="", after=target.url(wanted)),),
    )


def exists(target: Component) -> Denied:
    """Return the refusal for a component that is there already."""
    return refusals.no_change(
        f"the application has a component {target.created_name!r} already", "Deploy to it."
    )


def missing(target: Component, code: str = "") -> Denied:
    """Return the refusal for a component that is not there; *code* is the vendor's."""
    what = target.component_id or repr(target.created_name)
    return Denied(
        code="not_found",
        reason=f"application {target.application_id} has no component {what}"
        + (f": {code}" if code else ""),
        way_out="Check the target in slipway.yaml, and whether its credentials may see it.",
    )


def under_way(live: Live, job: str = "") -> Denied | None:
    """Return the refusal while the component is being changed; *job* names a job that runs."""
    if live.view.word not in CHANGING and not job:
        return None
    what = f"job {job} runs on it" if job else f"its status is {live.view.word}"
    return refusals.in_progress("component", what)


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


def _is_just_before(version: str, live: Live, records: Sequence[VersionRecord]) -> bool:
    """Whether `rollback_current` means *version*: no other record lies between.

    A component that was rolled back cannot be rolled back again that way.
    """
    newest = records[0] if records else None
    if newest is None or not _is_live(newest, live) or newest.was_returned_to:
        return False
    others = [row.version for row in records if not _is_live(row, live)]
    return others[:1] == [version]


def _step(name: str, live: Live, **parameters: Json) -> PlannedStep:
    return PlannedStep(name=name, parameters={"component_id": str(live.view.id), **parameters})


def _no_such_revision(
    revision: str, records: Sequence[VersionRecord], there: tuple[str, ...]
) -> Denied:
    ended = next((row.status for row in records if row.version == revision), None)
    why = "is not in the component's records" if ended is None else f"did not end well ({ended})"
    return refusals.no_such_revision(revision, why, there)
