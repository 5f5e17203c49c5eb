"""Calls to cloud APIs: sent once, within limits, and told by what may be done next."""

import asyncio
import json
import ssl
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeVar

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport
from pydantic import Field

from bot.core.connection import Connection, secrets_of
from bot.core.errors import CloudUnavailableError, OutcomeUnknownError
from bot.core.flow import Call, Reply
from bot.core.ports import Clock
from bot.core.records import Record
from bot.core.system import System
from bot.core.vendor import Answer, Login, Outgoing, Token
from bot.systems import vendor_of
from bot.views.text import duration
from workers.cloud.login import Logins
from workers.cloud.replies import reply_from
from workers.cloud.tokens import Tokens, doing
from workers.cloud.verdicts import failed_mutation, failed_read, not_sent, told, url_of

T = TypeVar("T")

_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BROKEN: Final = (httpx.TransportError, aiohttp.ClientError)
_OWN_HEADERS: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_FIXED: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}


class CloudLimits(Record):
    """How long and how much; times in seconds. A system may be more patient with its mutations."""

    connect: float = Field(default=3, gt=0)
    read_silence: float = Field(default=20, gt=0)  # without a byte
    read_total: float = Field(default=30, gt=0)
    mutation_silence: float = Field(default=30, gt=0)
    mutation_total: float = Field(default=35, gt=0)
    login_total: float = Field(default=5, gt=0)  # a permit does not wait longer
    body_bytes: int = Field(default=2_000_000, gt=0)
    mutation_body_bytes: int = Field(default=32_000_000, gt=0)  # some return a whole chart
    connections: int = Field(default=200, gt=0)  # to one address at once, of one poller


class _Wait(NamedTuple):
    silence: float
    total: float
    most: int  # bytes of the answer's body


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
        # Not httpx's own pool, which gets slow with dozens of calls at once.
        self._transport = AiohttpTransport(verify=self._tls, client=self._session)
        self._login = Logins(self._ask_identity, tokens or Tokens(), clock)

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
        silence = min(self._limits.read_silence, total)
        wait = _Wait(silence, total, self._limits.body_bytes)
        try:
            async with asyncio.timeout(total):
                return await self._read(connection, system, call, wait)
        except TimeoutError as error:
            why = f"no complete answer in {duration(timedelta(seconds=total))}"
            raise CloudUnavailableError(doing=call.name, why=why) from error

    async def mutate(self, connection: Connection, system: System[Any], call: Call) -> Reply:
        """Make a mutating call once, on a connection of its own; returns what was accepted.

        Raises:
            CloudUnavailableError: it was proven not sent.
            CloudRefusedError: the API declined; by the verdict, nothing was executed.
            OutcomeUnknownError: it left, and no usable answer came.
        """
        token = await self._login.token(connection)
        transport = self._opened()
        wait = self._patience(system)
        trace = _Trace()
        hidden = _hidden(connection, token.text)
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
        if verdict == "expired" and not self._login.forget(connection, token):
            verdict = "refused"
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
        if verdict == "expired":  # of a new token, or of one that nothing renews
            verdict = "refused"
        raise failed_read(system, call, reply, verdict, self._clock())

    async def _read_once(
        self, connection: Connection, call: Call, wait: _Wait
    ) -> tuple[Reply, Token]:
        token = await self._login.token(connection)
        try:
            request = self._request(connection, call, token)
            answer = await self._exchange(
                self._transport, request, wait, _hidden(connection, token.text)
            )
        except _BROKEN as error:
            why = f"no usable answer ({told(error)})"
            raise CloudUnavailableError(doing=call.name, why=why) from error
        return answer.reply, token

    def _request(self, connection: Connection, call: Call, token: Token) -> Outgoing:
        body = b"" if call.body is None else json.dumps(call.body, allow_nan=False).encode()
        headers = {"Content-Type": "application/json"}
        request = Outgoing(call.method, url_of(connection, call, token.endpoints), headers, body)
        vendor = vendor_of(connection)
        return vendor.authorised(request, connection, self._clock(), token.text)

    async def _ask_identity(self, connection: Connection, login: Login) -> Answer:
        total = self._limits.login_total
        try:
            async with asyncio.timeout(total):
                wait = _Wait(total, total, self._limits.body_bytes)
                return await self._exchange(
                    self._transport, login.request, wait, _hidden(connection)
                )
        except (*_BROKEN, TimeoutError) as error:
            why = f"no complete answer ({told(error)})"
            raise CloudUnavailableError(doing=doing(login), why=why) from error

    async def _exchange(
        self,
        transport: httpx.AsyncBaseTransport,
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
            content = await self._content(response, wait.most)
        finally:
            await response.aclose()
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = reply_from(response.status_code, headers, content, secrets)
        return Answer(reply, headers)

    async def _content(self, response: httpx.Response, most: int) -> bytes | None:
        """Return the body; None where it is too long, or in an encoding that was not asked for."""
        if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
            return None
        content = bytearray()
        async for chunk in response.aiter_raw():
            content += chunk
            if len(content) > most:
                return None
        return bytes(content)

    def _patience(self, system: System[Any]) -> _Wait:
        """Return how long a mutating call may take, and how long its answer may be."""
        limits, patience = self._limits, system.spec.patience.total_seconds()
        return _Wait(
            silence=max(limits.mutation_silence, patience),
            total=max(limits.mutation_total, patience),
            most=limits.mutation_body_bytes,
        )

    def _opened(self) -> httpx.AsyncHTTPTransport:
        """Return a transport for one call, which tells when the call's first byte leaves."""
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
        return httpx.AsyncHTTPTransport(
            verify=self._tls, trust_env=False, retries=0, http2=False, limits=limits
        )

    def _session(self) -> aiohttp.ClientSession:
        """Return the kept connections, so many for each address: a slow one holds back no other."""
        connector = aiohttp.TCPConnector(
            ssl=self._tls, limit=0, limit_per_host=self._limits.connections
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_OWN_HEADERS,
            trust_env=False,
        )


class Cloud:
    """The same for code that waits; may be shared by threads, and lives through a fork."""

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
        self._tokens = tokens or Tokens()

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
