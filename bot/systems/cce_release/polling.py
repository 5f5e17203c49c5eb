"""What a look at the release says about a revision that a call of ours made."""

from bot.core.codes import Reason
from bot.core.codes.systems import UnlistedStatus
from bot.core.flow import Flow
from bot.core.system import PollResult, TaskFailed, TaskNotFound, TaskRunning, TaskSucceeded, Work
from bot.systems._helm.codes import (
    Deployed,
    Gone,
    NoRevisionYet,
    ReleaseUnknown,
    RevisionFailed,
    RevisionUnderWay,
    Superseded,
)
from bot.systems._wire.text import plain
from bot.systems.cce_release.codes import DeletionFailed, DeletionUnderWay, RevisionUnlisted
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


def watch_revision(target: Release, revision: int) -> Flow[PollResult]:
    """Look whether *revision* has come to its end; a newer one sends us to the history."""
    view = yield from read_release(target)
    if view is None:
        return TaskNotFound(reason=ReleaseUnknown(release=target.place).reason)
    if view.version == revision:
        return _sighting(view)
    if view.version < revision:
        detail = NoRevisionYet(newest=view.revision, status=plain(view.status))
        return TaskRunning(detail=detail.reason, note=_note(view))
    rows = yield from read_history(target)
    row = next((each for each in rows if each.version == revision), None)
    if row is None:
        return TaskNotFound(reason=RevisionUnlisted(revision=str(revision)).reason)
    return _overtaken(row, view)


def watch_deletion(target: Release, work: Work) -> Flow[PollResult]:
    """Look whether the release is gone, or has come to the end of a deletion that failed."""
    parameters = work.step.parameters
    view = yield from read_release(target)
    if view is None:
        return TaskSucceeded(detail=Gone().reason)
    if view.version < int(str(parameters.get("present") or 0)):
        return TaskSucceeded(detail=Gone(revision=view.revision).reason)
    shown = plain(view.status)
    was_going = work.seen == DeletionUnderWay(status=DELETING).reason
    has_failed = view.status in BAD and (was_going or str(parameters["status"]) not in BAD)
    if has_failed or (was_going and view.status == DEPLOYED):
        return TaskFailed(reason=DeletionFailed(status=shown, words=view.words).reason)
    return TaskRunning(detail=DeletionUnderWay(status=shown).reason, note=_note(view))


def _sighting(view: ReleaseView) -> PollResult:
    match view.status:
        case "DEPLOYED":
            return TaskSucceeded(detail=Deployed(revision=view.revision).reason)
        case "FAILED" | "UNKNOWN":
            failed = RevisionFailed(revision=view.revision, status=view.status, words=view.words)
            return TaskFailed(reason=failed.reason)
        case _:
            detail = RevisionUnderWay(
                revision=view.revision, status=plain(view.status), words=view.words
            )
            return TaskRunning(detail=detail.reason, note=_note(view))


def _overtaken(row: ReleaseView, view: ReleaseView) -> PollResult:
    """Judge a revision that is not the newest any more; older ones bear Helm's own word."""
    if row.status in {SUPERSEDED, DEPLOYED}:
        newest, status = view.revision, plain(view.status)
        since = Superseded(revision=row.revision, newest=newest, status=status)
        return TaskSucceeded(detail=since.reason)
    return _sighting(row)


def _note(view: ReleaseView) -> Reason | None:
    if view.status in {*PENDING, *BAD, DEPLOYED, DELETED, DELETING}:
        return None
    return UnlistedStatus(status=plain(view.status)).reason
