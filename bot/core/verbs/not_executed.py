"""The button "Not executed": say that a lost call had no effect."""

from typing import Final

from bot.core.rules.intents import NotExecuted
from bot.core.verbs.token import Token
from bot.core.verbs.verb import Verb


def press(token: Token) -> NotExecuted:
    """Return what the button does."""
    return NotExecuted(operation=token.operation, seen=token.seen)


NOT_EXECUTED: Final = Verb(name="not_executed", press=press)
