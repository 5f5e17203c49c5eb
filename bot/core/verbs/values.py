"""`/ops values`: the values of a release, those that were set and the chart's defaults."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import NoTarget
from bot.core.rules.intents import Ask
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import too_many

_MOST: Final = 2  # words


def parse(text: str) -> Ask | Denied:
    """Read a target, and a word that stands in the paths of the values."""
    words = text.lower().split()
    if not words:
        return Denied.of(NoTarget(verb="values"))
    if len(words) > _MOST:
        return too_many("values", words[_MOST])
    return Ask(topic="values", subject=words[0], word=words[1] if words[1:] else "")


VALUES: Final = Verb(
    name="values",
    commands=("ops values",),
    usage="<target> [<word>]",
    example="search",
    parse=parse,
)
