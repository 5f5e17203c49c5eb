"""The poller: in bounded ticks it claims due operations and reads what they wait for."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias, TypeVar

from bot.core.codes.clouds import NoTimeLeft
from bot.core.errors import (
    CloudError,
    CloudRateLimitedError,
    CloudUnavailableError,
    ConflictError,
    IllegalEventError,
    JournalError,
)
from bot.core.events import Event, ExecutedLate
from bot.core.flow import Flow
from bot.core.operation import Failed, Operation, Running, Stalled, Uncertain
from bot.core.records import OperationId, TargetName
from bot.core.system import PollResult, Recovery
from bot.systems import system as system_named
from workers.cloud.client import PollingClient
from workers.context import WorkerContext
from workers.parking import park
from workers.watching.judgement import (
    happened,
    is_over,
    look,
    next_look,
    overtime,
    unreadable,
    unwatched,
    waits_for_cloud,
)
from workers.watching.usual_times import UsualTimes

log = logging.getLogger("slipway.poller")

T = TypeVar("T")

Pauses: TypeAlias = Mapping[TargetName, timedelta]  # the least ones that limits leave

BATCH: Final = 200  # operations claimed at once
CROWDED: Final = 1_000  # looks through one connection at once: of a slow or hanging cloud no more
LOOKS: Final = 700  # a second that one poller has time for: with more to watch, looks get rarer
IDLE_SECONDS: Final = 0.2
PRESSED_SECONDS: Final = 0.05  # while more is due than was claimed
INHERITED: Final = timedelta(seconds=15)  # at least the lease of a claimed look
LOOK_SECONDS: Final = 12.0  # that one look may take
OVERTIME: Final = 2.0  # seconds that looks may take after the poller has claimed its last
THREADS: Final = 16  # that wait for commits
SOON: Final = timedelta(seconds=2)
BROKEN: Final = timedelta(minutes=1)  # after a look that could not be understood by us
PARKED: Final = timedelta(minutes=5)
NEWER: Final = timedelta(seconds=5)
LATER: Final = timedelta(seconds=10)  # for what a crowded connection has no room for
_TOO_SLOW: Final = CloudUnavailableError(doing="look", why=NoTimeLeft())


async def poll_for(
    context: WorkerContext,
    cloud: PollingClient,
    seconds: float,
    *,
    inherits: bool = False,
    pollers: int = 1,
) -> None:
    """Claim and look for so long; a slow cloud keeps nobody else waiting.

    Where the worker ends, what is being read is left, and read again by the next one.

    Args:
        context: everything to work with.
        cloud: makes the reading calls.
        seconds: how long to claim.
        inherits: whether the poller before died, so that what it had claimed is looked at now.
        pollers: how many share the looks, this one included.
    """
    until = context.monotonic() + seconds
    watch = _Watch(context, cloud, until, pollers)
    now = context.clock() + (INHERITED if inherits else timedelta())
    while context.monotonic() < until and not context.is_ending():
        claimed = watch.begin(now)
        await asyncio.sleep(PRESSED_SECONDS if claimed == BATCH else IDLE_SECONDS)
        watch.settle()
        now = context.clock()
    await watch.end()


async def poll_once(context: WorkerContext, cloud: PollingClient) -> int:
    """Look at everything that is due now; return how many operations that were."""
    watch = _Watch(context, cloud)
    claimed = watch.begin(context.clock())
    await watch.end()
    return claimed


class _Watch:
    """The looks that are under way, and when each operation is to be looked at next.

    What is for Redis is told in batches: a look that is told too late, because the process died,
    comes up again when its lease has run out. Commits are waited for by threads, so that looks go
    on meanwhile; threads that write at the same time share one.
    """

    def __init__(
        self,
        context: WorkerContext,
        cloud: PollingClient,
        until: float | None = None,
        pollers: int = 1,
    ) -> None:
        self._until = until  # monotonic; when the last look is begun
        self._looks = LOOKS * max(1, pollers)  # a second, of all
        self._context = context
        self._cloud = cloud
        self._under_way: dict[OperationId, asyncio.Task[None]] = {}
        self._through: Counter[str] = Counter()  # looks under way, by connection
        self._next: dict[OperationId, datetime | None] = {}  # None: never
        self._pauses: Pauses | None = None
        self._crowd = timedelta()
        self._usual = UsualTimes(context.journal.step_times)
        self._moved: dict[OperationId, datetime] = {}  # when something was kept of it last
        self._threads = ThreadPoolExecutor(THREADS, "poller")

    def begin(self, now: datetime) -> int:
        """Claim what is due, and look at it, all at once; return how many operations that were."""
        claimed = self._context.schedule.claim(now, BATCH)
        # One whose lease has run out may still be being read.
        fresh = [each for each in claimed if each not in self._under_way]
        if fresh:
            for operation in self._loaded(fresh):
                self._start(operation)
        return len(claimed)

    async def _beside(self, work: Callable[[], T]) -> T:
        """Do in a thread what waits for a commit."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _loaded(self, fresh: Sequence[OperationId]) -> Sequence[Operation]:
        """Return what is to be looked at; what cannot be loaded is looked at later."""
        self._take_stock()
        try:
            known = self._context.journal.operations.load_many(fresh)
            self._usual.learn(known.values())
        except JournalError as error:
            log.info("poll.no_journal", extra={"why": str(error)})
            self._next |= dict.fromkeys(fresh, self._context.clock() + SOON)
            return ()
        self._leave(set(fresh) - set(known))
        return tuple(known.values())

    def _leave(self, unknown: set[OperationId]) -> None:
        """Look much later at what cannot be read: it may be mended; a newer version looks soon.

        While hosts are upgraded, either version's poller may be the one that claims it.
        """
        found = self._context.journal.operations.unreadable([*unknown])
        newer = {each.id for each in found if each.is_newer}
        parked = {each.id for each in found}
        park(self._context, parked)
        now = self._context.clock()
        self._next |= {each: now + (NEWER if each in newer else PARKED) for each in parked}
        for each in unknown - parked:
            log.warning("poll.unknown_operation", extra={"operation_id": each})
            self._next[each] = None

    def _start(self, operation: Operation) -> None:
        if self._through[operation.connection] >= CROWDED:
            self._next[operation.id] = self._context.clock() + max(LATER, self._crowd)
            return
        task = asyncio.create_task(self._look_at(operation))
        self._under_way[operation.id] = task
        self._through[operation.connection] += 1
        task.add_done_callback(lambda _: self._through.subtract([operation.connection]))

    def settle(self) -> None:
        """Forget what was looked at, telling when to look again."""
        for each in [each for each, task in self._under_way.items() if task.done()]:
            self._put_off_if_broken(each, self._under_way.pop(each))
        told, self._next = self._next, {}
        self._context.schedule.settle(told)

    def _put_off_if_broken(self, operation_id: OperationId, task: asyncio.Task[None]) -> None:
        """A defect that shows at one operation must not end the looks at all the others."""
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        if not isinstance(error, Exception):
            raise error
        log.error("poll.crashed", exc_info=error, extra={"operation_id": operation_id})
        self._next[operation_id] = self._context.clock() + BROKEN

    async def end(self) -> None:
        """Wait for what is under way; where the worker ends, leave it to the next one."""
        is_ending = self._context.is_ending()
        if is_ending:
            for each, task in self._under_way.items():
                task.cancel()
                self._next[each] = self._context.clock()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        self.settle()
        self._threads.shutdown()  # what is being committed is

    def _take_stock(self) -> None:
        """Find out once how much there is to watch, and what that and the limits mean."""
        if self._pauses is not None:
            return
        self._crowd = timedelta(seconds=self._context.schedule.size() / self._looks)
        self._pauses = _pauses(self._context)

    async def _look_at(self, operation: Operation) -> None:
        context = self._context
        try:
            match operation.phase:
                case _ if is_over(operation, context.clock()):
                    self._next[operation.id] = None
                case Running(stage="watching") | Uncertain() | Stalled() | Failed():
                    self._next[operation.id] = await self._read(operation)
                case _:  # it waited for its next attempt, or for a cloud to answer
                    self._next[operation.id] = None
                    context.ring(operation.id)
        except (ConflictError, IllegalEventError, JournalError) as error:
            # somebody else was faster, or the journal is away
            log.info("poll.conflict", extra={"operation_id": operation.id, "why": str(error)})
            self._next[operation.id] = context.clock() + SOON

    async def _read(self, operation: Operation) -> datetime | None:
        """Read what the operation waits for; return when to look again, or None."""
        context = self._context
        least = self._least_pause(operation)
        target = context.catalogue().targets.get(operation.target)
        if target is None:
            return await self._kept(operation, unwatched(operation, context.clock()), least)
        flow: Flow[PollResult | Recovery] = look(operation, target, system_named(operation.system))
        cloud, wait = self._cloud.for_operation(operation.id), 0.0
        try:
            async with asyncio.timeout(self._time_for_a_look()):
                seen = await cloud.ask(target, flow)
        except TimeoutError:
            event = unreadable(operation, _TOO_SLOW, context.clock())
        except CloudError as error:
            log.info("poll.failed", extra={"operation_id": operation.id, "why": str(error)})
            event = unreadable(operation, error, context.clock())
            wait = error.retry_after if isinstance(error, CloudRateLimitedError) else 0.0
        else:
            event = happened(operation, seen, context.clock(), self._moved.get(operation.id))
            log.debug(
                "poll.done", extra={"operation_id": operation.id, "seen": type(seen).__name__}
            )
            if isinstance(event, ExecutedLate):
                event = None if self._is_of_another(operation, event.task) else event
        event = event or overtime(operation, context.clock())
        return await self._kept(operation, event, least, wait)

    async def _kept(
        self, operation: Operation, event: Event | None, least: timedelta, wait: float = 0.0
    ) -> datetime | None:
        """Keep what happened; return when to look again, after the pause that the cloud wants."""
        after = operation
        if event:
            after = await self._beside(partial(self._context.engine.apply_to, operation, event))
            self._moved[operation.id] = event.at
        now = self._context.clock()
        if is_over(after, now):
            return None
        if wait:
            return now + timedelta(seconds=wait)
        return next_look(after, now, least, self._usual.of(after))

    def _is_of_another(self, operation: Operation, task: str) -> bool:
        """Whether Slipway knows the task as one that another operation started."""
        return task in self._context.journal.operations.tasks_of(operation.target)

    def _time_for_a_look(self) -> float:
        """Return the seconds that a look may take, so that nobody waits for those of a slow cloud.

        The next poller begins when all looks of this one have ended.
        """
        if self._until is None:
            return LOOK_SECONDS
        left = max(0.0, self._until - self._context.monotonic())
        return min(LOOK_SECONDS, left + OVERTIME)

    def _least_pause(self, operation: Operation) -> timedelta:
        limited = (self._pauses or {}).get(operation.target, timedelta())
        return max(limited, self._crowd)


def _pauses(context: WorkerContext) -> Pauses:
    """Return the least pauses between looks that the limits leave, as things are now."""
    targets = context.catalogue().targets
    if not context.limiter.is_limited(targets.values()):
        return {}
    try:
        watched = [each for each in context.journal.operations.all_open() if waits_for_cloud(each)]
    except JournalError as error:
        log.info("poll.no_journal", extra={"why": str(error)})
        return {}
    return context.limiter.intervals(watched, targets)
