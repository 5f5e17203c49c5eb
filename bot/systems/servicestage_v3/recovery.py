"""Finds what a lost call started: a job that is new, of the right time, and the only one."""

from bot.core.flow import Flow
from bot.core.system import NothingFound, Recovery, SentStep
from bot.systems._huawei.evidence import adopt_job, fits
from bot.systems._huawei.jobs import JOB_ID, read_job
from bot.systems._wire.text import plain
from bot.systems._wire.timing import is_in_window
from bot.systems.servicestage_v3.reads import find_by_name, read_component, read_records
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import VersionRecord, View


def recover(target: Component, sent: SentStep) -> Flow[Recovery]:
    """Read the component, its records and its last job; adopt the job if all of it fits."""
    if sent.work.step.name == "create":
        return (yield from _recover_create(target, sent))
    component = str(sent.work.step.parameters["component_id"])
    live = yield from read_component(target, component)
    last = live.view.status.last_job_id
    if not last or last == sent.observed.last_task:
        return NothingFound(reason=f"the component's last job is still {last or 'none'}")
    records = yield from read_records(target, component)
    others = yield from _new_among(_jobs_in_window(records, sent) - {last}, sent)
    if others:
        return _several({last, *others})
    doubt = _contradiction(live.view, records, last, sent)
    if doubt:
        is_untold = live.view.version == (sent.observed.revision or "")  # nobody's is shown yet
        return NothingFound(reason=f"job {last} is new, but {doubt}", may_be_ours=is_untold)
    return (yield from adopt_job(last, sent, _match(sent)))


def _recover_create(target: Component, sent: SentStep) -> Flow[Recovery]:
    found = yield from find_by_name(target)
    if found is None:
        return NothingFound(reason=f"no component is called {target.created_name!r} yet")
    last = found.status.last_job_id
    if not last:
        reason = f"component {found.id} is there, but shows no job yet"
        return NothingFound(reason=reason, may_be_ours=True)
    wanted = str(sent.work.step.parameters["version"])
    if found.version and found.version != wanted:
        return NothingFound(reason=f"component {found.id} has version {found.version}")
    return (yield from adopt_job(last, sent, f"component {found.id} was not there before"))


def _contradiction(view: View, records: tuple[VersionRecord, ...], job: str, sent: SentStep) -> str:
    """Return what speaks against *job* being ours; empty where nothing does."""
    action, parameters = sent.work.step.name, sent.work.step.parameters
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
    return (
        ""
        if fits(action, view.word)
        else f"the status {plain(view.word) or '?'} does not fit {action}"
    )


def _match(sent: SentStep) -> str:
    wanted = sent.work.step.parameters.get("version")
    return f"its version is ours, {wanted}" if wanted else f"the status fits {sent.work.step.name}"


def _jobs_in_window(records: tuple[VersionRecord, ...], sent: SentStep) -> set[str]:
    """Return the jobs that the records show for the time of our call."""
    in_time = [row for row in records if row.begun_at and is_in_window(row.begun_at, sent)]
    jobs = {job.job_id for row in in_time for job in row.jobs if JOB_ID.fullmatch(job.job_id)}
    return jobs - {sent.observed.last_task or ""}


def _new_among(jobs: set[str], sent: SentStep) -> Flow[set[str]]:
    """Leave out the jobs that began before the one that was the last when we looked first."""
    before = sent.observed.last_task
    last = (yield from read_job(before)) if jobs and before else None
    if last is None or last.begun_at is None:
        return jobs
    new = set[str]()
    for job in sorted(jobs):
        info = yield from read_job(job)
        if info is None or info.begun_at is None or info.begun_at >= last.begun_at:
            new.add(job)
    return new


def _names(row: VersionRecord, job: str) -> bool:
    return any(each.job_id == job for each in row.jobs)


def _several(jobs: set[str]) -> NothingFound:
    listed = ", ".join(sorted(jobs))
    reason = f"more than one new job may be ours, people must look: {listed}"
    return NothingFound(reason=reason, may_be_ours=True)
