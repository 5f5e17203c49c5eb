"""`/ops delete`: take it away."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Change
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import change, nothing_more


def parse(text: str) -> Change | Denied:
    """Read a target."""
    return change("delete", "delete", text, nothing_more)


DELETE: Final = Verb(
    name="delete",
    commands=("ops delete",),
    usage='<target> [--reason "…"] [--dry-run] [--break-glass]',
    example="checkout",
    parse=parse,
)
