"""The cloud of a target: its connection from slipway.yaml, its system from the registry."""

import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from redis import Redis

from bot.app.resources import now
from bot.catalogue import Catalogue
from bot.core.connection import Connection
from bot.core.errors import CloudHeldError, CloudUnavailableError
from bot.core.flow import Call, Flow, Reply, drive
from bot.core.ports import Clock
from bot.core.system import System
from bot.core.target import Target
from bot.deadline import patience
from bot.metrics import Figures
from bot.redis.rate_limits import Rates
from bot.systems import system as system_named
from workers.cloud.client import AsyncCloud, Cloud
from workers.cloud.rate_limits import Pacing, Turn, Unlimited
from workers.cloud.tokens import Tokens

T = TypeVar("T")

ROOM_SECONDS: Final = 2.0  # how long a question waits for the API's limit to leave room for it


class TargetClouds:
    """Makes calls for targets; with *seconds*, all calls of one question share that time.

    A question waits its turn here; workers do that themselves, without waiting inside a job.
    """

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        seconds: float | None = None,
        *,
        pacing: Pacing | None = None,
        clock: Clock = now,
        tls: ssl.SSLContext | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._seconds = seconds
        self._pacing = pacing or Pacing(Unlimited())
        self._cloud = Cloud(clock, tls=tls, tokens=tokens)

    def read(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        return self._cloud.read(*_way(self._catalogue(), target, call), call)

    def mutate(self, target: Target, call: Call) -> Reply:
        """Make a mutating call once; returns a 2xx or raises a CloudError."""
        return self._cloud.mutate(*_way(self._catalogue(), target, call), call)

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads.

        Raises:
            CloudError: no usable answer came, or not in time.
        """
        if self._seconds is None:
            return drive(flow, lambda call: self.read(target, call))
        begun = time.monotonic()
        until = begun + patience(begun, self._seconds)
        turn = self._pacing.turn()

        def answer(call: Call) -> Reply:
            way = _way(self._catalogue(), target, call)
            _enter(turn, target, call, until)
            left = until - time.monotonic()
            if left <= 0:
                raise CloudUnavailableError(doing=call.name, why="the cloud answers too slowly")
            with turn.heeding(target, call):
                return self._cloud.read(*way, call, within=left)

        return drive(flow, answer)


class TargetReader:
    """Reads concurrently for a poller; belongs to one event loop."""

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        *,
        clock: Clock = now,
        tls: ssl.SSLContext | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._cloud = AsyncCloud(clock, tls=tls, tokens=tokens)

    async def read(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        return await self._cloud.read(*_way(self._catalogue(), target, call), call)

    async def aclose(self) -> None:
        """Close the kept connections."""
        await self._cloud.aclose()


@asynccontextmanager
async def target_reader(
    catalogue: Callable[[], Catalogue],
    *,
    clock: Clock = now,
    tls: ssl.SSLContext | None = None,
    tokens: Tokens | None = None,
) -> AsyncIterator[TargetReader]:
    """Open a reader for the time of one tick."""
    reader = TargetReader(catalogue, clock=clock, tls=tls, tokens=tokens)
    try:
        yield reader
    finally:
        await reader.aclose()


def rate_figures(redis: "Redis", targets: Iterable[Target]) -> Figures:
    """Return for how long the clouds of *targets* are held, and how many wait for their turn."""
    rates, lanes = Rates(redis), Pacing(Unlimited()).lanes(targets)
    return {"rate_held_seconds": rates.held(lanes), "rate_waiting": rates.waiting(lanes)}


def _enter(turn: Turn, target: Target, call: Call, until: float) -> None:
    """Wait for room, if it comes soon.

    Raises:
        CloudHeldError: it does not.
    """
    try:
        turn.enter(target, call)
    except CloudHeldError as error:
        if error.wait > min(ROOM_SECONDS, until - time.monotonic()):
            raise
        threading.Event().wait(error.wait)
        turn.enter(target, call)


def _way(catalogue: Catalogue, target: Target, call: Call) -> tuple[Connection, System[Any]]:
    connection = catalogue.connections.get(target.connection)
    if connection is None:
        why = f"the connection {target.connection} is not in slipway.yaml any more"
        raise CloudUnavailableError(doing=call.name, why=why)
    return connection, system_named(target.system)
