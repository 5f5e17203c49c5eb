"""`/ops scale`: as many copies."""

import re
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import NotANumber
from bot.core.records import Parameters
from bot.core.rules.intents import Ask, Change
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import change

REPLICAS_MAX: Final = 1_000
_NUMBER: Final = re.compile(r"[0-9]{1,5}")


def parse(text: str) -> Change | Ask | Denied:
    """Read a target and a whole number; nothing at all asks for the form."""
    if not text.strip():
        return Ask(topic="scale")
    return change("scale", "scale", text, number)


def number(verb: str, words: list[str]) -> Parameters | Denied:
    """Read how many copies."""
    is_one = len(words) == 1 and _NUMBER.fullmatch(words[0])
    if not is_one or int(words[0]) > REPLICAS_MAX:
        return Denied.of(NotANumber(verb=verb, most=REPLICAS_MAX))
    return Parameters(replicas=int(words[0]))


SCALE: Final = Verb(
    name="scale",
    commands=("ops scale",),
    usage='<target> <n> [--reason "…"] [--dry-run] [--break-glass]',
    example="checkout 3",
    parse=parse,
)
