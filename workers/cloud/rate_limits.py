"""Whose turn it is to call a cloud: its limits, what it said of them, and who waits already."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Final, Protocol, TypeAlias

from bot.core.errors import CloudHeldError, CloudRefusedError
from bot.core.flow import Call
from bot.core.rate_limits import Lane, Share, least_pause, rest, share
from bot.core.rows import OpenOperation
from bot.core.system import RateLimit
from bot.core.target import Target
from bot.systems import SYSTEMS
from bot.systems import system as system_named

LimitOf: TypeAlias = Callable[[str, str], RateLimit | None]  # connection kind, service

NO_ROOM: Final = "the API's limit leaves no room for it now"


class Rates(Protocol):
    """Counts calls for all processes together; see `bot.redis.rate_limits`."""

    def take(
        self, lane: Lane, share: Share | None, *, name: str = "", begun: bool = False
    ) -> float:
        """Count a call and return 0; without room, return the seconds until there is."""
        ...

    def hold(self, lane: Lane, seconds: float) -> None:
        """Let nobody call for so long."""
        ...


class Unlimited:
    """Counts nothing: for who makes few calls, and alone."""

    def take(
        self,
        lane: Lane,  # noqa: ARG002 - as Rates has it
        share: Share | None,  # noqa: ARG002 - as above
        *,
        name: str = "",  # noqa: ARG002 - as above
        begun: bool = False,  # noqa: ARG002 - as above
    ) -> float:
        """Let everything pass."""
        return 0.0

    def hold(self, lane: Lane, seconds: float) -> None:
        """Forget it."""


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


class Pacing:
    """What holds for all calls of a process: where they are counted, and by which limits."""

    def __init__(self, rates: Rates, limit_of: LimitOf = declared) -> None:
        self._rates = rates
        self._limit_of = limit_of

    def turn(self, name: str = "") -> "Turn":
        """Return the turn of an operation, or of a question, which has no name and never queues."""
        return Turn(self._rates, self.limit, name)

    def limit(self, target: Target, service: str) -> RateLimit | None:
        """Return the limit of a service as *target*'s connection reaches it."""
        return self._limit_of(system_named(target.system).spec.connection_kind, service)

    def lanes(self, targets: Iterable[Target]) -> set[Lane]:
        """Return everything of *targets* that is counted on its own."""
        return {
            Lane(connection=each.connection, service=service, mutates=mutates)
            for each in targets
            for service in system_named(each.system).spec.services
            for mutates in (False, True)
        }

    def is_limited(self, targets: Iterable[Target]) -> bool:
        """Whether the API of any of *targets* has limits that are known."""
        return any(self._limited(each) for each in targets)

    def pauses(
        self, watched: Iterable[OpenOperation], targets: Mapping[str, Target]
    ) -> dict[str, timedelta]:
        """Return by target the least time between two looks, where an API has limits."""
        known = [targets[each.target] for each in watched if each.target in targets]
        counted = Counter(pair for each in known for pair in self._limited(each))
        return {
            each.name: max(least_pause(limit, counted[way]) for way, limit in limited.items())
            for each in known
            if (limited := self._limited(each))
        }

    def _limited(self, target: Target) -> dict[tuple[str, str], RateLimit]:
        services = system_named(target.system).spec.services
        limits = {(target.connection, each): self.limit(target, each) for each in services}
        return {way: limit for way, limit in limits.items() if limit is not None}


class Turn:
    """One piece of work's calls. Its first read waits for room; what has begun goes on.

    Otherwise a piece of work that needs several reads could be stopped before its last one each
    time, and all of it would have been for nothing.
    """

    def __init__(
        self, rates: Rates, limit: Callable[[Target, str], RateLimit | None], name: str
    ) -> None:
        self._rates = rates
        self._limit = limit
        self._name = name
        self._begun: set[Lane] = set()

    def enter(self, target: Target, call: Call) -> None:
        """Count *call*, which is about to be made.

        Raises:
            CloudHeldError: there is no room; it must not be made.
        """
        lane, limit = _lane(target, call), self._limit(target, call.service)
        wait = self._rates.take(
            lane,
            share(limit, mutates=call.mutates) if limit else None,
            name=self._name,
            begun=lane in self._begun,
        )
        if wait > 0:
            raise CloudHeldError(doing=call.name, why=NO_ROOM, wait=wait)
        if not call.mutates:
            self._begun.add(lane)

    @contextmanager
    def heeding(self, target: Target, call: Call) -> Iterator[None]:
        """Hold everybody's calls of this kind where the block, which makes *call*, is throttled.

        Raises:
            CloudHeldError: a read was throttled; it is the same as if there had been no room.
            CloudRefusedError: any other refusal; of a throttled write, with the time to wait.
        """
        try:
            yield
        except CloudRefusedError as error:
            if error.verdict != "throttled":
                raise
            limit = self._limit(target, call.service)
            wait = rest(limit, error.retry_after, mutates=call.mutates)
            self._rates.hold(_lane(target, call), wait)
            if call.mutates:
                error.retry_after = wait
                raise
            why = f"{error.code} {error.why}".strip()
            raise CloudHeldError(doing=error.doing, why=why, wait=wait) from error


def _lane(target: Target, call: Call) -> Lane:
    return Lane(connection=target.connection, service=call.service, mutates=call.mutates)
