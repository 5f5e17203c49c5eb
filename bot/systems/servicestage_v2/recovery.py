"""Finds what a lost call started: a job, or a component, that is new and fits what was sent."""

from bot.core.codes import Reason
from bot.core.codes.systems import Contradicted, NoTaskShown, NotThere, WasNotThere
from bot.core.flow import Flow
from bot.core.system import Adopted, NothingFound, Recovery, RemoteTask, SentStep, Work
from bot.systems._huawei.evidence import (
    adopt_job,
    match_of,
    other_value,
    status_doubt,
    still_last,
    untold,
)
from bot.systems._huawei.jobs import JOB_ID
from bot.systems._huawei.servicestage import CHANGING, when
from bot.systems._huawei.settings import other_setting
from bot.systems._wire.timing import is_in_window
from bot.systems.servicestage_v2 import deletion
from bot.systems.servicestage_v2.codes import (
    ArtifactDiffers,
    ComponentDiffers,
    ComponentIsOurs,
    CreatedAtWrongTime,
    NoCreationTime,
)
from bot.systems.servicestage_v2.creation import CREATE_COMPONENT, CREATE_INSTANCE
from bot.systems.servicestage_v2.modification import CONFIGURATION
from bot.systems.servicestage_v2.reads import (
    THING,
    Live,
    Place,
    find_component,
    find_instance,
    read_instance,
    read_snapshots,
)
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import ComponentView


def recover(target: Instance, sent: SentStep) -> Flow[Recovery]:
    """Read what the step is about; adopt what is new if all of it fits."""
    if sent.work.step.name == CREATE_COMPONENT:
        return (yield from _created_component(target, sent))
    if sent.work.step.name == CREATE_INSTANCE:
        return (yield from _created_instance(target, sent))
    if sent.work.step.name in deletion.STEPS:
        return (yield from deletion.recover(target, sent))
    return (yield from _changed_instance(target, sent))


def component_of(work: Work) -> str:
    """Return the component's id: planned, or what the step before created."""
    planned = work.step.parameters.get("component_id")
    return str(planned) if planned else work.earlier[-1].id


def _created_component(target: Instance, sent: SentStep) -> Flow[Recovery]:
    found = yield from find_component(target)
    if found is None:
        return NothingFound(reason=NotThere(thing="component", name=target.component_name).reason)
    made_at = when(found.create_time)
    if made_at is None:
        return untold(NoCreationTime(component=found.id))
    created = made_at.isoformat()
    if not is_in_window(made_at, sent):
        return NothingFound(reason=CreatedAtWrongTime(component=found.id, created=created).reason)
    doubt = _other_kind(target, found)
    if doubt:
        return NothingFound(reason=ComponentDiffers(component=found.id, by=doubt).reason)
    permitted = sent.permitted_at.isoformat()
    evidence = ComponentIsOurs(component=found.id, created=created, permitted=permitted)
    return Adopted(task=RemoteTask(id=found.id), evidence=evidence.reason)


def _other_kind(target: Instance, found: ComponentView) -> Reason | None:
    body = target.component_body
    if found.runtime and found.runtime != str(body.get("runtime")):
        return other_value("runtime", found.runtime, str(body.get("runtime")))
    if found.category and found.category != str(body.get("category")):
        return other_value("category", found.category, str(body.get("category")))
    return None


def _created_instance(target: Instance, sent: SentStep) -> Flow[Recovery]:
    found = yield from find_instance(target, component_of(sent.work))
    if found is None:
        return NothingFound(reason=NotThere(thing=THING, name=target.instance_name).reason)
    if not JOB_ID.fullmatch(found.last_job):
        return untold(NoTaskShown(thing=THING, id=found.id))
    wanted = str(sent.work.step.parameters["version"])
    if found.version and found.version != wanted:
        doubt = other_value("version", found.version, wanted)
        return NothingFound(reason=Contradicted(task=found.last_job, by=doubt).reason)
    match = WasNotThere(thing=THING, id=found.id).reason
    return (yield from adopt_job(found.last_job, sent, match))


def _changed_instance(target: Instance, sent: SentStep) -> Flow[Recovery]:
    given = sent.work.step.parameters
    place = Place(str(given["component_id"]), str(given["instance_id"]))
    live = yield from read_instance(target, place)
    last = live.view.last_job
    if not last or last == sent.observed.last_task:
        return still_last(THING, last)
    configuration = live.settings.get(CONFIGURATION)
    env = configuration.get("env") if isinstance(configuration, dict) else None
    doubt = (yield from _doubt(target, live, sent)) or other_setting(
        sent.work.step, env, live.settings
    )
    if doubt:
        is_untold = live.view.version == (sent.observed.revision or "")  # nobody's is shown yet
        reason = Contradicted(task=last, by=doubt).reason
        return NothingFound(reason=reason, may_be_ours=is_untold)
    version = given.get("version")
    match = match_of(sent.work.step.name, live.view.word, str(version) if version else None)
    return (yield from adopt_job(last, sent, match))


def _doubt(target: Instance, live: Live, sent: SentStep) -> Flow[Reason | None]:
    """Return what speaks against the last job being ours; None where nothing does."""
    action, given, view = sent.work.step.name, sent.work.step.parameters, live.view
    if action in {"deploy", "rollback"}:
        return (yield from _other_version(target, live, sent))
    before = sent.observed.revision or ""
    if view.version != before:
        return other_value("version", view.version, before)
    if action == "scale":
        wanted, is_set = str(given["replica"]), view.status_detail.replica
        return None if is_set == wanted else other_value("replicas", is_set, wanted)
    return status_doubt(action, view.word)


def _other_version(target: Instance, live: Live, sent: SentStep) -> Flow[Reason | None]:
    """Say whose version it is: while it is being changed, a new snapshot may tell it first."""
    wanted = str(sent.work.step.parameters["version"])
    if live.view.version == wanted:
        return _other_artifact(live, sent)
    snapshots = yield from read_snapshots(target, live.place)
    fresh = (each for each in snapshots if each.made_at and is_in_window(each.made_at, sent))
    if live.view.word in CHANGING and any(each.version == wanted for each in fresh):
        return None
    return other_value("version", live.view.version, wanted)


def _other_artifact(live: Live, sent: SentStep) -> Reason | None:
    addresses = sent.work.step.parameters.get("addresses")
    for container, url in (addresses if isinstance(addresses, dict) else {}).items():
        theirs = live.view.address(container)
        if theirs and theirs != url:
            return ArtifactDiffers(container=container).reason
    return None
