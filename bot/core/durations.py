"""Lengths of time as people write them: `30m`, `2h`, `1d`."""

import re
from datetime import timedelta
from typing import Final

_DURATION: Final = re.compile(r"([1-9][0-9]{0,4})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def length_of(written: str) -> timedelta | None:
    """Return the length of time that is written; None: it is written otherwise."""
    found = _DURATION.fullmatch(written)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def as_written(length: timedelta) -> str:
    """Return a length of time as people write it, in the largest unit that fits."""
    seconds = int(length.total_seconds())
    sizes = {letter: int(timedelta(**{unit: 1}).total_seconds()) for letter, unit in _UNITS.items()}
    letter = max(
        (each for each, size in sizes.items() if seconds % size == 0), key=lambda each: sizes[each]
    )
    return f"{seconds // sizes[letter]}{letter}"
