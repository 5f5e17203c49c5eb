"""Answers that may be used again for a while."""

from collections.abc import Mapping, Sequence

from redis import Redis
from redis.exceptions import RedisError

from bot.redis.text import text


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
        return {name: text(value) for name, value in pairs if value is not None}

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for name, value in values.items():
                    pipeline.set(f"slipway:cache:{name}", value, ex=seconds)
                pipeline.execute()
        except (RedisError, OSError):
            return
