"""Which type the value of a `key=value` word has: text in quotes, else that of the value now."""

import re
from typing import Final

from bot.core.keys import Key
from bot.core.records import Json, Parameters
from bot.core.value_words import is_quoted, quoted, unquoted

_INT64: Final = 2**63
_DIGITS_MAX: Final = 19  # as many as 64 bits have
_DECIMAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,18})(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,3})?")
_OF_TEXTS: Final = ("annotations", "labels", "nodeselector")  # maps that Kubernetes wants so
_TAG: Final = re.compile(r"(?i)(?:^|image[_-]?)tag$")


def typed(text: str) -> Json:
    """Return *text* as Helm's --set takes it: true, false, null, a whole number, else text."""
    match text.lower():
        case "true":
            return True
        case "false":
            return False
        case "null":
            return None
        case "0":
            return 0
        case _:
            return _number(text)


def typed_like(text: str, key: Key, now: Json) -> Json:
    """Return *text* with the type of the value that is *now* at *key*; None: there is none.

    In quotes it is text. A new value has the type that Helm's --set gives, unless it can only be
    text: a tag of an image, or what stands among labels and annotations.
    """
    if is_quoted(text):
        return unquoted(text)
    if text.lower() == "null":
        return None
    if isinstance(now, str) or (now is None and _is_text(key)):
        return text
    is_number = isinstance(now, int | float) and not isinstance(now, bool)
    return _decimal(text) if is_number else typed(text)


def words_of(parameters: Parameters) -> dict[str, str]:
    """Return the words that were typed, in quotes where they were."""
    texts = frozenset(parameters.texts)
    return {key: quoted(text) if key in texts else text for key, text in parameters.values.items()}


def _is_text(key: Key) -> bool:
    names = [part for part in key if isinstance(part, str)]
    above = names[-2].lower() if len(names) > 1 else ""
    return above.endswith(_OF_TEXTS) or _TAG.search(names[-1]) is not None


def _decimal(text: str) -> Json:
    whole = typed(text)
    if isinstance(whole, str) and _DECIMAL.fullmatch(text):
        return float(text)
    return whole


def _number(text: str) -> Json:
    digits = text[1:] if text[:1] in {"+", "-"} else text
    if not digits.isascii() or not digits.isdigit() or text[0] == "0" or len(digits) > _DIGITS_MAX:
        return text
    number = int(text)
    return number if -_INT64 <= number < _INT64 else text
