"""The bot's listener: so many connections and no more, none of which may be silent for long.

Whatever is connected needs a descriptor, as the journal and Redis do. So connections are bounded
below what the process may open, and where all are taken, the one that has been silent for longest
makes room: whoever wants something says so at once.
"""

import asyncio
import logging
import resource
import socket
from asyncio import Task
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from bot.core.records import Record

log: Final = logging.getLogger("slipway.http")

CONNECTIONS_MOST: Final = 512
CONNECTIONS_LEAST: Final = 16  # where hardly anything may be opened
KEPT_FREE: Final = 256  # descriptors for the journal, Redis, Slack, clouds and files
_PAUSES: Final = (0.05, 1.0)  # seconds after an accept that failed: the first, the longest
_SAID_AGAIN: Final = 60.0  # seconds
_BACKLOG: Final = 2_048


class ConnectionLimits(Record):
    """How many connections there may be, and how long one may take, in seconds."""

    most: int = CONNECTIONS_MOST
    silent: float = 5.0  # until a whole head must be there: of the first request, or the next
    answer: float = 30.0  # for a request and its answer; the ingress ends far earlier


def limits_for(descriptors: int) -> ConnectionLimits:
    """Return the limits of a process that may open so many *descriptors*."""
    most = max(CONNECTIONS_LEAST, min(CONNECTIONS_MOST, descriptors - KEPT_FREE))
    return ConnectionLimits(most=most)


class Connection(H11Protocol):
    """One connection; it ends where its other end is silent, or takes for ever."""

    def __init__(self, limits: ConnectionLimits, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._limits = limits
        self.since = self.loop.time()  # it began, or its last answer ended
        self.ends_at = self.since + limits.silent  # unless something comes before

    @property
    def is_silent(self) -> bool:
        """Whether it has no request that could be answered."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first one
        return cycle is None or cycle.response_complete

    @override
    def data_received(self, data: bytes) -> None:
        was_silent = self.is_silent
        super().data_received(data)
        if was_silent and not self.is_silent:
            self._ends_in(self._limits.answer)

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.since = self.loop.time()
        # a request that stood in line is being answered already
        self._ends_in(self._limits.silent if self.is_silent else self._limits.answer)

    def abort(self) -> None:
        """Close it at once."""
        self.transport.abort()

    def _ends_in(self, seconds: float) -> None:
        self.ends_at = self.loop.time() + seconds


class BoundedServer(uvicorn.Server):
    """Serves so many connections at once; what it cannot take now waits in the listener's queue."""

    def __init__(self, app: ASGIApp, limits: ConnectionLimits) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,  # nobody asks who a proxy says is there: signatures count
                timeout_graceful_shutdown=10,
                lifespan="off",
            )
        )
        self._limits = limits
        self._accepting: list[Task[None]] = []
        self._dropped = 0
        self._silence: dict[str, float] = {}  # until when an event is not told again

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self.lifespan.startup()
        self.servers = []
        for each in sockets or []:
            each.settimeout(0)  # as the loop wants it
            self._accepting.append(asyncio.create_task(self._accept_from(each)))
        self.started = True

    @override
    async def on_tick(self, counter: int) -> bool:
        """End the connections whose time is up, ten times a second."""
        now = asyncio.get_running_loop().time()
        for each in [*self.server_state.connections]:
            if isinstance(each, Connection) and each.ends_at <= now:
                each.abort()
        return await super().on_tick(counter)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for each in self._accepting:
            each.cancel()
        await super().shutdown(sockets)

    async def _accept_from(self, listener: socket.socket) -> None:
        loop, pause = asyncio.get_running_loop(), _PAUSES[0]
        while True:
            try:
                accepted, _ = await loop.sock_accept(listener)
                await self._have_room()
                await loop.connect_accepted_socket(self._connection, accepted)
            except OSError as error:  # no descriptor is left, or the other end has gone
                self._tell("not_accepted", why=str(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, _PAUSES[1])
            else:
                pause = _PAUSES[0]

    def _connection(self) -> Connection:
        return Connection(
            self._limits,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )

    async def _have_room(self) -> None:
        """Wait until another connection may be there; one that is silent goes."""
        while len(self.server_state.connections) >= self._limits.most:
            silent = [
                each
                for each in self.server_state.connections
                if isinstance(each, Connection) and each.is_silent
            ]
            if silent:
                self._dropped += 1
                self._tell("dropped", count=self._dropped)
                min(silent, key=lambda each: each.since).abort()
            await asyncio.sleep(0 if silent else _PAUSES[0])

    def _tell(self, event: str, **about: object) -> None:
        """Say it once a minute, however often it happens."""
        now = asyncio.get_running_loop().time()
        if now >= self._silence.get(event, now):
            self._silence[event] = now + _SAID_AGAIN
            log.warning("connections.%s", event, extra=about)


def listening(host: str, port: int) -> socket.socket:
    """Return a bound socket whose protocol asyncio recognises: else TCP_NODELAY is off (44 ms).

    Raises:
        OSError: it cannot be bound.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(_BACKLOG)
    return listener


def server_of(app: ASGIApp) -> BoundedServer:
    """Return what serves *app* within what this process may open."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return BoundedServer(app, limits_for(descriptors))
