"""Sends a request once, byte for byte: on a fresh connection, or on one that is kept.

The only user of httpx. No redirects, cookies, retries or proxies of the environment.
"""

import asyncio
import ssl
from typing import Any, Final, Protocol

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from bot.core.vendor import Answer, Outgoing
from bot.redaction import Redactor
from workers.cloud.layers import Wait
from workers.cloud.limits import CloudLimits
from workers.cloud.replies import reply_from

_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_BROKEN: Final = (httpx.TransportError, aiohttp.ClientError, TimeoutError)
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

    Not on httpx's own pool, which gets slow with dozens of calls at once.
    """

    def __init__(self, limits: CloudLimits, tls: ssl.SSLContext) -> None:
        self._limits = limits
        self._tls = tls
        self._transport = AiohttpTransport(verify=tls, client=self._session)

    async def exchange(self, request: Outgoing, wait: Wait, redactor: Redactor) -> Answer:
        """Send *request* once."""
        sent = _sent(request, wait, self._limits, _Trace())
        try:
            async with asyncio.timeout(wait.total):
                return await _answered(self._transport, sent, wait, redactor)
        except _BROKEN as error:
            raise ExchangeError(error, has_left=True) from error

    async def aclose(self) -> None:
        """Close the kept connections."""
        await self._transport.aclose()

    def _session(self) -> aiohttp.ClientSession:
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
    try:
        content = await _content(response, wait.most)
    finally:
        await response.aclose()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(reply_from(response.status_code, headers, content, redactor), headers)


async def _content(response: httpx.Response, most: int) -> bytes | None:
    """Return the body; None where it is too long, or in an encoding that was not asked for."""
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        return None
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > most:
            return None
    return bytes(content)
