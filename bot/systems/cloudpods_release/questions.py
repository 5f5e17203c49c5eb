"""What Cloudpods answers about a release besides its status: chart versions, and its values."""

from typing import Final

from bot.core.codes import Denied
from bot.core.flow import Flow
from bot.core.records import PastStep
from bot.core.system import LiveValues, Offer, Questions
from bot.systems._helm.choice import recorded_values
from bot.systems._helm.showing import readable
from bot.systems._helm.versions import rank
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release.discovery import discover
from bot.systems.cloudpods_release.reads import (
    ambiguous,
    find,
    find_all,
    missing,
    read_chart_values,
    read_first_values,
    read_history,
    read_versions,
)
from bot.systems.cloudpods_release.remembered_values import remembered
from bot.systems.cloudpods_release.revisions import running
from bot.systems.cloudpods_release.target import Release


def versions(target: Release) -> Flow[tuple[Offer, ...] | Denied]:
    """Read the versions of the chart that its repository has."""
    there = yield from read_versions(target)
    if isinstance(there, Denied):
        return there
    row = yield from find(target)
    present = running((yield from read_history(target, row.id))) if row else None
    runs = present.version(target.chart_name) if present else ""
    found = sorted(dict.fromkeys(there or ()), key=rank, reverse=True)
    return tuple(Offer(version=plain(each), is_current=each == runs) for each in found)


def values(target: Release, past: tuple[PastStep, ...]) -> Flow[LiveValues | Denied]:
    """Read the values that run, as far as anybody knows them, and those of the chart.

    Cloudpods shows them until the first upgrade; afterwards Slipway tells what it sent itself.
    """
    there = yield from find_all(target)
    if not there:
        return (yield from missing(target))
    if len(there) > 1:
        return ambiguous(target, there)
    rows = yield from read_history(target, there[0].id)
    present = running(rows)
    version = present.version(target.chart_name) if present else ""
    shown = (yield from read_first_values(target, there[0], rows)) if rows else None
    if shown is None and present is not None:
        known = remembered(past, there[0].id, present, target.chart_name)
        shown = recorded_values(known)
    defaults = yield from read_chart_values(target, version)
    chart = plain(f"{target.chart} {version or '?'}")
    return LiveValues(chart=chart, present=readable(shown), defaults=readable(defaults))


QUESTIONS: Final = Questions(versions=versions, values=values, discover=discover)
