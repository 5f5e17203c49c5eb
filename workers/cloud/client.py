"""The one client of the cloud APIs: every call of Slipway goes through these layers.

connection → interruptible → rate limit → judged → authorised → transport

The rate limit counts each call and then runs what was handed in with it, so a permit is granted
when there is room, and right before the call is sent.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, Self, TypeVar

from bot.core.codes.clouds import NoConnection
from bot.core.connection import Connection
from bot.core.errors import CloudError, CloudUnavailableError
from bot.core.flow import Call, Flow, Reply, drive, drive_async
from bot.core.target import Target
from bot.systems import system as system_named
from workers.cloud.authorised import Authorised
from workers.cloud.interruptible import Interruptible
from workers.cloud.judged import Judged
from workers.cloud.layers import Layer, PieceOfWork, Request
from workers.cloud.parts import CloudParts, Place, Resolve
from workers.cloud.rate_limited import RateLimited
from workers.cloud.transports import FreshTransport, KeptTransport, Transport

T = TypeVar("T")


def layered(parts: CloudParts, transport: Transport) -> Layer:
    """Return the layers, the outermost one, over *transport*."""
    authorised = Authorised(transport, parts)
    judged = Judged(authorised, parts.clock, parts.limits)
    limited = RateLimited(judged, parts.limiter)
    return Interruptible(limited, parts.shutdown) if parts.shutdown else limited


def cloud_client(parts: CloudParts) -> "CloudClient":
    """Return the client for code that waits; each call has a connection of its own."""
    top = layered(parts, FreshTransport(parts.limits, parts.tls))
    return CloudClient(parts, top)


@asynccontextmanager
async def polling_client(parts: CloudParts) -> AsyncIterator["PollingClient"]:
    """Open the client for one event loop that reads a lot, on kept connections."""
    transport = KeptTransport(parts.limits, parts.tls)
    try:
        yield PollingClient(parts, layered(parts, transport))
    finally:
        await transport.aclose()


def resolver(connections: Callable[[], Mapping[str, Connection]]) -> Resolve:
    """Return what finds a target's connection among the present ones of slipway.yaml."""

    def resolve(target: Target, call: Call) -> Place:
        connection = connections().get(target.connection)
        if connection is None:
            why = NoConnection(connection=target.connection)
            raise CloudUnavailableError(doing=call.name, why=why)
        return connection, system_named(target.system)

    return resolve


def _nothing() -> None:
    """Do nothing more on admission."""


class _Client:
    def __init__(self, parts: CloudParts, top: Layer, work: PieceOfWork | None = None) -> None:
        self._parts = parts
        self._top = top
        self._work = work

    def wrapped(self, layer: Callable[[Layer], Layer]) -> Self:
        """Return the same client with one more layer around the others."""
        return type(self)(self._parts, layer(self._top), self._work)

    def working(self, work: PieceOfWork) -> Self:
        """Return the same client, all of whose calls belong to *work*."""
        return type(self)(self._parts, self._top, work)

    def for_operation(self, operation_id: str) -> Self:
        """Return the same client for one job or look of an operation."""
        return self.working(PieceOfWork(name=operation_id))

    def _request(self, target: Target, call: Call, on_admission: Callable[[], None]) -> Request:
        connection, system = self._parts.resolve(target, call)
        work = self._work or PieceOfWork()
        return Request(call, target, connection, system, work, on_admission)

    def _freed(self, result: T) -> T:
        """Return what a flow came to, without a secret that the cloud has told it."""
        return self._parts.secrets.redactor.record(result)

    @contextmanager
    def _freeing(self) -> Iterator[None]:
        """Free the error that a flow ended with of secrets, too."""
        try:
            yield
        except CloudError as error:
            error.reason = self._freed(error.reason)
            raise


class CloudClient(_Client):
    """Calls clouds for code that waits; may be shared by threads, and lives through a fork."""

    def send(
        self, target: Target, call: Call, *, on_admission: Callable[[], None] = _nothing
    ) -> Reply:
        """Make a call, a change exactly once; returns a 2xx or raises a CloudError.

        *on_admission* runs right before it is sent, once nothing of ours is in its way; where
        that raises, nothing is sent.
        """
        return _run(self._top.send(self._request(target, call, on_admission)))

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads; returns what it comes to, free of secrets."""
        return self.drive(flow, partial(self.send, target))

    def drive(self, flow: Flow[T], answer: Callable[[Call], Reply]) -> T:
        """Drive any flow with these answers; returns what it comes to, free of secrets."""
        with self._freeing():
            return self._freed(drive(flow, answer))


class PollingClient(_Client):
    """Reads concurrently; belongs to one event loop."""

    async def send(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        if call.mutates:
            msg = f"{call.name} is no read"
            raise ValueError(msg)
        return await self._top.send(self._request(target, call, _nothing))

    async def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads; returns what it comes to, free of secrets."""
        with self._freeing():
            return self._freed(await drive_async(flow, partial(self.send, target)))


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* as `asyncio.run` does, but without waiting for a name look-up that hangs."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        left = asyncio.all_tasks(loop)  # none, unless RQ's time limit came between
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
