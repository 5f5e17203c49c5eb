"""What a word looks like, among those that are known."""

from collections.abc import Sequence
from difflib import get_close_matches


def nearest(word: str, known: Sequence[str], *, most: int = 5) -> tuple[str, ...]:
    """Return up to *most* of *known* that look like *word*, nearest first."""
    return tuple(get_close_matches(word.lower(), known, n=most, cutoff=0.5))
