"""What ended or began within some days, as far as figures need it: by the index of age alone."""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import ValidationError
from sqlalchemy import Engine, bindparam, func, select

from bot.core.figures import Past
from bot.core.records import Moment, OperationId
from bot.journal.database import reading
from bot.journal.schema import Utc, events, operations

_AT_ONCE: Final = 500  # ids in one statement
_SINCE: Final = (
    select(operations.c.record)
    .where(operations.c.created_at >= bindparam("since", type_=Utc))
    .order_by(operations.c.created_at.desc(), operations.c.fence.desc())
    .limit(bindparam("most"))
)
_READABLE: Final = (
    select(events.c.operation_id, func.max(events.c.at).label("at"))
    .where(
        events.c.operation_id.in_(bindparam("wanted", expanding=True)),
        events.c.kind.in_(("planned", "approvals_voided")),
    )
    .group_by(events.c.operation_id)
)


class PastOperations:
    """Reads what figures are made of; raises JournalUnavailableError where it cannot."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def since(self, moment: Moment, most: int) -> tuple[Past, ...]:
        """Return up to *most* operations that were asked for since, the newest first.

        Without those that cannot be read.
        """
        with reading(self._database) as connection:
            rows = connection.execute(_SINCE, {"since": moment, "most": most}).all()
        return tuple(_read(row.record for row in rows))

    def readable(self, ids: Sequence[OperationId]) -> dict[OperationId, Moment]:
        """Return since when the plan could be read that people approved at last."""
        found: dict[OperationId, Moment] = {}
        with reading(self._database) as connection:
            for first in range(0, len(ids), _AT_ONCE):
                some = list(ids[first : first + _AT_ONCE])
                rows = connection.execute(_READABLE, {"wanted": some}).all()
                found |= {row.operation_id: row.at for row in rows}
        return found


def _read(records: Iterator[str]) -> Iterator[Past]:
    for record in records:
        try:
            yield Past.model_validate_json(record)
        except ValidationError:
            continue
