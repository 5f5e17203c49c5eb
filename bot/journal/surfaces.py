"""The register: which message of Slack shows what."""

from typing import Any, Final

from sqlalchemy import Engine, Row, Select, bindparam, select

from bot.core.records import ChannelId, OperationId
from bot.core.surfaces import Subject, Surface
from bot.journal.database import reading
from bot.journal.schema import outbox

_SHOWN: Final = select(outbox.c.id, outbox.c.operation_id, outbox.c.channel, outbox.c.ts)
_CARDS_OF: Final = _SHOWN.where(
    outbox.c.kind == "card", outbox.c.operation_id == bindparam("wanted")
).order_by(outbox.c.created_at)
_AT: Final = _SHOWN.where(
    outbox.c.kind == "card",
    outbox.c.channel == bindparam("channel"),
    outbox.c.ts == bindparam("ts"),
)


class Surfaces:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def surface_at(self, channel: ChannelId, ts: str) -> Surface | None:
        """Return what the message *ts* shows; None: it is none of ours that can be pressed."""
        statement: Select[Any] = _AT
        with reading(self._database) as connection:
            row = connection.execute(statement, {"channel": channel, "ts": ts}).one_or_none()
        return _surface(row) if row else None

    def cards_of(self, operation_id: OperationId) -> tuple[Surface, ...]:
        """Return the cards of an operation, that of its own channel first."""
        statement: Select[Any] = _CARDS_OF
        with reading(self._database) as connection:
            found = connection.execute(statement, {"wanted": operation_id}).all()
        return tuple(_surface(row) for row in found)


def _surface(row: Row[Any]) -> Surface:
    return Surface(
        id=row.id,
        kind="operation_card",
        subject=Subject(kind="operation", id=row.operation_id),
        channel=row.channel,
        ts=row.ts,
    )
