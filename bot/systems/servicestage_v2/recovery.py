"""Finds what a lost call started: a job, or a component, that is new and fits what was sent."""

from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep, Work
from bot.systems._huawei.evidence import adopt_job, fits, told
from bot.systems._huawei.jobs import JOB_ID
from bot.systems._huawei.servicestage import CHANGING, when
from bot.systems._wire.text import plain
from bot.systems._wire.timing import is_in_window
from bot.systems.servicestage_v2.creation import CREATE_COMPONENT, CREATE_INSTANCE
from bot.systems.servicestage_v2.reads import (
    Live,
    Place,
    find_component,
    find_instance,
    read_instance,
    read_snapshots,
)
from bot.systems.servicestage_v2.target import Instance


def recover(target: Instance, sent: SentStep) -> Flow[Recovery]:
    """Read what the step is about; adopt what is new if all of it fits."""
    if sent.work.step.name == CREATE_COMPONENT:
        return (yield from _created_component(target, sent))
    if sent.work.step.name == CREATE_INSTANCE:
        return (yield from _created_instance(target, sent))
    return (yield from _changed_instance(target, sent))


def component_of(work: Work) -> str:
    """Return the component's id: planned, or what the step before created."""
    planned = work.step.parameters.get("component_id")
    return str(planned) if planned else work.earlier[-1].id


def _created_component(target: Instance, sent: SentStep) -> Flow[Recovery]:
    found = yield from find_component(target)
    if found is None:
        return NothingFound(reason=f"no component is called {target.component_name!r} yet")
    which = f"component {found.id}"
    made_at = when(found.create_time)
    if made_at is None:
        reason = f"{which} is there, but does not tell when it was created"
        return NothingFound(reason=reason, may_be_ours=True)
    if not is_in_window(made_at, sent):
        return NothingFound(reason=f"{which} was created at {told(made_at)}, too far from our call")
    for field in ("runtime", "category"):
        theirs, ours = getattr(found, field), str(target.component_body.get(field))
        if theirs and theirs != ours:
            return NothingFound(reason=f"{which} has {field} {theirs}, ours is {ours}")
    evidence = (
        f"{which} was not there before; it was created at {told(made_at)}, our call was permitted "
        f"at {told(sent.permitted_at)}; its name, runtime and category are ours"
    )
    return Adopted(task=RemoteTask(id=found.id), evidence=evidence)


def _created_instance(target: Instance, sent: SentStep) -> Flow[Recovery]:
    found = yield from find_instance(target, component_of(sent.work))
    if found is None:
        return NothingFound(reason=f"no instance is called {target.instance_name!r} yet")
    if not JOB_ID.fullmatch(found.last_job):
        reason = f"instance {found.id} is there, but shows no job yet"
        return NothingFound(reason=reason, may_be_ours=True)
    wanted = str(sent.work.step.parameters["version"])
    if found.version and found.version != wanted:
        return NothingFound(reason=f"instance {found.id} has version {found.version}")
    match = f"instance {found.id} was not there before"
    return (yield from adopt_job(found.last_job, sent, match))


def _changed_instance(target: Instance, sent: SentStep) -> Flow[Recovery]:
    given = sent.work.step.parameters
    place = Place(str(given["component_id"]), str(given["instance_id"]))
    live = yield from read_instance(target, place)
    last = live.view.last_job
    if not last or last == sent.observed.last_task:
        return NothingFound(reason=f"the instance's last job is still {last or 'none'}")
    doubt = yield from _contradiction(target, live, sent)
    if doubt:
        is_untold = live.view.version == (sent.observed.revision or "")  # nobody's is shown yet
        return NothingFound(reason=f"job {last} is new, but {doubt}", may_be_ours=is_untold)
    version = given.get("version")
    match = f"its version is ours, {version}" if version else "what it did fits our call"
    return (yield from adopt_job(last, sent, match))


def _contradiction(target: Instance, live: Live, sent: SentStep) -> Flow[str]:
    """Return what speaks against the last job being ours; empty where nothing does."""
    action, given, view = sent.work.step.name, sent.work.step.parameters, live.view
    if action in {"deploy", "rollback"}:
        return (yield from _other_version(target, live, sent))
    if view.version != (sent.observed.revision or ""):
        return f"the instance's version has changed to {view.version or '?'}"
    if action == "scale":
        wanted, is_set = str(given["replica"]), view.status_detail.replica
        return "" if is_set == wanted else f"{is_set or '?'} replicas are set, ours is {wanted}"
    return (
        ""
        if fits(action, view.word)
        else f"the status {plain(view.word) or '?'} does not fit {action}"
    )


def _other_version(target: Instance, live: Live, sent: SentStep) -> Flow[str]:
    """Say whose version it is: while it is being changed, a new snapshot may tell it first."""
    wanted = str(sent.work.step.parameters["version"])
    if live.view.version == wanted:
        return _other_artifact(live, sent)
    snapshots = yield from read_snapshots(target, live.place)
    fresh = (each for each in snapshots if each.made_at and is_in_window(each.made_at, sent))
    if live.view.word in CHANGING and any(each.version == wanted for each in fresh):
        return ""
    return f"the instance shows version {live.view.version or '?'}, ours is {wanted}"


def _other_artifact(live: Live, sent: SentStep) -> str:
    addresses = sent.work.step.parameters.get("addresses")
    for container, url in (addresses if isinstance(addresses, dict) else {}).items():
        theirs = live.view.address(container)
        if theirs and theirs != url:
            return f"its {plain(container)} is another than ours"
    return ""
