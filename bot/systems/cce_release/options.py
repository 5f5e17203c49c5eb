"""The vendor's parameters of one change: what the target says, and what was typed besides."""

from typing import Any, Final

from bot.core.codes.systems import label
from bot.core.plan import Change, PlanDraft, PlannedStep
from bot.core.records import Action, Json, Parameters
from bot.systems.cce_release.target import Release

RESET: Final = "reset-values"
_OF_ALL: Final = ("include-hooks", "no-hooks", "recreate")
OPTIONS: Final[dict[Action, tuple[str, ...]]] = {
    "deploy": (*_OF_ALL, RESET),
    "rollback": _OF_ALL,
}


def with_options(draft: PlanDraft, target: Release, asked: Parameters) -> PlanDraft:
    """Return the plan with its parameters in the step, so that what is approved is sent."""
    typed = {each.replace("-", "_"): True for each in asked.options}
    parameters: dict[str, Json] = {**target.parameters.body, **typed}
    if parameters == {"dry_run": False}:
        return draft
    [step] = draft.steps
    told = step.model_copy(update={"parameters": {**step.parameters, "parameters": parameters}})
    shown = ", ".join(asked.options)
    more = (Change(name=label("options"), before="", after=shown),) if shown else ()
    return draft.model_copy(update={"steps": (told,), "changes": (*draft.changes, *more)})


def parameters_of(step: PlannedStep, target: Release) -> dict[str, Any]:
    """Return the parameters to send; steps of older versions do not hold them."""
    held = step.parameters.get("parameters")
    return dict(held) if isinstance(held, dict) else target.parameters.body
