"""Where cloud or Slack give no usable answer before a change: whoever asked is told, once."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.errors import CloudError, SlipwayError
from bot.core.operation import AwaitingApproval, Operation
from bot.core.records import SLIPWAY
from bot.core.surfaces import Subject, about, whispered
from bot.views.answers import Waiting, waiting
from workers.context import WorkerContext

PATIENCE: Final = timedelta(seconds=30)  # for what usually passes by itself


def tell_of_waiting(context: WorkerContext, operation: Operation, error: SlipwayError) -> None:
    """Tell whoever asked what *operation* waits for, why, and until when, after a while."""
    now, since = context.clock(), _since(operation)
    if now - since < PATIENCE or operation.requester == SLIPWAY:
        return
    subject = Subject(kind="operation", id=operation.id)
    stage = "check" if operation.plan.is_made else "plan"
    if not context.journal.notices.first(subject, f"waiting:{stage}", now):
        return
    phase = operation.phase
    words = waiting(
        Waiting(
            operation=operation.id,
            connection=operation.connection if isinstance(error, CloudError) else "",
            since=since,
            until=phase.expires_at if isinstance(phase, AwaitingApproval) else None,
            because=error.reason if isinstance(error, CloudError) else None,
        ),
        context.locale,
    )
    told = whispered(operation.requester, operation.channel, words, about(operation))
    context.journal.outbox.show(told, at=now)


def _since(operation: Operation) -> datetime:
    """Return since when nothing but an answer is waited for."""
    return max((operation.created_at, *(each.at for each in operation.approvals)))
