"""Gates before a simulator: a chosen request waits there until the test lets it go on.

A gate stands `before` a request is executed or `after` it, when only the answer is kept back.
That is how a test reaches a moment without guessing how long anything takes.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Where: TypeAlias = Literal["before", "after"]
Wanted: TypeAlias = Callable[[str, str, bytes], bool]  # method, path, body

LONGEST: Final = 45.0  # seconds; a forgotten gate opens by itself
_LOOK: Final = 0.005  # seconds


class Gate:
    """Holds one request; `arrived` tells that it is there."""

    def __init__(self, wanted: Wanted, where: Where) -> None:
        self.wanted: Final = wanted
        self.where: Final = where
        self.arrived: Final = threading.Event()
        self._decided: Final = threading.Event()
        self._is_dropped = False

    def open(self) -> None:
        """Let the request go on."""
        self._decided.set()

    def drop(self) -> None:
        """Let the request vanish: it is never executed, nor answered."""
        self._is_dropped = True
        self._decided.set()

    async def passed(self) -> bool:
        """Wait for the decision; return whether the request may go on."""
        self.arrived.set()
        for _ in range(int(LONGEST / _LOOK)):
            if self._decided.is_set():
                break
            await asyncio.sleep(_LOOK)
        return not self._is_dropped


class Gated:
    """An ASGI application behind gates."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._gates: list[Gate] = []

    def put(self, wanted: Wanted, where: Where = "before") -> Gate:
        """Put up a gate for the next request that is *wanted*."""
        gate = Gate(wanted, where)
        self._gates.append(gate)
        return gate

    def open_all(self) -> None:
        """Let everything go on, and hold nothing any more."""
        gates, self._gates = self._gates, []
        for gate in gates:
            gate.open()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, again = await _read(receive)
        gate = self._taken(scope["method"], scope["path"], body)
        if gate is None:
            await self._app(scope, again, send)
        elif gate.where == "after":
            await self._app(scope, again, _kept_back(gate, send))
        elif await gate.passed():
            await self._app(scope, again, send)
        else:
            _transport(send).abort()

    def _taken(self, method: str, path: str, body: bytes) -> Gate | None:
        for gate in self._gates:
            if gate.wanted(method, path, body):
                self._gates.remove(gate)
                return gate
        return None


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """Return the whole body, and what gives it to the application once more."""
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return body, again


def _kept_back(gate: Gate, send: Send) -> Send:
    async def later(message: Message) -> None:
        if not gate.arrived.is_set():
            await gate.passed()
        await send(message)

    return later


def _transport(send: Send) -> asyncio.Transport:
    """Return the connection of uvicorn's `send`, a method of the cycle that owns it."""
    transport: asyncio.Transport = getattr(send, "__self__").transport  # noqa: B009 - not typed
    return transport
