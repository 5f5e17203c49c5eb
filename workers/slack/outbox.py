"""The sender: brings Slack to what the register wants, in order, and never twice if it can tell.

It knows of surfaces what `kinds` says, and nothing of what they are about.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
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
from bot.core.surfaces import POSTS, SURFACES, lane_for
from bot.journal.outbox_settle import Sent
from bot.views.layout import Drawn
from workers.context import SlackWriter, WorkerContext
from workers.parking import park
from workers.slack.archived import is_over
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
)

log = logging.getLogger("slipway.outbox")

BATCH: Final = 20  # rows in one go, so that those who died are waited for no longer than that
TOGETHER: Final = 8  # replies of one thread that are sent as one message, at most
LEASE: Final = timedelta(seconds=45)  # of claimed rows
USABLE: Final = timedelta(seconds=30)  # of it; the rest is for the call that was begun last
DOUBT_AGAIN: Final = (2, 5, 15, 30, 60)  # seconds until an ambiguous call is looked up, by attempt
TROUBLE_AGAIN: Final = (5, 15, 60, 300)  # seconds, by attempt; the last one goes on
IDLE_SECONDS: Final = 1.0
KEPT_WITHIN: Final = timedelta(seconds=1)  # that something was sent which nobody waits for
AWAITED_WITHIN: Final = timedelta(seconds=0.05)  # where a row below it waits, or who presses it
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
    until, sender = context.monotonic() + seconds, Sender(context, slack)
    if inherits:
        sender.send(context.clock() + LEASE)
    try:
        while (left := until - context.monotonic()) > 0 and not context.is_ending():
            if sender.send(context.clock()) < BATCH:
                context.flags.wait_for_outbox(sender.pause(left))
    finally:
        sender.keep()


def send_due(context: WorkerContext, slack: SlackWriter) -> int:
    """Send what may be sent now; return how many rows were tried."""
    sender = Sender(context, slack)
    tried = sender.send(context.clock())
    sender.keep()
    return tried


class Sender:
    """Claims and sends one row after the other: what became urgent meanwhile comes next.

    What was sent is kept with the claim that follows: one commit for both. If nothing follows at
    once, it is kept a moment later: should the sender die before, an update is made again, and a
    message is looked up.
    """

    def __init__(self, context: WorkerContext, slack: SlackWriter) -> None:
        self._context = context
        self._slack = slack
        self._lanes = Lanes(context)
        self._sent: tuple[Sent, ...] = ()

    def send(self, now: datetime) -> int:
        """Send what is due; return how many rows were tried.

        A journal that was set back forgot what it has sent: nothing leaves until the sweeper has
        doubted that.
        """
        if not self._is_any_due(now):
            self._keep_old()
            return 0
        if self._context.witness.is_behind():
            return 0
        for tried in range(BATCH):
            until = self._context.monotonic() + USABLE.total_seconds()
            rows = self._claimed(now)
            if not rows:
                return tried
            try:
                with _given_back(self._context, rows):
                    leased = Leased(self._slack, _is_over(self._context, until))
                    self._sent = _send(self._context, leased, rows, self._lanes)
            except LeaseOverError:
                log.warning("outbox.lease_expired", extra={"row": rows[0].id})
                return tried + 1
            if self._kept_by() > self._context.clock() and not self._is_any_due(now):
                return tried + 1
        self.keep()
        return BATCH

    def keep(self) -> None:
        """Keep what was sent, and claim nothing."""
        if self._sent:
            self._claimed(self._context.clock(), limit=0)

    def pause(self, left: float) -> float:
        """Return how many seconds to wait for the doorbell, of those that are *left*."""
        now, closed = self._context.clock(), self._lanes.closed()
        due = self._context.journal.outbox.next_due(now, closed=closed)
        ends = (due, *closed.values(), *([self._kept_by()] if self._sent else []))
        waits = [(each - now).total_seconds() for each in ends if each]
        return max(0.0, min(*waits, left, IDLE_SECONDS))

    def _is_any_due(self, now: datetime) -> bool:
        closed = self._lanes.closed()
        return self._context.journal.outbox.is_any_due(now, closed=closed, unkept=self._sent)

    def _keep_old(self) -> None:
        """Keep what was sent where nothing has followed it for a while."""
        if self._sent and self._kept_by() <= self._context.clock():
            self.keep()

    def _kept_by(self) -> datetime:
        """Return by when what was sent is kept."""
        now = self._context.clock()
        return min((each.at + each.within for each in self._sent), default=now)

    def _claimed(self, now: datetime, *, limit: int = 1) -> tuple[OutboxRow, ...]:
        """Keep what was sent, and claim the next row, unless this worker ends.

        What goes along with it as one message is claimed with it, while other threads wait.
        """
        most = 0 if self._context.is_ending() else limit
        order = self._lanes.order() if most else "usual"  # where Redis is away, nothing is claimed
        sent, self._sent = self._sent, ()
        try:
            return self._context.journal.outbox.claim(
                now,
                most,
                LEASE,
                sent=sent,
                closed=self._lanes.closed(),
                joined_by=_joined_by,
                order=order,
            )
        except JournalError:
            for each in sent:
                _doubt(self._context, each.row)
            raise


def _doubt(context: WorkerContext, row: OutboxRow) -> None:
    """Give *row* back at once; where it may have been posted, that is looked up."""
    in_doubt = row.in_doubt or row.ts is None
    with suppress(JournalError):
        context.journal.outbox.postpone(row, context.clock(), in_doubt=in_doubt, error="")


@contextmanager
def _given_back(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Iterator[None]:
    """Let others go on with *rows* at once where the block breaks off: Redis went away, say."""
    is_settled = False
    try:
        yield
        is_settled = True
    finally:
        if not is_settled:
            for each in rows:
                _doubt(context, each)


def _is_over(context: WorkerContext, until: float) -> Callable[[], bool]:
    return lambda: context.monotonic() >= until


def _send(
    context: WorkerContext, slack: SlackWriter, rows: tuple[OutboxRow, ...], lanes: Lanes
) -> tuple[Sent, ...]:
    """Send what *rows* want, as one; return what is to be kept of it, all else is kept already."""
    row, kind = rows[0], KINDS.get(rows[0].kind)
    if kind is None:
        _put_off(context, row, f"{row.kind} is a surface of another version")
        return ()
    try:
        return _show(context, slack, kind, rows, lanes)
    except NotYetError as error:
        until = context.clock() + timedelta(seconds=error.wait)
        context.journal.outbox.stand_back(rows, error.lane, until)
    except SlackError as error:
        _postpone(context, kind, row, error, lanes)
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
    context: WorkerContext,
    slack: SlackWriter,
    kind: Kind,
    rows: tuple[OutboxRow, ...],
    lanes: Lanes,
) -> tuple[Sent, ...]:
    row = rows[0]
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
    try:
        message = kind.draw(context, _told(context, kind, rows)) if kind.draw else None
        if message is None:  # what has nothing to say any more takes nobody's turn
            return _sent(context, rows, message, ts)
        turn = lanes.take(lane)
        with _witnessed(context, kind, row, message, ts):
            ts = call(slack, row, message, ts, context.flags)
    except (SlackError, LeaseOverError) as error:
        _leave_followers(context, rows[1:], error)
        raise
    lanes.took(turn)
    return _sent(context, rows, message, ts)


def _digest(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:16]


@contextmanager
def _witnessed(
    context: WorkerContext, kind: Kind, row: OutboxRow, message: Drawn, ts: str | None
) -> Iterator[None]:
    """Let what is new be posted in the block where nobody remembers that it was.

    Raises:
        SlackUnknownError: it was, and the journal has forgotten it: it is looked up.
    """
    spec = SURFACES[row.kind]
    can_be_found = kind.doubt == "look_up" and spec.method == POSTS
    if ts is not None or row.in_doubt or not can_be_found:
        yield
        return
    # Of what is not updated, another one may have the number of one that was forgotten.
    posted = row.id if spec.is_updated else f"{row.id}:{_digest(message.text)}"
    if context.witness.posted_before(posted):
        raise SlackUnknownError(method=POSTS, why="it was posted before the journal was set back")
    try:
        yield
    except (SlackHeldError, SlackRefusedError):
        context.witness.not_posted(posted)
        raise


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


def _joined_by(row: OutboxRow) -> int:
    """Return how many rows of its thread may go along with *row*, as one message."""
    return TOGETHER - 1 if row.ts is None and not row.in_doubt and _is_joined(row) else 0


def _is_joined(row: OutboxRow) -> bool:
    kind = KINDS.get(row.kind)
    return kind is not None and kind.goes_together


def _sent(
    context: WorkerContext, rows: tuple[OutboxRow, ...], message: Drawn | None, ts: str | None
) -> tuple[Sent, ...]:
    at, again_at = context.clock(), message.again_at if message else None
    sent: list[Sent] = []
    for each in rows:
        newest = message if SURFACES[each.kind].is_updated else None
        shown = newest.sequence if newest else each.wanted
        within = AWAITED_WITHIN if _is_awaited(each, message) else KEPT_WITHIN
        sent.append(Sent(each, ts, shown, at, again_at, within))
    return tuple(sent)


def _is_awaited(row: OutboxRow, message: Drawn | None) -> bool:
    """Whether something waits for a new message to be kept: a row below it, or who presses it."""
    if row.ts is not None:
        return False
    has_buttons = message is not None and any(each["type"] == "actions" for each in message.blocks)
    return not _is_joined(row) or has_buttons


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


def _postpone(
    context: WorkerContext, kind: Kind, row: OutboxRow, error: SlackError, lanes: Lanes
) -> None:
    now = context.clock()
    if isinstance(error, SlackHeldError):
        lanes.hold(error.method, row.channel, error.retry_after)
        due = now + timedelta(seconds=error.retry_after)
        context.journal.outbox.postpone(row, due, in_doubt=row.in_doubt, error=str(error))
        return
    if isinstance(error, SlackUnknownError):
        log.warning("outbox.uncertain", extra={"row": row.id, "why": str(error)})
        due = now + _pause_of(DOUBT_AGAIN, row)
        context.journal.outbox.postpone(row, due, in_doubt=True, error=str(error))
        return
    if isinstance(error, SlackRefusedError) and is_over(context, row, error.code):
        log.info("outbox.archived", extra={"row": row.id})
        context.journal.outbox.give_up(row)
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
