"""`/ops queue`: who has a target, and who waits for it."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Ask
from bot.core.verbs.questions import one_subject
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read a target."""
    return one_subject("queue", text)


QUEUE: Final = Verb(
    name="queue", commands=("ops queue",), usage="<target>", example="checkout", parse=parse
)
