"""What wants a channel that was archived with its incident: nobody reads there any more."""

from bot.core.errors import UnknownFormatError
from bot.core.rows import OutboxRow
from workers.context import WorkerContext

_ARCHIVED = "is_archived"


def is_over(context: WorkerContext, row: OutboxRow, code: str) -> bool:
    """Whether Slack's refusal *code* of *row* stands: incident and operation have ended.

    Reopened, the incident wants all that stands there to be drawn anew.
    """
    if code != _ARCHIVED:
        return False
    incident = context.journal.incidents.of_channel(row.channel)
    if incident is None or incident.is_open:
        return False
    return row.subject.kind != "operation" or _has_ended(context, row.subject.id)


def _has_ended(context: WorkerContext, operation_id: str) -> bool:
    try:
        operation = context.journal.operations.find(operation_id)
    except UnknownFormatError:  # a worker of that version knows
        return False
    return operation is None or operation.is_final
