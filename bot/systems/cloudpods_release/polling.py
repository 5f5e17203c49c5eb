"""What a look at the release says about what a call of ours began."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Reason
from bot.core.codes.systems import UnlistedStatus
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
from bot.systems._helm.codes import (
    Deployed,
    NoRevisionYet,
    ReleaseUnknown,
    RevisionFailed,
    RevisionUnderWay,
    Superseded,
)
from bot.systems._wire.text import plain
from bot.systems._wire.timing import CLOCK_SKEW
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release.codes import (
    ClusterAway,
    NotOursYet,
    ReleaseFailed,
    UpdateIgnored,
    UpdateUnderWay,
)
from bot.systems.cloudpods_release.deletions import watch_deletion
from bot.systems.cloudpods_release.reads import find, read_failure, read_history, read_shown
from bot.systems.cloudpods_release.revisions import contradiction, newer
from bot.systems.cloudpods_release.sending import above, is_old
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import (
    BEGUN,
    DEPLOYED,
    FAILED,
    HELM_WORDS,
    Revision,
    Shown,
)

_AT_WORK: Final = BEGUN | {"syncing", "updating"}
_BAD_ENDS: Final = frozenset({"create_fail", "sync_fail"})
_AFTER_HELM: Final = frozenset({"sync_fail", "unknown"})  # its own task broke: Helm's word counts
_UPDATE_FAILED: Final = "update_fail"


def watch(target: Release, work: Work, task: RemoteTask) -> Flow[PollResult]:
    """Look once; a cluster that is not reached for a while ends nothing."""
    try:
        match work.step.name:
            case "create":
                return (yield from _watch_creation(target, work, task.id))
            case "delete" | "purge":
                return (yield from watch_deletion(target, work.step, task))
            case _:
                return (yield from _watch_revision(target, work, task))
    except CloudRefusedError as error:
        if is_unreachable(error.why):
            away = ClusterAway().reason  # what was seen before stays in mind
            return TaskRunning(detail=task.detail or away, note=away)
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


def _watch_revision(target: Release, work: Work, task: RemoteTask) -> Flow[PollResult]:
    rows = yield from release_history(target, work.step)
    if rows is None:
        return TaskNotFound(reason=ReleaseUnknown(release=target.place).reason)
    row = _ours(target, work, rows, int(task.id))
    if row is not None:
        return _result(target, row, rows[0])
    fresh = newer(rows, above(work.step))
    if fresh:
        others = NotOursYet(revisions=tuple(each.text for each in fresh))
        return TaskRunning(detail=others.reason)
    if is_old(work):
        return (yield from _watch_update(target, work.step, task))
    return TaskRunning(detail=NoRevisionYet(newest=str(above(work.step))).reason)


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


def _result(target: Release, row: Revision, newest: Revision) -> PollResult:
    status, words = plain(row.status), plain(row.description)
    if row.has_failed:
        failed = RevisionFailed(revision=row.text, words=words or status)
        return TaskFailed(reason=failed.reason)
    match row.status:
        case "deployed":
            version = plain(row.version(target.chart_name) or row.chart)
            return TaskSucceeded(detail=Deployed(revision=row.text, version=version).reason)
        case "superseded":
            since = Superseded(revision=row.text, newest=newest.text, status=plain(newest.status))
            return TaskSucceeded(detail=since.reason)
        case word:
            detail = RevisionUnderWay(revision=row.text, status=status, words=words)
            return TaskRunning(detail=detail.reason, note=_note(word))


def _watch_update(target: Release, step: PlannedStep, task: RemoteTask) -> Flow[PollResult]:
    """Look whether the update of a server that has no upgrade ended badly just now."""
    row = yield from find(target)
    was = _was(step, task)
    if row is not None and row.status == _UPDATE_FAILED and was != _UPDATE_FAILED:
        return TaskFailed(reason=UpdateIgnored().reason)
    return TaskRunning(detail=UpdateUnderWay(newest=str(above(step)), was=was).reason)


def _was(step: PlannedStep, task: RemoteTask) -> str:
    """Return Cloudpods' word for the release when the update was sent."""
    match task.detail:
        case Reason(key=UpdateUnderWay.key, params=params):
            return str(params["was"])
        case _:  # as an older version planned it
            return str(step.parameters.get("failure", ""))


def _watch_creation(target: Release, work: Work, release_id: str) -> Flow[PollResult]:
    try:
        shown = yield from read_shown(target, release_id)
    except CloudRefusedError as error:
        if error.verdict != "not_found":
            raise
        return (yield from _found_anew(target, work, release_id))
    word, live = shown.status, shown.info.status
    if word == DEPLOYED or (live == DEPLOYED and word in _AT_WORK | _AFTER_HELM):
        return TaskSucceeded(detail=Deployed().reason)
    if word in _BAD_ENDS or (FAILED in {word, live} and word not in _AT_WORK):
        failure = yield from read_failure(release_id)
        return _failed(word, failure.words or shown.info.description)
    return _at_work(shown, {*_AT_WORK})


def _found_anew(target: Release, work: Work, release_id: str) -> Flow[PollResult]:
    """Look for a release under another id: a sync drops what is pending, and finds it again later.

    It is ours if its first revision is what we asked for, and was made after we did.
    """
    gone = TaskNotFound(reason=ReleaseUnknown(release=release_id).reason)
    row = yield from find(target)
    if row is None or row.id == release_id:
        return gone
    rows = yield from read_history(target, row.id)
    is_ours = bool(rows) and rows[-1].number == 1 and _is_of_call(rows[-1], target, work)
    return _result(target, rows[-1], rows[0]) if is_ours else gone


def _is_of_call(first: Revision, target: Release, work: Work) -> bool:
    """Whether the *first* revision is of the chart that we asked for, and of the time."""
    wanted = str(work.step.parameters.get("version") or "")
    shown = first.version(target.chart_name)
    at, sent_at = first.updated_at, work.permitted_at
    is_in_time = at is not None and sent_at is not None and at >= sent_at - CLOCK_SKEW
    return is_in_time and first.chart == f"{target.chart_name}-{shown}" and wanted in {"", shown}


def _failed(status: str, words: str) -> TaskFailed:
    return TaskFailed(reason=ReleaseFailed(status=plain(status), words=plain(words)).reason)


def _at_work(shown: Shown, known: set[str]) -> TaskRunning:
    note = None if shown.status in known else _note(shown.status)
    return TaskRunning(detail=verbatim(shown.status or "?"), note=note)


def _note(word: str) -> Reason | None:
    """Return the warning about a status that the API's pages do not list."""
    return None if word in HELM_WORDS else UnlistedStatus(status=plain(word)).reason
