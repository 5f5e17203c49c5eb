"""How fast a cloud may be called: what its limits mean for calls, for back-offs and for looks."""

from datetime import timedelta
from typing import Final

from bot.core.records import Record
from bot.core.system import RateLimit

LATENESS: Final = 1.0  # seconds that a call may arrive later than it was counted
BACKOFF_WRITES: Final = 60.0  # seconds, after a 429 that names no time
BACKOFF_READS: Final = 10.0
LOOK_READS: Final = 2  # reads that one look takes, usually
LOOKS_SHARE: Final = 0.5  # of the reads; the rest is for plans and for people's questions
LOOK_LEAST: Final = timedelta(seconds=5)  # between two looks, where an API has limits
LOOK_MOST: Final = timedelta(minutes=1)  # limits alone never make a look rarer than that

_MINUTE: Final = 60.0
_PARTS: Final = 6  # of a minute, so that nobody waits a whole one behind a burst of reads


class Bucket(Record):
    """Calls that are counted together: those that read, or those that change, of one service."""

    connection: str
    service: str
    mutates: bool

    @property
    def name(self) -> str:
        """How keys and figures name it: `huawei:cce:writes`."""
        return f"{self.connection}:{self.service}:{'writes' if self.mutates else 'reads'}"


class Window(Record):
    """At most *calls* in any *seconds*."""

    calls: int
    seconds: float


def window(limit: RateLimit, *, mutates: bool) -> Window:
    """Return how many calls may be made at once so that no minute has more than *limit*."""
    if mutates:
        return Window(calls=limit.writes, seconds=_MINUTE + LATENESS)
    if limit.reads < _MINUTE:
        return Window(calls=limit.reads, seconds=_MINUTE)
    return Window(calls=limit.reads // _PARTS, seconds=_MINUTE / _PARTS)


def backoff(retry_after: float | None, *, mutates: bool) -> float:
    """Return for how many seconds nobody calls after a 429: as the cloud says, if it says."""
    return retry_after or (BACKOFF_WRITES if mutates else BACKOFF_READS)


def min_interval(limit: RateLimit, watched: int) -> timedelta:
    """Return the least time between two looks at one of so many *watched* operations."""
    looks = limit.reads * LOOKS_SHARE / LOOK_READS  # a minute
    return min(max(LOOK_LEAST, timedelta(seconds=watched * _MINUTE / looks)), LOOK_MOST)
