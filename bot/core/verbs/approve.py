"""The button "Approve": open the gate."""

from typing import Final

from bot.core.rules.intents import Approve
from bot.core.verbs.token import Token
from bot.core.verbs.verb import Verb


def press(token: Token) -> Approve:
    """Return what the button does."""
    return Approve(operation=token.operation, seen=token.seen)


APPROVE: Final = Verb(name="approve", press=press)
