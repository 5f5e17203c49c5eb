"""What CCE answers about a release besides its status: versions of its chart, and its values."""

from typing import Final

from bot.core.codes import Denied
from bot.core.flow import Flow
from bot.core.records import PastStep
from bot.core.system import LiveValues, Offer, Questions
from bot.systems._helm.showing import readable
from bot.systems._helm.versions import rank
from bot.systems.cce_release import plans
from bot.systems.cce_release.codes import NoSuchChart
from bot.systems.cce_release.discovery import discover
from bot.systems.cce_release.planners import chart_for
from bot.systems.cce_release.reads import (
    Absent,
    find_release,
    read_chart,
    read_chart_values,
    read_charts,
    read_release,
)
from bot.systems.cce_release.sending import check
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import Chart


def versions(target: Release) -> Flow[tuple[Offer, ...] | Denied]:
    """Read the versions of the chart that the project has."""
    name = target.chart
    if target.chart_id is not None:
        configured = yield from read_chart(target, target.chart_id)
        if configured is None:
            return Denied.of(NoSuchChart(chart=target.chart))
        name = configured.name
    charts = yield from read_charts(target)
    view = yield from read_release(target)
    runs = view.chart_version if view and view.chart_name == name else None
    found = sorted({each.version for each in charts if each.name == name}, key=rank, reverse=True)
    return tuple(Offer(version=each, is_current=each == runs) for each in found)


def values(target: Release, _: tuple[PastStep, ...]) -> Flow[LiveValues | Denied]:
    """Read the values that were set, as CCE shows them, and those of the chart that runs."""
    view = yield from find_release(target)
    if isinstance(view, Absent):
        return plans.missing(target, view.words)
    chart = yield from chart_for(target, view.chart_version, target.chart_id)
    defaults = None
    if isinstance(chart, Chart):
        defaults = yield from read_chart_values(target, chart.id)
    return LiveValues(chart=view.chart, present=readable(view.shown), defaults=readable(defaults))


QUESTIONS: Final = Questions(versions=versions, values=values, discover=discover, check=check)
