"""`/ops help`: what can be typed."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Ask
from bot.core.verbs.questions import no_subject
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read nothing."""
    return no_subject("help", text)


HELP: Final = Verb(name="help", commands=("ops help",), usage="", example="", parse=parse)
