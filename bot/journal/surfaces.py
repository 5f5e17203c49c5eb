"""The register: which message of Slack shows what, and who wants to be shown what."""

import logging
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Row, Select, bindparam, delete, insert, or_, select

from bot.core.records import ChannelId, Moment, OperationId
from bot.core.surfaces import Show, Subject, Subscription, Surface, SurfaceKind
from bot.journal import outbox_write
from bot.journal.database import reading, writing
from bot.journal.schema import locks, operations, subscriptions, surfaces
from bot.journal.turns import take_turn

log = logging.getLogger("slipway.journal")

_SHOWN: Final = select(
    surfaces.c.id,
    surfaces.c.kind,
    surfaces.c.subject_kind,
    surfaces.c.subject,
    surfaces.c.channel,
    surfaces.c.user,
    surfaces.c.ts,
)
_AT: Final = (
    _SHOWN.where(surfaces.c.channel == bindparam("channel"), surfaces.c.ts == bindparam("ts"))
    .order_by(surfaces.c.wanted)  # replies that were told together share a message
    .limit(1)
)
_CARDS_OF: Final = _SHOWN.where(
    surfaces.c.subject_kind == "operation",
    surfaces.c.subject == bindparam("wanted"),
    surfaces.c.kind == "operation_card",
).order_by(surfaces.c.created_at, surfaces.c.id)
_PRESSED: Final[tuple[SurfaceKind, ...]] = ("operation_card", "operation_reply", "incident_card")
_MAY_BE: Final = (
    select(surfaces.c.id)
    .where(
        surfaces.c.subject_kind == bindparam("of_kind"),
        surfaces.c.subject == bindparam("of"),
        surfaces.c.kind.in_(_PRESSED),
        surfaces.c.channel == bindparam("channel"),
        or_(surfaces.c.ts.is_(None), surfaces.c.ts == bindparam("ts")),
    )
    .limit(1)
)
_THIS: Final = (
    subscriptions.c.subject_kind == bindparam("of_kind"),
    subscriptions.c.subject == bindparam("of"),
    subscriptions.c.kind == bindparam("wanted"),
    subscriptions.c.channel == bindparam("where"),
)
_KNOWN: Final = select(subscriptions.c.at).where(*_THIS)
_SUBSCRIBE: Final = insert(subscriptions)
_UNSUBSCRIBE: Final = delete(subscriptions).where(*_THIS)
_HELD: Final = (
    select(operations.c.id, operations.c.sequence)
    .join(locks, locks.c.operation_id == operations.c.id)
    .where(locks.c.target == bindparam("target"))
    .with_for_update(of=operations)  # nothing happens to it unseen meanwhile
)


class Surfaces:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def surface_at(self, channel: ChannelId, ts: str) -> Surface | None:
        """Return what the message *ts* shows; None: it is none of ours."""
        statement: Select[Any] = _AT
        with reading(self._database) as connection:
            row = connection.execute(statement, {"channel": channel, "ts": ts}).one_or_none()
        return _readable(row) if row else None

    def may_show(self, channel: ChannelId, ts: str, subject: Subject) -> bool:
        """Return whether the message *ts* may be one of *subject* that was just posted.

        Which message it is, is known a moment later, or when a lost answer was looked up; that may
        have happened since the message was looked for.
        """
        asked = {"of_kind": subject.kind, "of": subject.id, "channel": channel, "ts": ts}
        with reading(self._database) as connection:
            return connection.execute(_MAY_BE, asked).first() is not None

    def cards_of(self, operation_id: OperationId) -> tuple[Surface, ...]:
        """Return the cards of an operation, that of its own channel first."""
        statement: Select[Any] = _CARDS_OF
        with reading(self._database) as connection:
            found = connection.execute(statement, {"wanted": operation_id}).all()
        return tuple(each for each in map(_readable, found) if each)

    def subscribe(self, wants: Subscription, at: Moment) -> None:
        """Let the channel have what it *wants*; of a target, the card of its open operation, too.

        Asked again, it changes nothing.
        """
        with writing(self._database) as connection:
            subscribe(connection, wants, at)

    def unsubscribe(self, wanted: Subscription) -> None:
        """Let the channel have nothing new of it; what stands there already is kept up to date."""
        with writing(self._database) as connection:
            unsubscribe(connection, wanted)


def subscribe(connection: Connection, wants: Subscription, at: Moment) -> None:
    """Let the channel have what it *wants*, within the transaction."""
    row = {
        "subject_kind": wants.subject.kind,
        "subject": wants.subject.id,
        "kind": wants.kind,
        "channel": wants.channel,
        "at": at,
    }
    take_turn(connection)  # no operation begins unseen meanwhile
    if connection.execute(_KNOWN, _key(wants)).one_or_none():
        return
    connection.execute(_SUBSCRIBE, row)
    if wants.subject.kind != "target" or wants.kind != "operation_card":
        return
    held = connection.execute(_HELD, {"target": wants.subject.id}).one_or_none()
    if held is not None:
        shown = Show(
            kind=wants.kind,
            subject=Subject(kind="operation", id=held.id),
            channel=wants.channel,
            urgency="notable",
        )
        outbox_write.show(connection, shown, held.sequence, at)


def unsubscribe(connection: Connection, wanted: Subscription) -> None:
    """Let the channel have nothing new of it, within the transaction."""
    connection.execute(_UNSUBSCRIBE, _key(wanted))


def _key(wants: Subscription) -> dict[str, str]:
    return {
        "of_kind": wants.subject.kind,
        "of": wants.subject.id,
        "wanted": wants.kind,
        "where": wants.channel,
    }


def _readable(row: Row[Any]) -> Surface | None:
    """Return what a row registers; None: it cannot be read, and counts as none of ours."""
    try:
        return _surface(row)
    except ValidationError:
        log.exception("surface.unreadable", extra={"surface": row.id})
        return None


def _surface(row: Row[Any]) -> Surface:
    return Surface(
        id=row.id,
        kind=row.kind,
        subject=Subject(kind=row.subject_kind, id=row.subject),
        channel=row.channel,
        user=row.user,
        ts=row.ts,
    )
