"""`/ops discover`: what a connection has, and what of it is no target yet."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import NoConnection
from bot.core.rules.intents import Ask
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read a connection, and words that stand in what is looked for."""
    connection, *words = text.split() or [""]
    if not connection:
        return Denied.of(NoConnection(verb="discover"))
    return Ask(topic="discover", subject=connection.lower(), word=" ".join(words).lower())


DISCOVER: Final = Verb(
    name="discover",
    commands=("ops discover",),
    usage="<connection> [<word> …]",
    example="huawei",
    parse=parse,
)
