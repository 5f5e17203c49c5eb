"""How an answer reaches the client, and how faults keep it from doing so.

ASGI has no word for "close the connection without an answer". Under uvicorn the connection's
transport hangs on the object behind ``send``; where there is none, as when the application is
called in the process, the same faults come out as ConnectionResetError.
"""

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator
from typing import Final

from starlette.types import Receive, Send

from bot.sandbox.clouds.http.faults import Fault
from bot.sandbox.clouds.http.outcome import Outcome

GARBAGE: Final = b"\x00\xff{]<not json>"
LOGIN_PAGE: Final = b"""<!DOCTYPE html>
<html><head><title>Log in</title></head>
<body><form action="/authui/login" method="post"><input name="user"></form></body></html>
"""
_JSON: Final = "application/json"
_CHUNK: Final = 65_536  # bytes
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_GRACE: Final = 5.0  # seconds that a client has to take what was sent before a cut


async def deliver(outcome: Outcome, receive: Receive, send: Send) -> None:
    """Send what *outcome* says, or spoil it as its fault says."""
    if outcome.hit is None:
        await _plain(outcome, send, _encoded(outcome))
        return
    fault = outcome.hit.fault
    match fault.kind:
        case "drop":
            await _reset(receive, send)
        case "hang":
            await _hang(fault, receive, send)
        case "truncated":
            await _truncated(outcome, fault, receive, send)
        case "slow":
            await _start(outcome, send, _JSON, len(_encoded(outcome)))
            await _stream(_slowly(_encoded(outcome), fault.seconds), send)
        case "huge":
            await _start(outcome, send, _JSON, None)
            await _stream(_much(fault.size), send)
        case "garbage":
            await _plain(outcome, send, GARBAGE)
        case "html":
            await _plain(outcome, send, LOGIN_PAGE, content_type="text/html; charset=utf-8")
        case "empty":
            await _plain(outcome, send, b"")
        case "answer" | "throttled" | "later" | "job_status" | "vanished_job":
            await _plain(outcome, send, _encoded(outcome) if fault.raw is None else fault.raw)


def _encoded(outcome: Outcome) -> bytes:
    body = outcome.answer.body
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()


async def _plain(outcome: Outcome, send: Send, body: bytes, *, content_type: str = _JSON) -> None:
    await _start(outcome, send, content_type, len(body))
    await send({"type": "http.response.body", "body": body})


async def _start(outcome: Outcome, send: Send, content_type: str, length: int | None) -> None:
    headers = {
        "content-type": content_type,
        "x-request-id": outcome.request_id,
        **({} if length is None else {"content-length": str(length)}),
        **{name.lower(): value for name, value in outcome.answer.headers.items()},
    }
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": outcome.answer.status, "headers": raw})


async def _stream(pieces: AsyncIterator[bytes], send: Send) -> None:
    async for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _slowly(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    for at in range(len(body)):
        await asyncio.sleep(seconds)
        yield body[at : at + 1]


async def _much(size: int) -> AsyncIterator[bytes]:
    head, tail = b'{"job_id":"', b'"}'
    yield head
    left = max(0, size - len(head) - len(tail))
    while left:
        yield b"a" * min(left, _CHUNK)
        left -= min(left, _CHUNK)
    yield tail


async def _truncated(outcome: Outcome, fault: Fault, receive: Receive, send: Send) -> None:
    body = _encoded(outcome)
    await _start(outcome, send, _JSON, max(len(body), fault.keep + 1))
    await send({"type": "http.response.body", "body": body[: fault.keep], "more_body": True})
    transport = _transport(send)
    transport.close()  # what was sent is still flushed
    await _gone(receive)


async def _hang(fault: Fault, receive: Receive, send: Send) -> None:
    try:
        async with asyncio.timeout(fault.seconds):
            await _gone(receive)
    except TimeoutError:
        await _reset(receive, send)


async def _reset(receive: Receive, send: Send) -> None:
    transport = _transport(send)
    line = transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the server has noticed that the connection is closed."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _transport(send: Send) -> asyncio.WriteTransport:
    transport: asyncio.WriteTransport | None = getattr(
        getattr(send, "__self__", None), "transport", None
    )
    if transport is None:
        text = "the simulated cloud closed the connection"
        raise ConnectionResetError(text)
    return transport
