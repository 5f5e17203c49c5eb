"""The bodies of the mutating calls, and the call that only has one checked."""

from typing import Any

from bot.core.flow import Flow
from bot.core.plan import PlanDraft, PlannedStep
from bot.systems._helm.choice import can_send, sendable
from bot.systems._helm.values import Values
from bot.systems.cce_release.options import parameters_of
from bot.systems.cce_release.reads import call, read_release, release_path, releases_path
from bot.systems.cce_release.target import Release


def values_of(target: Release, step: PlannedStep) -> Flow[Values]:
    """Return the values to send, whole, with their secrets; none where none are to be sent."""
    if not step.parameters.get("sends_values"):
        return {}
    doing = f"{step.name} the release"
    if can_send(step, target.declared):
        return sendable(step, doing, target.declared)
    view = yield from read_release(target)
    is_present = view is not None and view.version == step.parameters["present"]
    return sendable(step, doing, target.declared, view.shown if view and is_present else None)


def changed(target: Release, step: PlannedStep, values: Values) -> dict[str, Any]:
    """Return the body of a change."""
    parameters = parameters_of(step, target)
    if "release_version" in step.parameters:
        parameters["release_version"] = step.parameters["release_version"]
    return {
        "chart_id": step.parameters["chart_id"],
        "action": step.parameters["action"],
        "parameters": parameters,
        "values": values,
    }


def created(target: Release, step: PlannedStep) -> dict[str, Any]:
    """Return the body of a creation."""
    template = target.creation
    told = {"description": template.description} if template and template.description else {}
    return {
        "chart_id": step.parameters["chart_id"],
        "name": target.release,
        "namespace": target.namespace,
        "version": step.parameters["chart_version"],
        "values": sendable(step, "create the release", target.created_values),
        "parameters": (template.parameters if template else target.parameters).body,
        **told,
    }


def check(target: Release, draft: PlanDraft) -> Flow[bool]:
    """Let CCE check what a plan would send; by `dry_run` it installs nothing."""
    [step] = draft.steps
    if step.name == "delete":
        return False
    if step.name == "create":
        yield call("POST", releases_path(target), _only_checked(created(target, step)))
        return True
    values = yield from values_of(target, step)
    yield call("PUT", release_path(target), _only_checked(changed(target, step, values)))
    return True


def _only_checked(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "parameters": {**body["parameters"], "dry_run": True}}
