"""What each action reads of a release, and the plan that comes of it."""

from bot.core.codes import Denied
from bot.core.codes.systems import AlreadyThere, NoPreviousRevision, NoTemplate, NotGiven
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.plan import PlanDraft, WayBack
from bot.core.records import Asked, PastStep
from bot.systems._helm.choice import kept, maker, recorded_values, wanted
from bot.systems._helm.word_types import words_of
from bot.systems.cce_release import plans
from bot.systems.cce_release.codes import NoSuchChart, NothingAsked
from bot.systems.cce_release.options import RESET, with_options
from bot.systems.cce_release.reads import (
    Absent,
    find_release,
    read_chart,
    read_charts,
    read_history,
)
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import BAD, Chart, ReleaseView


def create(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan a release that is not there yet, after its template."""
    view = yield from find_release(target)
    if isinstance(view, ReleaseView):
        return Denied.of(AlreadyThere(thing="release", name=target.place))
    template = target.creation
    if template is None:
        return Denied.of(NoTemplate())
    version = asked.parameters.version or template.version
    chart = yield from chart_for(target, version, target.created_chart_id)
    if isinstance(chart, Denied):
        return chart
    return plans.create(target, chart, target.created_values)


def deploy(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan another version, other values, or both."""
    view = yield from _changeable(target, asked)
    if isinstance(view, Denied):
        return view
    given = asked.parameters
    if given.version is None and not given.values:
        return Denied.of(NothingAsked())
    made_by = _maker(asked, view)
    words = words_of(given)
    values = wanted(
        target.declared,
        words,
        made_by,
        view.shown,
        mode=target.values_mode,
        resets=RESET in given.options,
    )
    if isinstance(values, Denied):
        return values
    version = given.version or view.chart_version
    chart = yield from chart_for(target, version, target.chart_id)
    if isinstance(chart, Denied):
        return chart
    before = recorded_values(made_by) or view.shown
    draft = plans.deploy(view, chart, values, before, words)
    if isinstance(draft, Denied):
        return draft
    back = yield from _undone(target, view)
    return with_options(draft.model_copy(update={"way_back": back}), target, given)


def rollback(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan the way back to the revision that is named, or to the one before."""
    view = yield from _changeable(target, asked)
    if isinstance(view, Denied):
        return view
    rows = yield from read_history(target)
    back = _revision(asked.parameters.revision, view, rows)
    if isinstance(back, Denied):
        return back
    charts = yield from read_charts(target)
    chart = plans.chart_at(
        charts, back.chart_name, back.chart_version, needed_for=f"revision {back.version}"
    )
    if isinstance(chart, Denied):
        return chart
    draft = plans.rollback(view, back, chart, kept(_maker(asked, back)))
    return with_options(draft, target, asked.parameters)


def _undone(target: Release, view: ReleaseView) -> Flow[WayBack | None]:
    """Return where a rollback leads of what replaces *view*: not to it where it had failed."""
    if view.status not in BAD:
        return None
    try:
        rows = yield from read_history(target)
    except CloudRefusedError:
        return WayBack()
    row = plans.previous(view, rows)
    return WayBack(revision=row.revision, version=row.chart_version) if row else WayBack()


def delete(target: Release, asked: Asked) -> Flow[PlanDraft | Denied]:
    """Plan the end of the release."""
    view = yield from _changeable(target, asked)
    return view if isinstance(view, Denied) else plans.delete(view)


def _changeable(target: Release, asked: Asked) -> Flow[ReleaseView | Denied]:
    """Read the release, unless it is not there or is being changed."""
    view = yield from find_release(target)
    if isinstance(view, Absent):
        return plans.missing(target, view.words)
    return plans.under_way(view, asked.action) or view


def _revision(
    named: str | None, view: ReleaseView, rows: tuple[ReleaseView, ...]
) -> ReleaseView | Denied:
    if named is None:
        return plans.previous(view, rows) or Denied.of(NoPreviousRevision(thing="release"))
    there = {row.revision: row for row in plans.returnable(view, rows)}
    return there.get(named) or plans.no_such_revision(named, view, rows)


def _maker(asked: Asked, view: ReleaseView) -> PastStep | None:
    """Return the step of ours that made this revision; one of another chart did not."""
    step = maker(asked.past, view.revision)
    is_its = step is not None and step.parameters.get("chart_version") == view.chart_version
    return step if is_its else None


def chart_for(target: Release, version: str | None, chart_id: str | None) -> Flow[Chart | Denied]:
    """Find the chart to install: the configured one, or its like of another version."""
    name = target.chart
    if chart_id is not None:
        configured = yield from read_chart(target, chart_id)
        if configured is None or (target.chart_id is None and configured.name != name):
            return Denied.of(NoSuchChart(chart=chart_id if configured is None else name))
        if version in {None, configured.version}:
            return configured
        name = configured.name
    if version is None:
        return Denied.of(NotGiven(what="version"))
    charts = yield from read_charts(target)
    return plans.chart_at(charts, name, version)
