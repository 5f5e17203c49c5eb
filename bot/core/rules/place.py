"""Rule: a press counts on a card of its operation only; what is only read may stand anywhere."""

from bot.core.codes.rules import WrongPlace
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Press


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse a press on a message that is no card of the operation."""
    if not isinstance(intent, Press) or intent.right is None:
        return None
    return Finding.yes() if facts.is_on_card else Finding.no(WrongPlace())
