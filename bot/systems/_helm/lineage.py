"""Where the revisions of a release came from, and which of them somebody has gone back from."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Entry(NamedTuple):
    """One row of a release's history, as far as its lineage goes."""

    number: int
    is_usable: bool  # it ran once, as far as its record tells
    is_rollback: bool = False
    returned_to: int | None = None  # the revision that a rollback made it from, where that is told


def origin(entries: Sequence[Entry], number: int) -> int:
    """Return the revision whose content *number* has: a rollback makes a copy."""
    known = {each.number: each.returned_to for each in entries}
    back = known.get(number)
    while back is not None and back in known and back < number:
        number, back = back, known[back]
    return number


def taken_back(entries: Sequence[Entry]) -> frozenset[int]:
    """Return the revisions that a rollback left for older ones, or was to leave, with all copies.

    *entries* are newest first. Who names a newer revision again takes nothing back.
    """
    left: set[int] = set()
    for row, below in pairwise(entries):
        is_next = below.number == row.number - 1  # older ones may have been pruned
        if is_next and row.is_rollback and below.is_usable and _goes_back(entries, row, below):
            left |= _copies(entries, below.number)
    return frozenset(left)


def _goes_back(entries: Sequence[Entry], row: Entry, below: Entry) -> bool:
    """Whether the rollback *row* returns to what is older than *below*, or does not tell where."""
    if row.returned_to is None:
        return True
    return origin(entries, row.returned_to) <= origin(entries, below.number)


def _copies(entries: Sequence[Entry], number: int) -> frozenset[int]:
    """Return *number* and what is older of the same content."""
    same = origin(entries, number)
    older = (each.number for each in entries if each.number <= number)
    return frozenset(each for each in older if origin(entries, each) == same)
