"""Rule: a failed operation is continued by an option that its failure offers, once."""

from bot.core.codes.rules import ContinuedAlready, NoSuchOption, RolledBackAlready
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Intent
from bot.core.rules.presses import Recover


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse an option that is not offered; say which operation continues it, or undoes it."""
    if not isinstance(intent, Recover) or facts.operation is None:
        return None
    if facts.continued_by is not None:
        by = facts.continued_by
        return Finding.moot(ContinuedAlready(by=by), operation=by)
    if facts.rolled_back_by is not None:
        by = facts.rolled_back_by
        return Finding.moot(RolledBackAlready(by=by), operation=by)
    if facts.operation.option(intent.option) is None:
        return Finding.no(NoSuchOption())
    return Finding.yes()
