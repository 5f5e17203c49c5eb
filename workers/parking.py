"""What cannot be read is parked: left alone, and told once; everything else goes on."""

import logging
from collections.abc import Iterable

from bot.core.records import OperationId
from bot.core.rows import OpenOperation, UnreadableOperation
from bot.core.surfaces import Subject, whispered
from bot.views.answers import parked
from workers.context import WorkerContext

log = logging.getLogger("slipway.parking")


def park(context: WorkerContext, ids: Iterable[OperationId]) -> None:
    """Park those of the operations that cannot be read."""
    wanted = list(ids)
    for each in context.journal.operations.unreadable(wanted) if wanted else ():
        tell_parked(context, each)


def tell_parked(context: WorkerContext, each: UnreadableOperation | OpenOperation) -> None:
    """Say once in the log, and to whoever asked, that it is left alone."""
    now, subject = context.clock(), Subject(kind="operation", id=each.id)
    if not context.journal.notices.first(subject, "unreadable", now):
        return
    log.error("operation.parked", extra={"operation_id": each.id, "target": each.target})
    cards = context.journal.surfaces.cards_of(each.id)
    if cards and each.requester:
        words = parked(each.id, context.readers.of(each.requester))
        told = whispered(each.requester, cards[0].channel, words, subject)
        context.journal.outbox.show(told, at=now)
