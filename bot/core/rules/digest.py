"""Rule: an approval counts for the plan that the pressed card showed; without a digest for none."""

from bot.core.codes.rules import Stale
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Approve


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Compare the button's round and digest with the present plan."""
    if not isinstance(intent, Approve) or facts.operation is None:
        return None
    seen, operation = intent.seen, facts.operation
    is_present = (
        seen is not None
        and bool(seen.digest)
        and seen.round == operation.round
        and operation.plan.digest.startswith(seen.digest)
    )
    return Finding.yes() if is_present else Finding.no(Stale())
