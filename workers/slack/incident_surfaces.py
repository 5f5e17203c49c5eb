"""What surfaces of an incident show: its card, lines in its channel, and what others hear."""

from typing import Final

from bot.core.incidents import (
    AnyIncidentEvent,
    Incident,
    IncidentClosed,
    LeadChanged,
    Measures,
    happened,
    holding_too,
    measures_of,
)
from bot.core.records import OperationId, is_person
from bot.core.rows import OutboxRow
from bot.core.rules import wants_lead
from bot.facts import running, suspects
from bot.journal import timeline
from bot.views.incidents import announcement, card_of, line_of
from bot.views.layout import Drawn
from bot.views.suspects import suspects_of
from bot.views.words import Locale
from workers.context import WorkerContext

_WAITING_MAX: Final = 50  # operations that are looked at, of those that wait


def incident_card(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return the card as it is now."""
    incident = context.journal.incidents.load(rows[0].subject.id)
    return card_of(incident, running(context.journal, incident), context.reader(rows[0]))


def incident_suspects(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return what may have caused it, as the journal knows it now."""
    incident = context.journal.incidents.load(rows[0].subject.id)
    return suspects_of(incident, suspects(context.facts, incident), context.reader(rows[0]))


def incident_line(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn | None:
    """Return what its channel hears of an event; None: nobody can read that any more."""
    incident, event = _told(context, rows[0])
    if event is None:
        return None
    if isinstance(event, LeadChanged):
        waiting = _waiting(context, incident)
        return line_of(incident, event, rows[0].wanted, context.reader(rows[0]), waiting=waiting)
    if not isinstance(event, IncidentClosed):
        whom = () if is_person(incident.lead) else context.catalogue().incidents.invite
        return line_of(incident, event, rows[0].wanted, context.reader(rows[0]), whom=whom)
    as_closed = happened(incident, event) if incident.is_open else incident
    measures, locale = measured(context, as_closed, rows[0])
    others = holding_too(incident, context.journal.incidents.open_ones())
    return line_of(incident, event, rows[0].wanted, locale, measures, others)


def _waiting(context: WorkerContext, incident: Incident) -> tuple[OperationId, ...]:
    """Return what waits for the approval of whoever leads *incident*."""
    operations = context.journal.operations
    asking = [
        each.id
        for each in operations.all_open()
        if each.phase == "awaiting_approval" and each.target in incident.targets
    ]
    found = operations.load_many(asking[:_WAITING_MAX]) if asking else {}
    return tuple(
        each.id for each in found.values() if each.incident == incident.id and wants_lead(each)
    )


def measured(context: WorkerContext, incident: Incident, row: OutboxRow) -> tuple[Measures, Locale]:
    """Return what is measured of *incident*, and a reader who knows the people in it."""
    entries = timeline(context.journal.incidents, context.journal.operations, incident)
    measures = measures_of(incident, entries)
    acting = [each.by for each in measures.deeds]
    approving = [each.by for operation in measures.operations for each in operation.approvals]
    asking = [each.requester for each in measures.operations]
    people = dict.fromkeys(filter(is_person, (*acting, *approving, *asking)))
    return measures, context.reader(row).knowing(context.facts.directory.names([*people]))


def incident_announcement(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn | None:
    """Return what others hear of an event; None: nobody can read that any more."""
    incident, event = _told(context, rows[0])
    return announcement(incident, event, rows[0].wanted, context.reader(rows[0])) if event else None


def _told(context: WorkerContext, row: OutboxRow) -> tuple[Incident, AnyIncidentEvent | None]:
    incident = context.journal.incidents.load(row.subject.id)
    events = dict(context.journal.incidents.events(incident.id))
    return incident, events.get(row.wanted)
