"""Where a channel cannot be written: whoever asked is told directly."""

from typing import Final

from bot.core.records import is_person
from bot.core.rows import OutboxRow
from bot.core.surfaces import Show
from workers.context import WorkerContext
from workers.slack.calls import OF_THE_TOKEN

# These say that one message is not there, which is posted anew, or that no message can be written
# anywhere. All else is the channel's: Slack has a dozen words for that, and adds some at any time.
# Source: https://docs.slack.dev/reference/methods/chat.postMessage (errors)
_NOT_OF_THE_CHANNEL: Final = OF_THE_TOKEN | {
    *("message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed"),
    "missing_scope",
}
QUIET: Final = frozenset({"queued", "running"})  # phases in which nobody has anything to do


def is_unwritable(code: str) -> bool:
    """Whether Slack's refusal *code* means that a channel, or its threads, cannot be written."""
    return code not in _NOT_OF_THE_CHANNEL


def tell_directly(context: WorkerContext, row: OutboxRow, error: str) -> None:
    """Want whoever asked to be told what the card would say, once for each phase.

    The card or the reply itself stays in the outbox: the channel may be opened again.
    """
    operation = context.journal.operations.load(row.subject.id)
    phase = operation.phase.kind
    if row.channel != operation.channel or not is_person(operation.requester) or phase in QUIET:
        return
    now = context.clock()
    if context.journal.notices.first(row.subject, f"direct:{phase}", now):
        reader = operation.requester
        told = Show(
            kind="direct",
            subject=row.subject,
            channel=reader,
            user=reader,
            name=phase,
            body={"channel": row.channel, "error": error},
        )
        context.journal.outbox.show(told, at=now)


def whisper_directly(context: WorkerContext, row: OutboxRow, error: str) -> None:  # noqa: ARG001 - as every instead
    """Want whoever should have been whispered to, to be told the same directly.

    So it is where Slipway is not in the channel, of whose messages the menu has our shortcut.
    """
    said = {name: str(row.body[name]) for name in ("text", "reason") if name in row.body}
    if not said:  # charts, whose figures were said in words already
        return
    told = Show(
        kind="direct",
        subject=row.subject,
        channel=row.user,
        user=row.user,
        name=row.id,
        body={**said},
    )
    context.journal.outbox.show(told, at=context.clock())
