"""What a look at the release says about what a call of ours began."""

from collections.abc import Sequence
from typing import Final

from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.plan import PlannedStep
from bot.core.system import (
    PollResult,
    RemoteTask,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._cloudpods.errors import is_unreachable
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release.reads import find, read_failure, read_history, read_shown
from bot.systems.cloudpods_release.revisions import contradiction, newer
from bot.systems.cloudpods_release.sending import above, is_old
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import (
    BEGUN,
    DELETING,
    DEPLOYED,
    FAILED,
    HELM_WORDS,
    Revision,
    Shown,
)

_READY: Final = "which does not mean that its pods are ready"
_AWAY: Final = "Cloudpods does not reach the cluster now"
DELETION_FAILED: Final = "delete_fail"
_AT_WORK: Final = BEGUN | {"syncing", "updating"}
_BAD_ENDS: Final = frozenset({"create_fail", "sync_fail"})
_UPDATE_FAILED: Final = "update_fail"


def watch(target: Release, work: Work, task: RemoteTask) -> Flow[PollResult]:
    """Look once; a cluster that is not reached for a while ends nothing."""
    try:
        match work.step.name:
            case "create":
                return (yield from _watch_creation(target, task.id))
            case "delete":
                return (yield from _watch_deletion(target, work.step, task.id))
            case _:
                return (yield from _watch_revision(target, work, int(task.id)))
    except CloudRefusedError as error:
        if is_unreachable(error.why):
            return TaskRunning(detail=_AWAY)
        raise


def release_history(target: Release, step: PlannedStep) -> Flow[tuple[Revision, ...] | None]:
    """Read the revisions; a sync may have given the release another id. None: it is not there."""
    planned = str(step.parameters["release_id"])
    try:
        return (yield from read_history(target, planned))
    except CloudRefusedError as error:
        if error.verdict != "not_found":
            raise
    row = yield from find(target)
    if row is None or row.id == planned:
        return None
    return (yield from read_history(target, row.id))


def _watch_revision(target: Release, work: Work, number: int) -> Flow[PollResult]:
    rows = yield from release_history(target, work.step)
    if rows is None:
        return TaskNotFound(reason=f"Cloudpods does not know the release {target.place} any more")
    row = _ours(target, work, rows, number)
    if row is not None:
        return _sighting(target, row, rows[0])
    fresh = newer(rows, above(work.step))
    if fresh:
        listed = ", ".join(each.text for each in fresh)
        return TaskRunning(detail=f"revision {listed} is new, but none is ours (yet)")
    if is_old(work) and (yield from _has_refused(target, work.step)):
        return TaskFailed(reason="Cloudpods took the update, but did not upgrade the release")
    return TaskRunning(detail=f"no revision after {above(work.step)} yet")


def _ours(target: Release, work: Work, rows: Sequence[Revision], number: int) -> Revision | None:
    """Return our revision: the answer's own, or, where the number was foretold, what fits."""
    at = next((row for row in rows if row.number == number), None)
    is_told = work.step.name == "deploy" and not is_old(work)
    if is_told or (at and not contradiction(at, work.step, target.chart_name)):
        return at
    fitting = [
        row
        for row in newer(rows, above(work.step))
        if not contradiction(row, work.step, target.chart_name)
    ]
    return fitting[-1] if fitting else None


def _sighting(target: Release, row: Revision, newest: Revision) -> PollResult:
    what = f"revision {row.number}"
    if row.has_failed:
        return TaskFailed(reason=plain(f"{what}: {row.description or row.status}"))
    match row.status:
        case "deployed":
            version = row.version(target.chart_name)
            return TaskSucceeded(
                detail=plain(f"{what}, {version or row.chart}, is deployed, {_READY}")
            )
        case "superseded":
            since = f"revision {newest.number} has been made since, and is {newest.status or '?'}"
            return TaskSucceeded(detail=plain(f"{what} was deployed; {since}"))
        case word:
            detail = plain(f"{what} is {word or '?'}: {row.description}").removesuffix(":")
            return TaskRunning(detail=detail, note=_note(word))


def _has_refused(target: Release, step: PlannedStep) -> Flow[bool]:
    """Look whether the update of a server that has no upgrade ended badly just now."""
    row = yield from find(target)
    before = step.parameters.get("failure")
    return row is not None and row.status == _UPDATE_FAILED and before != _UPDATE_FAILED


def _watch_creation(target: Release, release_id: str) -> Flow[PollResult]:
    try:
        shown = yield from read_shown(target, release_id)
    except CloudRefusedError as error:
        if error.verdict != "not_found":
            raise
        return TaskNotFound(reason=f"Cloudpods does not know release {release_id} any more")
    word, live = shown.status, shown.info.status
    if word == DEPLOYED or (live == DEPLOYED and word in _AT_WORK):
        return TaskSucceeded(detail=f"deployed, {_READY}")
    if word in _BAD_ENDS or (FAILED in {word, live} and word not in _AT_WORK):
        why = (yield from read_failure(release_id)) or shown.info.description
        return TaskFailed(reason=plain(f"{word}: {why}").removesuffix(":"))
    return _at_work(shown, {*_AT_WORK})


def _watch_deletion(target: Release, step: PlannedStep, release_id: str) -> Flow[PollResult]:
    try:
        shown = yield from read_shown(target, release_id)
    except CloudRefusedError as error:
        if error.verdict != "not_found":
            raise
        return (yield from _after_deletion(target))
    before = step.parameters.get("failure")
    if shown.status == DELETION_FAILED and before != shown.status:
        why = yield from read_failure(release_id)
        return TaskFailed(reason=plain(f"{shown.status}: {why}").removesuffix(":"))
    return _at_work(shown, {DELETING, str(before)})


def _after_deletion(target: Release) -> Flow[PollResult]:
    row = yield from find(target)
    if row is None:
        return TaskSucceeded(detail="the release is gone")
    note = f"a release of this name is there under another id, {row.id}"
    return TaskRunning(detail="its old id is gone", note=note)


def _at_work(shown: Shown, known: set[str]) -> TaskRunning:
    word = plain(shown.status)
    return TaskRunning(
        detail=word or "?", note="" if shown.status in known else _note(shown.status)
    )


def _note(word: str) -> str:
    if word in HELM_WORDS:
        return ""
    return f"Cloudpods says {plain(word)!r} of the release, which is no end that it documents"
