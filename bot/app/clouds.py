"""The cloud of a target: its connection from slipway.yaml, its system from the registry."""

import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from bot.app.parts import now
from bot.catalogue import Catalogue
from bot.core.connection import Connection
from bot.core.errors import CloudUnavailableError
from bot.core.flow import Call, Flow, Reply, drive
from bot.core.ports import Clock
from bot.core.system import System
from bot.core.target import Target
from bot.systems import system as system_named
from workers.cloud import AsyncCloud, Cloud

T = TypeVar("T")


class TargetClouds:
    """Makes calls for targets; with *seconds*, all calls of one question share that time."""

    def __init__(
        self,
        catalogue: Callable[[], Catalogue],
        seconds: float | None = None,
        *,
        clock: Clock = now,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._seconds = seconds
        self._cloud = Cloud(clock, tls=tls)

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
        until = time.monotonic() + self._seconds

        def answer(call: Call) -> Reply:
            left = until - time.monotonic()
            if left <= 0:
                raise CloudUnavailableError(doing=call.name, why="the cloud answers too slowly")
            way = _way(self._catalogue(), target, call)
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
    ) -> None:
        self._catalogue = catalogue
        self._cloud = AsyncCloud(clock, tls=tls)

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
) -> AsyncIterator[TargetReader]:
    """Open a reader for the time of one tick."""
    reader = TargetReader(catalogue, clock=clock, tls=tls)
    try:
        yield reader
    finally:
        await reader.aclose()


def _way(catalogue: Catalogue, target: Target, call: Call) -> tuple[Connection, System[Any]]:
    connection = catalogue.connections.get(target.connection)
    if connection is None:
        why = f"the connection {target.connection} is not in slipway.yaml any more"
        raise CloudUnavailableError(doing=call.name, why=why)
    return connection, system_named(target.system)
