"""What a rollback would do, shown before it is asked for."""

import time
from typing import Final

from bot.core.estimates import Estimate, of_steps
from bot.core.operation import Operation
from bot.core.outcomes import Caller, DryRun, PreviewWanted
from bot.core.rules import Change, Facts, Press, decide
from bot.deadline import answering
from bot.service.changes import dry_run
from bot.service.context import ServiceContext

PREVIEW_SECONDS: Final = 1.2  # for the cloud; the form is open already, and is then drawn anew
_AWAY: Final = frozenset({"cloud_unavailable", "api_limit"})


def preview_wanted(operation: Operation, facts: Facts) -> PreviewWanted:
    """Return what is known at once of taking *operation* back."""
    is_wanted = facts.policy is not None and facts.policy.reason == "required"
    return PreviewWanted(operation=operation, wants_reason=is_wanted)


def previewed(
    context: ServiceContext, wanted: PreviewWanted, intent: Press, *, by: Caller
) -> PreviewWanted:
    """Return *wanted* with the plan as it would be made now, or with why there would be none."""
    change = intent.becomes(wanted.operation, by.user, context.clock())
    if not isinstance(change, Change):
        return wanted
    dry = change.model_copy(update={"dry_run": True})
    facts = context.facts.of_change(dry, by.user, by.channel or None)
    denied = decide(dry, facts).denied
    if denied is not None or facts.target is None or facts.policy is None:
        return wanted.model_copy(update={"refused": denied})
    with answering(time.monotonic() + PREVIEW_SECONDS):
        found = dry_run(context, change.asked, facts.target, facts.policy)
    if isinstance(found, DryRun):
        usual = _usual(context, wanted.operation, found)
        return wanted.model_copy(update={"planned": found, "usual": usual})
    return wanted if found.code in _AWAY else wanted.model_copy(update={"refused": found})


def _usual(context: ServiceContext, operation: Operation, planned: DryRun) -> Estimate | None:
    names = [step.name for step in planned.draft.steps]
    return of_steps(names, context.journal.step_times.of(operation.target, "rollback", names))
