"""Rule: where the policy wants a reason, one is given."""

from bot.core.codes.rules import BreakGlassNeedsReason, ReasonRequired
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Want words; a change that names what it undoes, follows or takes up has them in that."""
    if not isinstance(intent, Change) or facts.policy is None or intent.dry_run:
        return None
    if intent.break_glass:
        glass = f"policies.{facts.policy.name}.break_glass"
        return Finding.yes() if intent.reason else Finding.no(BreakGlassNeedsReason(), place=glass)
    is_given = bool(intent.reason or intent.rollback_of or intent.follows or intent.proposal)
    if facts.policy.reason == "optional" or is_given:
        return Finding.yes()
    return Finding.no(ReasonRequired(), place=f"policies.{facts.policy.name}.reason")
