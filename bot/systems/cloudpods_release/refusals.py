"""Why a change of a release is not planned."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.systems import BusyByStatus, NoSuchRevision, RevisionEndedBadly
from bot.core.near import nearest
from bot.core.records import Action
from bot.systems._helm.codes import BusyRevision, NoChartVersion, SameRevision
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release.codes import (
    NoRepository,
    NothingRuns,
    NotRecorded,
    OtherChart,
    ReleaseExists,
)
from bot.systems.cloudpods_release.revisions import previous, returnable, running
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import BEGUN, Revision, Row

_SHOWN: Final = 5
_NAME_MAX: Final = 128  # characters kept of what a person typed


def under_way(row: Row, rows: Sequence[Revision], action: Action) -> Denied | None:
    """Return the refusal while the release is being changed.

    Helm lets a rollback pass a pending revision, and that frees a stuck release; one that has
    nothing to go back to, a deletion frees.
    """
    if row.status in BEGUN:
        return busy(row)
    if not rows:
        return Denied.of(NotRecorded(status=plain(row.status)))
    newest = rows[0]
    ways = returnable(rows) if newest.is_pending else ()
    is_busy = newest.is_pending and (action == "deploy" or not ways)
    if not is_busy and newest.status != "uninstalling":
        return None
    back = previous(rows) if ways else None
    frees = back.text if back else ""
    busy_with = BusyRevision(
        revision=newest.text, status=newest.status, frees=frees, is_deletable=not ways
    )
    return Denied.of(busy_with)


def busy(row: Row) -> Denied:
    """Return the refusal while the release's own status says that it is being changed."""
    return Denied.of(BusyByStatus(thing="release", status=plain(row.status)))


def not_upgradable(target: Release, row: Row) -> Denied | None:
    """Return the refusal of a release that Cloudpods would upgrade from another chart, or none."""
    if row.lacks_repository:
        return Denied.of(NoRepository())
    if row.chart and row.chart != target.chart_name:
        return Denied.of(OtherChart(chart=row.chart, declared=target.chart))
    return None


def nothing_runs(newest: Revision) -> Denied:
    """Return the refusal where there is nothing to upgrade."""
    return Denied.of(NothingRuns(revision=newest.text, status=plain(newest.status)))


def exists(target: Release, row: Row) -> Denied:
    """Return the refusal for a release that is there already."""
    has_failed = row.status == "create_fail"
    return Denied.of(
        ReleaseExists(place=target.place, status=plain(row.status), has_failed=has_failed)
    )


def no_version(target: Release, version: str, there: Sequence[str]) -> Denied:
    """Return the refusal of a version that the chart has not, with the nearest that it has."""
    known = tuple(dict.fromkeys(there))
    near = nearest(version, known, most=_SHOWN) or known[:_SHOWN]
    asked = plain(version, _NAME_MAX)
    return Denied.of(NoChartVersion(chart=target.chart, version=asked, near=near))


def no_such_revision(revision: str, rows: Sequence[Revision], there: tuple[str, ...]) -> Denied:
    """Return the refusal of a rollback to *revision*, with the nearest of those *there*."""
    asked, present = plain(revision, _NAME_MAX), running(rows)
    is_newest = present is not None and present is rows[0] and not present.has_failed
    if is_newest and revision == rows[0].text:
        return Denied.of(SameRevision(revision=asked))
    near = nearest(revision, there, most=_SHOWN) or there[:_SHOWN]
    row = next((each for each in rows if each.text == revision), None)
    if row is None:
        return Denied.of(NoSuchRevision(thing="release", revision=asked, near=near))
    ended = plain(row.description or row.status)
    return Denied.of(RevisionEndedBadly(revision=asked, status=ended, near=near))
