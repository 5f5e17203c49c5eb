"""Fields from outside: text made fit for people, and what may be missing."""

import json
from typing import Annotated, Any, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from bot.core.foreign import one_line as plain

__all__ = ["Object", "Text", "Word", "keyed", "listed", "message_in", "plain"]

_MESSAGE_KEYS: Final = (
    *("message", "error_msg", "errorMsg", "errorMessage", "msg"),
    *("error", "reason", "detail", "fail_detail", "description", "action"),
)


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
