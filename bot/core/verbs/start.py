"""`/ops start`: run again what was stopped. The button "Start now": begin what waited for long."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Change
from bot.core.rules.presses import StartNow
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import change, nothing_more


def parse(text: str) -> Change | Denied:
    """Read a target."""
    return change("start", "start", text, nothing_more)


START: Final = Verb(
    name="start",
    commands=("ops start",),
    usage='<target> [--reason "…"] [--dry-run] [--break-glass]',
    example="checkout",
    parse=parse,
    press=StartNow,
)
