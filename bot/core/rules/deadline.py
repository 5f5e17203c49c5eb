"""Rule: after the deadline no further step is sent."""

from bot.core.codes.rules import DeadlinePassed
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Send


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse a permit after the deadline, which the first permit sets."""
    operation = facts.operation
    if not isinstance(intent, Send) or operation is None:
        return None
    if operation.is_overdue(facts.now):
        return Finding.no(DeadlinePassed(deadline=operation.deadline.total_seconds()))
    return Finding.yes()
