"""Redis' own sense of time, which the test moves along with everybody else's clock."""

from datetime import timedelta
from typing import Final

from redis import Redis

# One call, because a conversation takes hundreds of steps.
_MOVE: Final = """
local passed = tonumber(ARGV[1])
for _, key in ipairs(redis.call('KEYS', 'slipway:*')) do
    local left = redis.call('PTTL', key)
    if left >= 0 then
        if left <= passed then
            redis.call('DEL', key)
        else
            redis.call('PEXPIRE', key, left - passed)
        end
    end
end
"""


def move(redis: "Redis", step: timedelta) -> None:
    """Let what runs out in Redis run out *step* earlier."""
    passed = int(step.total_seconds() * 1000) + 1  # never a key that outlives its moment
    redis.eval(_MOVE, 0, passed)
