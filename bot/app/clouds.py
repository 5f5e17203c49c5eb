"""What the clients of the clouds are made of in this process."""

import ssl
from collections.abc import Callable, Iterable

from redis import Redis

from bot.catalogue import Catalogue
from bot.core.ports import Clock
from bot.core.target import Target
from bot.metrics import Figures
from bot.redaction import KnownSecrets
from bot.redis.cache import Cache
from bot.redis.rate_limits import RedisBuckets
from workers.cloud.client import resolver
from workers.cloud.parts import CloudParts
from workers.cloud.rate_limits import RateLimiter, buckets_of
from workers.cloud.tokens import Tokens


def cloud_parts(
    catalogue: Callable[[], Catalogue],
    redis: "Redis",
    clock: Clock,
    *,
    secrets: KnownSecrets | None = None,
    tls: ssl.SSLContext | None = None,
) -> CloudParts:
    """Return what clients are made of; those made of it share tokens, also after a fork."""
    return CloudParts(
        resolve=resolver(lambda: catalogue().connections),
        limiter=RateLimiter(RedisBuckets(redis)),
        clock=clock,
        tokens=Tokens(Cache(redis)),
        secrets=secrets or KnownSecrets(),
        tls=tls or ssl.create_default_context(),
    )


def rate_figures(redis: "Redis", targets: Iterable[Target]) -> Figures:
    """Return for how long the clouds of *targets* are backed off from, and how many wait."""
    counts, buckets = RedisBuckets(redis), buckets_of(targets)
    return {
        "rate_held_seconds": counts.backoffs(buckets),
        "rate_waiting": counts.waiting(buckets),
    }
