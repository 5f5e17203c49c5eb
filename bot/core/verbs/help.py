"""`/ops help`: what can be typed."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import UnknownWord
from bot.core.rules.intents import Ask
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read nothing: help about a word is read before all verbs."""
    words = text.split()
    if not words:
        return Ask(topic="help")
    return Denied.of(UnknownWord(word=words[0][:40], near="", slash="ops"))


HELP: Final = Verb(
    name="help", commands=("ops help",), usage="[<word>]", example="restart", parse=parse
)
