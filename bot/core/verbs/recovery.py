"""The buttons of a failure: go on by one of the options that its system offers."""

from typing import Final

from bot.core.rules.intents import Recover
from bot.core.verbs.token import Token
from bot.core.verbs.verb import Verb


def press(token: Token) -> Recover:
    """Return what the button does."""
    return Recover(operation=token.operation, seen=token.seen, option=token.option)


RECOVERY: Final = Verb(name="recovery", press=press, has_options=True, asks_reason=True)
