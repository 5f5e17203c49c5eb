"""Jobs with tasks: v2 writes their keys in upper case, v3 in lower case.

A job needs no background task: what it has come to follows from the time that passed.
Source: https://support.huaweicloud.com/intl/en-us/api-servicestage/
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from bot.sandbox.clouds.http.wire import Answer, Call, JsonObject, Route, refused_by_service

FAILURE: Final = (
    '{{"message":"readiness probe failed: container {name} not ready after {seconds:g}s"}}'
)
PROBE_SECONDS: Final = 60
_QUERY: Final = frozenset({"instance_id", "limit", "offset", "desc"})
_SUBMITTED_SHARE: Final = 0.05  # of its time a job has no tasks yet
_SUBMITTED_MAX: Final = 60.0  # seconds


@dataclass(frozen=True)
class _TaskKind:
    """A row of every job; *begins* and *ends* are shares of the job's time."""

    index: int
    name: str
    type: str
    messages: str
    begins: float
    ends: float


_KINDS: Final = (
    _TaskKind(1, "SEPARATOR_PREPARE_RESOURCES", "echo", "{}", 0.05, 0.10),
    _TaskKind(4, "SEPARATOR_BUILDING", "echo", "{}", 0.10, 0.15),
    _TaskKind(6, "TN00091", "restful", "{}", 0.15, 0.30),
    _TaskKind(7, "TN00094", "restful", "{}", 0.30, 0.45),
    _TaskKind(9, "TN00097", "restful", "", 0.45, 1.0),
)


@dataclass(frozen=True)
class Job:
    """A job that began at *begin* and takes *seconds*; *failure* is what its last task says."""

    id: str
    kind: str
    name: str
    component_id: str
    principal: str
    project_id: str
    begin: float
    seconds: float
    failure: str | None = None
    can_roll_back: bool = False
    task_ids: tuple[str, ...] = field(
        default_factory=lambda: tuple(f"Task-{uuid4()}" for _ in _KINDS)
    )

    @property
    def end(self) -> float:
        """When the job ends or ended."""
        return self.begin + self.seconds

    @property
    def final(self) -> str:
        """The status in which the job ends."""
        return "SUCCEEDED" if self.failure is None else "FAILED"

    def share(self, now: float) -> float:
        """Return the share of the job's time that has passed, at most 1."""
        return 1.0 if now >= self.end else (now - self.begin) / self.seconds

    def status(self, now: float) -> str:
        """Return what the job has come to."""
        if self.share(now) >= 1:
            return self.final
        waits = min(_SUBMITTED_SHARE * self.seconds, _SUBMITTED_MAX)
        return "SUBMITTED" if now - self.begin < waits else "RUNNING"


class Jobs:
    """All jobs of a project, on the v2 path and on the v3 path."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def add(self, job: Job) -> None:
        """Take *job* in."""
        self._jobs[job.id] = job

    def get(self, job_id: str) -> Job | None:
        """Return the job *job_id*, if there is one."""
        return self._jobs.get(job_id)

    def routes(self) -> tuple[Route, ...]:
        """Return the calls that read jobs."""
        return (
            Route("GET", "/v2/{project_id}/cas/jobs/{job_id}", self._show(_v2), _QUERY),
            Route("GET", "/v3/{project_id}/cas/jobs/{job_id}", self._show(_v3), _QUERY),
        )

    def _show(self, spelling: Callable[[JsonObject], JsonObject]) -> Callable[[Call], Answer]:
        def show(call: Call) -> Answer:
            job = None if call.hides_jobs else self._jobs.get(call.names["job_id"])
            if job is None:
                raise refused_by_service(404, "SVCSTG.00100429", "the job does not exist")
            rows = _page(_tasks(job, call.at), call)
            return Answer(
                body={
                    "job": spelling(_summary(job, call)),
                    "tasks": [spelling(row) for row in rows],
                    "task_count": len(rows),
                }
            )

        return show


def _summary(job: Job, call: Call) -> JsonObject:
    return {
        "JOB_ID": job.id,
        "JOB_NAME": job.name,
        "JOB_TYPE": job.kind,
        "JOB_DESC": job.name,
        "SERVICE_INSTANCE_ID": job.component_id,
        "PROJECT_ID": job.project_id,
        "ORDER_ID": "",
        "EXECUTION_STATUS": job.status(call.at) if call.disguise is None else call.disguise,
        "CREATED_BY": job.principal,
        "ROLLBACK_ENABLED": job.can_roll_back,
    }


def _tasks(job: Job, now: float) -> list[JsonObject]:
    share = job.share(now)
    shown = [
        (kind, task_id)
        for kind, task_id in zip(_KINDS, job.task_ids, strict=True)
        if kind.begins <= share
    ]
    return [_task(job, kind, task_id, now) for kind, task_id in shown]


def _task(job: Job, kind: _TaskKind, task_id: str, now: float) -> JsonObject:
    status = _task_status(job, kind, job.share(now))
    messages = job.failure if status == "FAILED" and job.failure is not None else kind.messages
    return {
        "TASK_ID": task_id,
        "TASK_NAME": kind.name,
        "TASK_TYPE": kind.type,
        "TASK_INDEX": kind.index,
        "TASK_STATUS": status,
        "MESSAGES": messages,
        "CREATED_AT": _iso(job.begin + kind.begins * job.seconds),
        "LAST_HEALTH_CHECK": _iso(min(now, job.begin + kind.ends * job.seconds)),
        "OWNER_ID": "cas-mgr-sandbox:30114",
    }


def _task_status(job: Job, kind: _TaskKind, share: float) -> str:
    if share >= kind.ends:
        return job.final if kind is _KINDS[-1] else "SUCCEEDED"
    started = kind.begins + (kind.ends - kind.begins) / 5  # the first fifth is spent waiting
    return "RUNNING" if share >= started else "SUBMITTED"


def _page(rows: list[JsonObject], call: Call) -> list[JsonObject]:
    ordered = rows[::-1] if call.query.get("desc") == "true" else rows
    offset, limit = call.query.get("offset", "0"), call.query.get("limit", "1000")
    if not (offset.isdecimal() and limit.isdecimal()):
        raise refused_by_service(400, "SVCSTG.00100400", "limit and offset are numbers")
    return ordered[int(offset) :][: int(limit)]


_V3_NAMES: Final = {
    "JOB_ID": "job_id",
    "JOB_TYPE": "job_type",
    "EXECUTION_STATUS": "execution_status",
    "ROLLBACK_ENABLED": "rollback_enabled",
    "TASK_ID": "task_id",
    "TASK_NAME": "task_name",
    "TASK_TYPE": "task_type",
    "TASK_STATUS": "task_status",
    "TASK_INDEX": "task_index",
    "MESSAGES": "messages",
    "CREATED_AT": "created_at",
    "LAST_HEALTH_CHECK": "update_at",
}


def _v2(row: JsonObject) -> JsonObject:
    return {name: value for name, value in row.items() if name != "ROLLBACK_ENABLED"}


def _v3(row: JsonObject) -> JsonObject:
    return {_V3_NAMES[name]: value for name, value in row.items() if name in _V3_NAMES}


def _iso(moment: float) -> str:
    text = datetime.fromtimestamp(moment, tz=UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
