"""ServiceStage's jobs: v2 writes their keys in upper case, v3 in lower, and both paths serve both.

Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/servicestage_06_0079.html
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from bot.core.codes.systems import (
    AboutAnother,
    NoUsableId,
    TaskEnded,
    TaskProgress,
    TaskUnknown,
    UnlistedStatus,
)
from bot.core.errors import CloudRefusedError
from bot.core.flow import Call, Flow, path
from bot.core.operation import TaskLine, TaskState
from bot.core.system import PollResult, TaskFailed, TaskNotFound, TaskRunning, TaskSucceeded
from bot.systems._huawei.errors import is_absent
from bot.systems._wire.replies import moment, parse, unreadable
from bot.systems._wire.text import Text, Word, listed, message_in, plain

JOB_ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
UNDER_WAY: Final = frozenset({"SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING"})
_BAD_ENDS: Final = frozenset({"FAILED", "CANCELLED", "PARTIALLY_FAILED", "ROLLBACKED"})
_STATES: Final[Mapping[str, TaskState]] = {
    **dict.fromkeys(("SUCCEEDED", "SKIPPED"), "done"),
    **dict.fromkeys(_BAD_ENDS, "failed"),
    **dict.fromkeys(("RUNNING", "ROLLBACKING"), "running"),
    **dict.fromkeys(("SUBMITTED", "SCHEDULED"), "pending"),
}


class _EitherCase(BaseModel):
    """A record whose keys are written in lower case or, all of them, in upper case."""

    @model_validator(mode="before")
    @classmethod
    def _in_lower_case(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        upper = {key: value[key.upper()] for key in cls.model_fields if key.upper() in value}
        return {**upper, **value}


class Task(_EitherCase):
    """One row of a job."""

    task_name: Text = ""
    task_status: Word = ""
    task_index: Any = None
    messages: Any = None
    created_at: Text = ""

    @property
    def line(self) -> TaskLine:
        """The row for people."""
        return TaskLine(
            name=self.task_name,
            status=plain(self.task_status),
            detail=message_in(self.messages),
            state=_STATES.get(self.task_status, "unknown"),
        )


class _Job(_EitherCase):
    job_id: Word = ""
    execution_status: Word = ""


class JobInfo(BaseModel):
    """A job with its tasks."""

    job: _Job
    tasks: Annotated[list[Task], BeforeValidator(listed)] = Field(default_factory=list)

    @property
    def is_under_way(self) -> bool:
        """Whether a status of its own says that it goes on."""
        return self.job.execution_status in UNDER_WAY

    @property
    def begun_at(self) -> datetime | None:
        """When its first task was made; None where no task tells."""
        moments = [moment(task.created_at) for task in self.tasks]
        return min((each for each in moments if each), default=None)

    @property
    def lines(self) -> tuple[TaskLine, ...]:
        """The tasks in the order of their index; those without one keep their place at the end."""
        return tuple(task.line for task in sorted(self.tasks, key=_position))


def job_id(value: Any, doing: str) -> str:
    """Return *value* if it is fit to stand in a path.

    Raises:
        UnreadableReplyError: it is not.
    """
    if not isinstance(value, str) or not JOB_ID.fullmatch(value):
        raise unreadable(doing=doing, why=NoUsableId())
    return value


def read_job(task: str) -> Flow[JobInfo | None]:
    """Read a job by the v2 path, else by v3's; None where neither knows it."""
    for version in ("v2", "v3"):
        doing = f"read job {task}"
        call = Call(
            method="GET",
            service="servicestage",
            path=path("/" + version + "/{project_id}/cas/jobs/{job}", job=job_id(task, doing)),
        )
        try:
            reply = yield call
        except CloudRefusedError as error:
            if not is_absent(error):
                raise
        else:
            return _own(parse(JobInfo, reply, doing), task, doing)
    return None


def poll_result(task: str, info: JobInfo | None) -> PollResult:
    """Return what a job's status means; only words that the reference lists end it."""
    if info is None:
        return TaskNotFound(reason=TaskUnknown(task=task).reason)
    lines, status = info.lines, info.job.execution_status  # verbatim: a blank makes another word
    if status == "SUCCEEDED":
        return TaskSucceeded(detail=progress(status, lines).reason, tasks=lines)
    if status in _BAD_ENDS:
        return TaskFailed(reason=_ended(task, status, lines).reason, tasks=lines)
    note = _note(status, lines)
    return TaskRunning(
        detail=progress(status, lines).reason, tasks=lines, note=note.reason if note else None
    )


def progress(status: str, lines: tuple[TaskLine, ...] = ()) -> TaskProgress:
    """Return how far a job is."""
    if not lines:
        return TaskProgress(status=plain(status))
    done = sum(line.state == "done" for line in lines)
    return TaskProgress(status=plain(status), done=done, total=len(lines))


def _own(info: JobInfo, task: str, doing: str) -> JobInfo:
    if info.job.job_id and info.job.job_id != task:
        raise unreadable(doing=doing, why=AboutAnother(id=plain(info.job.job_id)))
    return info


def _position(task: Task) -> tuple[bool, int]:
    text = str(task.task_index)
    is_number = text.isascii() and text.isdigit() and len(text) < 10  # noqa: PLR2004 - an index
    return (not is_number, int(text) if is_number else 0)


def _ended(task: str, status: str, lines: tuple[TaskLine, ...]) -> TaskEnded:
    broken = [line for line in lines if line.state == "failed"]
    failing = next((line for line in broken if line.detail), broken[0] if broken else None)
    if failing is None:
        return TaskEnded(task=task, status=status)
    words = failing.detail or failing.status
    return TaskEnded(task=task, status=status, row=failing.name, words=words)


def _note(status: str, lines: tuple[TaskLine, ...]) -> UnlistedStatus | None:
    if status not in UNDER_WAY:
        return UnlistedStatus(status=plain(status))
    strange = next((line for line in lines if line.state == "unknown"), None)
    return UnlistedStatus(status=strange.status, of=strange.name) if strange else None
