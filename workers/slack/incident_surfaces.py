"""What surfaces of an incident show: its card, lines in its channel, and what others hear."""

from bot.core.incidents import AnyIncidentEvent, Incident
from bot.core.rows import OutboxRow
from bot.views.incidents import announcement, card_of, line_of
from bot.views.layout import Drawn
from bot.views.suspects import suspects_of
from workers.context import WorkerContext


def incident_card(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return the card as it is now."""
    incident = context.journal.incidents.load(rows[0].subject.id)
    return card_of(incident, context.facts.running(incident), context.locale)


def incident_suspects(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn:
    """Return what may have caused it, as the journal knows it now."""
    incident = context.journal.incidents.load(rows[0].subject.id)
    return suspects_of(incident, context.facts.suspects(incident), context.locale)


def incident_line(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn | None:
    """Return what its channel hears of an event; None: nobody can read that any more."""
    incident, event = _told(context, rows[0])
    return line_of(incident, event, rows[0].wanted, context.locale) if event else None


def incident_announcement(context: WorkerContext, rows: tuple[OutboxRow, ...]) -> Drawn | None:
    """Return what others hear of an event; None: nobody can read that any more."""
    incident, event = _told(context, rows[0])
    return announcement(incident, event, rows[0].wanted, context.locale) if event else None


def _told(context: WorkerContext, row: OutboxRow) -> tuple[Incident, AnyIncidentEvent | None]:
    incident = context.journal.incidents.load(row.subject.id)
    events = dict(context.journal.incidents.events(incident.id))
    return incident, events.get(row.wanted)
