"""Glass that was broken before an incident had a channel: said there once the channel stands."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, or_, select

from bot.core.records import ChannelId, Moment, TargetName
from bot.core.surfaces import Show, Subject, Tell
from bot.journal import outbox_write
from bot.journal.schema import operations, surfaces

ASKED_FOR: Final = 1  # the sequence of what began an operation
# Until its review is there, or where it runs: `review_by` is set of nothing else.
_BROKEN: Final = (
    select(operations.c.id, operations.c.sequence)
    .where(
        operations.c.review_by.is_not(None),
        operations.c.target.in_(bindparam("targets", expanding=True)),
        or_(
            operations.c.created_at >= bindparam("since", type_=operations.c.created_at.type),
            operations.c.finished_at.is_(None),
        ),
    )
    .order_by(operations.c.created_at, operations.c.id)
)
_TOLD: Final = select(surfaces.c.id).where(surfaces.c.id == bindparam("reply"))


def say_broken(
    connection: Connection,
    channel: ChannelId,
    targets: Sequence[TargetName],
    *,
    since: Moment,
    at: Moment,
) -> None:
    """Say in *channel* who broke the glass of *targets* since then, or does: once each."""
    asked = {"targets": list(targets), "since": since}
    for row in connection.execute(_BROKEN, asked).all():
        subject = Subject(kind="operation", id=row.id)
        place = f"{channel}:{ASKED_FOR}"
        reply = outbox_write.surface_id("operation_reply", subject, place)
        if connection.execute(_TOLD, {"reply": reply}).one_or_none() is None:
            card = Show(kind="operation_card", subject=subject, channel=channel)
            outbox_write.show(connection, card, row.sequence, at)
            aloud = Tell(
                subject=subject,
                channel=channel,
                sequence=ASKED_FOR,
                urgency="decisive",
                broadcast=True,
                is_pressable=True,  # its review is still due
            )
            outbox_write.tell(connection, aloud, at)
