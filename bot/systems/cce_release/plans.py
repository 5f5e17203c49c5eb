"""What an action would do to a release, decided from what was read; no flow in here."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.commands import nearest
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Action, Json
from bot.systems._helm.changes import cut, kept_facts, value_changes
from bot.systems._helm.choice import Wanted, is_same
from bot.systems._helm.values import Values, changes, masked
from bot.systems._wire.text import plain
from bot.systems.cce_release.reads import observation
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import DELETING, DEPLOYED, PENDING, Chart, ReleaseView

_SHOWN: Final = 5


def under_way(view: ReleaseView, action: Action) -> Denied | None:
    """Return the refusal while the release is being changed.

    CCE declines a rollback then as it declines an upgrade; only a deletion frees what is stuck.
    """
    is_pending = view.status in PENDING and action != "delete"
    if not is_pending and view.status != DELETING:
        return None
    stuck = " A release that is stuck can be deleted with /ops delete." if is_pending else ""
    return Denied(
        code="in_progress",
        reason=f"CCE is changing the release already: revision {view.version} is {view.status}",
        way_out=f"Try again when it has ended; /ops status shows it.{stuck}",
    )


def deploy(
    view: ReleaseView, chart: Chart, wanted: Wanted, before: Values | None, words: Iterable[str]
) -> PlanDraft | Denied:
    """Plan the way to *chart* with the *wanted* values; *before* are the present ones."""
    is_same_chart = (view.chart_name, view.chart_version) == (chart.name, chart.version)
    keeps_values = not wanted.is_sent or is_same(before, wanted.values)
    if is_same_chart and keeps_values and view.status == DEPLOYED:
        what = "these values are" if tuple(words) else f"{chart.version} is"
        return no_change(f"{what} deployed already", "Ask for another version, or set a value.")
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
        after=f"{chart.version}, other values" if only_values else chart.version,
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
        before=f"{view.chart_version} (revision {view.version})",
        after=f"{back.chart_version} (revision {back.version})",
        changes=(*_chart_changes(view, chart), *cut(told)),
    )


def delete(view: ReleaseView) -> PlanDraft:
    """Plan the end of the release."""
    return PlanDraft(
        observed=observation(view),
        steps=(_step("delete", view, status=plain(view.status)),),
        before=view.chart_version,
        after="deleted",
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
        observed=Observation(status="absent", facts={"release": _named(target)}),
        steps=(step,),
        before="absent",
        after=chart.version,
        changes=(Change(name="chart", before="", after=chart.shown), *cut(changes({}, values))),
    )


def returnable(view: ReleaseView, rows: Sequence[ReleaseView]) -> tuple[ReleaseView, ...]:
    """Return the revisions that a rollback may name, newest first."""
    return tuple(row for row in rows if row.version != view.version and row.is_returnable)


def previous(view: ReleaseView, rows: Sequence[ReleaseView]) -> ReleaseView | None:
    """Return the revision before the present one: never what a rollback has just left."""
    origin = view.rolled_back_to or view.version
    return next((row for row in returnable(view, rows) if row.version < origin), None)


def chart_at(
    charts: Sequence[Chart], name: str, version: str, *, is_needed_for: str = ""
) -> Chart | Denied:
    """Return the chart of this name and version, or the refusal with the nearest there are."""
    named = [each for each in charts if each.name == name]
    found = [each for each in named if each.version == version]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(each.id for each in found)
        return Denied(
            code="ambiguous",
            reason=f"several charts are {name} {version}: {ids}",
            way_out="Name the chart's id in slipway.yaml (chart:).",
        )
    purpose = f", which {is_needed_for} needs" if is_needed_for else ""
    if not named:
        near = _near(name, [each.name for each in charts])
        reason = f"no chart is called {name}{purpose}"
        return _no_chart(reason, near, "Check `chart:` in slipway.yaml, or upload the chart.")
    near = _near(version, [each.version for each in named])
    return Denied(
        code="no_such_version",
        reason=f"chart {name} has no version {version}{purpose}",
        way_out=f"Choose one of {', '.join(near)}.",
    )


def no_such_chart(chart_id: str) -> Denied:
    """Return the refusal for a chart id that CCE does not know."""
    return _no_chart(f"no chart has the id {chart_id}", (), "Check `chart:` in slipway.yaml.")


def exists(target: Release, view: ReleaseView) -> Denied:
    """Return the refusal for a release that is there already."""
    return no_change(f"{_named(target)} is there already, as {view.chart}", "Deploy to it.")


def missing(target: Release, told: str) -> Denied:
    """Return the refusal for a release that is not there; *told* is what CCE says to that."""
    words = f": {told}" if told else ""
    return Denied(
        code="not_found",
        reason=f"cluster {target.cluster_id} has no release {_named(target)}{words}",
        way_out="Check the target in slipway.yaml, and whether its credentials may see it.",
    )


def no_such_revision(revision: str, view: ReleaseView, rows: Sequence[ReleaseView]) -> Denied:
    """Return the refusal of a rollback to *revision*, with the nearest that there are."""
    if revision == view.revision:
        return no_change(f"revision {revision} is live already", "See /ops revisions for others.")
    ended = next((row.status for row in rows if row.revision == revision), None)
    why = "is not among the release's revisions" if ended is None else f"is {plain(ended) or '?'}"
    near = _near(revision, [row.revision for row in returnable(view, rows)])
    known = f"Choose one of {', '.join(near)}." if near else "Deploy the version that you want."
    return Denied(code="no_such_revision", reason=f"revision {revision} {why}", way_out=known)


def no_previous_revision() -> Denied:
    """Return the refusal of a rollback that has nowhere to go."""
    return Denied(
        code="no_previous_revision",
        reason="the release has no earlier revision that ended well",
        way_out="Deploy the version that you want.",
    )


def no_change(reason: str, way_out: str) -> Denied:
    """Return the refusal of what is so already."""
    return Denied(code="no_change", reason=reason, way_out=way_out)


def _no_chart(reason: str, near: Sequence[str], otherwise: str) -> Denied:
    way_out = f"Choose one of {', '.join(near)}." if near else otherwise
    return Denied(code="no_such_chart", reason=reason, way_out=way_out)


def _near(word: str, known: Iterable[str]) -> tuple[str, ...]:
    there = tuple(dict.fromkeys(known))
    return nearest(word, there, most=_SHOWN) or there[:_SHOWN]


def _named(target: Release) -> str:
    return f"{target.namespace}/{target.release}"


def _step(name: str, view: ReleaseView, **parameters: Json) -> PlannedStep:
    return PlannedStep(name=name, parameters={"present": view.version, **parameters})


def _chart_changes(view: ReleaseView, chart: Chart) -> tuple[Change, ...]:
    told = (
        Change(name="chart", before=view.chart_name, after=chart.name),
        Change(name="version", before=view.chart_version, after=chart.version),
    )
    return tuple(each for each in told if each.before != each.after)
