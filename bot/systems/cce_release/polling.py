"""What a look at the release says about a revision that a call of ours made."""

from bot.core.flow import Flow
from bot.core.system import PollResult, TaskFailed, TaskNotFound, TaskRunning, TaskSucceeded
from bot.systems._wire.text import plain
from bot.systems.cce_release.reads import read_history, read_release
from bot.systems.cce_release.target import Release
from bot.systems.cce_release.wire import (
    BAD,
    DELETED,
    DELETING,
    DEPLOYED,
    PENDING,
    SUPERSEDED,
    ReleaseView,
)

_READY: str = "deployed, which does not mean that its pods are ready"


def watch_revision(target: Release, revision: int) -> Flow[PollResult]:
    """Look whether *revision* has come to its end; a newer one sends us to the history."""
    view = yield from read_release(target)
    if view is None:
        return TaskNotFound(
            reason=f"there is no release {target.namespace}/{target.release} any more"
        )
    if view.version == revision:
        return _sighting(view)
    if view.version < revision:
        detail = f"still at revision {view.version}, which is {plain(view.status) or '?'}"
        return TaskRunning(detail=detail, note=_note(view))
    rows = yield from read_history(target)
    row = next((each for each in rows if each.version == revision), None)
    if row is None:
        return TaskNotFound(reason=f"revision {revision} is not among the release's revisions")
    return _overtaken(row, view)


def watch_deletion(target: Release, present: int, status: str) -> Flow[PollResult]:
    """Look whether the release is gone; *present* and *status* are what it was."""
    view = yield from read_release(target)
    if view is None:
        return TaskSucceeded(detail="the release is gone")
    if view.version < present:
        return TaskSucceeded(detail=f"it was deleted, and installed anew: revision {view.version}")
    shown = plain(view.status) or "?"
    if view.status in BAD and status not in BAD:
        return TaskFailed(reason=plain(f"the deletion ended {shown}: {view.words}"))
    return TaskRunning(detail=f"still there, as {shown}", note=_note(view))


def _sighting(view: ReleaseView) -> PollResult:
    match view.status:
        case "DEPLOYED":
            return TaskSucceeded(detail=f"revision {view.version} is {_READY}")
        case "FAILED" | "UNKNOWN":
            words = f": {view.words}" if view.words else ""
            return TaskFailed(reason=plain(f"revision {view.version} is {view.status}{words}"))
        case _:
            detail = plain(f"revision {view.version} is {view.status or '?'}: {view.words}")
            return TaskRunning(detail=detail.removesuffix(": "), note=_note(view))


def _overtaken(row: ReleaseView, view: ReleaseView) -> PollResult:
    """Judge a revision that is not the newest any more; older ones bear Helm's own word."""
    if row.status in {SUPERSEDED, DEPLOYED}:
        newer = f"revision {view.version} has been made since"
        return TaskSucceeded(detail=f"revision {row.version} was deployed; {newer}")
    return _sighting(row)


def _note(view: ReleaseView) -> str:
    if view.status in {*PENDING, *BAD, DEPLOYED, DELETED, DELETING}:
        return ""
    return f"CCE says {plain(view.status)!r} of the release, which its pages do not list"
