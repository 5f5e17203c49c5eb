"""What ServiceStage v2 has in a project: applications, components, and their instances."""

from typing import Any

from bot.core.flow import Flow, path
from bot.core.system import Found
from bot.systems._huawei.applications import (
    FILL_IN,
    Application,
    as_template,
    is_address,
    read_applications,
)
from bot.systems._huawei.servicestage import pages
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2.reads import CAS, components_in, instances_in
from bot.systems.servicestage_v2.wire import GONE, ComponentView, InstanceView


def discover() -> Flow[tuple[Found, ...]]:
    """Read all applications, their components, and what runs of these."""
    found: list[Found] = []
    for application in (yield from read_applications(CAS)):
        found.append(application.found)
        where = path(CAS + "/applications/{application}/components", application=application.id)
        for component in (yield from pages(where, components_in)):
            found.append(Found(kind="component", name=component.name, place=application.name))
            below = f"{where}/{path('{component}', component=str(component.id))}/instances"
            rows = yield from pages(below, instances_in)
            there = (row for row in rows if row.word != GONE)
            found += [_found(application, component, each) for each in there]
    return tuple(found)


def _found(application: Application, component: ComponentView, row: InstanceView) -> Found:
    settings: dict[str, Any] = {
        "application_id": application.id,
        "component_id": str(component.id),
        "instance_id": str(row.id),
        "artifacts": _artifacts(row),
    }
    return Found(
        kind="instance",
        name=row.name,
        place=f"{application.name}/{component.name}",
        status=" ".join(filter(None, (plain(row.word), row.version))),
        settings=settings,
        identity={"instance_id": (str(row.id),)},
    )


def _artifacts(row: InstanceView) -> dict[str, str]:
    """Return where its containers are fetched from, with a mark for the version.

    What does not have the version in it stays as it is where another one has.
    """
    present = {name: row.address(name) for name in sorted(row.artifacts)}
    marked = {name: as_template(url, row.version) for name, url in present.items()}
    if all(url == FILL_IN for url in marked.values()):
        return marked or {"fill-in": FILL_IN}
    return {
        name: present[name] if url == FILL_IN and is_address(present[name]) else url
        for name, url in marked.items()
    }
