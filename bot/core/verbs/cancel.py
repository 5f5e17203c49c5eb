"""`/ops cancel` and the button: withdraw what was not sent yet."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import NotAnOperation
from bot.core.rules.intents import Cancel
from bot.core.verbs.token import Token
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import OPERATION


def parse(text: str) -> Cancel | Denied:
    """Read an operation's id."""
    words = text.split()
    if len(words) != 1 or not OPERATION.fullmatch(words[0].lower()):
        return Denied.of(NotAnOperation(verb="cancel"))
    return Cancel(operation=words[0].lower())


def press(token: Token) -> Cancel:
    """Return what the button does."""
    return Cancel(operation=token.operation, seen=token.seen)


CANCEL: Final = Verb(
    name="cancel",
    commands=("ops cancel",),
    usage="<op>",
    example="op-0123456789",
    parse=parse,
    press=press,
)
