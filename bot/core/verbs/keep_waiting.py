"""The button "Keep waiting": watch a stalled remote task for longer."""

from typing import Final

from bot.core.rules.intents import KeepWaiting
from bot.core.verbs.token import Token
from bot.core.verbs.verb import Verb


def press(token: Token) -> KeepWaiting:
    """Return what the button does."""
    return KeepWaiting(operation=token.operation, seen=token.seen)


KEEP_WAITING: Final = Verb(name="keep_waiting", press=press)
