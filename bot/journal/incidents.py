"""Incidents: written by the engine in one transaction each, and read by everybody."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from bot.core.errors import ConflictError, UnknownIncidentError
from bot.core.incidents import (
    AnyIncidentEvent,
    Incident,
    IncidentClosed,
    shown_of,
)
from bot.core.ports import AuditEntry
from bot.core.records import ChannelId, IncidentId, Moment
from bot.journal import outbox_write
from bot.journal.audit import append
from bot.journal.database import reading, writing
from bot.journal.incident_holds import follow, hold
from bot.journal.incident_tables import (
    event_of,
    incident_events,
    incident_of,
    incidents,
    readable,
    row_of,
    row_of_event,
)
from bot.journal.schema import Utc, requests
from bot.journal.turns import take_turn

_BY_ID: Final = select(incidents).where(incidents.c.id == bindparam("wanted"))
_OF_CHANNEL: Final = (
    select(incidents)
    .where(incidents.c.channel == bindparam("where"))
    .order_by(incidents.c.opened_at.desc())
    .limit(1)
)
_OPEN: Final = (
    select(incidents)
    .where(incidents.c.closed_at.is_(None))
    .order_by(incidents.c.opened_at, incidents.c.id)
)
_UNTIL: Final = (
    select(incidents)
    .where(
        or_(
            incidents.c.closed_at.is_(None),
            incidents.c.closed_at >= bindparam("since", type_=Utc),
        )
    )
    .order_by(incidents.c.opened_at, incidents.c.id)
)
_NEWEST: Final = (
    select(incidents)
    .order_by(incidents.c.opened_at.desc(), incidents.c.id)
    .limit(bindparam("most"))
)
_COUNT: Final = select(func.count()).select_from(incidents)
_EVENTS: Final = (
    select(incident_events)
    .where(incident_events.c.incident_id == bindparam("wanted"))
    .order_by(incident_events.c.sequence)
)
_CLOSINGS: Final = (
    select(incident_events)
    .where(incident_events.c.kind == literal_column("'closed'"))  # as its index has it
    .order_by(incident_events.c.at.desc())
    .limit(bindparam("most"))
)
_NEW: Final = insert(incidents)
_NEW_EVENT: Final = insert(incident_events)
_CHANGE: Final = (
    update(incidents)
    .where(incidents.c.id == bindparam("of"), incidents.c.sequence == bindparam("seen"))
    .values({name: bindparam(f"new_{name}") for name in (
        "phase", "sequence", "channel", "closed_at", "format", "record",
    )})
)  # fmt: skip
_DELIVERED: Final = select(requests.c.subject).where(
    requests.c.key == bindparam("delivery"), requests.c.subject_kind == "incident"
)
_NEW_REQUEST: Final = insert(requests)


class Incidents:
    """Every method raises JournalUnavailableError where the database cannot do it."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def load(self, incident_id: IncidentId) -> Incident:
        """Return the incident.

        Raises:
            UnknownIncidentError: there is none of this id, or it cannot be read.
        """
        with reading(self._database) as connection:
            row = connection.execute(_BY_ID, {"wanted": incident_id}).one_or_none()
        if row is None:
            msg = f"there is no incident {incident_id!r}"
            raise UnknownIncidentError(msg)
        return incident_of(row)

    def find(self, incident_id: str) -> Incident | None:
        """Return the incident of this id; None: there is none that can be read."""
        with reading(self._database) as connection:
            row = connection.execute(_BY_ID, {"wanted": incident_id}).one_or_none()
        return readable(row) if row else None

    def of_channel(self, channel: ChannelId) -> Incident | None:
        """Return the incident whose channel this is."""
        with reading(self._database) as connection:
            row = connection.execute(_OF_CHANNEL, {"where": channel}).one_or_none()
        return readable(row) if row else None

    def open_ones(self) -> tuple[Incident, ...]:
        """Return those that are open, the oldest first."""
        with reading(self._database) as connection:
            return tuple(_readable(connection.execute(_OPEN).all()))

    def open_since(self, since: Moment) -> tuple[Incident, ...]:
        """Return those that were open at some time since, the oldest first."""
        with reading(self._database) as connection:
            return tuple(_readable(connection.execute(_UNTIL, {"since": since}).all()))

    def newest(self, most: int) -> tuple[Incident, ...]:
        """Return the newest, open or closed."""
        with reading(self._database) as connection:
            return tuple(_readable(connection.execute(_NEWEST, {"most": most}).all()))

    def count(self) -> int:
        """Return how many there ever were: each opening counts one on."""
        with reading(self._database) as connection:
            return connection.execute(_COUNT).scalar() or 0

    def events(self, incident_id: IncidentId) -> tuple[tuple[int, AnyIncidentEvent], ...]:
        """Return what happened, with its sequence, in order."""
        statement: Select[Any] = _EVENTS
        with reading(self._database) as connection:
            found = connection.execute(statement, {"wanted": incident_id}).all()
        read = ((row.sequence, event_of(row)) for row in found)
        return tuple((sequence, event) for sequence, event in read if event is not None)

    def cause_ranks(self, most: int, since: Moment | None = None) -> tuple[int, ...]:
        """Return where the changes that were taken back stood among the suspects, newest first.

        Of the newest *most* incidents that were closed, *since* a moment if one is given, those
        that had such a change.
        """
        with reading(self._database) as connection:
            found = connection.execute(_CLOSINGS, {"most": most}).all()
        closed = (event_of(row) for row in found)
        return tuple(
            each.rank
            for each in closed
            if isinstance(each, IncidentClosed) and each.rank is not None
            if since is None or each.at >= since
        )

    def open(
        self,
        incident: Incident,
        event: AnyIncidentEvent,
        *,
        delivery: str,
        noted: AuditEntry | None,
    ) -> Incident:
        """Record a new incident, its freezes and its first entry; once for each *delivery*."""
        with writing(self._database) as connection:
            known = _delivered(connection, delivery)
            if known is not None:
                return known
            connection.execute(_NEW, row_of(incident))
            _keep(connection, incident, event, delivery, noted)
        return incident

    def keep(
        self,
        before: Incident,
        after: Incident,
        event: AnyIncidentEvent,
        *,
        delivery: str = "",
        noted: AuditEntry | None = None,
    ) -> Incident:
        """Record what *event* made of *before*; once for each *delivery*.

        Raises:
            ConflictError: the incident is not at `before.sequence` any more.
        """
        with writing(self._database) as connection:
            known = _delivered(connection, delivery)
            if known is not None:
                return known
            changed = {f"new_{name}": value for name, value in row_of(after).items()}
            seen = {"of": before.id, "seen": before.sequence}
            if connection.execute(_CHANGE, {**changed, **seen}).rowcount != 1:
                msg = f"{before.id} is not at sequence {before.sequence} any more"
                raise ConflictError(msg)
            _keep(connection, after, event, delivery, noted)
        return after


def _readable(rows: Any) -> Iterator[Incident]:
    return (each for each in map(readable, rows) if each is not None)


def _delivered(connection: Connection, delivery: str) -> Incident | None:
    """Return the incident that this delivery was about, where it was recorded before."""
    if not delivery:
        return None
    take_turn(connection)
    known = connection.execute(_DELIVERED, {"delivery": delivery}).scalar_one_or_none()
    return incident_of(connection.execute(_BY_ID, {"wanted": known}).one()) if known else None


def _keep(
    connection: Connection,
    incident: Incident,
    event: AnyIncidentEvent,
    delivery: str,
    noted: AuditEntry | None,
) -> None:
    """Keep *event* and all that follows from it, within the transaction."""
    connection.execute(_NEW_EVENT, row_of_event(incident, event))
    if delivery:
        row = {"key": delivery, "subject_kind": "incident", "subject": incident.id, "at": event.at}
        _requested(connection, row)
    hold(connection, incident, event)
    follow(connection, incident, event)
    for each in shown_of(event, incident):
        outbox_write.show(connection, each, incident.sequence, event.at)
    for entry in (noted, _entry(incident, event)):
        if entry is not None:
            append(connection, entry)


def _requested(connection: Connection, row: dict[str, Any]) -> None:
    try:
        connection.execute(_NEW_REQUEST, row)
    except IntegrityError as error:
        raise ConflictError(row["key"]) from error


def _entry(incident: Incident, event: AnyIncidentEvent) -> AuditEntry:
    detail = event.model_dump_json(exclude={"at", "by", "kind"})
    what = f"incident_{event.kind}"
    return AuditEntry(at=event.at, who=event.by, what=what, subject=incident.id, detail=detail)
