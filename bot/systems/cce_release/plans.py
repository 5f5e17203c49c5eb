"""What an action would do to a release, decided from what was read; no flow in here."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.systems import (
    Absent,
    AlreadyRunning,
    NoSuchRevision,
    RevisionEndedBadly,
    label,
)
from bot.core.near import nearest
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Action, Json
from bot.systems._helm.changes import cut, kept_facts, value_changes
from bot.systems._helm.choice import Wanted, is_same
from bot.systems._helm.codes import (
    BusyRevision,
    Deleted,
    NoChartVersion,
    OtherValues,
    SameRevision,
    SameValues,
    VersionAt,
)
from bot.systems._helm.differences import changes
from bot.systems._helm.lineage import Entry, origin, taken_back
from bot.systems._helm.values import Values, masked
from bot.systems._wire.text import plain
from bot.systems.cce_release.codes import NoSuchChart, NoSuchRelease, SeveralCharts
from bot.systems.cce_release.reads import observation
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import BAD, DELETING, DEPLOYED, PENDING, Chart, ReleaseView

_SHOWN: Final = 5


def under_way(view: ReleaseView, action: Action) -> Denied | None:
    """Return the refusal while the release is being changed.

    CCE declines a rollback then as it declines an upgrade; only a deletion frees what is stuck.
    """
    is_pending = view.status in PENDING and action != "delete"
    if not is_pending and view.status != DELETING:
        return None
    return Denied.of(
        BusyRevision(revision=view.revision, status=view.status, is_deletable=is_pending)
    )


def deploy(
    view: ReleaseView, chart: Chart, wanted: Wanted, before: Values | None, words: Iterable[str]
) -> PlanDraft | Denied:
    """Plan the way to *chart* with the *wanted* values; *before* are the present ones."""
    is_same_chart = (view.chart_name, view.chart_version) == (chart.name, chart.version)
    keeps_values = not wanted.is_sent or is_same(before, wanted.values, wanted.part)
    if is_same_chart and keeps_values and view.status == DEPLOYED:
        return Denied.of(SameValues() if tuple(words) else AlreadyRunning(version=chart.version))
    step = _step(
        "deploy",
        view,
        action="upgrade",
        chart_id=chart.id,
        chart_name=chart.name,
        chart_version=chart.version,
        **wanted.parameters,
    )
    only_values = is_same_chart and wanted.is_sent
    return PlanDraft(
        observed=observation(view, kept_facts(wanted, words)),
        steps=(step,),
        before=view.chart_version,
        after=OtherValues(version=chart.version).reason if only_values else chart.version,
        changes=(*_chart_changes(view, chart), *value_changes(wanted, before)),
    )


def rollback(view: ReleaseView, back: ReleaseView, chart: Chart, kept: Wanted) -> PlanDraft:
    """Plan the way back to revision *back*, which *chart* was installed from."""
    step = _step(
        "rollback",
        view,
        action="rollback",
        release_version=back.version,
        chart_id=chart.id,
        chart_name=chart.name,
        chart_version=chart.version,
        **kept.parameters,
    )
    now, then = view.shown, back.shown
    told = changes(now, then) if now is not None and then is not None else ()
    return PlanDraft(
        observed=observation(view),
        steps=(step,),
        before=VersionAt(version=view.chart_version, revision=view.revision).reason,
        after=VersionAt(version=back.chart_version, revision=back.revision).reason,
        changes=(*_chart_changes(view, chart), *cut(told)),
    )


def delete(view: ReleaseView) -> PlanDraft:
    """Plan the end of the release."""
    return PlanDraft(
        observed=observation(view),
        steps=(_step("delete", view, status=plain(view.status)),),
        before=view.chart_version,
        after=Deleted().reason,
    )


def create(target: Release, chart: Chart, values: Values) -> PlanDraft:
    """Plan a release that is not there yet."""
    step = PlannedStep(
        name="create",
        parameters={
            "chart_id": chart.id,
            "chart_name": chart.name,
            "chart_version": chart.version,
            **Wanted(is_sent=True, words={}, values=masked(values)).parameters,
        },
    )
    return PlanDraft(
        observed=Observation(status="absent", facts={"release": target.place}),
        steps=(step,),
        before=Absent().reason,
        after=chart.version,
        changes=(
            Change(name=label("chart"), before="", after=chart.shown),
            *cut(changes({}, values)),
        ),
    )


def returnable(view: ReleaseView, rows: Sequence[ReleaseView]) -> tuple[ReleaseView, ...]:
    """Return the revisions that a rollback may name, newest first."""
    return tuple(row for row in rows if row.version != view.version and row.is_returnable)


def previous(view: ReleaseView, rows: Sequence[ReleaseView]) -> ReleaseView | None:
    """Return the revision before the present one: never what a rollback has left, at any time."""
    others = [row for row in rows if row.version != view.version]
    entries = tuple(_entry(row) for row in (view, *others))
    first, left = origin(entries, view.version), taken_back(entries)
    if view.rolled_back_to is not None:
        first = min(first, view.rolled_back_to)  # which may have been pruned
    there = (row for row in returnable(view, rows) if row.version not in left)
    return next((row for row in there if row.version < first), None)


def chart_at(
    charts: Sequence[Chart], name: str, version: str, *, needed_for: str = ""
) -> Chart | Denied:
    """Return the chart of this name and version, or the refusal with the nearest there are."""
    named = [each for each in charts if each.name == name]
    found = [each for each in named if each.version == version]
    if len(found) == 1:
        return found[0]
    if found:
        ids = tuple(each.id for each in found)
        return Denied.of(SeveralCharts(chart=name, version=version, ids=ids))
    if not named:
        near = _near(name, [each.name for each in charts])
        return Denied.of(NoSuchChart(chart=name, near=near, needed_for=needed_for))
    near = _near(version, [each.version for each in named])
    return Denied.of(NoChartVersion(chart=name, version=version, near=near, needed_for=needed_for))


def missing(target: Release, words: str) -> Denied:
    """Return the refusal for a release that is not there; *words* are what CCE says to that."""
    return Denied.of(NoSuchRelease(cluster=str(target.cluster_id), place=target.place, words=words))


def no_such_revision(revision: str, view: ReleaseView, rows: Sequence[ReleaseView]) -> Denied:
    """Return the refusal of a rollback to *revision*, with the nearest that there are."""
    if revision == view.revision and view.status not in BAD:
        return Denied.of(SameRevision(revision=revision))
    ended = next((row.status for row in rows if row.revision == revision), None)
    near = _near(revision, [row.revision for row in returnable(view, rows)])
    if ended is None:
        return Denied.of(NoSuchRevision(thing="release", revision=revision, near=near))
    status = plain(ended) or "?"
    return Denied.of(RevisionEndedBadly(revision=revision, status=status, near=near))


def _entry(row: ReleaseView) -> Entry:
    back = row.rolled_back_to
    return Entry(row.version, row.is_returnable, is_rollback=back is not None, returned_to=back)


def _near(word: str, known: Iterable[str]) -> tuple[str, ...]:
    there = tuple(dict.fromkeys(known))
    return nearest(word, there, most=_SHOWN) or there[:_SHOWN]


def _step(name: str, view: ReleaseView, **parameters: Json) -> PlannedStep:
    return PlannedStep(name=name, parameters={"present": view.version, **parameters})


def _chart_changes(view: ReleaseView, chart: Chart) -> tuple[Change, ...]:
    told = (
        Change(name=label("chart"), before=view.chart_name, after=chart.name),
        Change(name=label("version"), before=view.chart_version, after=chart.version),
    )
    return tuple(each for each in told if each.before != each.after)
