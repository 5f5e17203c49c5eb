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
    FlagTwice,
    FlagWants,
    ReasonWants,
    SecretInValues,
    UnknownFlag,
    UnmatchedQuotes,
)
from bot.core.codes.service import SecretInReason
from bot.core.records import Record
from bot.core.secrecy import holds_secret
from bot.core.value_words import json_word, quoted
from bot.core.verbs.keyboards import DASHES
from bot.core.verbs.reasons import kept_reason

TEXT_MAX: Final = 16_000  # characters of a whole command; no message in Slack is longer
_SHOWN: Final = 40  # characters of a word that is repeated in a refusal


class Words(Record):
    """The words of an action, and what its flags say."""

    plain: tuple[str, ...]
    reason: str
    dry_run: bool
    own: Mapping[str, str] = Field(default_factory=dict)  # of the verb's own flags, their words
    options: tuple[str, ...] = ()  # the vendors' flags among them, which have no words


_TOKEN: Final = re.compile(
    r"""--(?P<own>strategy)(?:[=\s]+(?:"(?P<told>[^"]*)"|(?P<bare>[^\s"-][^\s"]*)))?(?=\s|$)
      | --(?P<flag>[A-Za-z-]+)(?:[=\s]+"(?P<quoted>[^"]*)")?(?=\s|$)   # --reason "…", --dry-run
      | (?P<key>[^\s"=]+)="(?P<value>[^"]*)"(?=\s|$)                    # key="with blanks"
      | (?P<word>[^\s"]+)(?=\s|$)""",
    re.VERBOSE,
)


OPTIONS: Final = frozenset(  # of vendors
    {"force", "include-hooks", "no-hooks", "recreate", "reset-values"}
)


def split(verb: str, text: str, own: Collection[str] = ()) -> Words | Denied:
    """Split what is written in plain quotes and dashes into words and flags.

    Only this verb has the flags *own*: each with a word, but for the vendors' options.
    """
    line = text.strip()
    plain: list[str] = []
    flags: dict[str, str | None] = {}
    at = 0
    while at < len(line):
        word = json_word(line, at)
        if word:
            plain.append(word)
            at = len(line) - len(line[at + len(word) :].lstrip())
            continue
        found = _TOKEN.match(line, at)
        if not found:
            return Denied.of(UnmatchedQuotes(verb=verb, column=at + 1))
        if flag := found["own"] or found["flag"]:
            if flag in flags:
                return Denied.of(FlagTwice(verb=verb, flag=shown("--" + flag)))
            flags[flag] = found["told"] or found["bare"] or found["quoted"]
        elif found["word"] and found["word"].startswith("--"):
            return Denied.of(UnknownFlag(verb=verb, flag=shown(found["word"].partition("=")[0])))
        else:
            plain.append(found["word"] or f"{found['key']}={quoted(found['value'])}")
        at = len(line) - len(line[found.end() :].lstrip())
    options = tuple(sorted(flags.keys() & OPTIONS & set(own)))
    told = next((flag for flag in options if flags.pop(flag) is not None), None)
    if told:
        return Denied.of(FlagTakesNoValue(verb=verb, flag=f"--{told}"))
    own_words = {flag: (flags.pop(flag) or "").strip() for flag in own if flag in flags}
    secret = next((flag for flag, word in own_words.items() if holds_secret(word)), None)
    if secret:
        return Denied.of(SecretInValues(word=shown("--" + secret)))
    wordless = next((flag for flag, word in own_words.items() if not word), None)
    if wordless:
        return Denied.of(FlagWants(verb=verb, flag=shown("--" + wordless)))
    words = _flagged(verb, tuple(plain), flags)
    more = {"own": own_words, "options": options}
    return words if isinstance(words, Denied) else words.model_copy(update=more)


def _flagged(verb: str, plain: tuple[str, ...], flags: dict[str, str | None]) -> Words | Denied:
    for flag in flags:
        if flag not in {"reason", "dry-run"}:
            return Denied.of(UnknownFlag(verb=verb, flag=shown("--" + flag)))
    if flags.get("dry-run") is not None:
        return Denied.of(FlagTakesNoValue(verb=verb, flag="--dry-run"))
    if "reason" in flags and not (flags["reason"] or "").strip():
        return Denied.of(ReasonWants(verb=verb))
    reason = flags.get("reason") or ""
    if holds_secret(reason):
        return Denied.of(SecretInReason())
    return Words(plain=plain, reason=kept_reason(reason), dry_run="dry-run" in flags)


_LINE_BREAKS: Final = frozenset("\n\t")  # harmless in a reason; elsewhere nobody means them
_QUOTED: Final = re.compile(r'"[^"]*"')
_TYPED_BY_PHONES: Final = frozenset(f"{DASHES}\u2026")


def unreadable(text: str) -> Denied | None:
    """Refuse what has characters that nobody types on purpose."""
    text = text.rstrip(" \n\t")
    outside_quotes = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    for position, char in enumerate(text, start=1):
        outside = outside_quotes[position - 1]
        is_control = unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
        is_foreign = not outside.isascii() and char not in _TYPED_BY_PHONES
        is_break = char in _LINE_BREAKS
        if is_foreign or (is_control and not is_break) or outside in _LINE_BREAKS:
            return Denied.of(BadCharacter(code_point=f"\\u{ord(char):04x}", position=position))
    return None


def shown(word: str) -> str:
    """Return *word* short enough to repeat, and nothing of it where it may be a secret."""
    if "@" in word or holds_secret(word):
        return "…"
    return word if len(word) <= _SHOWN else word[: _SHOWN - 1] + "…"
