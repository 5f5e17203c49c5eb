"""What is expected of an operation's time: fixed with its first permit, and held against it."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.records import Record

SAMPLES_MIN: Final = 5  # from which on shares are told
_NEARLY: Final = 1.1  # of half: so little more is not late, however alike all times were
_LEAST: Final = 5.0  # seconds more than half, likewise
_QUIET_SHARE: Final = 0.25  # of the longest usual time, in which nothing moves where it is stuck
_QUIET_LEAST: Final = 30.0  # seconds of it


class Estimate(Record):
    """How long something takes, in seconds: half, nine tenths … of the times stay within."""

    p50: float
    p90: float
    p95: float = 0.0
    p99: float = 0.0
    last: float  # of the newest times alone
    samples: int  # of the step with the fewest

    @property
    def is_reliable(self) -> bool:
        """Whether there are samples enough to tell shares."""
        return self.samples >= SAMPLES_MIN

    @property
    def late_after(self) -> float:
        """After how many seconds it is late: hardly any took longer, and none by so much."""
        return max(self.p90, self.p95, self.p50 * _NEARLY, self.p50 + _LEAST)

    @property
    def stuck_after(self) -> float:
        """After how many seconds it may be stuck, if nothing moves any more."""
        return max(self.late_after, self.p99)

    @property
    def quiet(self) -> float:
        """For how many seconds nothing moves where it is stuck."""
        return max(_QUIET_LEAST, self.stuck_after * _QUIET_SHARE)


class Expectation(Record):
    """What was expected when it began, and since when that counts."""

    usual: Estimate
    since: datetime  # its first permit, later by the time in which it was held
    moved_at: datetime  # when something happened last
    was_late: bool = False  # told once
    was_stuck: bool = False  # told once

    def is_late(self, now: datetime) -> bool:
        """Return whether it takes longer than hardly any other did."""
        return self.usual.is_reliable and now > self.at(self.usual.late_after)

    def is_stuck(self, now: datetime) -> bool:
        """Return whether it takes longer than all others did, and nothing moves."""
        return self.is_late(now) and now > self.stuck_at

    @property
    def stuck_at(self) -> datetime:
        """When it may be stuck, if nothing moves until then."""
        quiet = self.moved_at + timedelta(seconds=self.usual.quiet)
        return max(self.at(self.usual.stuck_after), quiet)

    def at(self, seconds: float) -> datetime:
        """Return the moment so many seconds after it began."""
        return self.since + timedelta(seconds=seconds)
