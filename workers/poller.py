"""The poller: in bounded ticks it claims due operations and reads what they wait for."""

import asyncio
import logging
from datetime import timedelta
from typing import Final, Protocol, TypeVar

from bot.core.errors import (
    CloudError,
    ConflictError,
    IllegalEventError,
    JournalError,
    UnknownOperationError,
)
from bot.core.flow import Call, Flow, Reply, drive_async
from bot.core.operation import Operation, Running, Stalled, Uncertain
from bot.core.records import OperationId
from bot.core.system import Recovery, Sighting
from bot.core.target import Target
from bot.systems import system as system_named
from workers.ports import Desk
from workers.watching import happened, look, next_look, unreadable

log = logging.getLogger("slipway.poller")

T = TypeVar("T")

BATCH: Final = 200  # operations claimed at once
IDLE_SECONDS: Final = 0.2
INHERITED: Final = timedelta(seconds=15)  # at least the lease of a claimed look
SOON: Final = timedelta(seconds=2)


class AsyncReader(Protocol):
    """Makes reading calls concurrently."""

    async def read(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        ...


async def poll_for(
    desk: Desk,
    reader: AsyncReader,
    seconds: float,
    *,
    inherits: bool = False,
) -> None:
    """Claim and look for so long; a slow cloud keeps nobody else waiting.

    Where the worker ends, what is being read is left, and read again by the next one.

    Args:
        desk: everything to work with.
        reader: makes the reading calls.
        seconds: how long to claim.
        inherits: whether the poller before died, so that what it had claimed is looked at now.
    """
    under_way: dict[OperationId, asyncio.Task[None]] = {}
    until = desk.monotonic() + seconds
    now = desk.clock() + (INHERITED if inherits else timedelta())
    while desk.monotonic() < until and not desk.is_ending():
        for each in desk.schedule.claim(now, BATCH):
            if each not in under_way:  # its lease has run out, but it is still being read
                under_way[each] = asyncio.create_task(_look_at(desk, reader, each))
        await asyncio.sleep(IDLE_SECONDS)
        _settle(under_way)
        now = desk.clock()
    if desk.is_ending():
        for each, task in under_way.items():
            task.cancel()
            desk.schedule.put(each, desk.clock())
    await asyncio.gather(*under_way.values(), return_exceptions=desk.is_ending())


def _settle(under_way: dict[OperationId, "asyncio.Task[None]"]) -> None:
    """Forget what was looked at; raise what went wrong with it."""
    for each, task in list(under_way.items()):
        if task.done():
            del under_way[each]
            task.result()


async def poll_once(desk: Desk, reader: AsyncReader) -> int:
    """Look at everything that is due now; return how many operations that were."""
    due = desk.schedule.claim(desk.clock(), BATCH)
    await asyncio.gather(*(_look_at(desk, reader, each) for each in due))
    return len(due)


async def _look_at(desk: Desk, reader: AsyncReader, operation_id: OperationId) -> None:
    try:
        operation = desk.journal.load(operation_id)
        match operation.phase:
            case Running(stage="watching") | Uncertain() | Stalled():
                await _read(desk, reader, operation)
            case _ if operation.is_final:
                desk.schedule.drop(operation_id)
            case _:  # it waited for its next attempt, or for a cloud to answer
                desk.schedule.drop(operation_id)
                desk.ring(operation_id)
    except UnknownOperationError:
        desk.schedule.drop(operation_id)
    except (ConflictError, IllegalEventError, JournalError) as error:
        # somebody else was faster, or the journal is away
        log.info("poll.overtaken", extra={"operation_id": operation_id, "why": str(error)})
        desk.schedule.put(operation_id, desk.clock() + SOON)


async def _read(desk: Desk, reader: AsyncReader, operation: Operation) -> None:
    target = desk.places().targets.get(operation.target)
    if target is None:
        desk.schedule.put(operation.id, next_look(operation, desk.clock()))
        return
    flow: Flow[Sighting | Recovery] = look(operation, target, system_named(operation.system))

    async def answer(call: Call) -> Reply:
        return await reader.read(target, call)

    try:
        seen = await drive_async(flow, answer)
    except CloudError as error:
        log.info("poll.unread", extra={"operation_id": operation.id, "why": str(error)})
        event = unreadable(operation, error, desk.clock())
    else:
        event = happened(operation, seen, desk.clock())
    after = desk.engine.apply_to(operation, event) if event else operation
    if after.is_final:
        desk.schedule.drop(operation.id)
    else:
        desk.schedule.put(operation.id, next_look(after, desk.clock()))
