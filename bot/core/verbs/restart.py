"""`/ops restart`: once more, as it is."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Change
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import change, nothing_more


def parse(text: str) -> Change | Denied:
    """Read a target."""
    return change("restart", "restart", text, nothing_more)


RESTART: Final = Verb(
    name="restart",
    commands=("ops restart",),
    usage='<target> [--reason "…"] [--dry-run] [--break-glass]',
    example="checkout",
    parse=parse,
)
