"""The layer that counts every call against its API's limit, and heeds a 429."""

import asyncio
import time

from bot.core.codes.clouds import NoRoom
from bot.core.errors import CloudRateLimitedError, CloudRefusedError
from bot.core.flow import Reply
from bot.core.rate_limits import Bucket, backoff, window
from workers.cloud.layers import Layer, Request
from workers.cloud.rate_limits import RateLimiter


class RateLimited:
    """Nothing is sent that was not counted here: reads, changes, looks and questions alike.

    The first read of a piece of work waits for room; what has begun goes on. Otherwise work that
    needs several reads could be stopped before its last one each time, all of it for nothing.
    """

    def __init__(self, inner: Layer, limiter: RateLimiter) -> None:
        self._inner = inner
        self._limiter = limiter

    async def send(self, request: Request) -> Reply:
        """Admit a call and send it; once it is admitted, its `on_admission` runs.

        Raises:
            CloudRateLimitedError: there is no room, or a read was answered with a 429.
            CloudRefusedError: any other refusal; of a throttled change, with the time to wait.
        """
        await self._admitted(request)
        request.on_admission()
        try:
            return await self._inner.send(request)
        except CloudRefusedError as error:
            if error.verdict != "throttled":
                raise
            raise self._backed_off(request, error) from error

    async def _admitted(self, request: Request) -> None:
        """Count the call; wait for room where it comes soon enough."""
        work = request.work
        try:
            self._admit(request)
        except CloudRateLimitedError as error:
            if error.retry_after > min(work.waits, work.until - time.monotonic()):
                raise
            await asyncio.sleep(error.retry_after)
            self._admit(request)

    def _admit(self, request: Request) -> None:
        call, work, bucket = request.call, request.work, _bucket(request)
        limit = self._limiter.limit(request.target, call.service)
        retry_after = self._limiter.buckets.acquire(
            bucket,
            window(limit, mutates=call.mutates) if limit else None,
            name=work.name,
            goes_on=bucket in work.admitted,
        )
        if retry_after > 0:
            raise CloudRateLimitedError(doing=call.name, why=NoRoom(), retry_after=retry_after)
        if not call.mutates:
            work.admitted.add(bucket)

    def _backed_off(
        self, request: Request, error: CloudRefusedError
    ) -> CloudRefusedError | CloudRateLimitedError:
        """Let nobody call for a while, and return what the refused call comes to."""
        seconds = backoff(error.retry_after, mutates=request.call.mutates)
        self._limiter.buckets.back_off(_bucket(request), seconds)
        if request.call.mutates:
            error.retry_after = seconds
            return error
        return CloudRateLimitedError(doing=error.doing, why=error.reason, retry_after=seconds)


def _bucket(request: Request) -> Bucket:
    return Bucket(
        connection=request.target.connection,
        service=request.call.service,
        mutates=request.call.mutates,
    )
