"""The reads that several of the flows begin with."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

from bot.core.codes import Value
from bot.core.codes.systems import (
    AboutAnother,
    Hidden,
    LabelName,
    NotObjects,
    NoUsableId,
    SeveralCalled,
)
from bot.core.flow import Flow, Reply, path
from bot.core.plan import Observation
from bot.core.secrecy import holds_secret
from bot.systems._huawei.drafts import Present, ready
from bot.systems._huawei.jobs import JOB_ID
from bot.systems._huawei.servicestage import get, pages
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import (
    GONE,
    ComponentsPage,
    ComponentView,
    InstancesPage,
    InstanceView,
    Snapshot,
    SnapshotsPage,
    mended,
)

RowT = TypeVar("RowT", ComponentView, InstanceView)

THING: Final[LabelName] = "instance"
CAS: Final = "/v2/{project_id}/cas"


class Place(NamedTuple):
    """The ids that lead to an instance."""

    component: str
    instance: str


class Live(NamedTuple):
    """An instance as it was read: where it is, what we understand, and all that it has."""

    target: Instance
    place: Place
    view: InstanceView
    settings: dict[str, Any]

    @property
    def present(self) -> Present:
        """The same, as plans of both versions need it."""
        return Present(
            thing=THING,
            ids={"component_id": self.place.component, "instance_id": self.place.instance},
            word=self.view.word,
            version=self.view.version,
            replicas=self.view.status_detail.replica,
            last_job=self.view.last_job,
            observed=observation(self.view),
        )


def components_path(target: Instance) -> str:
    """Return the path of the application's components."""
    application = str(target.application_id)
    return path(CAS + "/applications/{application}/components", application=application)


def component_path(target: Instance, component: str) -> str:
    """Return the path of one component."""
    return f"{components_path(target)}/{path('{component}', component=component)}"


def instances_path(target: Instance, component: str) -> str:
    """Return the path of a component's instances."""
    return f"{component_path(target, component)}/instances"


def instance_path(target: Instance, place: Place) -> str:
    """Return the path of one instance."""
    where = instances_path(target, place.component)
    return f"{where}/{path('{instance}', instance=place.instance)}"


def find(target: Instance) -> Flow[Place | None]:
    """Return where the instance is: ids from the configuration, else by name; None: nowhere."""
    component = str(target.component_id or "") or (yield from _component_id(target))
    if not component:
        return None
    if target.instance_id is not None:
        return Place(component, str(target.instance_id))
    found = yield from find_instance(target, component)
    return Place(component, found.id) if found else None


def find_present_component(target: Instance) -> Flow[ComponentView | None]:
    """Look for the component by its id, whatever it is called now, else by the template's name."""
    rows = yield from pages(components_path(target), components_in)
    return _known(rows, target.component_id) or _named(rows, target.component_name, "component")


def find_present_instance(target: Instance, component: str) -> Flow[InstanceView | None]:
    """Look for the instance by its id, whatever it is called now, else by the template's name."""
    rows = [row for row in (yield from read_instances(target, component)) if row.word != GONE]
    return _known(rows, target.instance_id) or _named(rows, target.instance_name, "instance")


def find_component(target: Instance) -> Flow[ComponentView | None]:
    """Look among the application's components for the one that the template names."""
    rows = yield from pages(components_path(target), components_in)
    return _named(rows, target.component_name, "component")


def find_instance(target: Instance, component: str) -> Flow[InstanceView | None]:
    """Look among the component's instances for the one that the template names."""
    rows = yield from read_instances(target, component)
    return _named([row for row in rows if row.word != GONE], target.instance_name, "instance")


def read_instances(target: Instance, component: str) -> Flow[tuple[InstanceView, ...]]:
    """Read the rows of the component's instances."""
    return (yield from pages(instances_path(target, component), instances_in))


def read_component(target: Instance, component: str) -> Flow[ComponentView]:
    """Read a component."""
    doing = f"read component {component}"
    reply = yield get(component_path(target, component))
    view = parse(ComponentView, reply, doing)
    if view.id != component:
        raise unreadable(doing=doing, why=AboutAnother(id=view.id))
    return view


def read_instance(target: Instance, place: Place) -> Flow[Live]:
    """Read the instance's settings and status."""
    doing = f"read instance {place.instance}"
    reply = yield get(instance_path(target, place))
    view = parse(InstanceView, reply, doing)
    if view.id != place.instance:
        raise unreadable(doing=doing, why=AboutAnother(id=view.id))
    if view.last_job and not JOB_ID.fullmatch(view.last_job):
        raise unreadable(doing=doing, why=NoUsableId())
    settings = dict(reply.body) if isinstance(reply.body, dict) else {}
    _check_settings(settings, doing)
    return Live(target, place, view, {**settings, "artifacts": view.artifacts})


def read_live(target: Instance) -> Flow[Live | None]:
    """Find the instance and read it; None where nothing has its name, or it was deleted."""
    place = yield from find(target)
    if place is None:
        return None
    live = yield from read_instance(target, place)
    return None if live.view.word == GONE else live


def read_snapshots(target: Instance, place: Place) -> Flow[tuple[Snapshot, ...]]:
    """Read the instance's snapshots, newest first."""
    doing = f"read the snapshots of instance {place.instance}"
    rows = yield from pages(
        f"{instance_path(target, place)}/snapshots", lambda reply: _snapshots(reply, doing)
    )
    if all(row.made_at for row in rows):  # otherwise as the API lists them: newest first
        return tuple(sorted(rows, key=lambda row: str(row.made_at), reverse=True))
    return rows


def observation(view: InstanceView) -> Observation:
    """Return what people and plans need of the live state."""
    return Observation(
        revision=view.version or None,
        status=plain(view.word),
        last_task=view.last_job or None,
        facts=facts(view),
    )


def facts(view: InstanceView) -> dict[str, Value]:
    """Return what people read of an instance."""
    status = view.status_detail
    told: dict[str, Value] = {
        THING: view.name,
        "replicas": ready(status.available_replica, status.replica).reason,
        **{f"artifact:{plain(each)}": shown(view.address(each)) for each in view.artifacts},
        "platform": plain(view.platform_type),
        "fault": status.fail_detail,
        "last_job": plain(status.last_job_status),
    }
    return {name: each for name, each in told.items() if each}


def shown(url: str) -> Value:
    """Return an address for people, and not at all where it holds a password."""
    return Hidden().reason if holds_secret(url) else plain(url)


def _component_id(target: Instance) -> Flow[str]:
    found = yield from find_component(target)
    return found.id if found else ""


def _known(rows: Sequence[RowT], known: UUID | None) -> RowT | None:
    return next((row for row in rows if known is not None and row.id == str(known)), None)


def _named(rows: Sequence[RowT], name: str, what: LabelName) -> RowT | None:
    named = [row for row in rows if row.name == name]
    if len(named) > 1:
        raise unreadable(doing=f"look for the {what}", why=SeveralCalled(thing=what, name=name))
    return named[0] if named else None


def components_in(reply: Reply) -> tuple[int | None, list[ComponentView]]:
    """Return the components of a page, and how many there are in all."""
    page = parse(ComponentsPage, reply, "list the application's components")
    return page.count, page.rows


def instances_in(reply: Reply) -> tuple[int | None, list[InstanceView]]:
    """Return the instances of a page, and how many there are in all."""
    page = parse(InstancesPage, reply, "list the component's instances")
    return page.count, page.rows


def _snapshots(reply: Reply, doing: str) -> tuple[int | None, list[Snapshot]]:
    page = parse(SnapshotsPage, mended(reply), doing)
    return page.count, page.rows


def _check_settings(settings: dict[str, Any], doing: str) -> None:
    """Refuse settings that could not be sent back."""
    accesses = settings.get("external_accesses")
    if accesses is not None and not _are_objects(accesses):
        raise unreadable(doing=doing, why=NotObjects(place="external_accesses"))
    artifacts = settings.get("artifacts")
    if artifacts is not None and not _are_objects(list(artifacts.values())):
        raise unreadable(doing=doing, why=NotObjects(place="artifacts"))


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)
