"""`/ops create`: make the target from its template in slipway.yaml."""

from typing import Final

from bot.core.codes import Denied
from bot.core.records import Parameters
from bot.core.rules.intents import Ask, Change
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import change, one_version


def parse(text: str) -> Change | Ask | Denied:
    """Read a target and a version; nothing at all asks for the form."""
    if not text.strip():
        return Ask(topic="create")
    return change("create", "create", text, _parameters)


def _parameters(verb: str, words: list[str]) -> Parameters | Denied:
    given = one_version(verb, words)
    return given if isinstance(given, Denied) else Parameters(version=given)


CREATE: Final = Verb(
    name="create",
    commands=("ops create",),
    usage='<target> [<version>] [--reason "…"] [--dry-run] [--break-glass]',
    example="checkout 1.4.0",
    parse=parse,
)
