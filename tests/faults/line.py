"""A TCP line to a server: it can break, stand still, and lose an answer."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Final

from bot.sandbox.ports import free_port

_RESET: Final = struct.pack("ii", 1, 0)  # linger for nothing: closing sends a reset
_CHUNK: Final = 65_536


class Line:
    """Forwards what comes to `port` to the server behind it, as long as it is let.

    Of several servers, the connections go to one after the other, as those do that can be reached.
    """

    def __init__(self, *behind: int) -> None:
        self.port: Final = free_port()
        self._behind: tuple[int, ...] = behind
        self._loop: Final = asyncio.new_event_loop()
        self._thread: Final = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._free = asyncio.Event()
        self._is_deaf = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def open(self) -> None:
        """Begin to forward."""
        self._thread.start()
        self._do(self._listen())

    def close(self) -> None:
        """End everything."""
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lead_to(self, *behind: int) -> None:
        """Lead new connections elsewhere."""
        self._behind = behind

    def cut(self) -> None:
        """Reset every connection; new ones are taken."""
        self._do(self._cut())

    def hold(self) -> None:
        """Let nothing pass, until `release`."""
        self._loop.call_soon_threadsafe(self._free.clear)

    def release(self) -> None:
        """Let everything pass again."""
        self._loop.call_soon_threadsafe(self._free.set)

    def lose_an_answer(self) -> None:
        """Reset the connection on which the next answer comes, instead of bringing it."""
        self._is_deaf = True

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._free.set()
        self._server = await asyncio.start_server(self._took, "127.0.0.1", self.port)

    async def _took(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = await self._reached()
        if far is None:
            _reset(writer)
            return
        far_reader, far_writer = far
        pair = (writer, far_writer)
        self._writers.update(pair)
        ways = self._forward(reader, far_writer, pair), self._answer(far_reader, writer, pair)
        for way in ways:
            task = asyncio.create_task(way)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reached(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first, *others = self._behind
        self._behind = (*others, first)
        for port in (first, *others):
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
        return None

    async def _forward(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, pair: "_Pair"
    ) -> None:
        try:
            while chunk := await source.read(_CHUNK):
                await self._free.wait()
                sink.write(chunk)
                await sink.drain()
        except OSError:
            pass
        finally:
            self._end(pair)

    async def _answer(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, pair: "_Pair"
    ) -> None:
        try:
            while chunk := await source.read(_CHUNK):
                await self._free.wait()
                if self._is_deaf:
                    self._is_deaf = False
                    break
                sink.write(chunk)
                await sink.drain()
        except OSError:
            pass
        finally:
            self._end(pair)

    def _end(self, pair: "_Pair") -> None:
        for each in pair:
            _reset(each)
            self._writers.discard(each)

    async def _cut(self) -> None:
        for each in tuple(self._writers):
            _reset(each)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._free.set()
        tasks = tuple(self._tasks)
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


_Pair = tuple[asyncio.StreamWriter, asyncio.StreamWriter]


def _reset(writer: asyncio.StreamWriter) -> None:
    connected: socket.socket | None = writer.get_extra_info("socket")
    if connected is not None and not writer.is_closing():
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
