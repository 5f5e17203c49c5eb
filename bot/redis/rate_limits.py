"""Calls to clouds within their limits, which all processes count, and queue for, in Redis.

Whoever finds no room is told when to come again, and keeps its place until then. All of it can be
rebuilt: a Redis that forgot everything costs one minute's care.
"""

import time
from collections.abc import Iterable
from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError

from bot.core.ports import Clock
from bot.core.rate_limits import Bucket, Window

AWAY_SECONDS: Final = 5.0  # until a write asks again whose count Redis cannot tell
BACKOFF_MAX: Final = 15 * 60.0  # seconds
GRACE: Final = 30.0  # seconds after which the place of somebody who did not come again is lost
FREE_SECONDS: Final = 0.5  # for which a process takes it that nobody backed off from a bucket
_KEPT: Final = 3_600_000  # ms; longer than anybody waits

# Times are milliseconds. A clock that was set back makes what lies far ahead count for nothing.
_NOW: Final = """
local function present(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
"""
# KEYS: the calls' times; who waits, by when they first asked; when they are to come again;
# the end of a back-off.
# ARGV: now, window, calls, name, goes_on, grace, how long keys live, the longest
# back-off.
_ACQUIRE: Final = (
    _NOW
    + """
local now, window, calls = present(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local name, goes_on, kept = ARGV[4], ARGV[5] == '1', ARGV[7]
local backoff = tonumber(redis.call('GET', KEYS[4]) or '0')
if backoff - now > tonumber(ARGV[8]) then backoff = 0 end
if goes_on and backoff > now then return backoff - now end

local last = tonumber(redis.call('LINDEX', KEYS[1], -1) or '0')
if last - now > 10 * window then redis.call('DEL', KEYS[1]) end
local first = tonumber(redis.call('LINDEX', KEYS[1], 0) or now)
while first <= now - window do
  redis.call('LPOP', KEYS[1])
  first = tonumber(redis.call('LINDEX', KEYS[1], 0) or now)
end
local size = redis.call('LLEN', KEYS[1])
local function count(at)
  redis.call('RPUSH', KEYS[1], at)
  redis.call('PEXPIRE', KEYS[1], at - now + window)
  return 0
end
if goes_on then
  if size < calls then return count(now) end
  return count(math.max(now, tonumber(redis.call('LINDEX', KEYS[1], size - calls)) + window))
end

for _, each in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[6]))) do
  if each ~= name then
    redis.call('ZREM', KEYS[2], each)
    redis.call('ZREM', KEYS[3], each)
  end
end
local ahead = 0
if name ~= '' then
  ahead = redis.call('ZRANK', KEYS[2], name) or redis.call('ZCARD', KEYS[2])
end
local at, over = now, ahead - (calls - size)
if over >= 0 then
  local later = 0
  while over >= size do over, later = over - calls, later + window end
  at = now + later
  if over >= 0 then at = tonumber(redis.call('LINDEX', KEYS[1], over)) + window + later end
end
at = math.max(at, backoff)
if at > now then
  if name ~= '' then
    redis.call('ZADD', KEYS[2], 'NX', now, name)
    redis.call('ZADD', KEYS[3], at, name)
    redis.call('PEXPIRE', KEYS[2], kept)
    redis.call('PEXPIRE', KEYS[3], kept)
  end
  return at - now
end
redis.call('ZREM', KEYS[2], name)
redis.call('ZREM', KEYS[3], name)
return count(now)
"""
)
_BACK_OFF: Final = (
    _NOW
    + """
local now = present(ARGV[1])
local ends = now + tonumber(ARGV[2])
local backoff = tonumber(redis.call('GET', KEYS[1]) or '0')
if backoff >= ends and backoff - now <= tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ends, 'PX', ARGV[2])
return 1
"""
)


class RedisBuckets:
    """The calls of all processes to all clouds.

    Without a *clock* it is Redis' own that counts, the same one for every host.
    """

    def __init__(self, redis: "Redis", clock: Clock | None = None) -> None:
        self._redis = redis
        self._clock = clock
        self._acquire = redis.register_script(_ACQUIRE)
        self._back_off = redis.register_script(_BACK_OFF)
        self._free: dict[Bucket, float] = {}  # until when, of buckets without a limit

    def acquire(
        self, bucket: Bucket, window: Window | None, *, name: str = "", goes_on: bool = False
    ) -> float:
        """Count one call and return 0; where there is no room, the seconds until there is.

        While Redis is away reads go on, since they harm nothing; writes wait where a limit is
        known, since refused ones may count as well.

        Args:
            bucket: what is called.
            window: how many calls there may be; None: only a back-off stands in the way.
            name: who asks, and keeps a place in the queue; "": nobody who could come again, and
                who is therefore not made to queue.
            goes_on: whether this goes on with what was let in already: it passes, and whoever comes
                next waits the longer.
        """
        if window is None:
            return self._backed_off(bucket)
        times = [_ms(each) for each in (GRACE, _KEPT / 1000, BACKOFF_MAX)]
        args = [self._now(), _ms(window.seconds), window.calls, name, int(goes_on), *times]
        try:
            return float(self._acquire(keys=_keys(bucket), args=args)) / 1000
        except (RedisError, OSError):
            return AWAY_SECONDS if bucket.mutates else 0.0

    def _backed_off(self, bucket: Bucket) -> float:
        """Return for how many seconds a bucket without a limit is left alone."""
        if time.monotonic() < self._free.get(bucket, 0.0):
            return 0.0
        try:
            ends = self._redis.get(_keys(bucket)[3])
            wait = (float(ends) - self._milliseconds()) / 1000 if ends is not None else 0.0
        except (RedisError, OSError):
            return 0.0
        if 0 < wait <= BACKOFF_MAX:
            return wait
        self._free[bucket] = time.monotonic() + FREE_SECONDS
        return 0.0

    def back_off(self, bucket: Bucket, seconds: float) -> None:
        """Let nobody call for so long; a longer back-off stays.

        Other processes know it after `FREE_SECONDS` at most, where the bucket has no limit.
        """
        self._free.pop(bucket, None)
        args = [self._now(), _ms(min(max(seconds, 0.001), BACKOFF_MAX)), _ms(BACKOFF_MAX)]
        try:
            self._back_off(keys=_keys(bucket)[3:], args=args)
        except (RedisError, OSError):
            return  # whoever comes next is refused by the cloud, and backs off again

    def backoffs(self, buckets: Iterable[Bucket]) -> dict[str, float]:
        """Return for how many seconds each of *buckets* is backed off from, where one is."""
        wanted = list(buckets)
        now = self._milliseconds()
        ends = self._redis.mget([_keys(each)[3] for each in wanted]) if wanted else []
        pairs = zip(wanted, ends, strict=True)
        left = {each.name: (float(end) - now) / 1000 for each, end in pairs if end is not None}
        return {name: seconds for name, seconds in left.items() if seconds > 0}

    def waiting(self, buckets: Iterable[Bucket]) -> dict[str, float]:
        """Return how many wait for room in each of *buckets*, where somebody does."""
        wanted = list(buckets)
        with self._redis.pipeline(transaction=False) as pipeline:
            for each in wanted:
                pipeline.zcard(_keys(each)[1])
            counts = pipeline.execute()
        pairs = zip(wanted, counts, strict=True)
        return {each.name: float(count) for each, count in pairs if count}

    def _milliseconds(self) -> float:
        return float(self._now() or _seconds(self._redis.time()) * 1000)

    def _now(self) -> int | str:
        return _ms(self._clock().timestamp()) if self._clock else ""


def _keys(bucket: Bucket) -> list[str]:
    return [f"slipway:rate:{bucket.name}:{each}" for each in ("calls", "waiting", "due", "backoff")]


def _ms(seconds: float) -> int:
    return int(seconds * 1000)


def _seconds(time_: Any) -> float:
    """Return what Redis' TIME says."""
    seconds, micros = time_
    return float(seconds) + float(micros) / 1e6
