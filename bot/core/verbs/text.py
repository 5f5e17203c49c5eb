"""Typed text as words and flags, or why it cannot be read."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Final

from pydantic import Field

from bot.core.codes import Denied
from bot.core.codes.grammar import (
    BadCharacter,
    FlagTakesNoValue,
    NothingInQuotes,
    ReasonWants,
    SecretInValues,
)
from bot.core.codes.service import SecretInReason
from bot.core.records import Record
from bot.core.secrecy import holds_secret
from bot.core.verbs.flags import OPTIONS, SWITCHES
from bot.core.verbs.keyboards import DASHES
from bot.core.verbs.line import Line, flag_wants, read_line
from bot.core.verbs.reasons import kept_reason

TEXT_MAX: Final = 16_000  # characters of a whole command; no message in Slack is longer


class Words(Record):
    """The words of an action, and what its flags say."""

    plain: tuple[str, ...]
    reason: str
    dry_run: bool
    break_glass: bool
    own: Mapping[str, str] = Field(default_factory=dict)  # of the verb's own flags, their words
    options: tuple[str, ...] = ()  # the vendors' flags among them, which have no words


def split(verb: str, text: str, own: Collection[str] = ()) -> Words | Denied:
    """Split what is written in plain quotes and dashes into words and flags.

    Only this verb has the flags *own*.
    """
    line = read_line(verb, text, ("reason", "dry-run", "break-glass", *own))
    if isinstance(line, Denied):
        return line
    refused = _misplaced(verb, line) or _refused(verb, line.flags)
    if refused:
        return refused
    return Words(
        plain=tuple(word.text for word in line.words),
        reason=kept_reason(line.flags.get("reason", "")),
        dry_run="dry-run" in line.flags,
        break_glass="break-glass" in line.flags,
        own={flag: line.flags[flag].strip() for flag in own if flag in line.flags.keys() - OPTIONS},
        options=tuple(sorted(line.flags.keys() & OPTIONS)),
    )


def _misplaced(verb: str, line: Line) -> Denied | None:
    """Refuse quotes behind what takes none, and a reason of several words without them."""
    for word in line.words:
        if word.behind == "reason":
            return Denied.of(ReasonWants(verb=verb))
        if word.is_quoted and word.behind in SWITCHES:
            return Denied.of(FlagTakesNoValue(verb=verb, flag=f"--{word.behind}"))
        if word.is_quoted and not word.text.strip():
            return Denied.of(NothingInQuotes(verb=verb))
    return None


def _refused(verb: str, flags: Mapping[str, str]) -> Denied | None:
    """Refuse a flag whose word is empty, or holds a secret."""
    for flag in flags.keys() - SWITCHES:
        if not flags[flag].strip():
            return flag_wants(verb, flag)
        if holds_secret(flags[flag]):
            is_reason = flag == "reason"
            return Denied.of(SecretInReason() if is_reason else SecretInValues(word=f"--{flag}"))
    return None


_LINE_BREAKS: Final = frozenset("\n\t")  # harmless in a reason; elsewhere nobody means them
_QUOTED: Final = re.compile(r'"[^"]*"')
_TYPED_BY_PHONES: Final = frozenset(f"{DASHES}\u2026")


def unreadable(text: str) -> Denied | None:
    """Refuse what has characters that nobody types on purpose."""
    text = text.rstrip(" \n\t")
    if text.isascii() and text.isprintable():
        return None  # as nearly all commands are
    outside_quotes = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    for position, char in enumerate(text, start=1):
        outside = outside_quotes[position - 1]
        is_control = unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
        is_foreign = not outside.isascii() and char not in _TYPED_BY_PHONES
        is_break = char in _LINE_BREAKS
        if is_foreign or (is_control and not is_break) or outside in _LINE_BREAKS:
            sign = char if unicodedata.category(char)[0] in "LNPS" else ""
            code_point = f"\\u{ord(char):04x}"
            return Denied.of(BadCharacter(code_point=code_point, position=position, sign=sign))
    return None
