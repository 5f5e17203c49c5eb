"""When which operation is looked at next; the sweeper makes up for what is lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from redis import Redis

from bot.core.records import OperationId
from bot.redis.doorbell import SCHEDULE_KEY
from bot.redis.text import text

LOOK_LEASE: Final = timedelta(seconds=15)  # longer than one look, reading included

_CLAIM_DUE: Final = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[3], id) end
return due
"""


class DueTimes:
    """When which operation is to be looked at next."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._claim = redis.register_script(_CLAIM_DUE)

    def claim(self, now: datetime, limit: int) -> tuple[OperationId, ...]:
        """Return what is due, and put it off by a lease: a dead poller's share comes up again."""
        lease = (now + LOOK_LEASE).timestamp()
        due = self._claim(keys=[SCHEDULE_KEY], args=[now.timestamp(), limit, lease])
        return tuple(text(each) for each in due)

    def put(self, operation_id: OperationId, at: datetime) -> None:
        """Look at the operation at *at*."""
        self._redis.zadd(SCHEDULE_KEY, {operation_id: at.timestamp()})

    def ensure(self, operation_ids: Sequence[OperationId], at: datetime) -> None:
        """Schedule those at *at* that are not scheduled at all."""
        if operation_ids:
            due = dict.fromkeys(operation_ids, at.timestamp())
            self._redis.zadd(SCHEDULE_KEY, due, nx=True)

    def settle(self, told: Mapping[OperationId, datetime | None]) -> None:
        """Look at each operation at its moment, and forget those that have none."""
        due = {each: at.timestamp() for each, at in told.items() if at is not None}
        ended = [each for each, at in told.items() if at is None]
        if due:
            self._redis.zadd(SCHEDULE_KEY, due)
        if ended:
            self._redis.zrem(SCHEDULE_KEY, *ended)

    def size(self) -> int:
        """Return how many operations are scheduled."""
        return int(self._redis.zcard(SCHEDULE_KEY))

    def drop(self, operation_id: OperationId) -> None:
        """Forget the operation: there is nothing to watch any more."""
        self._redis.zrem(SCHEDULE_KEY, operation_id)

    def known(self) -> frozenset[OperationId]:
        """Return all operations that are scheduled."""
        return frozenset(text(each) for each in self._redis.zrange(SCHEDULE_KEY, 0, -1))
