"""Every request in its time: changes together, all else in one of our own few threads, or a no.

What holds for a request holds by whichever way it came, over HTTP or by Socket Mode.
"""

import time
from collections.abc import Callable
from contextlib import suppress

import anyio
from anyio import to_thread
from slack_bolt import BoltResponse

from bot.deadline import answering
from handlers.batches import Batches, InLine
from handlers.limits import IngressLimits
from handlers.reception import Reception, Request


def uncounted(_cause: str) -> None:
    """Count nothing."""


def unheard(_waiting: int) -> None:
    """Let nobody know."""


class Turns:
    """Answers requests of whom Slack is known to have sent them; it belongs to one event loop."""

    def __init__(
        self,
        reception: Reception,
        limits: IngressLimits,
        *,
        refused: Callable[[str], None] = uncounted,
        in_line: InLine = unheard,
    ) -> None:
        self._reception = reception
        self._limits = limits
        self._refused = refused
        self._slots = anyio.CapacityLimiter(limits.threads)
        self._threads = anyio.CapacityLimiter(limits.threads)
        self._batches = Batches(reception.answer_together, limits, in_line)
        self._waiting = 0

    async def answer(self, request: Request, arrived: float) -> BoltResponse:
        """Answer *request*, which *arrived* by `time.monotonic`, before Slack stops waiting."""
        change = self._reception.change_of(request)
        if change is not None:
            return await self._batches.answer(change, arrived) or self.busy(request)
        return await self._in_a_thread(request, arrived)

    def busy(self, request: Request) -> BoltResponse:
        """Refuse *request* truthfully without doing anything of it."""
        self._refused("busy")
        return self._reception.busy(request)

    async def _in_a_thread(self, request: Request, arrived: float) -> BoltResponse:
        """Do the work in a thread of our own few, or refuse when none gets free in time."""
        slot = object()
        if not await self._has_turn(slot, arrived + self._limits.waiting):
            return self.busy(request)
        try:
            return await to_thread.run_sync(
                self._answer_until, arrived + self._limits.answering, request, limiter=self._threads
            )
        finally:
            self._slots.release_on_behalf_of(slot)

    async def _has_turn(self, slot: object, until: float) -> bool:
        if time.monotonic() >= until:
            return False
        with suppress(anyio.WouldBlock):
            self._slots.acquire_on_behalf_of_nowait(slot)
            return True
        if self._waiting >= self._limits.queue:
            return False
        self._waiting += 1
        try:
            with anyio.move_on_after(until - time.monotonic()) as waiting:
                await self._slots.acquire_on_behalf_of(slot)
        finally:
            self._waiting -= 1
        return not waiting.cancelled_caught

    def _answer_until(self, until: float, request: Request) -> BoltResponse:
        with answering(until):
            return self._reception.answer(request)
