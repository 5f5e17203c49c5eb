"""What a word looks like, among those that are known."""

from collections.abc import Sequence
from difflib import get_close_matches


def nearest(
    word: str, known: Sequence[str], *, most: int = 5, alike: float = 0.5
) -> tuple[str, ...]:
    """Return up to *most* of *known* that look like *word*, nearest first."""
    return tuple(get_close_matches(word.lower(), known, n=most, cutoff=alike))


def differs_by_one(word: str, other: str) -> bool:
    """Whether one letter is missing, one too many, another, or before its neighbour."""
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    short, long = sorted((word, other), key=len)
    same = next((at for at in range(len(short)) if short[at] != long[at]), len(short))
    behind, beyond = short[same:], long[same:]
    if len(short) < len(long):
        return behind == beyond[1:]
    is_swapped = behind[:2] == beyond[1::-1] and behind[2:] == beyond[2:]
    return behind[1:] == beyond[1:] or is_swapped
