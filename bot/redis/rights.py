"""What Slipway's user of Redis has to be allowed, and what of it is not."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from redis.exceptions import NoPermissionError, ResponseError

# For ACL SETUSER. Nobody else's keys, nothing that empties, configures or lists a server.
LEAST: Final = (
    "resetkeys ~slipway:* ~rq:* resetchannels &rq:pubsub:* -@all +@read +@write +@blocking "
    "+@connection +@transaction +@scripting -@dangerous +subscribe +unsubscribe +info +time"
)
_OURS: Final = "slipway:try"
_OF_RQ: Final = "rq:try"
_SOON: Final = "0.01"  # seconds
# One of each that Slipway and RQ use, on keys that end by themselves or are taken away.
_TRIED: Final = (
    f"SET {_OURS} 1 EX 60",
    f"SET {_OF_RQ} 1 EX 60",
    *(f"{name} {_OURS}" for name in ("GET", "MGET", "EXISTS", "DEL", "PERSIST", "PTTL", "TTL")),
    f"HSET {_OF_RQ}:hash a 1",
    f"HINCRBY {_OF_RQ}:hash a 1",
    f"HINCRBYFLOAT {_OF_RQ}:hash a 1",
    f"EXPIRE {_OF_RQ}:hash 60",
    f"HGET {_OF_RQ}:hash a",
    f"HGETALL {_OF_RQ}:hash",
    f"HDEL {_OF_RQ}:hash a",
    f"LPUSH {_OF_RQ}:list a",
    f"RPUSH {_OF_RQ}:list a",
    f"LLEN {_OF_RQ}:list",
    f"LRANGE {_OF_RQ}:list 0 1",
    f"LTRIM {_OF_RQ}:list 0 0",
    f"BLMOVE {_OF_RQ}:list {_OF_RQ}:list LEFT RIGHT {_SOON}",
    f"LREM {_OF_RQ}:list 0 a",
    f"BLPOP {_OF_RQ}:list {_SOON}",
    f"SADD {_OF_RQ}:set a",
    f"SMEMBERS {_OF_RQ}:set",
    f"SREM {_OF_RQ}:set a",
    f"ZADD {_OURS}:zset 1 a",
    f"ZCARD {_OURS}:zset",
    f"ZRANGE {_OURS}:zset 0 1",
    f"ZRANGEBYSCORE {_OURS}:zset 0 1",
    f"ZREM {_OURS}:zset a",
    f"ZREMRANGEBYSCORE {_OURS}:zset 0 1",
    f"BZPOPMIN {_OURS}:zset {_SOON}",
    f"WATCH {_OURS}",
    "MULTI",
    "EXEC",
    "SCRIPT LOAD return",
    "EVAL return 0",
    "INFO server",
    "TIME",
    "PING",
)


def missing(redis: Any) -> list[str]:
    """Return the commands that the user of *redis* may not run, or not on our keys.

    Raises:
        RedisError, OSError: it cannot be asked.
    """
    return list(dict.fromkeys(_refused(redis)))


def may_configure(redis: Any) -> bool:
    """Whether the user may do what no application needs: then it may empty the server as well.

    Raises:
        RedisError, OSError: it cannot be asked.
    """
    try:
        redis.execute_command("CONFIG", "GET", "maxmemory-policy")
    except ResponseError:
        return False
    return True


def _refused(redis: Any) -> Iterator[str]:
    connection = redis.connection_pool.get_connection()
    try:
        for words in _TRIED:
            connection.send_command(*words.split())
            try:
                connection.read_response()
            except NoPermissionError:
                yield words.split()[0]
            except ResponseError:
                continue  # allowed, and nothing to do it with
    finally:
        redis.connection_pool.release(connection)
    with suppress(ResponseError):
        redis.delete(_OURS, _OF_RQ, f"{_OF_RQ}:hash", f"{_OF_RQ}:list")
    heard = redis.pubsub()
    try:
        heard.subscribe("rq:pubsub:try")
        heard.get_message(timeout=1.0)
    except NoPermissionError:
        yield "SUBSCRIBE"
    finally:
        heard.close()
