"""What a release's history means: what runs, what can be returned to, and whose a revision is.

Source: https://github.com/helm/helm/tree/v3.4.1/pkg/action, which Cloudpods is built with.
"""

import re
from collections.abc import Sequence
from typing import Final

from bot.core.codes import Reason
from bot.core.codes.systems import Differs
from bot.core.plan import PlannedStep
from bot.core.records import PastStep
from bot.systems._helm.codes import OtherKind
from bot.systems._helm.lineage import Entry, origin, taken_back
from bot.systems.cloudpods_release.wire import DEPLOYED, FAILED, SUPERSEDED, Revision

_UPGRADES: Final = re.compile(r"upgrade complete|preparing upgrade|upgrade \"", re.IGNORECASE)


def running(rows: Sequence[Revision]) -> Revision | None:
    """Return the revision that runs and that an upgrade is based on; *rows* are newest first."""
    deployed = next((row for row in rows if row.status == DEPLOYED), None)
    if deployed is not None or not rows:
        return deployed
    return rows[0] if rows[0].status in {FAILED, SUPERSEDED} else None


def returnable(rows: Sequence[Revision]) -> tuple[Revision, ...]:
    """Return the revisions that a rollback may name, newest first.

    What runs is one of them while something newer failed or hangs: it is the way out of that.
    """
    present = running(rows)
    return tuple(
        row for row in rows if row.is_usable and (row is not present or row is not rows[0])
    )


def previous(rows: Sequence[Revision]) -> Revision | None:
    """Return where a rollback goes that names nothing: what ran well before.

    After something that failed or hangs that is what runs; after a rollback, its own goal. What
    any rollback has left, or was to leave, it never is.
    """
    if not rows:
        return None
    newest, present, entries = rows[0], running(rows), _entries(rows)
    left = taken_back(entries)
    there = [row for row in returnable(rows) if row.number not in left]
    if newest.is_rollback and not newest.is_usable:
        goals = [row for row in there if _may_be_goal(row, newest)]
        return next(iter(goals or there), None)
    if present is not None and present is not newest and present in there:
        return present
    first = origin(entries, (present or newest).number)
    return next((row for row in there if row.number < first), None)


def newer(rows: Sequence[Revision], number: int) -> tuple[Revision, ...]:
    """Return the revisions above *number*, newest first."""
    return tuple(row for row in rows if row.number > number)


def contradiction(row: Revision, step: PlannedStep | PastStep, chart: str) -> Reason | None:
    """Return what speaks against *row* having been made by *step*, if anything does."""
    wanted, shown = str(step.parameters.get("version")), row.version(chart)
    if shown != wanted:
        return Differs(what="version", theirs=shown or "?", ours=wanted).reason
    if step.name == "rollback":
        return _other_rollback(row, step)
    if not row.is_rollback:
        return None
    return OtherKind(kind="rollback", revision=str(row.returned_to or "")).reason


def _other_rollback(row: Revision, step: PlannedStep | PastStep) -> Reason | None:
    if _UPGRADES.match(row.description):
        return OtherKind(kind="upgrade").reason
    wanted = step.parameters.get("revision")
    if row.returned_to is None or row.returned_to == wanted:
        return None
    there = str(row.returned_to)
    return OtherKind(kind="rollback", revision=there, ours=str(wanted)).reason


def _entries(rows: Sequence[Revision]) -> tuple[Entry, ...]:
    return tuple(Entry(row.number, row.is_usable, row.is_rollback, row.returned_to) for row in rows)


def _may_be_goal(row: Revision, broken: Revision) -> bool:
    """Whether *broken*, a rollback, was to bring *row* back: a failed one tells the chart only."""
    if broken.returned_to is not None:
        return row.number == broken.returned_to
    return row.chart == broken.chart
