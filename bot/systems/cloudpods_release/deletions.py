"""A deletion from its call to its end, and the purge of what cannot be deleted.

The status of a deletion that failed stays until the next one begins. So a deletion has failed
only once its own beginning was seen, or a failure that was not there when it was sent: the
remote task's detail remembers both from one look to the next.
"""

from typing import Final

from bot.core.codes import Reason
from bot.core.codes.systems import UnlistedStatus
from bot.core.errors import CloudRefusedError
from bot.core.flow import Flow
from bot.core.operation import RecoveryOption
from bot.core.plan import PlannedStep
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    Recovery,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
)
from bot.systems._cloudpods.kubeserver import Failure, call
from bot.systems._helm.codes import DeletionIsOurs, Gone, StillThere
from bot.systems._wire.text import plain
from bot.systems.cloudpods_release.codes import (
    DeletionUnderWay,
    NameTaken,
    Purge,
    Purged,
    PurgeDoes,
    ReleaseFailed,
)
from bot.systems.cloudpods_release.reads import (
    check_answer,
    find,
    read_failure,
    read_shown,
    release_path,
    wrapped,
)
from bot.systems.cloudpods_release.target import Release
from bot.systems.cloudpods_release.wire import DELETING, DELETION_FAILED, Row, is_known

PURGE: Final = "purge"
_BAD_ENDS: Final = frozenset({DELETION_FAILED, "unknown"})  # unknown: the task itself broke
_PURGE: Final = RecoveryOption(
    name=PURGE,
    label=Purge().reason,
    explanation=PurgeDoes().reason,
    wants_reason=True,
    is_dangerous=True,
)


def begin(target: Release, step: PlannedStep, row: Row) -> Flow[RemoteTask]:
    """Make the call, and remember what the release was like before."""
    failure = (yield from read_failure(row.id)) if row.status in _BAD_ENDS else Failure()
    request = call("DELETE", release_path(row.id))
    if step.name == PURGE:
        request = call("POST", release_path(row.id, "/purge"), wrapped({}))
    reply = yield request
    check_answer(target, row, reply, f"{step.name} the release")
    seen = DeletionUnderWay(status=plain(row.status), was=plain(row.status), failure=failure.at)
    return RemoteTask(id=row.id, detail=seen.reason)


def watch_deletion(target: Release, step: PlannedStep, task: RemoteTask) -> Flow[PollResult]:
    """Look whether the release is gone; a deletion that failed can be followed by a purge."""
    try:
        shown = yield from read_shown(target, task.id)
    except CloudRefusedError as error:
        if error.verdict != "not_found":
            raise
        return (yield from _after_deletion(target, step))
    seen = _remembered(step, task.detail).model_copy(update={"status": plain(shown.status)})
    if shown.status == DELETING:
        return _under_way(seen.model_copy(update={"has_begun": True}))
    if step.name == PURGE or not (seen.has_begun or shown.status in _BAD_ENDS):
        return _under_way(seen)
    failure = yield from read_failure(task.id)
    is_new = shown.status != seen.was or failure.at != seen.failure
    if is_known(shown.status) and (seen.has_begun or is_new):
        failed = ReleaseFailed(status=seen.status, words=failure.words)
        return TaskFailed(reason=failed.reason, ways=(_PURGE,))
    return _under_way(seen)


def recover_deletion(target: Release, sent: SentStep) -> Flow[Recovery]:
    """What was asked for is so: nobody else's deletion would leave anything else."""
    planned = str(sent.work.step.parameters["release_id"])
    row = yield from find(target)
    if row is None:
        return _deletion(planned)
    is_other = row.status != sent.observed.status
    if row.id == planned and row.status in {DELETING, DELETION_FAILED} and is_other:
        return _deletion(planned, row.status)
    if row.id != planned and sent.work.step.name == PURGE:
        return _deletion(planned)
    return NothingFound(reason=StillThere(status=plain(row.status)).reason)


def _remembered(step: PlannedStep, detail: Reason | None) -> DeletionUnderWay:
    """Return what was seen so far; a call that was found again had begun."""
    match detail:
        case Reason(key=DeletionUnderWay.key, params=params):
            return DeletionUnderWay.model_validate(params)
        case Reason(key=DeletionIsOurs.key):
            return DeletionUnderWay(has_begun=True)
        case _:  # as an older version planned it
            return DeletionUnderWay(was=str(step.parameters.get("failure", "")))


def _under_way(seen: DeletionUnderWay) -> TaskRunning:
    note = None if is_known(seen.status) else UnlistedStatus(status=seen.status).reason
    return TaskRunning(detail=seen.reason, note=note)


def _after_deletion(target: Release, step: PlannedStep) -> Flow[PollResult]:
    if step.name == PURGE:
        return TaskSucceeded(detail=Purged().reason)
    row = yield from find(target)
    if row is None:
        return TaskSucceeded(detail=Gone().reason)
    note = NameTaken(id=row.id).reason
    return TaskRunning(detail=note, note=note)


def _deletion(release_id: str, status: str = "") -> Adopted:
    evidence = DeletionIsOurs(id=release_id, status=status)
    return Adopted(task=RemoteTask(id=release_id), evidence=evidence.reason)
