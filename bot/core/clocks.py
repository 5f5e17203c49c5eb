"""Other parties' clocks: when an answer was given by its own word, and how far off ours is."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

NOTED: Final = timedelta(minutes=1)  # a network and a whole second of `Date` explain no more
REFUSED: Final = timedelta(minutes=5)  # Slack's signatures are void by then, clouds' soon after

_DATE: Final = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT")


def given_at(date: str) -> datetime | None:
    """Return the moment of a `Date` header; None where it tells none.

    Where a server in front has put its date before the API's, the API's counts.
    """
    dates = _DATE.findall(date)
    try:
        return parsedate_to_datetime(dates[-1]).astimezone(UTC) if dates else None
    except ValueError:
        return None


def ahead(present: datetime, theirs: Iterable[datetime]) -> timedelta:
    """Return how far *present* is ahead of the one of *theirs* that differs most."""
    return max((present - each for each in theirs), key=abs, default=timedelta(0))
