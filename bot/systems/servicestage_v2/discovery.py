"""What ServiceStage v2 has in a project: applications, components, and their instances."""

from typing import Any

from bot.core.flow import Flow, path
from bot.core.system import Found
from bot.systems._huawei.applications import Application, as_template, read_applications
from bot.systems._huawei.servicestage import pages
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2.reads import CAS, components_in, instances_in
from bot.systems.servicestage_v2.wire import ComponentView, InstanceView


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
            found += [_found(application, component, each) for each in rows]
    return tuple(found)


def _found(application: Application, component: ComponentView, row: InstanceView) -> Found:
    artifacts = {
        name: as_template(row.address(name), row.version) for name in sorted(row.artifacts)
    }
    settings: dict[str, Any] = {
        "application_id": application.id,
        "component_id": str(component.id),
        "instance_id": str(row.id),
        "artifacts": artifacts,
    }
    return Found(
        kind="instance",
        name=row.name,
        place=f"{application.name}/{component.name}",
        status=" ".join(filter(None, (plain(row.word), row.version))),
        settings=settings,
        identity={"instance_id": (str(row.id),)},
    )
