"""The button "Reject": close the gate, with a reason."""

from typing import Final

from bot.core.rules.intents import Reject
from bot.core.verbs.token import Token
from bot.core.verbs.verb import Verb


def press(token: Token) -> Reject:
    """Return what the button does."""
    return Reject(operation=token.operation, seen=token.seen)


REJECT: Final = Verb(name="reject", press=press, asks_reason=True)
