"""What workers share in Redis: the poll schedule, claims, tick leases, holds and caches.

All of it can be rebuilt: a lost claim is caught by the permit, a lost schedule by the sweeper.
"""

import os
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from bot.core.records import OperationId
from bot.doorbell import OUTBOX_KEY, SCHEDULE_KEY

CLAIM_SECONDS: Final = 12  # a claim whose holder is silent for so long may be taken over
BEAT_SECONDS: Final = 1.0
LOOK_LEASE: Final = timedelta(seconds=15)  # longer than one look, reading included

_CLAIM_DUE: Final = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[3], id) end
return due
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
_EXTEND: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""


# The time that a key has left to live is the time that turns were taken for in advance.
_TURN: Final = """
local ahead = math.max(0, redis.call('PTTL', KEYS[1]))
local wait = ahead - tonumber(ARGV[2])
if wait > 0 then return wait end
redis.call('SET', KEYS[1], 1, 'PX', ahead + tonumber(ARGV[1]))
return 0
"""


class Schedule:
    """When which operation is to be looked at next."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._claim = redis.register_script(_CLAIM_DUE)

    def claim(self, now: datetime, limit: int) -> tuple[OperationId, ...]:
        """Return what is due, and put it off by a lease: a dead poller's share comes up again."""
        lease = (now + LOOK_LEASE).timestamp()
        due = self._claim(keys=[SCHEDULE_KEY], args=[now.timestamp(), limit, lease])
        return tuple(_text(each) for each in due)

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
        return frozenset(_text(each) for each in self._redis.zrange(SCHEDULE_KEY, 0, -1))


class Claims:
    """Who advances which operation: a courtesy that saves work; the permit decides.

    A claim names its process, so that those of the same host need not wait until it runs out.
    """

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._release = redis.register_script(_RELEASE)
        self._extend = redis.register_script(_EXTEND)

    @contextmanager
    def hold(self, name: str) -> Iterator[bool]:
        """Hold *name* while the block runs, beating; yields False where another holds it.

        A Redis that lost everything is told of it again by the next beat.
        """
        key, token = _claim(name), f"{_here()}/{os.getpid()}/{secrets.token_hex(8)}"
        if not self._take(key, token) and not (self.free_dead(name) and self._take(key, token)):
            yield False
            return
        stop = threading.Event()
        beat = threading.Thread(target=self._beat, args=(key, token, stop), daemon=True)
        beat.start()
        try:
            yield True
        finally:
            stop.set()
            beat.join()
            self._try_release(key, token)

    def held(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of *names* that somebody holds who may be alive."""
        if not names:
            return frozenset()
        tokens = self._redis.mget([_claim(name) for name in names])
        pairs = zip(names, tokens, strict=True)
        return frozenset(name for name, token in pairs if token and not _is_dead(_text(token)))

    def free_dead(self, name: str) -> bool:
        """Free *name* where its holder has died for certain; return whether that was so."""
        token = self._redis.get(_claim(name))
        if token is None or not _is_dead(_text(token)):
            return False
        return bool(self._release(keys=[_claim(name)], args=[token]))

    def _take(self, key: str, token: str) -> bool:
        return bool(self._redis.set(key, token, nx=True, ex=CLAIM_SECONDS))

    def _beat(self, key: str, token: str, stop: threading.Event) -> None:
        while not stop.wait(BEAT_SECONDS):
            try:
                self._extend(keys=[key], args=[token, CLAIM_SECONDS])
            except (RedisError, OSError):
                continue  # Redis is away; the permit guards what the claim cannot

    def _try_release(self, key: str, token: str) -> None:
        try:
            self._release(keys=[key], args=[token])
        except (RedisError, OSError):
            return  # it runs out by itself


class Marks:
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

    def take(self, name: str, interval: float, slack: float) -> float:
        """Take one turn of *name* and return 0; else return for how many seconds there is none.

        Turns come every *interval* seconds; as many as come in *slack* more may be taken in
        advance. A hold on *name* is a time for which all were taken.
        """
        wait = self._turn(
            keys=[f"slipway:hold:{name}"], args=[int(interval * 1000), int(slack * 1000)]
        )
        return int(wait) / 1000

    def wait_for_outbox(self, seconds: float) -> None:
        """Wait until somebody wakes the outbox, at most so long (at least 10 ms)."""
        self._redis.blpop([OUTBOX_KEY], timeout=max(0.01, seconds))


class Cache:
    """Answers that may be reused for a while; a Redis that is away just makes them slower."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        try:
            found = self._redis.mget([f"slipway:cache:{name}" for name in names])
        except (RedisError, OSError):
            return {}
        pairs = zip(names, found, strict=True)
        return {name: _text(value) for name, value in pairs if value is not None}

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for name, value in values.items():
                    pipeline.set(f"slipway:cache:{name}", value, ex=seconds)
                pipeline.execute()
        except (RedisError, OSError):
            return


def _text(value: object) -> str:
    """Return what Redis gave as text."""
    return value.decode() if isinstance(value, bytes) else str(value)


def _claim(name: str) -> str:
    return f"slipway:claim:{name}"


def _here() -> str:
    """Name the host and its space of process ids: in another one a number means nothing."""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}:{space}"


def _is_dead(token: str) -> bool:
    """Whether the process that holds a claim has certainly ended; of another host, nobody knows."""
    where, _, rest = token.partition("/")
    pid = rest.partition("/")[0]
    if where != _here() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(int(pid))


def _is_zombie(pid: int) -> bool:
    """Whether the process has ended and nobody asked for its exit code yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state in {"Z", "X"}
