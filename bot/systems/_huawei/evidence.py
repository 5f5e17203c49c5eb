"""What shows that a job of ServiceStage was started by a call whose answer was lost."""

from datetime import datetime
from typing import Final

from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._huawei.jobs import read_job
from bot.systems._huawei.servicestage import RUNNING, STOPPED
from bot.systems._wire.timing import is_in_window

_FAILED: Final = frozenset({"FAILED", "PARTIALLY_FAILED"})
_FITTING: Final = {
    "start": frozenset({"STARTING", RUNNING, *_FAILED}),
    "stop": frozenset({"STOPPING", STOPPED, *_FAILED}),
    "restart": frozenset({"RESTARTING", RUNNING, *_FAILED}),
}


def fits(action: str, word: str) -> bool:
    """Whether a status may be seen after a start, stop or restart was accepted."""
    return word in _FITTING[action]


def told(moment: datetime) -> str:
    """Return a time of day for people."""
    return f"{moment:%H:%M:%S %Z}".strip()


def adopt_job(job: str, sent: SentStep, match: str) -> Flow[Recovery]:
    """Adopt *job* if it began in the time of our call; *match* says what else speaks for it."""
    info = yield from read_job(job)
    begun_at = info.begun_at if info else None
    if info is None or begun_at is None:
        reason = f"job {job} is new, but does not tell when it began"
        return NothingFound(reason=reason, may_be_ours=True)
    if not is_in_window(begun_at, sent):
        return NothingFound(reason=f"job {job} began at {told(begun_at)}, too far from our call")
    before = sent.observed.last_task or "none"
    evidence = (
        f"the last job was {before} before our call and is {job} now; it began at "
        f"{told(begun_at)}, our call was permitted at {told(sent.permitted_at)}; {match}; "
        "no other new job was found"
    )
    return Adopted(task=RemoteTask(id=job, detail=info.job.execution_status), evidence=evidence)
