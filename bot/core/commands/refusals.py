"""What the grammar says to what it cannot read: why, and one right example."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from bot.core.codes import Denied
from bot.core.commands.secrecy import holds_secret, is_secret
from bot.core.commands.texts import EXAMPLES, USAGE

SECRET_IN_REASON: Final = Denied(
    code="secret_in_reason",
    reason="the reason holds what looks like a password or a token",
    way_out="Leave it out, and have it replaced: others may have seen it.",
)
_SHOWN: Final = 40  # characters of a word that is repeated in a refusal


def nearest(word: str, known: Sequence[str], *, most: int = 5) -> tuple[str, ...]:
    """Return up to *most* of *known* that look like *word*, nearest first."""
    return tuple(get_close_matches(word.lower(), known, n=most, cutoff=0.5))


def unknown_word(word: str, known: Sequence[str]) -> Denied:
    """Refuse a word after /ops; the likeliest of *known* is named, and not executed."""
    near = nearest(word, (*known, "deploy", "rollback"), most=1)
    meant = "" if not near else f"/{near[0]}" if near[0] not in known else f"/ops {near[0]}"
    guess = f"Did you mean {meant}? It was not executed." if meant else "See /ops help."
    return Denied(code="unknown_command", reason=f"there is no /ops {word[:40]}", way_out=guess)


def bad_version(version: str) -> Denied:
    """Refuse what cannot be a version."""
    return Denied(
        code="bad_version",
        reason=f"{shown(version)} cannot be a version",
        way_out="Use letters, digits, '.', '_', '-' and '+', at most 128 of them: 1.4.0",
    )


def too_many(action: str, word: str) -> Denied:
    """Refuse a word that nothing is left for."""
    return usage(action, f"{shown(word)} is one word too many")


def refused_words(words: Mapping[str, str]) -> Denied | None:
    """Refuse `key=value` words that hold a secret: they would be recorded and shown."""
    told = (path for path, value in words.items() if is_secret(path, value))
    return next(map(secret_word, told), None)


def secret_word(path: str) -> Denied:
    """Return the refusal of a word that sets a secret at *path*."""
    return Denied(
        code="secret_in_values",
        reason=f"{shown(path)} has a secret's name, or its value looks like one",
        way_out="Put it into slipway.yaml under values: with ${NAME}, not in the command.",
    )


def usage(word: str, why: str) -> Denied:
    """Refuse what is not written as it should be; *word* names the usage."""
    way_out = f"Type it as {USAGE[word]}, for example {EXAMPLES[word]}"
    return Denied(code="usage", reason=why, way_out=way_out)


def shown(word: str) -> str:
    """Return *word* quoted, short enough to read, and not at all where it may be a secret."""
    if "@" in word or holds_secret(word):
        return "what was typed there"
    return repr(word if len(word) <= _SHOWN else word[: _SHOWN - 1] + "…")
