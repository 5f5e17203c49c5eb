"""Where cloud or Slack give no usable answer before a change: whoever asked is told, once."""

from datetime import datetime, timedelta
from typing import Final

from bot.core import events as ev
from bot.core.errors import CloudError, SlipwayError
from bot.core.operation import Awaited, AwaitingApproval, Operation
from bot.core.records import is_person
from bot.core.surfaces import Subject, about, whispered
from bot.views.answers import Waiting, waiting
from workers.context import WorkerContext

PATIENCE: Final = timedelta(seconds=30)  # for what usually passes by itself


def tell_of_waiting(context: WorkerContext, operation: Operation, error: SlipwayError) -> None:
    """Tell what *operation* waits for, why, and until when, after a while: once, and on its card.

    Raises:
        ConflictError: something happened to it meanwhile.
    """
    now, since = context.clock(), _since(operation)
    if now - since < PATIENCE:
        return
    awaited = Awaited(since=since)
    if isinstance(error, CloudError):
        whose = {"connection": operation.connection, "reason": error.reason}
        awaited = awaited.model_copy(update=whose)
    if operation.awaits is None:
        context.engine.apply_to(operation, ev.AnswerAwaited(at=now, awaited=awaited))
    _whisper(context, operation, awaited, now)


def _whisper(context: WorkerContext, operation: Operation, awaited: Awaited, now: datetime) -> None:
    subject = Subject(kind="operation", id=operation.id)
    stage = "check" if operation.plan.is_made else "plan"
    if not is_person(operation.requester):
        return
    if not context.journal.notices.first(subject, f"waiting:{stage}", now):
        return
    phase = operation.phase
    words = waiting(
        Waiting(
            operation=operation.id,
            connection=awaited.connection,
            since=awaited.since,
            until=phase.expires_at if isinstance(phase, AwaitingApproval) else None,
            because=awaited.reason,
        ),
        context.readers.of(operation.requester),
    )
    told = whispered(operation.requester, operation.channel, words, about(operation))
    context.journal.outbox.show(told, at=now)


def _since(operation: Operation) -> datetime:
    """Return since when nothing but an answer is waited for."""
    ended = (each.finished_at for each in operation.steps if each.finished_at)
    return max((operation.created_at, *(each.at for each in operation.approvals), *ended))
