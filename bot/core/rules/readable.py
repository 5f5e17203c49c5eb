"""Rule: what people approve can be read in Slack before, to its last letter."""

from typing import Final

from bot.core.codes.rules import TooLargeToRead
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent, Prepare
from bot.core.rules.presses import Approve

MOST: Final = 130_000  # characters that a view of Slack has room for, in a hundred blocks


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse a plan of which no view could show the whole."""
    match intent:
        case Approve():
            plan = facts.operation.plan if facts.operation else None
        case Prepare():
            plan = facts.live_plan
        case _:
            return None
    if plan is None or plan.length <= MOST:
        return Finding.yes()
    return Finding.no(TooLargeToRead(length=plan.length, most=MOST))
