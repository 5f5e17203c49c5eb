"""`/ops revisions`: what a rollback may return to."""

from typing import Final

from bot.core.codes import Denied
from bot.core.rules.intents import Ask
from bot.core.verbs.questions import one_subject
from bot.core.verbs.verb import Verb


def parse(text: str) -> Ask | Denied:
    """Read a target."""
    return one_subject("revisions", text)


REVISIONS: Final = Verb(
    name="revisions", commands=("ops revisions",), usage="<target>", example="checkout", parse=parse
)
