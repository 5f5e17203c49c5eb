"""What an action would do to a release, decided from what was read; no flow in here."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from bot.core.codes import Code, Denied, Reason, Value
from bot.core.codes.systems import Absent, AlreadyRunning, NoPreviousRevision, label
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Json, PastStep
from bot.systems._helm import values as helm
from bot.systems._helm.changes import kept_facts, value_changes
from bot.systems._helm.choice import Wanted, is_same, kept, recorded_values
from bot.systems._helm.codes import Deleted, OtherValues, SameValues, VersionAt
from bot.systems._helm.differences import changes
from bot.systems._helm.versions import rank
from bot.systems._wire.text import plain
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release import refusals
from bot.systems.cloudpods_release.codes import (
    EmptyValues,
    Forgotten,
    NewestVersion,
    PassedOver,
    PendingSince,
    RevisionState,
    VersionUnread,
)
from bot.systems.cloudpods_release.deletions import PURGE
from bot.systems.cloudpods_release.remembered_values import for_later
from bot.systems.cloudpods_release.revisions import previous, returnable, running
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import DEPLOYED, Revision, Row

_UNKNOWN: Final = "?"


class Live(NamedTuple):
    """A release as it was read: its row, and its history, newest first, which is not empty."""

    row: Row
    rows: tuple[Revision, ...]

    @property
    def newest(self) -> Revision:
        """The revision that was made last, whether or not it runs."""
        return self.rows[0]

    @property
    def present(self) -> Revision:
        """The revision that runs; the newest, where none does."""
        return running(self.rows) or self.newest


class Deployment(NamedTuple):
    """What is to be deployed."""

    version: str
    known: PastStep | None  # tells the values that run
    values: Wanted
    words: tuple[str, ...]  # keys of the values that were typed now


class Known(NamedTuple):
    """The steps that tell the values of two revisions, as far as anybody knows them; and how."""

    now: PastStep | None
    then: PastStep | None
    options: tuple[str, ...] = ()  # of the vendor's own


def version_to_pin(
    target: Release, present: Revision, version: str | None, there: Sequence[str] | None
) -> str | Denied:
    """Return the version to send, always: without one Cloudpods takes the newest there is."""
    runs = present.version(target.chart_name)
    wanted = version or runs
    if not wanted:
        return Denied.of(VersionUnread())
    if there is None or wanted in {runs, *there}:
        return wanted
    return refusals.no_version(target, wanted, there)


def created_version(
    target: Release, version: str | None, there: Sequence[str] | None
) -> str | Denied:
    """Return the version to create with: asked for, of the template, or the newest release."""
    wanted = version or (target.creation.version if target.creation else None)
    if wanted is None:
        releases = [each for each in there or () if "-" not in each]
        return max(releases, key=rank, default="")
    if there is None or wanted in there:
        return wanted
    return refusals.no_version(target, wanted, there)


def deploy(target: Release, live: Live, to: Deployment) -> PlanDraft | Denied:
    """Plan the way to the version with its values."""
    runs, before = live.present.version(target.chart_name), recorded_values(to.known)
    values = to.values
    if values.is_sent and not values.values and before != {}:
        return Denied.of(EmptyValues())
    keeps_values = not values.is_sent or is_same(before, values.values)
    if to.version == runs and keeps_values and live.newest.status == DEPLOYED:
        return Denied.of(SameValues() if to.words else AlreadyRunning(version=to.version))
    step = _step("deploy", target, live, to.known, version=to.version, **values.parameters)
    is_same_version = to.version == runs and values.is_sent
    return PlanDraft(
        observed=observation(target, live, kept_facts(values, to.words)),
        steps=(step,),
        before=verbatim(runs),
        after=OtherValues(version=runs).reason if is_same_version else verbatim(to.version),
        changes=(*_other_version(runs, to.version), *value_changes(values, before)),
    )


def rollback(target: Release, live: Live, back: Revision, known: Known) -> PlanDraft:
    """Plan the way back to revision *back*."""
    runs, version = (row.version(target.chart_name) for row in (live.present, back))
    then = kept(known.then).parameters
    where: dict[str, Json] = {"revision": back.number, "version": version}
    if known.options:
        where["options"] = list(known.options)
    step = _step("rollback", target, live, known.now, **where, **then)
    now, later = recorded_values(known.now), recorded_values(known.then)
    told = changes(now, later) if now is not None and later is not None else ()
    return PlanDraft(
        observed=observation(target, live),
        steps=(step,),
        before=VersionAt(version=runs, revision=live.present.text).reason,
        after=VersionAt(version=version, revision=back.text).reason,
        changes=(*_other_version(runs, version), *_freed(live), *_optional(known), *told),
    )


def delete(target: Release, row: Row, rows: Sequence[Revision]) -> PlanDraft:
    """Plan the end of the release, whether or not Helm has a record of it."""
    live = Live(row, tuple(rows)) if rows else None
    above = {"above": live.newest.number} if live else {"status": plain(row.status)}
    step = PlannedStep(name="delete", parameters={"release_id": row.id, **above})
    return _end(target, row, rows, step).model_copy(
        update={"after": Deleted().reason, "changes": _freed(live) if live else ()}
    )


def purge(target: Release, row: Row, rows: Sequence[Revision]) -> PlanDraft:
    """Plan to take the release out of Cloudpods' records, whatever runs in the cluster."""
    step = PlannedStep(name=PURGE, parameters={"release_id": row.id})
    return _end(target, row, rows, step)


def create(target: Release, version: str, values: helm.Values) -> PlanDraft:
    """Plan a release that is not there yet; without a version Cloudpods takes the newest."""
    given = Wanted(is_sent=bool(values), words={}, values=helm.masked(values)).parameters
    others = target.creation.others if target.creation else {}
    step = PlannedStep(name="create", parameters={"version": version, "others": others, **given})
    chart = verbatim(f"{target.chart} {version}") if version else _newest_of(target.chart)
    return PlanDraft(
        observed=Observation(status="absent", facts={"release": verbatim(target.place)}),
        steps=(step,),
        before=Absent().reason,
        after=verbatim(version) if version else _newest_of(),
        changes=(
            Change(name=label("chart"), before="", after=chart),
            *(_given(name, value) for name, value in others.items()),
            *changes({}, values),
        ),
    )


def _given(name: str, value: Json) -> Change:
    """Return what the vendor's own body says besides, by the vendor's own key."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Change(name=verbatim(name), before="", after=verbatim(text))


def chosen(rows: Sequence[Revision], revision: str | None) -> Revision | Denied:
    """Return the revision that a rollback goes to, or why it cannot."""
    if revision is None:
        return previous(rows) or Denied.of(NoPreviousRevision(thing="release"))
    there = {row.text: row for row in returnable(rows)}
    return there.get(revision) or refusals.no_such_revision(revision, rows, tuple(there))


def observation(
    target: Release, live: Live, more: Mapping[str, Value] | None = None
) -> Observation:
    """Return what people and plans need of the live state.

    What runs is not the newest revision while that one failed or hangs.
    """
    present = running(live.rows)
    return Observation(
        revision=present.text if present else None,
        status=plain(live.newest.status),
        last_task=live.newest.text,
        facts={**facts(target, live.row, live.rows), **(more or {})},
    )


def facts(target: Release, row: Row, rows: Sequence[Revision]) -> dict[str, Value]:
    """Return what people read of a release."""
    newest, present = (rows[0], running(rows)) if rows else (None, None)
    told = {
        "release": target.place,
        "chart": present.chart if present else "",
        "revision": present.text if present else "",
        "updated": present.updated if present else "",
        "cloudpods": row.status if row.status != DEPLOYED else "",
    }
    shown: dict[str, Value] = {name: verbatim(text) for name, text in told.items() if plain(text)}
    if newest and newest is not present:
        shown["newest"] = _state(newest).reason
    return shown


def _end(target: Release, row: Row, rows: Sequence[Revision], step: PlannedStep) -> PlanDraft:
    present = running(rows)
    shown = present or (rows[0] if rows else None)
    version = shown.version(target.chart_name) if shown else row.status
    return PlanDraft(
        observed=Observation(
            revision=present.text if present else None,
            status=plain(row.status),  # Cloudpods' own, which tells how deletions end
            last_task=rows[0].text if rows else None,
            facts=facts(target, row, rows),
        ),
        steps=(step,),
        before=verbatim(version or _UNKNOWN),
        after=Forgotten().reason,
    )


def _optional(known: Known) -> tuple[Change, ...]:
    shown = ", ".join(known.options)
    return (Change(name=label("options"), before="", after=shown),) if shown else ()


def _state(row: Revision) -> Code:
    status, words = plain(row.status), plain(row.description)
    return RevisionState(revision=row.text, status=status, words=words)


def _newest_of(chart: str = "") -> Reason:
    return NewestVersion(chart=chart).reason


def _freed(live: Live) -> tuple[Change, ...]:
    """Say that a pending revision is passed over: somebody's change may be at work on it."""
    newest = live.newest
    if not newest.is_pending:
        return ()
    before = PendingSince(status=newest.status, since=plain(newest.updated))
    name = label("revision", of=newest.text)
    return (Change(name=name, before=before.reason, after=PassedOver().reason),)


def _step(
    name: str,
    target: Release,
    live: Live,
    known: PastStep | None,
    **parameters: Json,
) -> PlannedStep:
    later = for_later(live.row.id, live.newest, live.present, target.chart_name, known)
    told: dict[str, Json] = {**later, **parameters}
    return PlannedStep(name=name, parameters=told)


def _other_version(before: str, after: str) -> tuple[Change, ...]:
    if before == after:
        return ()
    return (Change(name=label("version"), before=verbatim(before), after=verbatim(after)),)
