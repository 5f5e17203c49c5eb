"""Where a channel cannot be written: whoever asked is told directly."""

from typing import Final

from bot.core.records import SLIPWAY
from bot.core.rows import OutboxRow
from workers.context import WorkerContext

UNWRITABLE: Final = frozenset(
    {"is_archived", "channel_not_found", "not_in_channel", "restricted_action"}
)
QUIET: Final = frozenset({"queued", "running"})  # phases in which nobody has anything to do


def tell_directly(context: WorkerContext, row: OutboxRow, error: str) -> None:
    """Want whoever asked to be told what the card of *row* would say, once for each phase.

    The card itself stays in the outbox: the channel may be opened again.
    """
    operation = context.journal.operations.load(row.subject.id)
    phase = operation.phase.kind
    if row.channel != operation.channel or operation.requester == SLIPWAY or phase in QUIET:
        return
    now = context.clock()
    if context.journal.notices.first(row.subject, f"direct:{phase}", now):
        body = {"channel": row.channel, "error": error}
        context.journal.outbox.direct(row.subject, operation.requester, body, name=phase, at=now)
