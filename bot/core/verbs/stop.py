"""`/ops stop`: run nothing of it."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Change
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import change, nothing_more


def parse(text: str) -> Change | Denied:
    """Read a target."""
    return change("stop", "stop", text, nothing_more)


STOP: Final = Verb(
    name="stop",
    commands=("ops stop",),
    usage='<target> [--reason "…"] [--dry-run] [--break-glass]',
    example="checkout",
    parse=parse,
)
