"""Finds what a lost call started: a job that is new, of the right time, and the only one."""

from bot.core.codes import Reason
from bot.core.codes.systems import (
    Contradicted,
    NoTaskShown,
    NotThere,
    SeveralCandidates,
    WasNotThere,
)
from bot.core.flow import Flow
from bot.core.system import NothingFound, Recovery, SentStep
from bot.systems._huawei.evidence import (
    adopt_job,
    match_of,
    other_value,
    status_doubt,
    still_last,
    untold,
)
from bot.systems._huawei.jobs import JOB_ID, read_job
from bot.systems._huawei.settings import other_setting
from bot.systems._wire.timing import is_in_window
from bot.systems.servicestage_v3 import deletion
from bot.systems.servicestage_v3.gray import WAYS
from bot.systems.servicestage_v3.reads import THING, find_by_name, read_component, read_records
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import VersionRecord, View


def recover(target: Component, sent: SentStep) -> Flow[Recovery]:
    """Read the component, its records and its last job; adopt the job if all of it fits."""
    if sent.work.step.name == "create":
        return (yield from _recover_create(target, sent))
    if sent.work.step.name == deletion.DELETE:
        return (yield from deletion.recover(target, sent))
    component = str(sent.work.step.parameters["component_id"])
    live = yield from read_component(target, component)
    last = live.view.status.last_job_id
    if not last or last in _known(sent):
        return still_last(THING, last)
    records = yield from read_records(target, component)
    others = yield from _new_among(_jobs_in_window(records, sent) - {last}, sent)
    if others:
        return untold(SeveralCandidates(tasks=tuple(sorted({last, *others}))))
    doubt = _doubt(live.view, records, last, sent) or other_setting(
        sent.work.step, live.envs, live.settings
    )
    if doubt:
        is_untold = live.view.version == _revision_before(sent)  # nobody's is shown yet
        reason = Contradicted(task=last, by=doubt).reason
        return NothingFound(reason=reason, may_be_ours=is_untold)
    version = None if sent.work.step.name in WAYS else sent.work.step.parameters.get("version")
    match = match_of(sent.work.step.name, live.view.word, str(version) if version else None)
    return (yield from adopt_job(last, sent, match))


def _recover_create(target: Component, sent: SentStep) -> Flow[Recovery]:
    found = yield from find_by_name(target)
    if found is None:
        return NothingFound(reason=NotThere(thing=THING, name=target.created_name).reason)
    last = found.status.last_job_id
    if not last:
        return untold(NoTaskShown(thing=THING, id=str(found.id)))
    wanted = str(sent.work.step.parameters["version"])
    if found.version and found.version != wanted:
        doubt = other_value("version", found.version, wanted)
        return NothingFound(reason=Contradicted(task=last, by=doubt).reason)
    return (yield from adopt_job(last, sent, WasNotThere(thing=THING, id=str(found.id)).reason))


def _doubt(
    view: View, records: tuple[VersionRecord, ...], job: str, sent: SentStep
) -> Reason | None:
    """Return what speaks against *job* being ours; None where nothing does."""
    action, parameters = sent.work.step.name, sent.work.step.parameters
    if action in {"deploy", "rollback"}:
        wanted = str(parameters["version"])
        newest = records[0] if records else None
        is_recorded = newest is not None and newest.version == wanted and _names(newest, job)
        is_ours = is_recorded or view.version == wanted
        return None if is_ours else other_value("version", view.version, wanted)
    before = _revision_before(sent)
    if view.version != before:
        return other_value("version", view.version, before)
    if action == "scale":
        wanted = str(parameters["replica"])
        is_ours = wanted in {view.replica, view.status.replica}
        return None if is_ours else other_value("replicas", view.replicas_wanted, wanted)
    return status_doubt(action, view.word)


def _jobs_in_window(records: tuple[VersionRecord, ...], sent: SentStep) -> set[str]:
    """Return the jobs that the records show for the time of our call."""
    in_time = [row for row in records if row.begun_at and is_in_window(row.begun_at, sent)]
    jobs = {job.job_id for row in in_time for job in row.jobs if JOB_ID.fullmatch(job.job_id)}
    return jobs - _known(sent)


def _known(sent: SentStep) -> set[str]:
    """Return the jobs that are not what the call started: from before, and of earlier steps."""
    return {sent.observed.last_task or "", *(task.id for task in sent.work.earlier)}


def _revision_before(sent: SentStep) -> str:
    """Return what ran when the call was made: in a gray release, its own version."""
    step = sent.work.step
    version = step.parameters.get("version") if step.name in WAYS else sent.observed.revision
    return str(version or "")


def _new_among(jobs: set[str], sent: SentStep) -> Flow[set[str]]:
    """Leave out the jobs that began before the one that was the last when we looked first."""
    before = sent.work.earlier[-1].id if sent.work.earlier else sent.observed.last_task
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
