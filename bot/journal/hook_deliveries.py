"""What hooks delivered, by the keys of their senders: the same key has the same answer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
)

from bot.core.hooks import Answer, Event
from bot.core.records import Moment
from bot.journal.schema import Utc, metadata

KEPT: Final = timedelta(days=30)  # longer than any sender repeats

hook_deliveries: Final = Table(
    "hook_deliveries",
    metadata,
    Column("hook", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("body", Text, nullable=False),  # SHA-256 of what was delivered
    Column("became", Text),  # the id of a proposal or an operation
    Column("ignored", Text),  # why it became nothing
    Index("hook_deliveries_by_age", "at"),
)

_OF: Final[Select[Any]] = select(hook_deliveries.c.became, hook_deliveries.c.ignored).where(
    hook_deliveries.c.hook == bindparam("of_hook"), hook_deliveries.c.key == bindparam("of_key")
)
_AMONG: Final[Select[Any]] = select(
    hook_deliveries.c.key, hook_deliveries.c.became, hook_deliveries.c.ignored
).where(
    hook_deliveries.c.hook == bindparam("of_hook"),
    hook_deliveries.c.key.in_(bindparam("among", expanding=True)),
)
_AT_ONCE: Final = 500  # keys of one question
_LED: Final[Select[Any]] = select(
    exists().where(
        hook_deliveries.c.hook == bindparam("of_hook"),
        hook_deliveries.c.became == bindparam("wanted"),
    )
)
_KEEP: Final = insert(hook_deliveries)
_FORGET: Final = delete(hook_deliveries).where(
    hook_deliveries.c.at < bindparam("before", type_=Utc)
)
_LATEST: Final[Select[Any]] = select(
    hook_deliveries.c.hook, func.max(hook_deliveries.c.at).label("at")
).group_by(hook_deliveries.c.hook)


def answered(connection: Connection, hook: str, key: str) -> Answer | None:
    """Return what this delivery was answered; None: it is new."""
    row = connection.execute(_OF, {"of_hook": hook, "of_key": key}).one_or_none()
    return _answer(row) if row else None


def answered_among(connection: Connection, hook: str, keys: Sequence[str]) -> dict[str, Answer]:
    """Return what those of *keys* were answered that are known."""
    found: dict[str, Answer] = {}
    for start in range(0, len(keys), _AT_ONCE):
        asked = {"of_hook": hook, "among": keys[start : start + _AT_ONCE]}
        found |= {row.key: _answer(row) for row in connection.execute(_AMONG, asked)}
    return found


def has_led(connection: Connection, hook: str, wanted: str) -> bool:
    """Return whether a delivery of *hook* was answered with this id."""
    return bool(connection.execute(_LED, {"of_hook": hook, "wanted": wanted}).scalar())


def keep(connection: Connection, hook: str, event: Event, answer: Answer, at: Moment) -> None:
    """Keep what a delivery was answered."""
    row = {"hook": hook, "key": event.key, "at": at, "body": event.body}
    connection.execute(_KEEP, {**row, "became": answer.id, "ignored": answer.ignored})


def forget(connection: Connection, now: Moment) -> None:
    """Leave out what no sender repeats any more."""
    connection.execute(_FORGET, {"before": now - KEPT})


def latest(connection: Connection) -> dict[str, Moment]:
    """Return when each hook last delivered something that was kept."""
    return {row.hook: row.at for row in connection.execute(_LATEST) if row.at}


def _answer(row: Row[Any]) -> Answer:
    return Answer.model_validate({"id": row.became, "ignored": row.ignored})
