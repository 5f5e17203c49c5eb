"""Where a channel cannot be written: whoever asked is told directly."""

import logging
from typing import Final

from bot.core.errors import SlackError, SlackRefusedError
from bot.core.records import SLIPWAY
from bot.core.rows import POSTS, OutboxRow, lane_of
from bot.core.surfaces import Subject
from bot.views.answers import directly
from bot.views.card import CardFacts, card
from bot.views.text import fallback_text
from workers.context import SlackWriter, WorkerContext
from workers.slack.rate_limits import NotYetError, take

log = logging.getLogger("slipway.outbox")

UNWRITABLE: Final = frozenset(
    {"is_archived", "channel_not_found", "not_in_channel", "restricted_action"}
)
QUIET: Final = frozenset({"queued", "running"})  # phases in which nobody has anything to do


def tell_directly(
    context: WorkerContext,
    slack: SlackWriter,
    row: OutboxRow,
    facts: CardFacts,
    error: SlackRefusedError,
) -> None:
    """Send what the card of *row* would say as a direct message, once for each phase.

    The card itself stays in the outbox: the channel may be opened again.
    """
    operation = context.journal.operations.load(row.operation_id or "")
    if operation.phase.kind in QUIET or operation.requester == SLIPWAY:
        return
    words = card(operation, facts, context.locale).text
    text = directly(words, row.channel, error.code, context.locale)
    try:
        take(context, lane_of(POSTS, operation.requester))
        subject = Subject(kind="operation", id=operation.id)
        notice = f"direct:{operation.phase.kind}"
        if context.journal.notices.first(subject, notice, context.clock()):
            slack.post(
                operation.requester,
                fallback_text(text),
                [],
                operation_id=operation.id,
                sequence=operation.sequence,
            )
    except (SlackError, NotYetError) as failure:
        log.warning("outbox.not_direct", extra={"row": row.id, "why": str(failure)})
