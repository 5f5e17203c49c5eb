"""Small facts with an end: who was rung lately, what Slack allows, what it holds back."""

from typing import Final

from redis import Redis

from bot.core.ports import Taken
from bot.redis.doorbell import OUTBOX_KEY

# The time that a key has left to live is the time that turns were taken for in advance.
_TURN: Final = """
local ahead = math.max(0, redis.call('PTTL', KEYS[1]))
local wait = ahead - tonumber(ARGV[2])
if wait > 0 then return {0, wait} end
redis.call('SET', KEYS[1], 1, 'PX', ahead + tonumber(ARGV[1]))
return {1, math.max(0, wait + tonumber(ARGV[1]))}
"""


class Flags:
    """Small facts with an end: who was rung lately, whose turn it is, what Slack holds."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._turn = redis.register_script(_TURN)

    def first(self, name: str, seconds: float) -> bool:
        """Return whether nobody set this mark in the last *seconds*, and set it."""
        return bool(self._redis.set(f"slipway:mark:{name}", 1, nx=True, px=int(seconds * 1000)))

    def hold(self, name: str, seconds: float) -> None:
        """Hold *name* for so long."""
        self._redis.set(f"slipway:hold:{name}", 1, px=max(1, int(seconds * 1000)))

    def held_for(self, name: str) -> float:
        """Return for how many seconds *name* is still held; 0: it is free."""
        left = int(self._redis.pttl(f"slipway:hold:{name}"))
        return left / 1000 if left > 0 else 0.0

    def take(self, name: str, interval: float, slack: float) -> Taken:
        """Take one turn of *name*, if there is one now.

        Turns come every *interval* seconds; as many as come in *slack* more may be taken in
        advance. A hold on *name* is a time for which all were taken.
        """
        is_ours, wait = self._turn(
            keys=[f"slipway:hold:{name}"], args=[int(interval * 1000), int(slack * 1000)]
        )
        return Taken(is_ours=bool(is_ours), next_in=int(wait) / 1000)

    def wait_for_outbox(self, seconds: float) -> bool:
        """Wait until somebody wakes the outbox, at most so long; return whether somebody did."""
        return self._redis.bzpopmin([OUTBOX_KEY], timeout=max(0.01, seconds)) is not None
