"""Calls to cloud APIs: sent once, within limits, and told by what may be done next."""

import asyncio
import json
import ssl
from collections.abc import Coroutine
from typing import Any, Final, NamedTuple, TypeVar

import httpx
from pydantic import Field

from bot.core.connection import Connection, secrets_of
from bot.core.errors import CloudUnavailableError, OutcomeUnknownError
from bot.core.flow import Call, Reply
from bot.core.ports import Clock
from bot.core.records import Record
from bot.core.system import System
from workers.auth import LOGIN, Answer, Login, Outgoing, Tokens, authorised
from workers.judging import failed_mutation, failed_read, not_sent, told, url_of
from workers.replies import reply_from

T = TypeVar("T")

_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FIXED: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}


class CloudLimits(Record):
    """How long and how much; times in seconds."""

    connect: float = Field(default=3, gt=0)
    read_silence: float = Field(default=20, gt=0)  # without a byte
    read_total: float = Field(default=30, gt=0)
    mutation_silence: float = Field(default=30, gt=0)
    mutation_total: float = Field(default=35, gt=0)
    login_total: float = Field(default=5, gt=0)  # a permit does not wait longer
    body_bytes: int = Field(default=2_000_000, gt=0)
    connections: int = Field(default=100, gt=0)  # at once, of one poller


class _Wait(NamedTuple):
    silence: float
    total: float


class _Trace:
    """Notices when the first byte of a request is about to leave."""

    def __init__(self) -> None:
        self.has_left = False

    async def __call__(self, event: str, _info: dict[str, Any]) -> None:
        """Take an event of httpx's `trace` extension."""
        self.has_left = self.has_left or event.endswith("send_request_headers.started")


class AsyncCloud:
    """Reads on kept connections, for pollers; belongs to one event loop."""

    def __init__(
        self,
        clock: Clock,
        limits: CloudLimits | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._clock = clock
        self._limits = limits or CloudLimits()
        self._tls = tls or ssl.create_default_context()
        self._transport = self._opened(kept=self._limits.connections)
        self._login = Login(self._ask_iam, tokens or Tokens(), clock)

    async def read(
        self,
        connection: Connection,
        system: System[Any],
        call: Call,
        *,
        within: float | None = None,
    ) -> Reply:
        """Make a call that only reads, in at most *within* seconds; returns a 2xx.

        A token that ran out is renewed once.

        Raises:
            CloudUnavailableError: no usable answer came.
            CloudRefusedError: the API declined.
        """
        if call.mutates:
            msg = f"{call.name} is no read"
            raise ValueError(msg)
        total = min(self._limits.read_total, within or self._limits.read_total)
        wait = _Wait(min(self._limits.read_silence, total), total)
        try:
            async with asyncio.timeout(total):
                return await self._read(connection, system, call, wait)
        except TimeoutError as error:
            why = f"no complete answer within {total:g} s"
            raise CloudUnavailableError(doing=call.name, why=why) from error

    async def mutate(self, connection: Connection, system: System[Any], call: Call) -> Reply:
        """Make a mutating call once, on a connection of its own; returns what was accepted.

        Raises:
            CloudUnavailableError: it was proven not sent.
            CloudRefusedError: the API declined; by the verdict, nothing was executed.
            OutcomeUnknownError: it left, and no usable answer came.
        """
        token = await self._login.token(connection)
        transport = self._opened(kept=0)
        wait = _Wait(self._limits.mutation_silence, self._limits.mutation_total)
        trace = _Trace()
        hidden = _hidden(connection, token)
        try:
            request = self._request(connection, call, token)
            closing = request._replace(headers={**request.headers, "Connection": "close"})
            async with asyncio.timeout(wait.total):
                answer = await self._exchange(transport, closing, wait, hidden, trace)
        except (httpx.TransportError, TimeoutError) as error:
            if isinstance(error, _NOT_SENT) or not trace.has_left:
                raise not_sent(call, error) from error
            why = f"no complete answer came ({told(error)})"
            raise OutcomeUnknownError(doing=call.name, why=why) from error
        finally:
            await transport.aclose()
        verdict = system.verdict(answer.reply)
        if verdict == "accepted":
            return answer.reply
        if verdict == "expired":
            self._login.forget(connection, token)
        raise failed_mutation(system, call, answer.reply, verdict, self._clock())

    async def aclose(self) -> None:
        """Close the kept connections."""
        await self._transport.aclose()

    async def _read(
        self, connection: Connection, system: System[Any], call: Call, wait: _Wait
    ) -> Reply:
        reply, token = await self._read_once(connection, call, wait)
        if system.verdict(reply) == "expired" and self._login.forget(connection, token):
            reply, _ = await self._read_once(connection, call, wait)
        verdict = system.verdict(reply)
        if verdict == "accepted" and reply.is_success:
            return reply
        raise failed_read(system, call, reply, verdict, self._clock())

    async def _read_once(
        self, connection: Connection, call: Call, wait: _Wait
    ) -> tuple[Reply, str]:
        token = await self._login.token(connection)
        try:
            request = self._request(connection, call, token)
            answer = await self._exchange(
                self._transport, request, wait, _hidden(connection, token)
            )
        except httpx.TransportError as error:
            why = f"no usable answer ({told(error)})"
            raise CloudUnavailableError(doing=call.name, why=why) from error
        return answer.reply, token

    def _request(self, connection: Connection, call: Call, token: str) -> Outgoing:
        body = b"" if call.body is None else json.dumps(call.body, allow_nan=False).encode()
        headers = {"Content-Type": "application/json"}
        request = Outgoing(call.method, url_of(connection, call), headers, body)
        return authorised(request, connection, self._clock(), token)

    async def _ask_iam(self, connection: Connection, request: Outgoing) -> Answer:
        total = self._limits.login_total
        try:
            async with asyncio.timeout(total):
                wait = _Wait(total, total)
                return await self._exchange(self._transport, request, wait, _hidden(connection))
        except (httpx.TransportError, TimeoutError) as error:
            why = f"no complete answer ({told(error)})"
            raise CloudUnavailableError(doing=LOGIN, why=why) from error

    async def _exchange(
        self,
        transport: httpx.AsyncHTTPTransport,
        request: Outgoing,
        wait: _Wait,
        secrets: tuple[str, ...],
        trace: _Trace | None = None,
    ) -> Answer:
        """Send *request* by the bare transport: no redirects, cookies, retries."""
        timeout = httpx.Timeout(wait.silence, connect=min(self._limits.connect, wait.total))
        response = await transport.handle_async_request(
            httpx.Request(
                request.method,
                request.url,
                headers={**_FIXED, **request.headers},
                content=request.body or None,
                extensions={"timeout": timeout.as_dict(), "trace": trace or _Trace()},
            )
        )
        try:
            content = await self._content(response)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = reply_from(response.status_code, headers, content, secrets)
        return Answer(reply, headers)

    async def _content(self, response: httpx.Response) -> bytes | None:
        """Return the body; None where it is too long, or in an encoding that was not asked for."""
        if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
            return None
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > self._limits.body_bytes:
                return None
        return bytes(content)

    def _opened(self, *, kept: int) -> httpx.AsyncHTTPTransport:
        most = self._limits.connections
        limits = httpx.Limits(max_connections=most, max_keepalive_connections=kept)
        return httpx.AsyncHTTPTransport(
            verify=self._tls, trust_env=False, retries=0, http2=False, limits=limits
        )


class Cloud:
    """The same for code that waits; may be shared by threads, and lives through a fork."""

    def __init__(
        self, clock: Clock, limits: CloudLimits | None = None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._clock = clock
        self._limits = limits or CloudLimits()
        self._tls = tls or ssl.create_default_context()
        self._tokens = Tokens()

    def read(
        self,
        connection: Connection,
        system: System[Any],
        call: Call,
        *,
        within: float | None = None,
    ) -> Reply:
        """Make a call that only reads; see `AsyncCloud.read`."""
        return _run(self._read(connection, system, call, within))

    def mutate(self, connection: Connection, system: System[Any], call: Call) -> Reply:
        """Make a mutating call once; see `AsyncCloud.mutate`."""
        return _run(self._mutate(connection, system, call))

    async def _read(
        self, connection: Connection, system: System[Any], call: Call, within: float | None
    ) -> Reply:
        cloud = self._open()
        try:
            return await cloud.read(connection, system, call, within=within)
        finally:
            await cloud.aclose()

    async def _mutate(self, connection: Connection, system: System[Any], call: Call) -> Reply:
        cloud = self._open()
        try:
            return await cloud.mutate(connection, system, call)
        finally:
            await cloud.aclose()

    def _open(self) -> AsyncCloud:
        return AsyncCloud(self._clock, self._limits, tls=self._tls, tokens=self._tokens)


def _hidden(connection: Connection, token: str = "") -> tuple[str, ...]:
    """Return what an answer must not carry further."""
    return (*secrets_of(connection), token)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* as `asyncio.run` does, but without waiting for a name look-up that hangs."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        left = asyncio.all_tasks(loop)  # none, unless a signal's exception came between
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
