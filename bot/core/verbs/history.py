"""`/ops history`: what the cloud says ran before."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Ask
from bot.core.verbs.questions import one_subject
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read a target."""
    return one_subject("history", text)


HISTORY: Final = Verb(
    name="history", commands=("ops history",), usage="<target>", example="checkout", parse=parse
)
