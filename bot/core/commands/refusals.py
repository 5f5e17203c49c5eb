"""What the grammar says to what it cannot read: why, and one right example."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from bot.core.commands.texts import EXAMPLES, USAGE
from bot.core.records import Denied

SECRET_IN_REASON: Final = Denied(
    code="secret_in_reason",
    reason="the reason holds what looks like a password or a token",
    way_out="Leave it out, and have it replaced: others may have seen it.",
)
_SHOWN: Final = 40  # characters of a word that is repeated in a refusal

_SECRET: Final = re.compile(
    r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{6,}|xapp-[A-Za-z0-9-]{6,}"  # Slack's tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|-----BEGIN[ A-Z]*PRIVATE KEY"
    r"|://[^/\s:@]*:[^/\s@]+@"  # user:password in an address
)


def holds_secret(text: str) -> bool:
    """Return whether *text* holds what looks like a secret, which must not be recorded."""
    return bool(_SECRET.search(text))


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
        way_out="Use letters, digits, '.', '_' and '-', at most 128 of them: 1.4.0",
    )


def too_many(action: str, word: str) -> Denied:
    """Refuse a word that nothing is left for."""
    return usage(action, f"{shown(word)} is one word too many")


def usage(word: str, why: str) -> Denied:
    """Refuse what is not written as it should be; *word* names the usage."""
    way_out = f"Type it as {USAGE[word]}, for example {EXAMPLES[word]}"
    return Denied(code="usage", reason=why, way_out=way_out)


def shown(word: str) -> str:
    """Return *word* quoted, short enough to read, and not at all where it may be a secret."""
    if "@" in word or holds_secret(word):
        return "what was typed there"
    return repr(word if len(word) <= _SHOWN else word[: _SHOWN - 1] + "…")
