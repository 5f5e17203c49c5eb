"""Sends a request once, byte for byte: on a fresh connection, or on one that is kept.

The only user of httpx and of aiohttp's client. No redirects, cookies, retries or proxies of the
environment.
"""

import asyncio
import ssl
from collections.abc import AsyncIterable, Mapping
from typing import Any, Final, Protocol

import aiohttp
import httpx
from yarl import URL

from bot.core.vendor import Answer, Outgoing
from bot.redaction import Redactor
from workers.cloud.layers import Wait
from workers.cloud.limits import CloudLimits
from workers.cloud.replies import reply_from

_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BROKEN: Final = (httpx.TransportError, TimeoutError)
_OWN_HEADERS: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
_FIXED: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}


class ExchangeError(Exception):
    """No complete answer came; `has_left` is False where no byte of the request left."""

    def __init__(self, error: Exception, *, has_left: bool) -> None:
        super().__init__(str(error))
        self.error = error
        self.has_left = has_left


class Transport(Protocol):
    """Sends requests."""

    async def exchange(self, request: Outgoing, wait: Wait, redactor: Redactor) -> Answer:
        """Send *request* once and return the answer, freed by *redactor*.

        Raises:
            ExchangeError: no complete answer came.
        """
        ...


class FreshTransport:
    """A connection of its own for each request, closed after it; tells whether a byte left."""

    def __init__(self, limits: CloudLimits, tls: ssl.SSLContext) -> None:
        self._limits = limits
        self._tls = tls

    async def exchange(self, request: Outgoing, wait: Wait, redactor: Redactor) -> Answer:
        """Send *request* once."""
        trace, transport = _Trace(), self._opened()
        closing = request._replace(headers={**request.headers, "Connection": "close"})
        sent = _sent(closing, wait, self._limits, trace)
        try:
            async with asyncio.timeout(wait.total):
                return await _answered(transport, sent, wait, redactor)
        except _BROKEN as error:
            has_left = trace.has_left and not isinstance(error, _NOT_SENT)
            raise ExchangeError(error, has_left=has_left) from error
        finally:
            await transport.aclose()

    def _opened(self) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
        return httpx.AsyncHTTPTransport(
            verify=self._tls, trust_env=False, retries=0, http2=False, limits=limits
        )


class KeptTransport:
    """Kept connections, for one event loop that reads a lot; it may itself repeat a read once.

    aiohttp's, since httpx' own pool gets slow with dozens of calls at once.
    """

    def __init__(self, limits: CloudLimits, tls: ssl.SSLContext) -> None:
        self._limits = limits
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None  # wants a running loop

    async def exchange(self, request: Outgoing, wait: Wait, redactor: Redactor) -> Answer:
        """Send *request* once."""
        self._session = self._session or self._opened()
        try:
            async with (
                asyncio.timeout(wait.total),
                self._session.request(
                    request.method,
                    URL(request.url, encoded=True),  # as it is: it may be signed
                    headers={**_FIXED, **request.headers},
                    data=request.body or None,
                    allow_redirects=False,
                    timeout=self._timeout(wait),
                ) as response,
            ):
                headers = _in_lower_case(response.headers)
                content = await _content(headers, response.content.iter_any(), wait.most)
        except aiohttp.ServerTimeoutError as error:  # of one part: not all of the time was waited
            raise ExchangeError(ConnectionError(str(error)), has_left=True) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ExchangeError(error, has_left=True) from error
        return Answer(reply_from(response.status, headers, content, redactor), headers)

    async def aclose(self) -> None:
        """Close the kept connections."""
        if self._session:
            await self._session.close()

    def _timeout(self, wait: Wait) -> aiohttp.ClientTimeout:
        connect = min(self._limits.connect, wait.total)
        return aiohttp.ClientTimeout(sock_connect=connect, sock_read=wait.silence)

    def _opened(self) -> aiohttp.ClientSession:
        """Return the connections, so many for each address: a slow one holds back no other."""
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


class _Trace:
    """Notices when the first byte of a request is about to leave."""

    def __init__(self) -> None:
        self.has_left = False

    async def __call__(self, event: str, _info: dict[str, Any]) -> None:
        """Take an event of httpx's `trace` extension."""
        self.has_left = self.has_left or event.endswith("send_request_headers.started")


def _sent(request: Outgoing, wait: Wait, limits: CloudLimits, trace: _Trace) -> httpx.Request:
    timeout = httpx.Timeout(wait.silence, connect=min(limits.connect, wait.total))
    return httpx.Request(
        request.method,
        request.url,
        headers={**_FIXED, **request.headers},
        content=request.body or None,
        extensions={"timeout": timeout.as_dict(), "trace": trace},
    )


async def _answered(
    transport: httpx.AsyncBaseTransport, sent: httpx.Request, wait: Wait, redactor: Redactor
) -> Answer:
    response = await transport.handle_async_request(sent)
    headers = _in_lower_case(response.headers)
    try:
        content = await _content(headers, response.aiter_raw(), wait.most)
    finally:
        await response.aclose()
    return Answer(reply_from(response.status_code, headers, content, redactor), headers)


def _in_lower_case(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


async def _content(
    headers: Mapping[str, str], chunks: AsyncIterable[bytes], most: int
) -> bytes | None:
    """Return the body; None where it is too long, or in an encoding that was not asked for."""
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        return None
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > most:
            return None
    return bytes(content)
