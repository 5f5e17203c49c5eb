"""Reasons that people give: one line, cut with a mark."""

import unicodedata
from typing import Final

REASON_INPUT: Final = "slipway.reason.input"  # action_id of the form's input
REASON_MAX: Final = 500  # characters kept


def kept_reason(words: str) -> str:
    """Return *words* in one line without control characters, cut with a mark."""
    blank = "".join(" " if unicodedata.category(char) == "Cc" else char for char in words)
    line = " ".join(blank.split())
    return line if len(line) <= REASON_MAX else line[: REASON_MAX - 1] + "…"
