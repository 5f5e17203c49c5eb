"""Serves a simulated cloud over ASGI, and lets any thread arm its faults."""

import threading
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from bot.sandbox.clouds.http.delivery import deliver
from bot.sandbox.clouds.http.faults import Armed, Fault, Faults
from bot.sandbox.clouds.http.outcome import Outcome
from bot.sandbox.clouds.http.wire import Request


class LockedFaults:
    """The faults of a cloud, to be armed from any thread."""

    def __init__(self, faults: Faults, lock: threading.RLock) -> None:
        self._faults = faults
        self._lock = lock

    def add(self, *faults: Fault) -> None:
        """Arm *faults*, to be used up in this order."""
        with self._lock:
            for fault in faults:
                self._faults.add(fault)

    def arm(self, armed: Armed) -> None:
        """Arm what may be armed elsewhere, too, and can be taken back."""
        with self._lock:
            self._faults.arm(armed)

    def clear(self) -> None:
        """Disarm everything."""
        with self._lock:
            self._faults.clear()

    @property
    def waiting(self) -> tuple[Fault, ...]:
        """The faults that have not been used up."""
        with self._lock:
            return self._faults.waiting


class Application(Starlette):
    """Answers every HTTP request itself: faults need the server's own ``send``."""

    def __init__(self, answer: Callable[[Request], Awaitable[Outcome]]) -> None:
        super().__init__()
        self._answer = answer

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        await deliver(await self._answer(await _request(scope, receive)), receive, send)


async def _request(scope: Scope, receive: Receive) -> Request:
    http = HttpRequest(scope, receive)
    path: bytes = scope["raw_path"]
    query: bytes = scope["query_string"]
    return Request(
        method=http.method,
        path=path.partition(b"?")[0].decode("latin-1"),
        query=query.decode("latin-1"),
        headers=tuple((name.lower(), value) for name, value in http.headers.items()),
        body=await http.body(),
    )
