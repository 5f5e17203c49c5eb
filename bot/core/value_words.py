"""The values of `key=value` words: in quotes, as JSON, and what Helm's --set would split."""

import json
import re
from typing import Final

from bot.core.codes import Code
from bot.core.codes.values import ListInBraces, SeveralInOne

_NEXT_KEY: Final = re.compile(r",\s*([A-Za-z0-9_][A-Za-z0-9_.\[\]/\\-]*)=")
_NO_TEXT: Final = re.compile(r"(?i)true|false|null|[-+]?[0-9.][0-9.e+-]*")
_BEFORE_JSON: Final = re.compile(r"[^\s\"=]+=(?=[{\[])")
_BRACES: Final = re.compile(r"\{(.+)\}", re.DOTALL)


def is_quoted(text: str) -> bool:
    """Return whether *text* is what stood in quotes, with these."""
    return len(text) > 1 and text[0] == text[-1] == '"'


def quoted(text: str) -> str:
    """Return *text* in quotes."""
    return f'"{text}"'


def unquoted(text: str) -> str:
    """Return *text* without the quotes that it was typed in, if it was."""
    return text[1:-1] if is_quoted(text) else text


def json_word(line: str, at: int) -> str:
    """Return the word at this place of *line* whose value is JSON with texts in it; "": none is.

    It may have blanks, and quotes of its own.
    """
    found = _BEFORE_JSON.match(line, at)
    if found is None:
        return ""
    try:
        _, end = json.JSONDecoder().raw_decode(line, found.end())
    except (ValueError, RecursionError):
        return ""
    word = line[at:end]
    is_whole = end == len(line) or line[end].isspace()
    return word if is_whole and '"' in word else ""


def is_json(text: str) -> bool:
    """Return whether a value was typed as JSON with texts in it."""
    return bool(json_word(f"x={text}", 0))


def is_text(text: str) -> bool:
    """Return whether *text* stood in quotes that make a difference: `"12"`, not `"two words"`."""
    return is_quoted(text) and _NO_TEXT.fullmatch(unquoted(text)) is not None


def miswritten(key: str, text: str) -> Code | None:
    """Return how a value is written here that looks like Helm's way; None where it is right.

    In quotes it is one text. What is typed is not repeated, since it may hold a secret.
    """
    if is_quoted(text) or is_json(text):
        return None
    more = _NEXT_KEY.findall(text)
    if more:
        return SeveralInOne(word=key, instead=" ".join(f"{each}=…" for each in (key, *more)))
    braces = _BRACES.fullmatch(text)
    if braces is None:
        return None
    rows = range(min(braces[1].count(",") + 1, 3))
    return ListInBraces(word=key, instead=" ".join(f"{key}[{row}]=…" for row in rows))
