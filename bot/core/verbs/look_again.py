"""The button "Look again": read now what is uncertain or stalled."""

from typing import Final

from bot.core.rules.intents import LookAgain
from bot.core.verbs.token import Token
from bot.core.verbs.verb import Verb


def press(token: Token) -> LookAgain:
    """Return what the button does."""
    return LookAgain(operation=token.operation, seen=token.seen)


LOOK_AGAIN: Final = Verb(name="look_again", press=press)
