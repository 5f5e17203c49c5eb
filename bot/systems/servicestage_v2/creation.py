"""What creating an instance takes: the template's two bodies, one or both of them."""

from collections.abc import Mapping
from typing import Any, Final

from bot.core.codes import Denied
from bot.core.codes.systems import (
    Absent,
    AlreadyThere,
    NotGiven,
    TemplateLacks,
    TemplateMisfit,
)
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Json
from bot.systems._wire.text import plain
from bot.systems.servicestage_v2.artifacts import address_changes, fetched, is_elsewhere
from bot.systems.servicestage_v2.codes import TemplateElsewhere
from bot.systems.servicestage_v2.reads import THING
from bot.systems.servicestage_v2.target import Instance
from bot.systems.servicestage_v2.wire import InstanceView

CREATE_COMPONENT: Final = "create component"
CREATE_INSTANCE: Final = "create instance"
_COMPONENT_NEEDS: Final = ("name", "runtime", "category")
_INSTANCE_NEEDS: Final = ("name", "environment_id", "flavor_id", "replica", "refer_resources")


def create(target: Instance, version: str | None, component: str | None) -> PlanDraft | Denied:
    """Plan an instance that is not there yet, in *component* or in a new one.

    Without a version the template goes out as it stands.
    """
    wanted = _version(target, version)
    if isinstance(wanted, Denied):
        return wanted
    given = _artifacts(target.instance_body)
    addresses = target.addresses(wanted)
    if version is None:  # only what the template leaves open
        addresses = {k: url for k, url in addresses.items() if not given.get(k, {}).get("url")}
    strays = [name for name, url in addresses.items() if is_elsewhere(given.get(name, {}), url)]
    if strays:
        return Denied.of(TemplateElsewhere(container=strays[0], url=plain(addresses[strays[0]])))
    return PlanDraft(
        observed=Observation(
            status="absent",
            facts={"component": target.component_name, "instance": target.instance_name},
        ),
        steps=_steps(target, wanted, addresses, component),
        before=Absent().reason,
        after=wanted,
        changes=_changes(given, addresses),
    )


def created_instance(
    target: Instance, version: str, addresses: Mapping[str, str]
) -> dict[str, Any]:
    """Return the body that creates the instance at *version*."""
    body = target.instance_body
    artifacts = _artifacts(body)
    for container, url in addresses.items():
        artifacts[container] = fetched(artifacts.get(container, {}), version, url)
    return {**body, "version": version, "artifacts": artifacts}


def exists(found: InstanceView) -> Denied:
    """Return the refusal for an instance that is there already."""
    return Denied.of(AlreadyThere(thing=THING, name=found.name or found.id))


def _version(target: Instance, version: str | None) -> str | Denied:
    fault = _fault(target)
    if fault:
        return Denied.of(fault)
    return version or target.instance_body.get("version") or Denied.of(NotGiven(what="version"))


def _steps(
    target: Instance, version: str, addresses: Mapping[str, str], component: str | None
) -> tuple[PlannedStep, ...]:
    """Return the missing steps; an instance without a component lies in the one created first."""
    template: dict[str, Json] = {"template": target.template_digest}
    place: dict[str, Json] = {"component_id": component} if component else {}
    filled: dict[str, Json] = {"version": version, "addresses": dict(addresses)}
    second = PlannedStep(name=CREATE_INSTANCE, parameters={**template, **place, **filled})
    if component:
        return (second,)
    return PlannedStep(name=CREATE_COMPONENT, parameters=template), second


def _changes(given: Mapping[str, Any], addresses: Mapping[str, str]) -> tuple[Change, ...]:
    named = {name: str(each["url"]) for name, each in given.items() if each.get("url")}
    wanted = {**named, **addresses}
    return address_changes(given, dict.fromkeys(wanted, ""), wanted)


def _fault(target: Instance) -> TemplateLacks | TemplateMisfit | None:
    lacking = (
        *(f"component.{each}" for each in _COMPONENT_NEEDS if each not in target.component_body),
        *(f"instance.{each}" for each in _INSTANCE_NEEDS if each not in target.instance_body),
    )
    if lacking:
        return TemplateLacks(fields=lacking)
    given = target.instance_body.get("artifacts")
    version = target.instance_body.get("version")
    if version is not None and not isinstance(version, str):
        return TemplateMisfit(field="instance.version", wanted="text")
    is_fit = given is None or (
        isinstance(given, dict) and all(isinstance(each, dict) for each in given.values())
    )
    return None if is_fit else TemplateMisfit(field="instance.artifacts", wanted="objects")


def _artifacts(body: Mapping[str, Any]) -> dict[str, Any]:
    return dict(body.get("artifacts") or {})
