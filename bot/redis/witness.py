"""Redis as a witness of how far the journal was: one that is behind was restored."""

from typing import Final

from redis import Redis
from redis.exceptions import RedisError

_KEY: Final = "slipway:journal:head"


class Witness:
    """Knows nothing where Redis is away or was emptied."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    def note(self, sequence: int, digest: str) -> None:
        """Note the newest record of the audit."""
        self._redis.set(_KEY, f"{sequence}:{digest}")

    def noted(self) -> tuple[int, str] | None:
        """Return the newest record of the audit that somebody noted."""
        try:
            found = self._redis.get(_KEY)
        except (RedisError, OSError):
            return None
        text = found.decode("ascii", "replace") if isinstance(found, bytes) else ""
        sequence, _, digest = text.partition(":")
        return (int(sequence), digest) if sequence.isdecimal() else None
