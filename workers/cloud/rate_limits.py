"""Which limits hold for which targets, and how often they leave room for a look."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cache
from typing import Protocol, TypeAlias

from bot.core.rate_limits import Bucket, Window, min_interval
from bot.core.rows import OpenOperation
from bot.core.system import RateLimit
from bot.core.target import Target
from bot.systems import SYSTEMS
from bot.systems import system as system_named

LimitOf: TypeAlias = Callable[[str, str], RateLimit | None]  # connection kind, service


class Buckets(Protocol):
    """Counts calls for all processes together; see `bot.redis.rate_limits`."""

    def acquire(
        self, bucket: Bucket, window: Window | None, *, name: str = "", goes_on: bool = False
    ) -> float:
        """Count a call and return 0; without room, return the seconds until there is."""
        ...

    def back_off(self, bucket: Bucket, seconds: float) -> None:
        """Let nobody call for so long."""
        ...


@cache
def declared(kind: str, service: str) -> RateLimit | None:
    """Return the limit of a service, the lowest that the systems which call it declare."""
    found = [
        each.spec.limits[service]
        for each in SYSTEMS
        if each.spec.connection_kind == kind and service in each.spec.limits
    ]
    if not found:
        return None
    return RateLimit(reads=min(x.reads for x in found), writes=min(x.writes for x in found))


def buckets_of(targets: Iterable[Target]) -> set[Bucket]:
    """Return everything of *targets* that is counted on its own."""
    return {
        Bucket(connection=each.connection, service=service, mutates=mutates)
        for each in targets
        for service in system_named(each.system).spec.services
        for mutates in (False, True)
    }


class RateLimiter:
    """Where the calls of a process are counted, and by which limits."""

    def __init__(self, buckets: Buckets, limit_of: LimitOf = declared) -> None:
        self.buckets = buckets
        self._limit_of = limit_of

    def limit(self, target: Target, service: str) -> RateLimit | None:
        """Return the limit of a service as *target*'s connection reaches it."""
        return self._limit_of(system_named(target.system).spec.connection_kind, service)

    def is_limited(self, targets: Iterable[Target]) -> bool:
        """Whether the API of any of *targets* has limits that are known."""
        return any(self._limited(each) for each in targets)

    def intervals(
        self, watched: Iterable[OpenOperation], targets: Mapping[str, Target]
    ) -> dict[str, timedelta]:
        """Return by target the least time between two looks, where an API has limits."""
        known = [targets[each.target] for each in watched if each.target in targets]
        counted = Counter(pair for each in known for pair in self._limited(each))
        return {
            each.name: max(min_interval(limit, counted[way]) for way, limit in limited.items())
            for each in known
            if (limited := self._limited(each))
        }

    def _limited(self, target: Target) -> dict[tuple[str, str], RateLimit]:
        services = system_named(target.system).spec.services
        limits = {(target.connection, each): self.limit(target, each) for each in services}
        return {way: limit for way, limit in limits.items() if limit is not None}
