"""Changes that wait are done together, by one thread, each in time or not at all."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeAlias

from slack_bolt import BoltResponse

from bot.deadline import answering
from handlers.limits import IngressLimits
from handlers.reception import AskedChange

DoTogether: TypeAlias = Callable[[Sequence[AskedChange]], list[BoltResponse]]
InLine: TypeAlias = Callable[[int], None]
"""Told how many stand in line: when the first one comes, and when nobody does any more."""

_FIRST: Final = 0.005  # seconds that a change is expected to take, until some have been seen
_WEIGHT: Final = 0.2  # of the newest ones in what a change is expected to take


class _Waiting:
    """A change that waits to be done."""

    def __init__(self, change: AskedChange, arrived: float) -> None:
        self.change = change
        self.arrived = arrived
        self.answer: asyncio.Future[BoltResponse | None] = (
            asyncio.get_running_loop().create_future()
        )


class Batches:
    """The line of changes that wait, and the one task that does them, batch after batch."""

    def __init__(self, do: DoTogether, limits: IngressLimits, in_line: InLine) -> None:
        self._do_together = do
        self._in_line = in_line
        self._limits = limits
        self._thread = ThreadPoolExecutor(1, "changes")
        self._line: deque[_Waiting] = deque()
        self._limit: asyncio.TimerHandle | None = None  # of the line
        self._doing: asyncio.Task[None] | None = None
        self._takes = _FIRST

    async def answer(self, change: AskedChange, arrived: float) -> BoltResponse | None:
        """Let the change be done with those that wait beside it; None: not in time, so not at all.

        *arrived* is by `time.monotonic`, which is the event loop's clock.
        """
        mine = _Waiting(change, arrived)
        if self._doing is None:
            self._doing = asyncio.create_task(self._work([mine]))
            return await mine.answer
        if len(self._line) >= self._limits.queue:
            return None
        self._line.append(mine)
        if self._limit is None:
            self._look_in(mine.arrived + self._limits.waiting)
        if len(self._line) == 1:
            self._in_line(1)
        return await mine.answer

    def _look_in(self, until: float) -> None:
        self._limit = asyncio.get_running_loop().call_at(until, self._give_up)

    def _give_up(self) -> None:
        """Let nobody do what has waited for too long."""
        begun_before = time.monotonic() - self._limits.waiting
        for each in [each for each in self._line if each.arrived <= begun_before]:
            self._line.remove(each)
            if not each.answer.done():  # else nobody waits any more
                each.answer.set_result(None)
        self._limit = None
        if self._line:
            self._look_in(min(each.arrived for each in self._line) + self._limits.waiting)

    async def _work(self, batch: list[_Waiting]) -> None:
        """Do a batch, and then those who came meanwhile, until nobody waits."""
        try:
            while batch:
                began = time.monotonic()
                await self._do(batch)
                took = (time.monotonic() - began) / len(batch)
                self._takes += _WEIGHT * (took - self._takes)
                batch = self._next()
        finally:
            self._doing = None
            self._in_line(0)

    async def _do(self, batch: list[_Waiting]) -> None:
        until = batch[0].arrived + self._limits.answering
        changes = [each.change for each in batch]
        try:
            answers = await asyncio.get_running_loop().run_in_executor(
                self._thread, copy_context().run, self._until, until, changes
            )
        except BaseException as error:  # noqa: BLE001 - it is theirs who wait for it
            for each in batch:
                if not each.answer.done():  # else nobody waits any more
                    each.answer.set_exception(error)
        else:
            for each, answer in zip(batch, answers, strict=True):
                if not each.answer.done():
                    each.answer.set_result(answer)

    def _until(self, until: float, changes: list[AskedChange]) -> list[BoltResponse]:
        with answering(until):
            return self._do_together(changes)

    def _next(self) -> list[_Waiting]:
        """Return as many of those who wait as can be done in time, the first ones first."""
        if not self._line:
            return []
        left = self._line[0].arrived + self._limits.answering - time.monotonic()
        many = max(1, min(self._limits.together, int(left / self._takes)))
        return [self._line.popleft() for _ in range(min(many, len(self._line)))]
