"""`/ops cancel` and the button: withdraw what was not sent yet, or close what a cloud has open."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import NotAnOperation
from bot.core.records import Parameters
from bot.core.rules.intents import Change
from bot.core.rules.presses import Cancel
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import OPERATION, change


def parse(text: str) -> Cancel | Change | Denied:
    """Read an operation's id, or a target whose cloud has something open that can be closed."""
    words = text.lower().split()
    if len(words) == 1 and OPERATION.fullmatch(words[0]):
        return Cancel(operation=words[0])
    if not words or words[0].startswith("op-"):
        return Denied.of(NotAnOperation(verb="cancel"))
    return change("cancel", "deploy", text, _of_target)


def _of_target(verb: str, words: list[str]) -> Parameters | Denied:
    return Denied.of(NotAnOperation(verb=verb)) if words else Parameters(way="cancel")


CANCEL: Final = Verb(
    name="cancel",
    commands=("ops cancel",),
    usage="<op>|<target>",
    example="op-0123456789",
    parse=parse,
    press=Cancel,
)
