"""The tables of incidents, and their rows."""

import json
import logging
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Row, Table, Text, text

from bot.core.errors import UnknownIncidentError
from bot.core.incidents import AnyIncidentEvent, Incident
from bot.journal.audit_entries import storable
from bot.journal.schema import Utc, metadata

log = logging.getLogger("slipway.journal")

incidents: Final = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("phase", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("channel", Text),  # NULL: it has none yet
    Column("opened_at", Utc, nullable=False),
    Column("closed_at", Utc),  # NULL: open
    Column("format", Integer, nullable=False),
    Column("record", Text, nullable=False),
    Index("incidents_by_age", "opened_at", "id"),
    Index("incidents_of_channel", "channel", "opened_at"),
    Index(
        "incidents_open",
        "opened_at",
        "id",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

incident_events: Final = Table(
    "incident_events",
    metadata,
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(
        "incident_closings",
        "at",
        sqlite_where=text("kind = 'closed'"),
        postgresql_where=text("kind = 'closed'"),
    ),
)

# A row is there as long as the incident holds the target.
incident_freezes: Final = Table(
    "incident_freezes",
    metadata,
    Column("target", Text, primary_key=True),
    Column("incident_id", Text, ForeignKey("incidents.id"), primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("title", Text, nullable=False),
    Column("channel", Text),
    Column("is_private", Boolean, nullable=False),
    Column("lead", Text, nullable=False),
)

_EVENT: Final[TypeAdapter[AnyIncidentEvent]] = TypeAdapter(AnyIncidentEvent)


def row_of(incident: Incident) -> dict[str, Any]:
    """Return the columns of *incident*."""
    return {
        "id": incident.id,
        "phase": incident.phase.kind,
        "sequence": incident.sequence,
        "channel": incident.channel,
        "opened_at": incident.opened_at,
        "closed_at": incident.closed_at,
        "format": incident.format,
        "record": storable(incident.model_dump_json()),
    }


def row_of_event(incident: Incident, event: AnyIncidentEvent) -> dict[str, Any]:
    """Return the row of *event*, which brought *incident* to its sequence."""
    return {
        "incident_id": incident.id,
        "sequence": incident.sequence,
        "at": event.at,
        "kind": event.kind,
        "by": event.by,
        "body": storable(event.model_dump_json()),
    }


def incident_of(row: Row[Any]) -> Incident:
    """Return the incident of a row.

    Raises:
        UnknownIncidentError: this version cannot read it.
    """
    try:
        return Incident.model_validate_json(row.record)
    except ValidationError as error:
        msg = f"the record of {row.id} cannot be read ({error.error_count()} faults)"
        raise UnknownIncidentError(msg) from error


def readable(row: Row[Any]) -> Incident | None:
    """Return the incident of a row; None: it cannot be read, and harms no other."""
    try:
        return incident_of(row)
    except UnknownIncidentError:
        log.exception("incident.unreadable", extra={"incident": row.id})
        return None


def event_of(row: Row[Any]) -> AnyIncidentEvent | None:
    """Return the event of a row; None: it cannot be read, and harms no other."""
    try:
        return _EVENT.validate_python(json.loads(row.body))
    except ValueError:
        log.exception("incident.unreadable_event", extra={"incident": row.incident_id})
        return None
