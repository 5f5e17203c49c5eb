"""Finds what a lost call started: a job that is new, of the right time, and the only one."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep
from bot.systems._huawei.jobs import JOB_ID, JobInfo, read_job
from bot.systems._huawei.text import plain
from bot.systems.servicestage_v3.reads import find_by_name, read_component, read_records
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import RUNNING, STOPPED, VersionRecord, View

_SKEW: Final = timedelta(seconds=60)  # how far the cloud's clock may be behind ours
_FAILED: Final = frozenset({"FAILED", "PARTIALLY_FAILED"})
_FITTING: Final = {
    "start": frozenset({"STARTING", RUNNING, *_FAILED}),
    "stop": frozenset({"STOPPING", STOPPED, *_FAILED}),
    "restart": frozenset({"RESTARTING", RUNNING, *_FAILED}),
}


def recover(target: Component, sent: SentStep) -> Flow[Recovery]:
    """Read the component, its records and its last job; adopt the job if all of it fits."""
    if sent.step.name == "create":
        return (yield from _recover_create(target, sent))
    component = str(sent.step.parameters["component_id"])
    live = yield from read_component(target, component)
    last = live.view.status.last_job_id
    if not last or last == sent.observed.last_task:
        return NothingFound(reason=f"the component's last job is still {last or 'none'}")
    records = yield from read_records(target, component)
    others = _jobs_in_window(records, sent) - {last}
    if others:
        return _several({last, *others})
    doubt = _contradiction(live.view, records, last, sent)
    if doubt:
        return NothingFound(reason=f"job {last} is new, but {doubt}")
    return (yield from _adopt(last, sent, _match(sent)))


def _recover_create(target: Component, sent: SentStep) -> Flow[Recovery]:
    found = yield from find_by_name(target)
    if found is None:
        return NothingFound(reason=f"no component is called {target.created_name!r} yet")
    last = found.status.last_job_id
    if not last:
        return NothingFound(reason=f"component {found.id} is there, but shows no job yet")
    wanted = str(sent.step.parameters["version"])
    if found.version and found.version != wanted:
        return NothingFound(reason=f"component {found.id} has version {found.version}")
    return (yield from _adopt(last, sent, f"component {found.id} was not there before"))


def _adopt(job: str, sent: SentStep, match: str) -> Flow[Recovery]:
    info = yield from read_job(job)
    begun_at = info.begun_at if info else None
    if begun_at is None:
        return NothingFound(reason=f"job {job} is new, but does not tell when it began")
    if not _is_in_window(begun_at, sent):
        return NothingFound(reason=f"job {job} began at {_told(begun_at)}, too far from our call")
    before = sent.observed.last_task or "none"
    evidence = (
        f"the last job was {before} before our call and is {job} now; it began at "
        f"{_told(begun_at)}, our call was permitted at {_told(sent.permitted_at)}; {match}; "
        "no other new job was found"
    )
    return Adopted(task=RemoteTask(id=job, detail=_status(info)), evidence=evidence)


def _contradiction(view: View, records: tuple[VersionRecord, ...], job: str, sent: SentStep) -> str:
    """Return what speaks against *job* being ours; empty where nothing does."""
    action, parameters = sent.step.name, sent.step.parameters
    if action in {"deploy", "rollback"}:
        wanted = str(parameters["version"])
        newest = records[0] if records else None
        is_recorded = newest is not None and newest.version == wanted and _names(newest, job)
        if is_recorded or view.version == wanted:
            return ""
        return f"the component shows version {view.version or '?'}, ours is {wanted}"
    if view.version != (sent.observed.revision or ""):
        return f"the component's version has changed to {view.version or '?'}"
    if action == "scale":
        wanted = str(parameters["replica"])
        is_ours = wanted in {view.replica, view.status.replica}
        return (
            "" if is_ours else f"{view.replicas_wanted or '?'} replicas are set, ours is {wanted}"
        )
    is_fitting = view.word in _FITTING[action]
    return "" if is_fitting else f"the status {plain(view.word) or '?'} does not fit {action}"


def _match(sent: SentStep) -> str:
    wanted = sent.step.parameters.get("version")
    return f"its version is ours, {wanted}" if wanted else f"the status fits {sent.step.name}"


def _jobs_in_window(records: tuple[VersionRecord, ...], sent: SentStep) -> set[str]:
    """Return the jobs that the records show for the time of our call."""
    in_time = [row for row in records if row.begun_at and _is_in_window(row.begun_at, sent)]
    jobs = {job.job_id for row in in_time for job in row.jobs if JOB_ID.fullmatch(job.job_id)}
    return jobs - {sent.observed.last_task or ""}


def _names(row: VersionRecord, job: str) -> bool:
    return any(each.job_id == job for each in row.jobs)


def _is_in_window(moment: datetime, sent: SentStep) -> bool:
    return sent.permitted_at - _SKEW <= moment <= sent.permitted_at + sent.settle


def _several(jobs: set[str]) -> NothingFound:
    listed = ", ".join(sorted(jobs))
    return NothingFound(reason=f"more than one new job may be ours, people must look: {listed}")


def _told(moment: datetime) -> str:
    return f"{moment:%H:%M:%S %Z}".strip()


def _status(info: JobInfo | None) -> str:
    return info.job.execution_status if info else ""
