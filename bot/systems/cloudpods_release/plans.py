"""What an action would do to a release, decided from what was read; no flow in here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from bot.core.codes import Denied
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Json, PastStep
from bot.systems._helm.changes import kept_facts, value_changes
from bot.systems._helm.choice import Wanted, is_same, kept, recorded_values
from bot.systems._helm.values import Values, changes, masked
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release import refusals
from bot.systems.cloudpods_release.remembered_values import for_later
from bot.systems.cloudpods_release.revisions import previous, returnable, running
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import DEPLOYED, Revision, Row

NEWEST: Final = "the newest version"


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


def version_to_pin(
    target: Release, present: Revision, version: str | None, there: Sequence[str] | None
) -> str | Denied:
    """Return the version to send, always: without one Cloudpods takes the newest there is."""
    runs = present.version(target.chart_name)
    wanted = version or runs
    if not wanted:
        return Denied(
            code="usage",
            reason="Cloudpods does not tell which chart version runs",
            way_out="Name the chart's version.",
        )
    return (
        wanted
        if there is None or wanted in {runs, *there}
        else refusals.no_version(target, wanted, there)
    )


def created_version(
    target: Release, version: str | None, there: Sequence[str] | None
) -> str | Denied:
    """Return the version to create with: asked for, of the template, or the newest release."""
    wanted = version or (target.creation.version if target.creation else None)
    if wanted is None:
        releases = [each for each in there or () if "-" not in each]
        return max(releases, key=_rank, default="")
    return (
        wanted if there is None or wanted in there else refusals.no_version(target, wanted, there)
    )


def deploy(
    target: Release,
    live: Live,
    version: str,
    known: PastStep | None,
    wanted: Wanted,
    words: Iterable[str],
) -> PlanDraft | Denied:
    """Plan the way to *version* with the *wanted* values; *known* tells those that run."""
    present = live.present
    runs, before = present.version(target.chart_name), recorded_values(known)
    if wanted.is_sent and not wanted.values and before != {}:
        return Denied(
            code="bad_values",
            reason="Cloudpods takes empty values for none, so those that run would stay",
            way_out="Declare at least one value in slipway.yaml, or leave `values:` out.",
        )
    keeps_values = not wanted.is_sent or is_same(before, wanted.values)
    if version == runs and keeps_values and live.newest.status == DEPLOYED:
        what = "these values" if tuple(words) else version
        return refusals.no_change(
            f"{what} is deployed already", "Ask for another version, or set a value."
        )
    step = _step("deploy", target, live, known, version=version, **wanted.parameters)
    return PlanDraft(
        observed=observation(target, live, kept_facts(wanted, words)),
        steps=(step,),
        before=runs,
        after=f"{version}, other values" if version == runs and wanted.is_sent else version,
        changes=(*_differing("version", runs, version), *value_changes(wanted, before)),
    )


def rollback(
    target: Release, live: Live, back: Revision, known: PastStep | None, then: PastStep | None
) -> PlanDraft:
    """Plan the way back to revision *back*, whose values *then* tells, as far as anybody knows."""
    present = live.present
    runs, version = present.version(target.chart_name), back.version(target.chart_name)
    step = _step(
        "rollback",
        target,
        live,
        known,
        revision=back.number,
        version=version,
        **kept(then).parameters,
    )
    now, later = recorded_values(known), recorded_values(then)
    told = changes(now, later) if now is not None and later is not None else ()
    return PlanDraft(
        observed=observation(target, live),
        steps=(step,),
        before=f"{runs or '?'} (revision {present.number})",
        after=f"{version or '?'} (revision {back.number})",
        changes=(*_differing("version", runs, version), *_freed(live), *told),
    )


def delete(target: Release, row: Row, rows: Sequence[Revision]) -> PlanDraft:
    """Plan the end of the release, whether or not Helm has a record of it."""
    parameters: dict[str, Json] = {"release_id": row.id, "failure": _failure(row)}
    if not rows:
        return PlanDraft(
            observed=Observation(status=plain(row.status), facts=facts(target, row, rows)),
            steps=(PlannedStep(name="delete", parameters=parameters),),
            before=plain(row.status) or "?",
            after="deleted",
        )
    live = Live(row, tuple(rows))
    return PlanDraft(
        observed=observation(target, live),
        steps=(PlannedStep(name="delete", parameters={**parameters, "above": rows[0].number}),),
        before=live.present.version(target.chart_name) or "?",
        after="deleted",
        changes=_freed(live),
    )


def create(target: Release, version: str, values: Values) -> PlanDraft:
    """Plan a release that is not there yet; without a version Cloudpods takes the newest."""
    given = Wanted(is_sent=bool(values), words={}, values=masked(values)).parameters
    step = PlannedStep(name="create", parameters={"version": version, **given})
    chart = Change(name="chart", before="", after=f"{target.chart} {version or NEWEST}")
    return PlanDraft(
        observed=Observation(status="absent", facts={"release": target.place}),
        steps=(step,),
        before="absent",
        after=version or NEWEST,
        changes=(chart, *changes({}, values)),
    )


def chosen(rows: Sequence[Revision], revision: str | None) -> Revision | Denied:
    """Return the revision that a rollback goes to, or why it cannot."""
    if revision is None:
        return previous(rows) or Denied(
            code="no_previous_revision",
            reason="the release has no earlier revision that ended well",
            way_out="Deploy the version that you want.",
        )
    there = {row.text: row for row in returnable(rows)}
    return there.get(revision) or refusals.no_such_revision(revision, rows, tuple(there))


def observation(target: Release, live: Live, more: Mapping[str, str] | None = None) -> Observation:
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


def facts(target: Release, row: Row, rows: Sequence[Revision]) -> dict[str, str]:
    """Return what people read of a release."""
    newest, present = (rows[0], running(rows)) if rows else (None, None)
    told = {
        "release": target.place,
        "chart": plain(present.chart) if present else "",
        "revision": present.text if present else "",
        "updated": plain(present.updated) if present else "",
        "newest": _newest(newest) if newest and newest is not present else "",
        "cloudpods": plain(row.status) if row.status != DEPLOYED else "",
    }
    return {name: text for name, text in told.items() if text}


def _newest(row: Revision) -> str:
    words = f": {row.description}" if row.description else ""
    return plain(f"revision {row.number} is {row.status or '?'}{words}")


def _freed(live: Live) -> tuple[Change, ...]:
    """Say that a pending revision is passed over: somebody's change may be at work on it."""
    if not live.newest.is_pending:
        return ()
    before = f"{live.newest.status} since {plain(live.newest.updated) or '?'}"
    after = "passed over, even if somebody's change still runs"
    return (Change(name=f"revision {live.newest.number}", before=before, after=after),)


def _step(
    name: str,
    target: Release,
    live: Live,
    known: PastStep | None,
    **parameters: Json,
) -> PlannedStep:
    later = for_later(live.row.id, live.newest, live.present, target.chart_name, known)
    told: dict[str, Json] = {**later, "failure": _failure(live.row), **parameters}
    return PlannedStep(name=name, parameters=told)


def _failure(row: Row) -> str:
    """Return how a task of Cloudpods' ended badly before: its word stays until a sync."""
    return plain(row.status) if row.status.endswith("_fail") else ""


def _differing(name: str, before: str, after: str) -> tuple[Change, ...]:
    return () if before == after else (Change(name=name, before=before, after=after),)


def _rank(version: str) -> tuple[int, ...]:
    core = version.removeprefix("v").partition("+")[0]
    return tuple(int(part) if part.isascii() and part.isdigit() else 0 for part in core.split("."))
