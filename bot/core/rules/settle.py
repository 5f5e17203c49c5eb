"""Rule: nobody decides about a lost call while it may still take effect."""

from bot.core.codes.rules import StepsLeft, TooEarly
from bot.core.operation import Uncertain
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Executed, NotExecuted


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse before the settle time is over, and to go on with steps that need what was lost."""
    operation = facts.operation
    phase = operation.phase if operation else None
    if not isinstance(intent, NotExecuted | Executed) or not isinstance(phase, Uncertain):
        return None
    if facts.now < phase.decide_after:
        return Finding.no(TooEarly(until=phase.decide_after))
    is_last = operation is not None and phase.step + 1 == len(operation.steps)
    return Finding.yes() if is_last or isinstance(intent, NotExecuted) else Finding.no(StepsLeft())
