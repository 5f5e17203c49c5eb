"""Rule: who takes back what somebody took back a moment ago says to what."""

from datetime import timedelta
from typing import Final

from bot.core.codes.rules import RolledBackLately
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent

LATELY: Final = timedelta(minutes=10)  # in an incident two people may want the same


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse a second rollback that names no revision: it would go back two releases."""
    if not isinstance(intent, Change) or intent.asked.action != "rollback" or intent.dry_run:
        return None
    done = facts.undone
    if intent.asked.parameters.revision is not None or done is None:
        return Finding.yes()
    if facts.now - done.at >= LATELY or facts.target is None:
        return Finding.yes()
    told = RolledBackLately(target=facts.target.name, **dict(done))
    return Finding.no(told, operation=done.operation)
