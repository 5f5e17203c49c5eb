"""The sweeper: rings again for what has gone quiet. Losing all of Redis costs one sweep."""

import logging
from datetime import datetime, timedelta
from typing import Final

from bot.core import events as ev
from bot.core.errors import ConflictError, IllegalEventError, UnknownFormatError
from bot.core.rows import OpenOperation
from workers.context import WorkerContext
from workers.parking import park, tell_parked
from workers.watching.judgement import AFTERCARE, waits_for_cloud
from workers.watching.nagging import nag
from workers.watching.reminding import remind
from workers.watching.states import STATES
from workers.watching.tending import tend

log = logging.getLogger("slipway.sweeper")

QUIET: Final = timedelta(seconds=2)  # longer than a doorbell usually takes
AFTERCARE_AGAIN: Final = 60.0  # seconds
NAG_AGAIN: Final = 60.0  # seconds
TEND_AGAIN: Final = 60.0  # seconds
HOMES_AGAIN: Final = 5.0  # seconds
STATES_AGAIN: Final = 60.0  # seconds, for all Homes together
RING_AGAIN: Final = 10.0  # seconds between two rings of the sweeper for one operation


def sweep(context: WorkerContext) -> None:
    """Close what nobody decided in time, ring for the forgotten, schedule what is not watched."""
    now = context.clock()
    found = tuple(context.journal.operations.all_open())
    for each in found:
        if each.is_foreign:
            tell_parked(context, each)
    everything = [each for each in found if not each.is_foreign]
    for each in everything:
        if each.expires_at is not None and each.expires_at <= now:
            _lapse(context, each)
    remind(context, now)
    context.schedule.ensure([each.id for each in everything if waits_for_cloud(each)], now)
    if context.flags.first("aftercare", AFTERCARE_AGAIN):
        context.schedule.ensure(context.journal.operations.said_not_executed(now - AFTERCARE), now)
    context.journal.proposals.settle(now)
    if context.flags.first("incidents", TEND_AGAIN):
        tend(context)
    if context.flags.first("homes", HOMES_AGAIN):
        _look_after_homes(context, now)
    if context.flags.first("nagging", NAG_AGAIN):
        nag(context)
    held = frozenset(each.target for each in found if not _is_in_line(each))
    quiet = [each for each in everything if _is_forgotten(each, now, held)]
    _ring(context, _readable(context, quiet))


def _look_after_homes(context: WorkerContext, now: datetime) -> None:
    """Draw those that show too little, and have read what runs where, while anybody looks."""
    context.journal.homes.renew(context.journal.audit.newest_at(), now)
    if context.journal.homes.watchers(now) and context.flags.first("states", STATES_AGAIN):
        context.ring(STATES)


def _readable(context: WorkerContext, quiet: list[OpenOperation]) -> list[OpenOperation]:
    """Return those whose records can be read; the others are parked, and harm nobody else."""
    known = context.journal.operations.load_many([each.id for each in quiet]) if quiet else {}
    park(context, [each.id for each in quiet if each.id not in known])
    return [each for each in quiet if each.id in known]


def _ring(context: WorkerContext, quiet: list[OpenOperation]) -> None:
    scheduled = context.schedule.known() if quiet else frozenset()
    held = context.claims.held([each.id for each in quiet])
    for each in quiet:
        if each.id in scheduled or each.id in held:
            continue  # it waits for its time, or somebody is at it
        if context.flags.first(f"rung:{each.id}", RING_AGAIN):
            log.info("sweeper.rang", extra={"operation_id": each.id, "phase": each.phase})
            context.ring(each.id)


def _lapse(context: WorkerContext, each: OpenOperation) -> None:
    try:
        lapsed = ev.TurnLapsed if each.phase == "waiting" else ev.ApprovalLapsed
        context.engine.apply(each.id, lapsed(at=context.clock()))
    except (ConflictError, IllegalEventError) as error:
        # somebody decided at the last moment
        log.info("sweeper.conflict", extra={"operation_id": each.id, "why": str(error)})
    except UnknownFormatError:
        tell_parked(context, each)


def _is_in_line(each: OpenOperation) -> bool:
    """Whether it waits for its turn; where that has come, people have a time to start it."""
    return each.phase == "waiting" and each.expires_at is None


def _is_forgotten(each: OpenOperation, now: datetime, held: frozenset[str]) -> bool:
    """Whether a worker has something to do for it and nothing has moved for a while.

    For those who wait there is nothing to do while their target is *held*.
    """
    if each.phase == "waiting":
        return each.expires_at is None and each.target not in held
    has_work = (
        not each.is_planned or each.phase == "queued" or each.stage in {"ready", "submitting"}
    )
    return has_work and now - each.updated_at >= QUIET
