"""Lines within what Slack takes of one message: what has no room is counted."""

from collections.abc import Iterable
from typing import Final

from bot.views.words import Locale, say

ANSWER_MAX: Final = 12_000  # characters of an answer's lines, of 13,000 of a whole message


def fitting(lines: Iterable[str], most: int = ANSWER_MAX) -> int:
    """Return how many of *lines* have *most* characters together; one of them in any case."""
    held, fit = 0, 0
    for line in lines:
        held += len(line) + 1
        if fit and held > most:
            break
        fit += 1
    return fit


def fitted(lines: Iterable[str], locale: Locale, most: int = ANSWER_MAX) -> tuple[str, ...]:
    """Return *lines* as far as they fit, then how many more there are."""
    shown = tuple(line for line in lines if line)
    fit = fitting(shown, most)
    if fit == len(shown):
        return shown
    return (*shown[:fit], say("list.more", locale, more=len(shown) - fit))
