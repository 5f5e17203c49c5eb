"""Reasons that people give: one line, cut with a mark."""

import unicodedata
from typing import Final

REASON_INPUT: Final = "slipway.reason.input"  # action_id of the form's input
REASON_MAX: Final = 500  # characters kept
_BLANKS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs without ink


def kept_reason(words: str) -> str:
    """Return *words* in one line without control characters, cut with a mark.

    What nobody can see, such as blanks without a width, is no reason.
    """
    blank = "".join(" " if unicodedata.category(char) == "Cc" else char for char in words)
    line = " ".join(blank.split()) if any(map(_is_seen, blank)) else ""
    return line if len(line) <= REASON_MAX else line[: REASON_MAX - 1] + "…"


def _is_seen(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNPS" and char not in _BLANKS
