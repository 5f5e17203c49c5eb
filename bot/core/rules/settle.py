"""Rule: nobody decides about a lost call while it may still take effect."""

from bot.core.codes.rules import TooEarly
from bot.core.operation import Uncertain
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import NotExecuted


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse before the settle time is over."""
    phase = facts.operation.phase if facts.operation else None
    if not isinstance(intent, NotExecuted) or not isinstance(phase, Uncertain):
        return None
    if facts.now < phase.decide_after:
        return Finding.no(TooEarly(until=phase.decide_after))
    return Finding.yes()
