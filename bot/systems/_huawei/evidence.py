"""What shows that a job of ServiceStage was started by a call whose answer was lost."""

from datetime import datetime
from typing import Final

from bot.core.codes import Code, Reason
from bot.core.codes.systems import (
    Differs,
    LabelName,
    Matches,
    NoStartShown,
    StatusFits,
    StatusMisfits,
    StillLast,
    TaskIsOurs,
    WrongTime,
)
from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._huawei.jobs import progress, read_job
from bot.systems._huawei.servicestage import BROKEN, RUNNING, STOPPED
from bot.systems._wire.text import plain
from bot.systems._wire.timing import is_in_window

_STARTED: Final = frozenset({RUNNING, "PENDING", *BROKEN})  # PENDING: copies wait for room
_FITTING: Final = {
    "start": frozenset({"STARTING", *_STARTED}),
    "stop": frozenset({"STOPPING", STOPPED, *BROKEN}),
    "restart": frozenset({"RESTARTING", *_STARTED}),
    **dict.fromkeys(
        ("continue_deploy", "check_gray_release"),
        frozenset({"GRAYING", "UPGRADING", *_STARTED}),
    ),
}


def told(moment: datetime) -> str:
    """Return a time of day for people."""
    return f"{moment:%H:%M:%S %Z}".strip()


def still_last(thing: LabelName, task: str) -> NothingFound:
    """Return that the *thing* shows no new job."""
    return NothingFound(reason=StillLast(thing=thing, task=task).reason)


def untold(code: Code) -> NothingFound:
    """Return that something new is there, which may turn out to be of our call."""
    return NothingFound(reason=code.reason, may_be_ours=True)


def other_value(what: LabelName, theirs: str, ours: str) -> Reason:
    """Return what speaks against a candidate: a value of its own."""
    return Differs(what=what, theirs=plain(theirs) or "?", ours=plain(ours)).reason


def status_doubt(action: str, word: str) -> Reason | None:
    """Return what speaks against a start, stop or restart being ours, by the present status."""
    if word in _FITTING[action]:
        return None
    return StatusMisfits(status=plain(word) or "?", action=action).reason


def match_of(action: str, word: str, version: str | None) -> Reason:
    """Return what speaks for a candidate: its version where we named one, else its status."""
    if version:
        return Matches(what="version", value=version).reason
    return StatusFits(status=plain(word) or "?", action=action).reason


def adopt_job(job: str, sent: SentStep, match: Reason) -> Flow[Recovery]:
    """Adopt *job* if it began in the time of our call; *match* says what else speaks for it."""
    info = yield from read_job(job)
    begun_at = info.begun_at if info else None
    if info is None or begun_at is None:
        return untold(NoStartShown(task=job))
    began = begun_at.isoformat()
    if not is_in_window(begun_at, sent):
        return NothingFound(reason=WrongTime(task=job, began=began).reason)
    evidence = TaskIsOurs(
        task=job,
        before=sent.observed.last_task or "",
        began=began,
        permitted=sent.permitted_at.isoformat(),
        match=match,
    )
    detail = progress(info.job.execution_status).reason
    return Adopted(task=RemoteTask(id=job, detail=detail), evidence=evidence.reason)
