"""Redis' own sense of time, which the test moves along with everybody else's clock."""

from datetime import timedelta
from typing import Final

from redis import Redis

_OURS: Final = "slipway:*"


def move(redis: "Redis", step: timedelta) -> None:
    """Let what runs out in Redis run out *step* earlier."""
    passed = int(step.total_seconds() * 1000) + 1  # never a key that outlives its moment
    for key in list(redis.scan_iter(_OURS, count=1000)):
        left = int(redis.pttl(key))
        if left < 0:
            continue
        if left <= passed:
            redis.delete(key)
        else:
            redis.pexpire(key, left - passed)
