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
