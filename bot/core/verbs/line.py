"""A typed line as words and flags: read in one place for all verbs."""

import re
from collections import deque
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple, TypeAlias

from bot.core.codes import Denied
from bot.core.codes.grammar import (
    FlagTakesNoValue,
    FlagTwice,
    FlagWants,
    ReasonWants,
    UnknownFlag,
    UnmatchedQuotes,
)
from bot.core.secrecy import holds_secret
from bot.core.value_words import json_word, quoted
from bot.core.verbs.flags import SWITCHES

_SHOWN: Final = 40  # characters of a word that is repeated in a refusal
_REFERENCE: Final = re.compile(r"<([@#])[A-Z0-9]+\|([^<>|]+)>")
_BLANK: Final = re.compile(r"\s+")
_QUOTED: Final = re.compile(r'"[^"]*"')
_TOKEN: Final = re.compile(
    r"""--(?P<flag>[A-Za-z-]*[A-Za-z])(?:(?P<sign>\s*=\s*)|(?=\s|$))   # --reason "…", --dry-run
      | (?P<key>[^\s"=]+)="(?P<value>[^"]*)"(?=\s|$)                    # key="with blanks"
      | "(?P<quoted>[^"]*)"(?=\s|$)
      | (?P<word>[^\s"]+)(?=\s|$)""",
    re.VERBOSE,
)


class Word(NamedTuple):
    """A word that is no flag's; `key="with blanks"` keeps its quotes, a quotation does not."""

    text: str
    is_quoted: bool = False
    behind: str = ""  # the flag that it stands right behind, where no quotes end that one's word


class Line(NamedTuple):
    """What a line is made of."""

    words: tuple[Word, ...]
    flags: Mapping[str, str]  # with their words; "" where they take none


class _Flag(NamedTuple):
    name: str
    has_sign: bool = False  # whether a = follows


_Token: TypeAlias = Word | _Flag


def read_line(verb: str, text: str, known: Collection[str]) -> Line | Denied:
    """Split *text*, written in plain quotes and dashes; only the flags *known* may be in it."""
    tokens = _tokens(text.strip())
    if isinstance(tokens, int):
        return Denied.of(UnmatchedQuotes(verb=verb, column=tokens + 1))
    words: list[Word] = []
    flags: dict[str, str] = {}
    behind = ""
    while tokens:
        token = tokens.popleft()
        if isinstance(token, Word):
            words.append(token._replace(behind=behind) if behind else token)
            behind = ""
            continue
        if token.name not in known or token.name in flags:
            return _refused(verb, token.name, known)
        value = _value(verb, token, tokens)
        if isinstance(value, Denied):
            return value
        flags[token.name] = value.text
        behind = "" if value.is_quoted else token.name
    return Line(tuple(words), flags)


def as_read(words: str) -> str:
    """Return *words* with people and channels as whoever typed them sees them: `@bob`, `#ops`.

    Slack hands them over as `<@U0BOB|bob>`, so that a verb which wants a person gets an id.
    """
    return _REFERENCE.sub(r"\1\2", words)


def unmatched_at(line: str) -> int | None:
    """Return where a quotation begins that does not end, or that runs on in the next line."""
    at = _tokens(line)
    if isinstance(at, int):
        return at
    over = (found.start() for found in _QUOTED.finditer(line) if "\n" in found[0])
    return next(over, None)


def shown(word: str) -> str:
    """Return *word* short enough to repeat, and nothing of it where it may be a secret."""
    if "@" in word or holds_secret(word):
        return "…"
    return word if len(word) <= _SHOWN else word[: _SHOWN - 1] + "…"


def _tokens(line: str) -> deque[_Token] | int:
    """Return the parts of *line*, or where a quotation begins that does not end."""
    found: deque[_Token] = deque()
    at = len(line) - len(line.lstrip())
    while at < len(line):
        json = json_word(line, at)
        token = None if json else _TOKEN.match(line, at)
        if token is None and not json:
            return at
        found.append(_token(token) if token else Word(json))
        end = token.end() if token else at + len(json)
        blank = _BLANK.match(line, end)
        at = blank.end() if blank else end
    return found


def _token(found: re.Match[str]) -> _Token:
    if found["flag"]:
        return _Flag(found["flag"], has_sign=found["sign"] is not None)
    if found["key"]:
        return Word(f"{found['key']}={quoted(found['value'])}")
    if found["quoted"] is not None:
        return Word(as_read(found["quoted"]), is_quoted=True)
    word = found["word"]
    if word.startswith("--") and word.strip("-"):
        return _Flag(word.partition("=")[0][2:])
    return Word(word)


def _value(verb: str, flag: _Flag, rest: deque[_Token]) -> Word | Denied:
    """Return the flag's own word, taken from what follows it."""
    if flag.name in SWITCHES:
        told = Denied.of(FlagTakesNoValue(verb=verb, flag=f"--{flag.name}"))
        return told if flag.has_sign else Word("")
    first = rest[0] if rest else None
    if isinstance(first, Word):
        rest.popleft()
        return first
    return flag_wants(verb, flag.name)


def flag_wants(verb: str, flag: str) -> Denied:
    """Refuse a flag without its word."""
    if flag == "reason":
        return Denied.of(ReasonWants(verb=verb))
    return Denied.of(FlagWants(verb=verb, flag=f"--{flag}"))


def _refused(verb: str, flag: str, known: Collection[str]) -> Denied:
    if flag in known:
        return Denied.of(FlagTwice(verb=verb, flag=f"--{flag}"))
    return Denied.of(UnknownFlag(verb=verb, flag=shown(f"--{flag}")))
