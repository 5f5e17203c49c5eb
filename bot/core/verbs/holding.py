"""The words of what is held: what it is for, a reason, and for how long."""

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bot.core.codes import Denied
from bot.core.codes.grammar import (
    BadDuration,
    BadEnd,
    BareDuration,
    FlagTwice,
    FlagWants,
    NoTarget,
    ReasonMissing,
    TwoEnds,
    UnknownFlag,
    UnmatchedQuotes,
)
from bot.core.codes.service import SecretInReason
from bot.core.durations import length_of
from bot.core.records import Record
from bot.core.secrecy import holds_secret
from bot.core.verbs.reasons import kept_reason
from bot.core.verbs.text import shown

_TOKEN: Final = re.compile(
    r"""--(?P<flag>[A-Za-z-]+)(?:=|(?=\s|$)) | "(?P<quoted>[^"]*)" | (?P<word>[^\s"]+)""",
    re.VERBOSE,
)
_TIME: Final = re.compile(r"2\d{3}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d)?([Zz]|[+-]\d\d:\d\d)?")
_SWITCHES: Final = frozenset({"warn"})  # flags without a value


class Held(Record):
    """What was typed."""

    subject: str = ""
    reason: str = ""
    length: timedelta | None = None
    until: datetime | None = None
    is_warning: bool = False


def read(verb: str, text: str, *flags: str) -> Held | Denied:
    """Read a name, a reason in quotes or without, and those of *flags* that are there."""
    found = _split(verb, text, frozenset(flags))
    if isinstance(found, Denied):
        return found
    words, given = found.words, found.flags
    reason = kept_reason(" ".join(words[1:]))
    bare = next(filter(length_of, found.bare[1:]), None)
    if bare is not None:
        return Denied.of(BareDuration(word=bare))
    if holds_secret(reason):
        return Denied.of(SecretInReason())
    ends = _ends(verb, given)
    if isinstance(ends, Denied):
        return ends
    return ends.model_copy(
        update={
            "subject": words[0].lower() if words else "",
            "reason": reason,
            "is_warning": "warn" in given,
        }
    )


def named(verb: str, held: Held | Denied, *, wants_reason: bool = False) -> Held | Denied:
    """Want a name and, where it is wanted, a reason."""
    if isinstance(held, Denied):
        return held
    if not held.subject:
        return Denied.of(NoTarget(verb=verb))
    return Denied.of(ReasonMissing(verb=verb)) if wants_reason and not held.reason else held


class _Split(NamedTuple):
    words: list[str]
    bare: list[str]  # those that stand in no quotes
    flags: dict[str, str]


def _split(verb: str, text: str, flags: frozenset[str]) -> _Split | Denied:
    words: list[str] = []
    bare: list[str] = []
    given: dict[str, str] = {}
    waiting = ""  # the flag whose value comes next
    for token in _tokens(text):
        if token is None:
            return Denied.of(UnmatchedQuotes(verb=verb, column=text.rindex('"') + 1))
        flag = token["flag"]
        word = token["quoted"] if token["quoted"] is not None else token["word"] or ""
        if flag and (refused := _refused(verb, flag, flags, given)):
            return refused
        if waiting:
            if flag:
                break
            given[waiting], waiting = word, ""
        elif flag in _SWITCHES:
            given[flag] = ""
        elif flag:
            waiting = flag
        else:
            words.append(word)
            bare += [token["word"]] if token["word"] else []
    if waiting:
        return Denied.of(FlagWants(verb=verb, flag=f"--{waiting}"))
    return _Split(words, bare, given)


def _tokens(text: str) -> list[re.Match[str] | None]:
    """Return the words and flags; None at the place of a quotation without end."""
    line = text.strip()
    found: list[re.Match[str] | None] = []
    at = 0
    while at < len(line):
        token = _TOKEN.match(line, at)
        found.append(token)
        if token is None:
            break
        at = len(line) - len(line[token.end() :].lstrip())
    return found


def _refused(verb: str, flag: str, flags: frozenset[str], given: dict[str, str]) -> Denied | None:
    if flag not in flags:
        return Denied.of(UnknownFlag(verb=verb, flag=shown(f"--{flag}")))
    return Denied.of(FlagTwice(verb=verb, flag=f"--{flag}")) if flag in given else None


def _ends(verb: str, given: dict[str, str]) -> Held | Denied:
    lasts, until = given.get("for"), given.get("until")
    if lasts is not None and until is not None:
        return Denied.of(TwoEnds(verb=verb))
    if lasts is not None:
        length = length_of(lasts)
        return Held(length=length) if length else Denied.of(BadDuration(word=shown(lasts)))
    if until is None:
        return Held()
    moment = _moment(until)
    return Held(until=moment) if moment else Denied.of(BadEnd(word=shown(until)))


def _moment(written: str) -> datetime | None:
    if not _TIME.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written.upper())
    except ValueError:  # the 30th of February
        return None
