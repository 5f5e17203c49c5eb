"""Who may approve in whose place, under which policy, until when."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

from pydantic import ValidationError
from sqlalchemy import (
    Column,
    Connection,
    Row,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from bot.core.errors import ConflictError
from bot.core.records import TargetName
from bot.core.rules import Delegated, DelegationEnded
from bot.core.target import ALL, TargetEvent
from bot.journal.schema import Utc, metadata

log = logging.getLogger("slipway.journal")

delegations: Final = Table(
    "delegations",
    metadata,
    Column("delegator", Text, primary_key=True),
    Column("target", Text, primary_key=True),  # a policy's name, or "all"
    Column("delegate", Text, nullable=False),
    Column("by", Text, nullable=False),  # who said so
    Column("at", Utc, nullable=False),
    Column("until", Utc, nullable=False),
)

_ALL: Final = select(delegations).order_by(delegations.c.delegator, delegations.c.target)
_OF: Final = _ALL.where(delegations.c.target.in_((bindparam("of_policy"), ALL)))
_END: Final = delete(delegations).where(delegations.c.delegator == bindparam("of"))
_END_ONE: Final = _END.where(delegations.c.target == bindparam("of_target"))
_BEGIN: Final = insert(delegations)


class Delegations:
    """What has ended by its time stays: an approval that was given before counts by it."""

    events: ClassVar[tuple[type[TargetEvent], ...]] = (Delegated, DelegationEnded)
    table: ClassVar[Table | None] = delegations

    def keep(self, connection: Connection, event: TargetEvent) -> None:
        """Hand over, anew where that was done before, or take all back.

        Raises:
            ConflictError: the same was done at the same moment.
        """
        if isinstance(event, DelegationEnded):
            connection.execute(_END, {"of": event.delegator})
        elif isinstance(event, Delegated):
            one = {"of": event.delegator, "of_target": event.target}
            connection.execute(_END_ONE, one)
            try:
                connection.execute(_BEGIN, event.model_dump(exclude={"kind", "zone"}))
            except IntegrityError as error:
                raise ConflictError(event.delegator) from error

    def of(self, connection: Connection, target: TargetName, policy: str) -> tuple[Delegated, ...]:  # noqa: ARG002 - of policies alone
        """Return what counts under *policy*."""
        return tuple(_read(connection.execute(_OF, {"of_policy": policy})))

    def all(self, connection: Connection) -> tuple[Delegated, ...]:
        """Return every delegation."""
        return tuple(_read(connection.execute(_ALL)))


def _read(rows: Iterable[Row[Any]]) -> Iterator[Delegated]:
    """Yield those that can be read: what is damaged lets nobody approve."""
    for row in rows:
        try:
            yield Delegated.model_validate(row._asdict())
        except ValidationError:
            log.exception("delegation.unreadable", extra={"delegator": str(row.delegator)})
