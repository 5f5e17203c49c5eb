"""How Chinese is set: blanks between scripts, and marks that Slack still draws."""

import re
import unicodedata
from typing import Final

_WIDE: Final = "WF"  # East Asian widths of what Chinese is written in
_LATIN: Final = re.compile(r"[A-Za-z0-9<>`@#]")  # what begins or ends words, mentions, code
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_CHINESE: Final = "[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef“”]"
_STARTS_WIDE: Final = re.compile(rf"[*_~]*{_CHINESE}")
_ENDS_WIDE: Final = re.compile(rf"{_CHINESE}[*_~]*$")
_BLANK_AT_END: Final = re.compile(rf"(?<={_CHINESE})([*_~]*) ([*_~]*)$")
_BLANK_AT_START: Final = re.compile(rf"^([*_~]*) ([*_~]*)(?={_CHINESE})")
_NARROW: Final = "\u200b"  # a blank without width
_DRAWN: Final = re.compile(r"(?<![A-Za-z0-9])\*[^*\n]+\*(?![A-Za-z0-9])|`[^`\n]+`")


def joined(left: str, right: str) -> str:
    """Return both, with a blank between them where Chinese meets letters or digits.

    A template has the blank for a name in Latin letters; where Chinese comes in its place, it goes.
    """
    if not left or not right:
        return left + right
    if _BLANK_AT_END.search(left) and _STARTS_WIDE.match(right):
        left = _BLANK_AT_END.sub(r"\1\2", left)
    elif _ENDS_WIDE.search(left):
        right = _BLANK_AT_START.sub(r"\1\2", right)
    ends = left[-1], right[0]
    is_mixed = any(map(_HAN.match, ends)) and any(map(_LATIN.match, ends))
    return f"{left} {right}" if is_mixed else left + right


def bounded(text: str) -> str:
    """Return *text* with a blank without width wherever bold or code touches a wide character.

    Slack draws its marks only beside blanks and the like: before a wide colon it shows the stars.
    Source: https://github.com/seratch/ChatGPT-in-Slack/pull/121
    """
    return _DRAWN.sub(_bounded, text)


def _bounded(found: re.Match[str]) -> str:
    text, start, end = found.string, found.start(), found.end()
    before = _NARROW if start and _is_wide(text[start - 1]) else ""
    after = _NARROW if end < len(text) and _is_wide(text[end]) else ""
    return f"{before}{found[0]}{after}"


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in _WIDE
