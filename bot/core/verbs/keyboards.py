"""What keyboards, phones and Slack's clients make of blanks, dashes and quotes: one table.

They write no-break spaces, join two short dashes to a long one, and curl quotes, each language in
its own way.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from bot.core.verbs.flags import FLAGS

DASHES: Final = (  # those of Unicode, with the bullet and the minus that look like one
    "-\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e17\u2e1a\u2e3a\u2e3b"
    "\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010ead"
)
# How a quotation may begin, and how it then ends: “this”, „this“, ”this”, »this«.
QUOTES: Final = {
    '"': '"',
    "\u201c": "\u201d\u201c",
    "\u201d": "\u201d",
    "\u201e": "\u201c\u201d\u201f",
    "\u201f": "\u201d",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00ab\u00bb",
    "\uff02": "\uff02",
    "\u2e42": "\u201d\u201c",
    "\u275d": "\u275e",
    "\u300c": "\u300d",
    "\u300e": "\u300f",
    "\ufe41": "\ufe42",
    "\ufe43": "\ufe44",
    "\uff62": "\uff63",
    "\u301d": "\u301e\u301f",
    "'": "'",
    "\uff07": "\uff07",
    "\u275b": "\u275c",
    "\u2018": "\u2019\u2018",
    "\u2019": "\u2019",
    "\u201a": "\u2018\u2019\u201b",
    "\u201b": "\u2019",
    "\u2039": "\u203a",
    "\u203a": "\u2039\u203a",
}
_MARKS: Final = frozenset("".join((*QUOTES, *QUOTES.values())))
_APOSTROPHES: Final = frozenset(
    "'\u2018\u2019\u201a\u201b\uff07"
)  # which stand alone inside of words
_INVISIBLE: Final = "\u180e\u200b\u2060\ufeff"  # blanks without a width; in a word they are none
_BESIDE: Final = re.compile(rf"(?<!\S)[{_INVISIBLE}]+|[{_INVISIBLE}]+(?!\S)")
_ANY: Final = "any"
_NAMES: Final = "|".join(name.replace("-", f"[{DASHES}]") for name in (*FLAGS, "help"))
_FLAG: Final = re.compile(  # what stands in quotes is not looked into
    rf'"[^"]*"|(?<!\S)[{DASHES}]{{1,4}}(?P<name>{_NAMES})(?=[\s=]|$)'
)
_ANY_DASH: Final = re.compile(rf"[{DASHES}]")
_RUN: Final = re.compile(rf'"[^"]*"|(?<!\S)[{DASHES}]{{1,4}}(?=[A-Za-z])')


def plain(text: str) -> str:
    """Return *text* with every blank as a space and every pair of quotes as `"`.

    Each character stays where it is.
    """
    if text.isascii() and _MARKS.isdisjoint(text):
        return text  # as nearly all commands are
    spaced = "".join(map(_blank, text))
    chars = list(_BESIDE.sub(lambda found: " " * len(found[0]), spaced))
    ends = _ends(chars)
    at = 0
    while at < len(chars):
        if chars[at] in QUOTES and _is_begin(chars, at):
            end = _end(ends, chars[at], at)
            if end is not None:
                chars[at] = chars[end] = '"'
                at = end
        if chars[at] in _MARKS - _APOSTROPHES:
            chars[at] = '"'
        at += 1
    return "".join(chars)


def dashed(line: str) -> str:
    """Return the plain *line* with `--` before its flags, whichever dashes were typed."""

    def flag(found: re.Match[str]) -> str:
        name = found["name"]
        return f"--{_ANY_DASH.sub('-', name)}" if name else found[0]

    def run(found: re.Match[str]) -> str:
        return found[0] if found[0].isascii() or found[0].startswith('"') else "--"

    return _RUN.sub(run, _FLAG.sub(flag, line))


def _blank(char: str) -> str:
    return " " if unicodedata.category(char) == "Zs" else char


def _is_begin(chars: Sequence[str], at: int) -> bool:
    return at == 0 or chars[at - 1].isspace() or chars[at - 1] == "="


def _ends(chars: Sequence[str]) -> dict[str, list[int]]:
    """Return where each mark stands that may end a quotation: before a blank, or as the last."""
    found: dict[str, list[int]] = {}
    for at, char in enumerate(chars):
        if char in _MARKS and (at + 1 == len(chars) or chars[at + 1].isspace()):
            found.setdefault(char, []).append(at)
            if char not in _APOSTROPHES:
                found.setdefault(_ANY, []).append(at)
    return found


def _end(ends: Mapping[str, Sequence[int]], begin: str, at: int) -> int | None:
    """Return where what *begin* begins ends; any mark does where its own is missing."""
    own = [end for mark in QUOTES[begin] if (end := _next(ends.get(mark, ()), at)) is not None]
    if own:
        return min(own)
    return None if begin in _APOSTROPHES else _next(ends.get(_ANY, ()), at)


def _next(places: Sequence[int], at: int) -> int | None:
    following = bisect_right(places, at)
    return places[following] if following < len(places) else None
