"""What creating an instance takes: the template's two bodies, one or both of them."""

from collections.abc import Mapping
from typing import Any, Final

from bot.core.codes import Denied
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Json
from bot.systems._huawei import refusals
from bot.systems.servicestage_v2.artifacts import address_changes, astray, fetched
from bot.systems.servicestage_v2.target import Instance

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
    strays = [astray(name, given.get(name, {}), url) for name, url in addresses.items()]
    if any(strays):
        return refusals.not_creatable(next(filter(None, strays)))
    return PlanDraft(
        observed=Observation(
            status="absent",
            facts={"component": target.component_name, "instance": target.instance_name},
        ),
        steps=_steps(target, wanted, addresses, component),
        before="absent",
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


def exists(target: Instance) -> Denied:
    """Return the refusal for an instance that is there already."""
    return refusals.no_change(
        f"component {target.component_name!r} has an instance {target.instance_name!r} already",
        "Deploy to it.",
    )


def _version(target: Instance, version: str | None) -> str | Denied:
    denial = _incomplete(target)
    return denial or version or target.instance_body.get("version") or refusals.lacks("version")


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


def _incomplete(target: Instance) -> Denied | None:
    lacking = [
        *(f"component.{each}" for each in _COMPONENT_NEEDS if each not in target.component_body),
        *(f"instance.{each}" for each in _INSTANCE_NEEDS if each not in target.instance_body),
    ]
    if lacking:
        return refusals.not_creatable(f"the create template lacks {', '.join(lacking)}")
    given = target.instance_body.get("artifacts")
    version = target.instance_body.get("version")
    if version is not None and not isinstance(version, str):
        return refusals.not_creatable("instance.version is no text: put it into quotes")
    is_fit = given is None or (
        isinstance(given, dict) and all(isinstance(each, dict) for each in given.values())
    )
    return None if is_fit else refusals.not_creatable("instance.artifacts is no object of objects")


def _artifacts(body: Mapping[str, Any]) -> dict[str, Any]:
    return dict(body.get("artifacts") or {})
