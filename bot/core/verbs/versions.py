"""`/ops versions`: what a target can be deployed at."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Ask
from bot.core.verbs.questions import one_subject
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read a target."""
    return one_subject("versions", text)


VERSIONS: Final = Verb(
    name="versions", commands=("ops versions",), usage="<target>", example="checkout", parse=parse
)
