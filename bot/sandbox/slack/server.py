"""The workspace on a loopback port, served by a thread of this process."""

import asyncio
import contextlib
import itertools
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import uvicorn
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from typing_extensions import override

from bot.core.errors import ConfigurationError
from bot.sandbox.slack.app import slack_app
from bot.sandbox.slack.workspace import Workspace

_START: Final = 10.0  # seconds
_END: Final = 5.0  # seconds; a fifth of them for answers under way
_TICK: Final = 0.1  # seconds; ten make uvicorn renew its date header
_BREATH: Final = 0.005  # seconds


class _Server(uvicorn.Server):
    """A server that says when it listens and ends at once, where uvicorn takes 0.2 seconds."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening: Final = threading.Event()
        self._ending: Final = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """End the server, from whatever thread."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ending.set)

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.listening.set()

    @override
    async def main_loop(self) -> None:
        ticks = itertools.count()
        while not await self.on_tick(next(ticks)):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _TICK)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listener in self.servers:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        state, patience = self.server_state, _END / 5
        while (state.connections or state.tasks) and patience > 0:
            await asyncio.sleep(_BREATH)
            patience -= _BREATH
        for task in state.tasks:
            task.cancel()
        for late in list(state.connections):  # accepted meanwhile, or its answer takes too long
            late.transport.abort()
        await asyncio.sleep(_BREATH)  # in which their sockets are closed


def loopback_socket(port: int = 0) -> socket.socket:
    """Return a bound loopback socket for uvicorn.

    Its protocol number is given, or asyncio would leave TCP_NODELAY off and every request
    on a kept-alive connection would wait for a delayed acknowledgement.

    Raises:
        ConfigurationError: somebody else has the port, or may have it alone.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(("127.0.0.1", port))
    except OSError as error:
        bound.close()
        fault = f"--port: 127.0.0.1:{port} cannot be bound ({error.strerror}); 0 is any free one"
        raise ConfigurationError([fault]) from error
    return bound


@contextlib.contextmanager
def served_app(app: ASGIApp, port: int = 0, *, dated: bool = True) -> Iterator[str]:
    """Serve *app* in a thread and yield its address; where not *dated*, it dates its answers."""
    bound = loopback_socket(port)
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, log_level="warning", date_header=dated
    )
    server = _Server(config)
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    try:
        if not server.listening.wait(_START):
            raise TimeoutError
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.end()
        thread.join(_END)
        bound.close()


@contextlib.contextmanager
def served(
    workspace: Workspace,
    static: Path | None = None,
    port: int = 0,
    *,
    more: Sequence[BaseRoute] = (),
) -> Iterator[Workspace]:
    """Serve *workspace* in a thread; its `base_url` is set, and it is closed at the end."""
    with served_app(slack_app(workspace, static, more), port) as address:
        workspace.base_url = address
        try:
            yield workspace
        finally:
            workspace.close()
