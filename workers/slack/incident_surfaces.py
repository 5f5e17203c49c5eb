"""What surfaces of an incident show: its card, lines in its channel, and what others hear."""

from bot.core.incidents import (
    AnyIncidentEvent,
    Incident,
    IncidentClosed,
    Measures,
    happened,
    holding_too,
    measures_of,
)
from bot.core.records import is_person
from bot.core.rows import OutboxRow
from bot.facts import running, suspects
from bot.journal import timeline
from bot.views.incidents import announcement, card_of, line_of
from bot.views.layout import Drawn
from bot.views.suspects import suspects_of
from bot.views.words import Locale
from workers.context import WorkerContext


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
    if not isinstance(event, IncidentClosed):
        return line_of(incident, event, rows[0].wanted, context.reader(rows[0]))
    as_closed = happened(incident, event) if incident.is_open else incident
    measures, locale = measured(context, as_closed, rows[0])
    others = holding_too(incident, context.journal.incidents.open_ones())
    return line_of(incident, event, rows[0].wanted, locale, measures, others)


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
