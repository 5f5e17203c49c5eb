"""`/ops targets`: what can be changed, or what of it has a word."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Ask
from bot.core.target import ALL
from bot.core.verbs.questions import any_subject
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read the word to look for, where there is one; `all` is none."""
    return any_subject("targets", "" if text.strip().lower() == ALL else text)


TARGETS: Final = Verb(
    name="targets",
    commands=("ops targets",),
    usage="[<word>]",
    example="checkout",
    parse=parse,
)
