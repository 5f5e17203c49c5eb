"""The reads that several of the flows begin with."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from bot.core.codes import Value
from bot.core.codes.systems import (
    AboutAnother,
    LabelName,
    NotObjects,
    NoUsableId,
    SeveralCalled,
)
from bot.core.flow import Flow, Reply, path
from bot.core.plan import Observation
from bot.systems._huawei.drafts import Present, ready
from bot.systems._huawei.jobs import JOB_ID
from bot.systems._huawei.servicestage import DELETED, get, pages
from bot.systems._wire.replies import parse, unreadable
from bot.systems._wire.text import plain
from bot.systems.servicestage_v3.codes import GrayWaits
from bot.systems.servicestage_v3.target import Component
from bot.systems.servicestage_v3.wire import (
    GRAYING,
    ComponentsPage,
    RecordsPage,
    VersionRecord,
    View,
    is_inner,
)

THING: Final[LabelName] = "component"
CAS: Final = "/v3/{project_id}/cas"


class Live(NamedTuple):
    """A component as it was read: what we understand, and all that it has."""

    target: Component
    view: View
    settings: dict[str, Any]

    @property
    def envs(self) -> list[Any]:
        """Its variables, but for the platform's own."""
        return [each for each in self.settings.get("envs") or [] if not is_inner(each)]

    @property
    def present(self) -> Present:
        """The same, as plans of both versions need it."""
        return Present(
            thing=THING,
            ids={"component_id": str(self.view.id)},
            word=self.view.word,
            version=self.view.version,
            replicas=self.view.replicas_wanted,
            last_job=self.view.status.last_job_id,
            observed=observation(self.view),
            waits=self.view.word == GRAYING,
        )


def components_path(target: Component) -> str:
    """Return the path of the application's components."""
    return path(CAS + "/applications/{application}/components", application=_id(target))


def component_path(target: Component, component: str) -> str:
    """Return the path of one component."""
    return f"{components_path(target)}/{path('{component}', component=component)}"


def read_component(target: Component, component: str) -> Flow[Live]:
    """Read the component's settings and status."""
    doing = f"read component {component}"
    reply = yield get(component_path(target, component))
    view = parse(View, reply, doing)
    if str(view.id) != component:
        raise unreadable(doing=doing, why=AboutAnother(id=str(view.id)))
    if view.status.last_job_id and not JOB_ID.fullmatch(view.status.last_job_id):
        raise unreadable(doing=doing, why=NoUsableId())
    _check_settings(reply, doing)
    return Live(target, view, dict(reply.body) if isinstance(reply.body, dict) else {})


def read_live(target: Component) -> Flow[Live | None]:
    """Find the component and read it; None where nothing has its name, or it was deleted."""
    component = yield from find_id(target)
    if component is None:
        return None
    live = yield from read_component(target, component)
    return None if live.view.word == DELETED else live


def read_records(target: Component, component: str) -> Flow[tuple[VersionRecord, ...]]:
    """Read the component's records, newest first."""
    where = f"{component_path(target, component)}/records"
    rows = yield from pages(where, lambda reply: _records(reply, component))
    timed = [row.begun_at for row in rows]
    if all(timed):  # otherwise as the API lists them, which is newest first by default
        rows = tuple(sorted(rows, key=lambda row: str(row.begun_at), reverse=True))
    return rows


def find_by_name(target: Component) -> Flow[View | None]:
    """Look among the application's components for the one that the template names."""
    return _named((yield from _there(target)), target)


def find_present(target: Component) -> Flow[View | None]:
    """Look among the application's components for the one that the target already stands for.

    By its id, whatever it is called now, else by the template's name.
    """
    rows = yield from _there(target)
    known = (row for row in rows if row.id == target.component_id)
    return next(known, None) or _named(rows, target)


def find_row(target: Component, component: str) -> Flow[View | None]:
    """Look among the application's components for the one with this id that is not deleted."""
    there = yield from _there(target)
    return next((row for row in there if str(row.id) == component), None)


def find_id(target: Component) -> Flow[str | None]:
    """Return the component's id: from the configuration, else by its name; None: not there."""
    if target.component_id is not None:
        return str(target.component_id)
    found = yield from find_by_name(target)
    return str(found.id) if found else None


def observation(view: View) -> Observation:
    """Return what people and plans need of the live state."""
    return Observation(
        revision=view.version or None,
        status=plain(view.word),
        last_task=view.status.last_job_id or None,
        facts=facts(view),
    )


def facts(view: View) -> dict[str, Value]:
    """Return what people read of a component."""
    status = view.status
    told: dict[str, Value] = {
        THING: view.name,
        "replicas": ready(status.available_replica, view.replicas_wanted).reason,
        "image": plain(view.image),
        "fault": status.fail_detail,
        "strategy": GrayWaits().reason if view.word == GRAYING else "",
    }
    return {name: each for name, each in told.items() if each}


def _id(target: Component) -> str:
    return str(target.application_id)


def _there(target: Component) -> Flow[tuple[View, ...]]:
    rows = yield from pages(components_path(target), _components)
    return tuple(row for row in rows if row.word != DELETED)


def _named(rows: Sequence[View], target: Component) -> View | None:
    named = [row for row in rows if row.name == target.created_name]
    if len(named) > 1:
        why = SeveralCalled(thing=THING, name=target.created_name)
        raise unreadable(doing="look for the component", why=why)
    return named[0] if named else None


def _records(reply: Reply, component: str) -> tuple[int | None, list[VersionRecord]]:
    page = parse(RecordsPage, reply, f"read the records of component {component}")
    return page.count, page.rows


def _components(reply: Reply) -> tuple[int | None, list[View]]:
    page = parse(ComponentsPage, reply, "list the application's components")
    return page.count, page.rows


def _check_settings(reply: Reply, doing: str) -> None:
    """Refuse settings that could not be sent back: a modification replaces them as a whole."""
    envs = reply.body.get("envs") if isinstance(reply.body, dict) else None
    if envs is not None and not (
        isinstance(envs, list) and all(isinstance(each, dict) for each in envs)
    ):
        raise unreadable(doing=doing, why=NotObjects(place="envs"))
