"""Finds what a lost call did: a revision that is new, of the right time and content, and alone."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._helm.choice import recorded_values
from bot.systems._helm.masks import is_masked, leaves
from bot.systems._helm.values import Values
from bot.systems._wire.text import plain
from bot.systems.cce_release.reads import read_history, read_release
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import DELETING, ReleaseView

_SKEW: Final = timedelta(seconds=60)  # how far the cloud's clock may be behind ours
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
        return NothingFound(reason="there is no such release (yet)")
    before = int(sent.observed.revision or 0)
    if view.version <= before:
        return NothingFound(reason=f"the release is still at revision {view.version}")
    rows = yield from read_history(target)
    known = {row.version: row for row in rows} | {view.version: view}
    fresh = [row for version, row in sorted(known.items()) if version > before]
    if len(fresh) > 1 or view.version > before + 1:
        listed = ", ".join(row.revision for row in fresh)
        reason = f"revisions {listed} are new; people must look which is ours"
        return NothingFound(reason=reason, may_be_ours=True)
    doubt = _contradiction(fresh[0], sent)
    if doubt:
        return NothingFound(reason=f"revision {view.version} is new, but {doubt}")
    return Adopted(task=RemoteTask(id=view.revision), evidence=_evidence(fresh[0], sent))


def _deleted(view: ReleaseView | None, sent: SentStep) -> Recovery:
    """What was asked for is so: nobody else's deletion would leave anything else."""
    revision = sent.observed.revision or "?"
    if view is None:
        evidence = f"revision {revision} was there before our call, and the release is gone now"
        return Adopted(task=deletion(revision), evidence=evidence)
    if view.status == DELETING and view.revision == revision:
        evidence = f"revision {revision} was {sent.observed.status} before, and is {DELETING} now"
        return Adopted(task=deletion(revision), evidence=evidence)
    return NothingFound(reason=f"the release is still there, as {plain(view.status) or '?'}")


def _contradiction(row: ReleaseView, sent: SentStep) -> str:
    """Return what speaks against *row* being ours; empty where nothing does."""
    step = sent.work.step
    wanted = (str(step.parameters["chart_name"]), str(step.parameters["chart_version"]))
    if (row.chart_name, row.chart_version) != wanted:
        return f"it has chart {row.chart}, ours is {' '.join(wanted)}"
    changed_at = row.changed_at
    if changed_at is None:
        return "it does not tell when it was made"
    if not sent.permitted_at - _SKEW <= changed_at <= sent.permitted_at + sent.settle:
        return f"it was made at {_told(changed_at)}, too far from our call"
    expected = step.parameters.get("release_version")
    if row.rolled_back_to is not None and row.rolled_back_to != expected:
        return f"it is a rollback to {row.rolled_back_to}"
    given = recorded_values(step) if step.parameters.get("sends_values") else None
    other = _other_value(given or {}, row.shown)
    return f"its value of {other} is not ours" if other else ""


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


def _evidence(row: ReleaseView, sent: SentStep) -> str:
    before = sent.observed.revision or "none"
    at = f"{_told(row.changed_at)}" if row.changed_at else "?"
    return (
        f"the release was at revision {before} before our call and is at {row.version} now, the "
        f"only new one; it was made at {at}, our call was permitted at "
        f"{_told(sent.permitted_at)}; its chart is ours, {row.chart}"
    )


def _told(moment: datetime) -> str:
    return f"{moment:%H:%M:%S %Z}".strip()
