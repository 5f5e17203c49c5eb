"""Plans that both versions of ServiceStage make alike, from what each has read in its own way."""

from bot.core.codes import Denied
from bot.core.plan import Change, Observation, PlanDraft, PlannedStep
from bot.core.records import Action
from bot.systems._huawei import refusals
from bot.systems._huawei.servicestage import RUNNING, STOPPED
from bot.systems._wire.text import plain


def scaled(
    observed: Observation, step: PlannedStep, before: str, replicas: int
) -> PlanDraft | Denied:
    """Plan another number of copies than *before*, which is "" where nobody knows it."""
    if before == str(replicas):
        return refusals.no_change(f"{replicas} replicas are set already", "Ask for another number.")
    return PlanDraft(
        observed=observed,
        steps=(step,),
        before=f"{before or '?'} replicas",
        after=f"{replicas} replicas",
        changes=(Change(name="replicas", before=before, after=str(replicas)),),
    )


def switched(
    observed: Observation, step: PlannedStep, action: Action, *, thing: str, word: str, version: str
) -> PlanDraft | Denied:
    """Plan a start, stop or restart of the *thing*, whose status is *word*."""
    if (action, word) in {("start", RUNNING), ("stop", STOPPED)}:
        return refusals.no_change(f"the {thing} is {word} already", "See /ops status.")
    after = {"start": "running", "stop": "stopped"}.get(action, version)
    before = version if action == "restart" else plain(word).lower()
    return PlanDraft(observed=observed, steps=(step,), before=before, after=after)
