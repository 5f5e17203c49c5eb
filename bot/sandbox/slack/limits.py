"""Slack's rate limits: a bucket per method, and per channel for posting; one for all posts, if set.

Source: https://docs.slack.dev/apis/web-api/rate-limits/
"""

import math
from typing import Final, Literal, NamedTuple, TypeAlias

from bot.sandbox.slack.records import Clock, Record

Tier: TypeAlias = Literal["1", "2", "3", "4", "post", "special"]


class Rate(NamedTuple):
    """A refill per second, and how much may be taken at once."""

    per_second: float
    burst: int


_RATES: Final[dict[Tier, Rate]] = {
    "1": Rate(1 / 60, 5),  # processes connect together, and reconnect
    "2": Rate(20 / 60, 10),
    "3": Rate(50 / 60, 10),
    "4": Rate(100 / 60, 20),
    "post": Rate(1.0, 4),
    "special": Rate(600 / 60, 50),
}


class RateLimits(Record):
    """Whether calls are limited at all, and whether a few may come at once after a rest.

    Slack lets a workspace as a whole post "several hundred messages a minute", and publishes no
    figure; here it is *of_all* posts a second, which are not limited where it is 0.
    """

    enabled: bool = True
    bursts: bool = True
    of_all: float = 0.0

    def rate(self, tier: Tier) -> Rate:
        """Return how fast the methods of *tier* may be called."""
        return _RATES[tier] if self.bursts else _RATES[tier]._replace(burst=1)


class _Bucket(NamedTuple):
    left: float
    at: float


class Buckets:
    """What is left of each budget; used under the workspace's lock."""

    def __init__(self, limits: RateLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def change(self, limits: RateLimits) -> None:
        """Allow so much from now on."""
        self._limits, self._buckets = limits, {}

    def take(self, method: str, tier: Tier, channel: str = "") -> int | None:
        """Take one call; else return after how many whole seconds there is another."""
        if not self._limits.enabled:
            return None
        rate = self._limits.rate(tier)
        wanted = {(method, channel if tier == "post" else ""): rate}
        if tier == "post" and self._limits.of_all:
            wanted[method, ""] = rate._replace(per_second=self._limits.of_all)
        left = {key: self._left(key, each) for key, each in wanted.items()}
        waits = [self._wait(left[key], each) for key, each in wanted.items() if left[key] < 1]
        for key, each in left.items():
            self._buckets[key] = _Bucket(each if waits else each - 1, self._clock())
        return max(waits, default=None)

    def _left(self, key: tuple[str, str], rate: Rate) -> float:
        now = self._clock()
        bucket = self._buckets.get(key, _Bucket(left=rate.burst, at=now))
        return min(rate.burst, bucket.left + max(0.0, now - bucket.at) * rate.per_second)

    def _wait(self, left: float, rate: Rate) -> int:
        return max(1, math.ceil((1 - left) / rate.per_second))
