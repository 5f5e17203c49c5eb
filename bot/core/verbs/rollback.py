"""`/rollback` and the button: return to what ran well before."""

from typing import Final

from bot.core.codes import Denied
from bot.core.records import Parameters
from bot.core.rules.intents import Ask, Change
from bot.core.rules.presses import RollBack
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import change, one_version

_OPTIONS: Final = ("force", "include-hooks", "no-hooks", "recreate")


def parse(text: str) -> Change | Ask | Denied:
    """Read a target and a revision; nothing at all asks for the form."""
    if not text.strip():
        return Ask(topic="rollback")
    return change("rollback", "rollback", text, _parameters, own=_OPTIONS)


def _parameters(verb: str, words: list[str]) -> Parameters | Denied:
    given = one_version(verb, words)
    return given if isinstance(given, Denied) else Parameters(revision=given)


ROLLBACK: Final = Verb(
    name="rollback",
    commands=("rollback",),
    usage='<target> [<revision>] [--<option> …] [--reason "…"] [--dry-run] [--break-glass]',
    example="checkout",
    parse=parse,
    press=RollBack,
)
