"""The layer that says what an answer proves, or its absence."""

import asyncio
import time

from bot.core.codes.clouds import NoAnswer, NoTimeLeft
from bot.core.errors import CloudUnavailableError, OutcomeUnknownError
from bot.core.flow import Reply
from bot.core.ports import Clock
from workers.cloud.authorised import Answered, Authorised
from workers.cloud.layers import Request, Wait
from workers.cloud.limits import CloudLimits
from workers.cloud.transports import ExchangeError
from workers.cloud.verdicts import failed_mutation, failed_read, incomplete, not_sent


class Judged:
    """Returns what was accepted; everything else is a CloudError, by what it proves."""

    def __init__(self, inner: Authorised, clock: Clock, limits: CloudLimits) -> None:
        self._inner = inner
        self._clock = clock
        self._limits = limits

    async def send(self, request: Request) -> Reply:
        """Send a call: a change once, a read in what is left of the time.

        Raises:
            CloudUnavailableError: it was only a read, or proven not sent.
            CloudRefusedError: the API declined; by the verdict, nothing was executed.
            OutcomeUnknownError: a change left, and no usable answer came.
        """
        is_change = request.call.mutates
        answered = await (self._changed(request) if is_change else self._read(request))
        reply, verdict = answered.reply, request.system.verdict(answered.reply)
        if verdict == "accepted" and (is_change or reply.is_success):
            return reply
        if verdict == "expired" and not answered.renews:
            verdict = "refused"  # of a new token, or of one that nothing renews
        failed = failed_mutation if is_change else failed_read
        raise failed(request.system, request.call, reply, verdict, self._clock())

    async def _read(self, request: Request) -> Answered:
        doing, total = request.call.name, self._time_for(request)
        silence = min(self._limits.read_silence, total)
        wait = Wait(silence=silence, total=total, most=self._limits.body_bytes)
        try:
            async with asyncio.timeout(total):
                return await self._inner.send(request, wait)
        except ExchangeError as error:
            why = incomplete(error.error, total)
            raise CloudUnavailableError(doing=doing, why=why) from error
        except TimeoutError as error:
            raise CloudUnavailableError(doing=doing, why=NoAnswer(within=total)) from error

    def _time_for(self, request: Request) -> float:
        left = request.work.until - time.monotonic()
        if left <= 0:
            raise CloudUnavailableError(doing=request.call.name, why=NoTimeLeft())
        return min(self._limits.read_total, left)

    async def _changed(self, request: Request) -> Answered:
        limits, patience = self._limits, request.system.spec.patience.total_seconds()
        wait = Wait(
            silence=max(limits.mutation_silence, patience),
            total=max(limits.mutation_total, patience),
            most=limits.mutation_body_bytes,
        )
        try:
            return await self._inner.send(request, wait)
        except ExchangeError as error:
            if not error.has_left:
                raise not_sent(request.call, error.error) from error
            why = incomplete(error.error, wait.total)
            raise OutcomeUnknownError(doing=request.call.name, why=why) from error
