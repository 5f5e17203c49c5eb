"""Why a change of a release is not planned."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.commands import nearest
from bot.core.records import Action
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release.revisions import previous, running
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import BEGUN, DELETING, Revision, Row

_SHOWN: Final = 5


def under_way(row: Row, rows: Sequence[Revision], action: Action) -> Denied | None:
    """Return the refusal while the release is being changed.

    Helm lets a rollback pass a pending revision, and that frees a stuck release.
    """
    if row.status in BEGUN:
        return _in_progress(f"its status is {row.status}", "")
    if not rows:
        return Denied(
            code="not_found",
            reason=f"Helm has no record of the release, whose status is {plain(row.status) or '?'}",
            way_out="See /ops status. A failed installation can be removed with /ops delete.",
        )
    if rows[0].is_pending and action == "deploy":
        back = previous(rows)
        free = f" If it is stuck, a rollback to revision {back.number} frees it." if back else ""
        return _in_progress(f"revision {rows[0].number} is {rows[0].status}", free)
    if rows[0].status == "uninstalling":
        return _in_progress(f"revision {rows[0].number} is uninstalling", "")
    return None


def deleting(row: Row) -> Denied | None:
    """Return the refusal while the release is being deleted, if it is."""
    return _in_progress(f"its status is {DELETING}", "") if row.status == DELETING else None


def not_upgradable(target: Release, row: Row) -> Denied | None:
    """Return the refusal of a release that Cloudpods would upgrade from another chart, or none."""
    if row.lacks_repository:
        return Denied(
            code="no_repository",
            reason="Cloudpods found this release in the cluster and knows no chart repository of "
            "it, so it cannot upgrade it",
            way_out="Upgrade it with Helm, or create it anew through Cloudpods.",
        )
    if row.chart and row.chart != target.chart_name:
        return Denied(
            code="no_such_chart",
            reason=f"the release was made from chart {row.chart}, and an upgrade keeps to that; "
            f"slipway.yaml says {target.chart}",
            way_out="Correct `chart:` of the target in slipway.yaml.",
        )
    return None


def nothing_runs(newest: Revision) -> Denied:
    """Return the refusal where there is nothing to upgrade."""
    what = f"revision {newest.number} is {plain(newest.status) or '?'}"
    return Denied(
        code="not_found",
        reason=f"nothing runs that could be upgraded: {what}",
        way_out="Delete the release, then create it.",
    )


def exists(target: Release, row: Row) -> Denied:
    """Return the refusal for a release that is there already."""
    has_failed = row.status == "create_fail"
    way_out = "Delete it first." if has_failed else "Deploy to it."
    return no_change(f"{target.place} is there already, {plain(row.status) or '?'}", way_out)


def no_version(target: Release, version: str, there: Sequence[str]) -> Denied:
    """Return the refusal of a version that the chart has not, with the nearest that it has."""
    known = tuple(dict.fromkeys(there))
    near = nearest(version, known, most=_SHOWN) or known[:_SHOWN]
    way_out = f"Choose one of {', '.join(near)}." if near else "Name another version."
    reason = f"chart {target.chart} has no version {plain(version, 128)}"
    return Denied(code="no_such_version", reason=reason, way_out=way_out)


def no_such_revision(revision: str, rows: Sequence[Revision], there: tuple[str, ...]) -> Denied:
    """Return the refusal of a rollback to *revision*, with the nearest of those *there*."""
    present = running(rows)
    if present is not None and present is rows[0] and revision == present.text:
        return no_change(f"revision {revision} is live already", "See /ops revisions for others.")
    row = next((each for each in rows if each.text == revision), None)
    ended = plain(row.description or row.status) if row else ""
    why = f"did not end well: {ended or '?'}" if row else "is not among the release's revisions"
    near = nearest(revision, there, most=_SHOWN) or there[:_SHOWN]
    way_out = f"Choose one of {', '.join(near)}." if near else "Deploy the version that you want."
    return Denied(
        code="no_such_revision", reason=f"revision {plain(revision, 40)} {why}", way_out=way_out
    )


def no_change(reason: str, way_out: str) -> Denied:
    """Return the refusal of what is so already."""
    return Denied(code="no_change", reason=reason, way_out=way_out)


def _in_progress(what: str, more: str) -> Denied:
    return Denied(
        code="in_progress",
        reason=f"Cloudpods is changing the release already: {what}",
        way_out=f"Try again when it has ended; /ops status shows it.{more}",
    )
