"""The sender: brings Slack to what the register wants, in order, and never twice if it can tell.

It knows of surfaces what `kinds` says, and nothing of what they are about.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from bot.core.errors import (
    JournalError,
    SlackError,
    SlackHeldError,
    SlackRefusedError,
    SlackUnknownError,
    UnknownFormatError,
    UnknownIncidentError,
    UnknownOperationError,
)
from bot.core.rows import UNREADABLE, OutboxRow
from bot.core.surfaces import SURFACES, lane_for, lane_of
from bot.journal.outbox_settle import Sent
from bot.views.layout import Drawn
from workers.context import SlackWriter, WorkerContext
from workers.parking import park
from workers.slack.calling import call
from workers.slack.direct_messages import is_unwritable
from workers.slack.incident_steps import Act
from workers.slack.kinds import KINDS, Kind
from workers.slack.lease import Leased, LeaseOverError
from workers.slack.rate_limits import (
    HISTORY,
    REPLIES,
    Lanes,
    NotYetError,
    Turn,
    hold,
)

log = logging.getLogger("slipway.outbox")

BATCH: Final = 20  # rows in one go, so that those who died are waited for no longer than that
TOGETHER: Final = 8  # replies of one thread that are sent as one message, at most
LEASE: Final = timedelta(seconds=45)  # of claimed rows
USABLE: Final = timedelta(seconds=30)  # of it; the rest is for the call that was begun last
DOUBT_AGAIN: Final = (2, 5, 15, 30, 60)  # seconds until an ambiguous call is looked up, by attempt
TROUBLE_AGAIN: Final = (5, 15, 60, 300)  # seconds, by attempt; the last one goes on
IDLE_SECONDS: Final = 1.0
_DEFECTS: Final = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


def send_for(
    context: WorkerContext,
    slack: SlackWriter,
    seconds: float,
    *,
    inherits: bool = False,
) -> None:
    """Send what is due for so long, waiting for the doorbell in between.

    Where the worker ends, it leaves after the present message.

    Args:
        context: everything to work with.
        slack: writes the messages.
        seconds: how long to go on.
        inherits: whether the sender before died, so that its claims on rows are void.
    """
    until, lanes = context.monotonic() + seconds, Lanes(context)
    if inherits:
        _send_all(context, slack, context.clock() + LEASE, lanes)
    while (left := until - context.monotonic()) > 0 and not context.is_ending():
        if _send_all(context, slack, context.clock(), lanes) < BATCH:
            context.flags.wait_for_outbox(_pause(context, left, lanes))


def send_due(context: WorkerContext, slack: SlackWriter) -> int:
    """Send what may be sent now; return how many rows were tried."""
    return _send_all(context, slack, context.clock(), Lanes(context))


def _send_all(context: WorkerContext, slack: SlackWriter, now: datetime, lanes: Lanes) -> int:
    """Claim and send one row after the other: what became urgent meanwhile comes next.

    What was sent is kept with the claim that follows. A journal that was set back forgot what it
    has sent: nothing leaves until the sweeper has doubted that.
    """
    if context.witness.is_behind():
        return 0
    sent: tuple[Sent, ...] = ()
    for tried in range(BATCH):
        until = context.monotonic() + USABLE.total_seconds()
        rows = _claimed(context, now, sent, lanes)
        if not rows:
            return tried
        try:
            with _given_back(context, rows[0]):
                sent = _send(context, Leased(slack, _is_over(context, until)), rows[0], lanes)
        except LeaseOverError:
            log.warning("outbox.lease_expired", extra={"row": rows[0].id})
            return tried + 1
    _claimed(context, now, sent, lanes, limit=0)
    return BATCH


def _claimed(
    context: WorkerContext,
    now: datetime,
    sent: tuple[Sent, ...],
    lanes: Lanes,
    *,
    limit: int = 1,
) -> tuple[OutboxRow, ...]:
    """Keep what was *sent*, and claim the next row, unless this worker ends."""
    most, closed = 0 if context.is_ending() else limit, lanes.closed()
    try:
        return context.journal.outbox.claim(now, most, LEASE, sent=sent, closed=closed)
    except JournalError:
        for each in sent:
            _doubt(context, each.row)
        raise


def _doubt(context: WorkerContext, row: OutboxRow) -> None:
    """Give *row* back at once; where it may have been posted, that is looked up."""
    in_doubt = row.in_doubt or row.ts is None
    with suppress(JournalError):
        context.journal.outbox.postpone(row, context.clock(), in_doubt=in_doubt, error="")


@contextmanager
def _given_back(context: WorkerContext, row: OutboxRow) -> Iterator[None]:
    """Let others go on with *row* at once where the block breaks off: Redis went away, say."""
    is_settled = False
    try:
        yield
        is_settled = True
    finally:
        if not is_settled:
            _doubt(context, row)


def _is_over(context: WorkerContext, until: float) -> Callable[[], bool]:
    return lambda: context.monotonic() >= until


def _pause(context: WorkerContext, left: float, lanes: Lanes) -> float:
    now, closed = context.clock(), lanes.closed()
    due = context.journal.outbox.next_due(now, closed=closed)
    waits = [(each - now).total_seconds() for each in (due, *closed.values()) if each]
    return max(0.0, min(*waits, left, IDLE_SECONDS))


def _send(
    context: WorkerContext, slack: SlackWriter, row: OutboxRow, lanes: Lanes
) -> tuple[Sent, ...]:
    """Send what *row* wants; return what is to be kept of it, all else is kept already."""
    kind = KINDS.get(row.kind)
    if kind is None:
        _put_off(context, row, f"{row.kind} is a surface of another version")
        return ()
    try:
        return _show(context, slack, kind, row, lanes)
    except NotYetError as error:
        until = context.clock() + timedelta(seconds=error.wait)
        context.journal.outbox.stand_back(row, error.lane, until)
    except SlackError as error:
        _postpone(context, kind, row, error)
        if isinstance(error, SlackRefusedError) and is_unwritable(error.code) and kind.instead:
            kind.instead(context, row, error.code)
    except UnknownFormatError as error:  # an outbox of that version shows it
        park(context, [error.operation_id])
        _put_off(context, row, str(error))
    except _DEFECTS:
        # What one row holds, or what it is about, must not keep all the others waiting.
        log.exception("outbox.crashed", extra={"row": row.id})
        _put_off(context, row, UNREADABLE)
    except (UnknownOperationError, UnknownIncidentError) as error:
        log.warning("outbox.unknown_subject", extra={"row": row.id, "why": str(error)})
        context.journal.outbox.give_up(row)
    return ()


def _show(
    context: WorkerContext, slack: SlackWriter, kind: Kind, row: OutboxRow, lanes: Lanes
) -> tuple[Sent, ...]:
    if row.in_doubt and kind.doubt == "leave":
        log.warning("outbox.left_in_doubt", extra={"row": row.id})
        context.journal.outbox.give_up(row)
        return ()
    if kind.act is not None:
        return _act(context, slack, kind.act, row, lanes)
    ts = row.ts or _found(slack, kind, row, lanes)
    if ts != row.ts and not SURFACES[row.kind].is_updated:
        return (Sent(row, ts, row.wanted, context.clock()),)
    lane = row.lane if ts is None else lane_for(row.kind, row.channel, is_new=False)
    turn = lanes.take(lane)
    rows = (row, *_followers(context, kind, row, turn))
    try:
        message = kind.draw(context, _told(context, kind, rows)) if kind.draw else None
        if message is not None:
            ts = call(slack, row, message, ts, context.flags)
    except (SlackError, LeaseOverError) as error:
        _leave_followers(context, rows[1:], error)
        raise
    lanes.took(turn)
    return _sent(context, rows, message, ts)


def _told(context: WorkerContext, kind: Kind, rows: tuple[OutboxRow, ...]) -> tuple[OutboxRow, ...]:
    """Return all that the message of *rows* tells: more, where it stands and is drawn anew."""
    is_there = kind.goes_together and rows[0].ts is not None
    return context.journal.outbox.told_with(rows[0]) if is_there else rows


def _act(
    context: WorkerContext, slack: SlackWriter, act: Act, row: OutboxRow, lanes: Lanes
) -> tuple[Sent, ...]:
    """Do what shows nothing by itself."""
    turn = lanes.take(row.lane)
    act(context, slack, row)
    lanes.took(turn)
    return (Sent(row, row.ts, row.wanted, context.clock()),)


def _followers(
    context: WorkerContext, kind: Kind, row: OutboxRow, turn: Turn
) -> tuple[OutboxRow, ...]:
    """Claim what goes along with *row* as one message, while other threads wait."""
    if row.ts is not None or not kind.goes_together or not turn.is_last:
        return ()
    return context.journal.outbox.claim_followers(row, context.clock(), TOGETHER - 1, LEASE)


def _sent(
    context: WorkerContext, rows: tuple[OutboxRow, ...], message: Drawn | None, ts: str | None
) -> tuple[Sent, ...]:
    at, again_at = context.clock(), message.again_at if message else None
    sent: list[Sent] = []
    for each in rows:
        newest = message if SURFACES[each.kind].is_updated else None
        sent.append(Sent(each, ts, newest.sequence if newest else each.wanted, at, again_at))
    return tuple(sent)


def _leave_followers(
    context: WorkerContext, followers: tuple[OutboxRow, ...], error: Exception
) -> None:
    """Give back what went along, in doubt as the first one is; it waits for that one anyway."""
    is_unknown = isinstance(error, SlackUnknownError)
    for each in followers:
        in_doubt = each.in_doubt or is_unknown
        context.journal.outbox.postpone(each, context.clock(), in_doubt=in_doubt, error=str(error))


def _found(slack: SlackWriter, kind: Kind, row: OutboxRow, lanes: Lanes) -> str | None:
    """Look an earlier, ambiguous attempt up; None: it was not executed, or there was none."""
    if not row.in_doubt or kind.doubt != "look_up":
        return None
    lanes.take(REPLIES if row.thread_ts else HISTORY)
    spec = SURFACES[row.kind]
    sequence = spec.sequence if spec.is_updated else row.wanted
    return slack.find(row.channel, about=row.subject, sequence=sequence, thread_ts=row.thread_ts)


def _postpone(context: WorkerContext, kind: Kind, row: OutboxRow, error: SlackError) -> None:
    now = context.clock()
    if isinstance(error, SlackHeldError):
        hold(context, lane_of(error.method, row.channel), error.retry_after)
        due = now + timedelta(seconds=error.retry_after)
        context.journal.outbox.postpone(row, due, in_doubt=row.in_doubt, error=str(error))
        return
    if isinstance(error, SlackUnknownError):
        log.warning("outbox.uncertain", extra={"row": row.id, "why": str(error)})
        due = now + _pause_of(DOUBT_AGAIN, row)
        context.journal.outbox.postpone(row, due, in_doubt=True, error=str(error))
        return
    log.error("outbox.refused", extra={"row": row.id, "why": str(error)})
    if kind.is_given_up:
        context.journal.outbox.give_up(row)
        return
    _put_off(context, row, str(error))


def _put_off(context: WorkerContext, row: OutboxRow, why: str) -> None:
    due = context.clock() + _pause_of(TROUBLE_AGAIN, row)
    context.journal.outbox.postpone(row, due, in_doubt=row.in_doubt, error=why)


def _pause_of(seconds: tuple[int, ...], row: OutboxRow) -> timedelta:
    """Return how long to wait: the longer, the more often it was tried."""
    return timedelta(seconds=seconds[min(row.attempts, len(seconds) - 1)])
