"""The outbox: brings Slack to what the journal says, in order, and never twice if it can tell."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.core.errors import (
    SlackError,
    SlackHeldError,
    SlackRefusedError,
    SlackUnknownError,
    UnknownFormatError,
    UnknownOperationError,
)
from bot.core.estimates import left, whole
from bot.core.operation import Operation
from bot.core.rows import UPDATES, OutboxRow, lane_of
from bot.systems import system as system_named
from bot.views.blocks import card_blocks, line_blocks
from bot.views.card import CardFacts, card
from bot.views.layout import Block
from bot.views.text import fallback_text
from bot.views.thread import reply, together
from workers.context import SlackWriter, WorkerContext
from workers.slack.direct_messages import UNWRITABLE, tell_directly
from workers.slack.lease import Leased, LeaseOverError
from workers.slack.rate_limits import HISTORY, REPLIES, NotYetError, hold, is_pressed, take, took

log = logging.getLogger("slipway.outbox")

BATCH: Final = 20  # rows in one go, so that those who died are waited for no longer than that
TOGETHER: Final = 8  # replies of one thread that are sent as one message, at most
LEASE: Final = timedelta(seconds=45)  # of claimed rows
USABLE: Final = timedelta(seconds=30)  # of it; the rest is for the call that was begun last
DOUBT_AGAIN: Final = (2, 5, 15, 30, 60)  # seconds until an ambiguous call is looked up, by attempt
TROUBLE_AGAIN: Final = (5, 15, 60, 300)  # seconds, by attempt; the last one goes on
TOO_LONG: Final = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks"})
CARD_GONE: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
IDLE_SECONDS: Final = 1.0


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
    until = context.monotonic() + seconds
    if inherits:
        _send_all(context, slack, context.clock() + LEASE)
    while (left := until - context.monotonic()) > 0 and not context.is_ending():
        if _send_all(context, slack, context.clock()) == 0:
            context.flags.wait_for_outbox(_pause(context, left))


def send_due(context: WorkerContext, slack: SlackWriter) -> int:
    """Send what may be sent now; return how many rows were tried."""
    return _send_all(context, slack, context.clock())


def _send_all(context: WorkerContext, slack: SlackWriter, now: datetime) -> int:
    """Claim and send one row after the other: what became urgent meanwhile comes next."""
    for tried in range(BATCH):
        if context.is_ending():
            return tried
        until = context.monotonic() + USABLE.total_seconds()
        rows = context.journal.outbox.claim(now, 1, LEASE)
        if not rows:
            return tried
        try:
            _send(context, Leased(slack, _is_over(context, until)), rows[0])
        except LeaseOverError:
            log.warning("outbox.lease_over", extra={"row": rows[0].id})
            _leave(context, rows[0])
            return tried + 1
    return BATCH


def _is_over(context: WorkerContext, until: float) -> Callable[[], bool]:
    return lambda: context.monotonic() >= until


def _leave(context: WorkerContext, row: OutboxRow) -> None:
    """Give a row back that nothing was done with."""
    context.journal.outbox.postpone(row, context.clock(), in_doubt=row.in_doubt, error="")


def _pause(context: WorkerContext, left: float) -> float:
    now = context.clock()
    due = context.journal.outbox.next_due(now)
    wait = IDLE_SECONDS if due is None else (due - now).total_seconds()
    return max(0.0, min(wait, left, IDLE_SECONDS))


def _send(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    try:
        match row.kind:
            case "card":
                _send_card(context, slack, row)
            case "reply":
                _send_reply(context, slack, row)
            case "whisper":
                take(context, row.lane)
                slack.whisper(row.channel, row.user, row.text)
                took(context, row.lane)
                context.journal.outbox.sent(row, None, row.sequence, context.clock())
    except NotYetError as error:
        until = context.clock() + timedelta(seconds=error.wait)
        context.journal.outbox.stand_back(row, error.lane, until)
    except SlackError as error:
        _postpone(context, row, error)
        if isinstance(error, SlackRefusedError) and row.kind == "card" and error.code in UNWRITABLE:
            operation = context.journal.operations.load(row.operation_id or "")
            tell_directly(context, slack, row, facts(context, operation), error)
    except UnknownFormatError as error:  # an outbox of that version shows it
        due = context.clock() + _pause_of(TROUBLE_AGAIN, row)
        context.journal.outbox.postpone(row, due, in_doubt=row.in_doubt, error=str(error))
    except UnknownOperationError as error:
        context.journal.outbox.give_up(row, str(error), context.clock())


def _send_card(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    operation = context.journal.operations.load(row.operation_id or "")
    shown = operation.sequence
    ts = row.ts or _found(context, slack, row, sequence=0)
    lane = row.lane if ts is None else lane_of(UPDATES, row.channel)
    take(context, lane)
    drawn = card(operation, facts(context, operation), context.locale)
    blocks = card_blocks(drawn)
    if ts is None:
        ts = _post(slack, row, drawn.text, blocks, sequence=0)
    else:
        ts = _update(slack, row, ts, drawn.text, blocks)
    took(context, lane)
    context.journal.outbox.sent(row, ts, shown, context.clock())


def _send_reply(context: WorkerContext, slack: SlackWriter, row: OutboxRow) -> None:
    ts = _found(context, slack, row, sequence=row.sequence)
    if ts is not None:
        context.journal.outbox.sent(row, ts, row.sequence, context.clock())
        return
    take(context, row.lane)
    followers: tuple[OutboxRow, ...] = ()
    if is_pressed(context, row.lane):
        followers = context.journal.outbox.claim_followers(
            row, context.clock(), TOGETHER - 1, LEASE
        )
    try:
        ts = _tell(context, slack, (row, *followers))
    except (SlackError, LeaseOverError) as error:
        _leave_followers(context, followers, error)
        raise
    took(context, row.lane)
    for each in (row, *followers):
        context.journal.outbox.sent(each, ts, each.sequence, context.clock())


def _tell(context: WorkerContext, slack: SlackWriter, rows: tuple[OutboxRow, ...]) -> str | None:
    """Post what *rows* of one thread have to say; None: they have nothing to say."""
    operation = context.journal.operations.load(rows[0].operation_id or "")
    events = dict(context.journal.operations.events(operation.id))
    policy = context.catalogue().policies.get(operation.policy)
    approvers = policy.approve if policy else ()
    told = [
        reply(operation, events[row.sequence], context.locale, approvers)
        for row in rows
        if row.sequence in events
    ]
    lines = [line for line in told if line is not None]
    if not lines:
        return None
    line = together(lines)
    is_loud = any(row.broadcast for row in rows)
    first = rows[0].model_copy(update={"broadcast": is_loud})
    return _post(slack, first, line.text, line_blocks(line), sequence=rows[-1].sequence)


def _leave_followers(
    context: WorkerContext, followers: tuple[OutboxRow, ...], error: Exception
) -> None:
    """Give back what went along, in doubt as the first one is; it waits for that one anyway."""
    is_unknown = isinstance(error, SlackUnknownError)
    for each in followers:
        in_doubt = each.in_doubt or is_unknown
        context.journal.outbox.postpone(each, context.clock(), in_doubt=in_doubt, error=str(error))


def facts(context: WorkerContext, operation: Operation) -> CardFacts:
    """Return what a card shows beyond its operation."""
    spec = system_named(operation.system).spec
    standing = context.journal.operations.standing(operation.target)
    undone = context.journal.operations.rollback_of(operation.id) if operation.is_final else None
    follower = context.journal.operations.follower_of(operation.id) if operation.is_final else None
    policy = context.catalogue().policies.get(operation.policy)
    times = context.journal.step_times.of(
        operation.target, operation.action, (step.name for step in operation.steps)
    )
    now = context.clock()
    return CardFacts(
        now=now,
        is_newest=standing is None or standing.id == operation.id,
        rolled_back_by=undone.id if undone else None,
        gone_on_with=follower.id if follower else None,
        rollback_supported="rollback" in spec.actions,
        no_rollback_reason=spec.no_rollback or "",
        usual=whole(operation, times),
        left=left(operation, times, now),
        title=spec.title,
        may_decide=policy.approve if policy else (),
    )


def _found(
    context: WorkerContext, slack: SlackWriter, row: OutboxRow, *, sequence: int
) -> str | None:
    """Look an earlier, ambiguous attempt up; None: it was not executed, or there was none."""
    if not row.in_doubt or row.operation_id is None:
        return None
    take(context, REPLIES if row.thread_ts else HISTORY)
    return slack.find(
        row.channel,
        operation_id=row.operation_id,
        sequence=sequence,
        thread_ts=row.thread_ts,
    )


def _post(
    slack: SlackWriter,
    row: OutboxRow,
    text: str,
    blocks: list[Block],
    *,
    sequence: int,
) -> str:
    def post(text: str, blocks: list[Block]) -> str:
        return slack.post(
            row.channel,
            text,
            blocks,
            operation_id=row.operation_id or "",
            sequence=sequence,
            thread_ts=row.thread_ts,
            broadcast=row.broadcast,
        ).ts

    try:
        return post(text, blocks)
    except SlackRefusedError as error:
        if error.code not in TOO_LONG:
            raise
        log.warning("outbox.shortened", extra={"row": row.id, "why": str(error)})
        return post(fallback_text(text), [])


def _update(slack: SlackWriter, row: OutboxRow, ts: str, text: str, blocks: list[Block]) -> str:
    """Update the card; where it is gone, post it anew. Returns where it stands."""
    operation_id = row.operation_id or ""
    try:
        slack.update(row.channel, ts, text, blocks, operation_id=operation_id)
    except SlackRefusedError as error:
        if error.code in TOO_LONG:
            slack.update(row.channel, ts, fallback_text(text), [], operation_id=operation_id)
        elif error.code in CARD_GONE:
            return _post(slack, row, text, blocks, sequence=0)
        else:
            raise
    return ts


def _postpone(context: WorkerContext, row: OutboxRow, error: SlackError) -> None:
    now = context.clock()
    if isinstance(error, SlackHeldError):
        hold(context, lane_of(error.method, row.channel), error.retry_after)
        due = now + timedelta(seconds=error.retry_after)
        context.journal.outbox.postpone(row, due, in_doubt=row.in_doubt, error=str(error))
        return
    if isinstance(error, SlackUnknownError):
        log.warning("outbox.doubt", extra={"row": row.id, "why": str(error)})
        due = now + _pause_of(DOUBT_AGAIN, row)
        context.journal.outbox.postpone(row, due, in_doubt=True, error=str(error))
        return
    log.error("outbox.refused", extra={"row": row.id, "why": str(error)})
    if row.kind == "whisper":  # nobody waits for an old whisper
        context.journal.outbox.give_up(row, str(error), now)
        return
    due = now + _pause_of(TROUBLE_AGAIN, row)
    context.journal.outbox.postpone(row, due, in_doubt=row.in_doubt, error=str(error))


def _pause_of(seconds: tuple[int, ...], row: OutboxRow) -> timedelta:
    """Return how long to wait: the longer, the more often it was tried."""
    return timedelta(seconds=seconds[min(row.attempts, len(seconds) - 1)])
