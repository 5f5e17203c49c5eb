"""Fields from outside: text made fit for people, and what may be missing."""

import json
import unicodedata
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator

_LONGEST: Final = 4_000  # characters of any text that is kept; the views show as much as fits
_BOTH_ENDS: Final = 60  # from so much room on, a cut keeps the end as well
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_MESSAGE_KEYS: Final = (
    *("message", "error_msg", "errorMsg", "errorMessage", "msg"),
    *("error", "reason", "detail", "fail_detail", "description", "action"),
)


def plain(text: str, longest: int = _LONGEST) -> str:
    """Return *text* on one line, without control characters, of at most *longest*.

    Where there is room for it, a cut keeps the end as well: causes are told last.
    """
    if len(text) > 2 * longest:
        text = f"{text[:longest]} … {text[-longest:]}"  # an answer may be a megabyte
    seen = "".join(" " if unicodedata.category(char) in _UNSEEN else char for char in text)
    line = " ".join(seen.split())
    return line if len(line) <= longest else _cut(line, longest)


def _cut(line: str, longest: int) -> str:
    tail = longest // 3
    if longest < _BOTH_ENDS:
        return line[: longest - 1] + "…"
    return f"{line[: longest - tail - 3].rstrip()} … {line[-tail:].lstrip()}"


def message_in(value: Any, depth: int = 4) -> str:
    """Return the words in *value*, a field that may hold text, JSON as text, or JSON."""
    if isinstance(value, str):
        return _message_in_text(value, depth)
    if isinstance(value, dict) and depth:
        found = (message_in(value[key], depth - 1) for key in _MESSAGE_KEYS if key in value)
        return next(filter(None, found), "")
    if isinstance(value, list) and depth:
        return next(filter(None, (message_in(each, depth - 1) for each in value)), "")
    return ""


def _message_in_text(text: str, depth: int) -> str:
    if not text.lstrip().startswith(("{", "[", '"')):
        return plain(text)
    try:
        inner = json.loads(text[:20_000])
    except (ValueError, RecursionError):
        return plain(text)
    return message_in(inner, depth - 1) if depth and inner != text else ""


def _text(value: Any) -> Any:
    """Take numbers for text, and nothing for an empty text."""
    if value is None:
        return ""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


Text: TypeAlias = Annotated[str, BeforeValidator(_text), AfterValidator(plain)]
Word: TypeAlias = Annotated[str, BeforeValidator(_text)]  # verbatim: it decides something


def listed(value: Any) -> Any:
    """Take nothing for an empty list."""
    return [] if value is None else value


def keyed(value: Any) -> Any:
    """Take nothing for an empty object."""
    return {} if value is None else value


Object: TypeAlias = Annotated[dict[str, Any], BeforeValidator(keyed)]
