"""The layer that heeds this worker's end: nothing new begins, and reads are broken off."""

import asyncio
from contextlib import suppress

from bot.core.codes.clouds import Interrupted
from bot.core.errors import CloudInterruptedError
from bot.core.flow import Reply
from workers.cloud.layers import Layer, Request
from workers.processes.shutdown import Shutdown


class Interruptible:
    """Stands outermost, so that a worker that ends neither counts a call nor gets a permit."""

    def __init__(self, inner: Layer, shutdown: Shutdown) -> None:
        self._inner = inner
        self._shutdown = shutdown

    async def send(self, request: Request) -> Reply:
        """Send a call, unless the worker ends; a change that has begun has its time.

        Raises:
            CloudInterruptedError: the worker ends; the call was not made, or was only a read.
        """
        if self._shutdown.is_requested():
            raise _interrupted(request)
        if request.call.mutates:
            return await self._inner.send(request)
        return await self._read(request)

    async def _read(self, request: Request) -> Reply:
        loop, limit = asyncio.get_running_loop(), asyncio.timeout(None)
        with self._shutdown.calling(lambda: loop.call_soon_threadsafe(_expire, limit)):
            try:
                async with limit:
                    return await self._inner.send(request)
            except TimeoutError as error:
                if limit.expired():
                    raise _interrupted(request) from error
                raise


def _expire(limit: asyncio.Timeout) -> None:
    with suppress(RuntimeError):  # the read has just ended by itself
        limit.reschedule(0)


def _interrupted(request: Request) -> CloudInterruptedError:
    return CloudInterruptedError(doing=request.call.name, why=Interrupted())
