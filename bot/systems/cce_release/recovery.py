"""Finds what a lost call did: a revision that is new, of the right time and content, and alone."""

from typing import Final

from bot.core.codes import Code
from bot.core.codes.systems import Differs
from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._helm.choice import recorded_values
from bot.systems._helm.codes import (
    DeletionIsOurs,
    NoRelease,
    OtherKind,
    OtherValue,
    RevisionContradicted,
    RevisionIsOurs,
    SeveralRevisions,
    StillAtRevision,
    StillThere,
    Untimed,
    Untimely,
)
from bot.systems._helm.masks import is_masked, leaves
from bot.systems._helm.values import Values
from bot.systems._wire.text import plain
from bot.systems._wire.timing import is_in_window
from bot.systems.cce_release.reads import read_history, read_release
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import DELETING, ReleaseView

_ABSENT: Final = object()


def deletion(revision: str) -> RemoteTask:
    """Return the remote task of a deletion; its API names none."""
    return RemoteTask(id=f"deletion-of-{revision}")


def recover(target: Release, sent: SentStep) -> Flow[Recovery]:
    """Read the release and its revisions; adopt the new one if all of it fits."""
    view = yield from read_release(target)
    if sent.work.step.name == "delete":
        return _deleted(view, sent)
    if view is None:
        return NothingFound(reason=NoRelease().reason)
    before = int(sent.observed.revision or 0)
    if view.version <= before:
        return NothingFound(reason=StillAtRevision(revision=view.revision).reason)
    rows = yield from read_history(target)
    known = {row.version: row for row in rows} | {view.version: view}
    fresh = [row for version, row in sorted(known.items()) if version > before]
    if len(fresh) > 1 or view.version > before + 1:
        several = SeveralRevisions(revisions=tuple(row.revision for row in fresh))
        return NothingFound(reason=several.reason, may_be_ours=True)
    return _judged(fresh[0], sent)


def _deleted(view: ReleaseView | None, sent: SentStep) -> Recovery:
    """What was asked for is so: nobody else's deletion would leave anything else."""
    revision = sent.observed.revision or "?"
    task = deletion(revision)
    if view is None:
        return Adopted(task=task, evidence=DeletionIsOurs(id=revision).reason)
    if view.status == DELETING and view.revision == revision:
        return Adopted(task=task, evidence=DeletionIsOurs(id=revision, status=DELETING).reason)
    return NothingFound(reason=StillThere(status=plain(view.status)).reason)


def _judged(row: ReleaseView, sent: SentStep) -> Recovery:
    """Adopt *row*, the only new revision, unless something speaks against its being ours."""
    doubt = _contradiction(row, sent)
    if doubt or row.changed_at is None:
        by = (doubt or Untimed()).reason
        reason = RevisionContradicted(revision=row.revision, by=by).reason
        return NothingFound(reason=reason)
    evidence = RevisionIsOurs(
        revision=row.revision,
        before=sent.observed.revision or "?",
        made=row.changed_at,
        permitted=sent.permitted_at,
        words=row.chart,
    )
    return Adopted(task=RemoteTask(id=row.revision), evidence=evidence.reason)


def _contradiction(row: ReleaseView, sent: SentStep) -> Code | None:
    """Return what speaks against *row* being ours; None where nothing does."""
    step = sent.work.step
    wanted = (str(step.parameters["chart_name"]), str(step.parameters["chart_version"]))
    if (row.chart_name, row.chart_version) != wanted:
        return Differs(what="chart", theirs=row.chart, ours=" ".join(wanted))
    if row.changed_at is None:
        return Untimed()
    if not is_in_window(row.changed_at, sent):
        return Untimely(at=row.changed_at)
    expected = step.parameters.get("release_version")
    if row.rolled_back_to is not None and row.rolled_back_to != expected:
        return OtherKind(kind="rollback", revision=str(row.rolled_back_to))
    given = recorded_values(step) if step.parameters.get("sends_values") else None
    other = _other_value(given or {}, row.shown)
    return OtherValue(path=other) if other else None


def _other_value(given: Values, shown: Values | None) -> str:
    """Return the path of a value of ours that is shown otherwise; masked ones are not compared."""
    if shown is None:
        return ""
    there = {leaf.key: leaf.value for leaf in leaves(shown)}
    for leaf in leaves(given):
        seen = there.get(leaf.key, _ABSENT)
        if not is_masked(leaf.value) and not _is_masked(seen) and seen != leaf.value:
            return ".".join(str(part) for part in leaf.key)
    return ""


def _is_masked(value: object) -> bool:
    return isinstance(value, str) and is_masked(value)
