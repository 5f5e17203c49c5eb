"""`/deploy`, also `/upgrade`: another version, or other values."""

import re
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.grammar import BadVersion, NotAValue, NothingToDeploy, ValueSetTwice
from bot.core.records import Parameters
from bot.core.rules.intents import Ask, Change
from bot.core.value_words import is_text, miswritten, unquoted
from bot.core.verbs.line import shown
from bot.core.verbs.verb import Verb
from bot.core.verbs.words import VERSION, change, refused_words

_VALUE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\[\]/\\-]{0,252}=.*", re.DOTALL)

_OPTIONS: Final = ("include-hooks", "no-hooks", "recreate", "reset-values")


def parse(text: str) -> Change | Ask | Denied:
    """Read a target, a version, `key=value` words and how they are brought out.

    Nothing at all asks for the form.
    """
    if not text.strip():
        return Ask(topic="deploy")
    return read(text)


def read(text: str) -> Change | Denied:
    """Read the same, where something is typed."""
    return change("deploy", "deploy", text, _parameters, own=("strategy", *_OPTIONS))


def _parameters(verb: str, words: list[str]) -> Parameters | Denied:
    values: dict[str, str] = {}
    texts: list[str] = []
    version = None
    for position, word in enumerate(words):
        if _VALUE.fullmatch(word):
            key, _, value = word.partition("=")
            if key in values:
                return Denied.of(ValueSetTwice(verb=verb, word=shown(key)))
            fault = miswritten(key, value)
            if fault:
                return Denied.of(fault)
            texts += [key] * is_text(value)
            values[key] = unquoted(value)
        elif position == 0:
            version = word
        else:
            return Denied.of(NotAValue(verb=verb, word=shown(word)))
    if version is None and not values:
        return Denied.of(NothingToDeploy(verb=verb))
    if version is not None and not VERSION.fullmatch(version):
        return Denied.of(BadVersion(word=shown(version)))
    return refused_words(values) or Parameters(version=version, values=values, texts=tuple(texts))


DEPLOY: Final = Verb(
    name="deploy",
    commands=("deploy", "upgrade"),
    usage=(
        '<target> <version> [key=value …] [--strategy …] [--<option> …] [--reason "…"] '
        "[--dry-run] [--break-glass]"
    ),
    example="checkout 1.4.0",
    parse=parse,
)
