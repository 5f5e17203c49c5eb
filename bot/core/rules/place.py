"""Rule: a press counts on a card of its operation only."""

from bot.core.codes.rules import WrongPlace
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Ask, Change, Intent, Prepare, Send


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse a press on a message that is no card of the operation."""
    if isinstance(intent, Ask | Change | Prepare | Send):
        return None
    return Finding.yes() if facts.is_on_card else Finding.no(WrongPlace())
