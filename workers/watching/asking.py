"""Asks the people of an incident how it stands, whether it is over, and who leads it now."""

import logging
from collections.abc import Iterator, Sequence

from bot.core.errors import ConflictError, IllegalEventError
from bot.core.incidents import AnyIncidentEvent, Incident, LeadGone, question_due
from bot.core.records import SLIPWAY, Moment, is_person
from bot.journal import timeline
from workers.context import WorkerContext

log = logging.getLogger("slipway.sweeper")


def ask(context: WorkerContext, incident: Incident, now: Moment) -> None:
    """Ask what is due, once: whoever else sweeps loses against the incident's sequence."""
    events = [event for _, event in context.journal.incidents.events(incident.id)]
    try:
        for event in _due(context, incident, events, now):
            incident = context.engine.apply_to_incident(incident, event)
    except (ConflictError, IllegalEventError) as error:
        log.info("sweeper.asked_already", extra={"incident": incident.id, "why": str(error)})


def _due(
    context: WorkerContext, incident: Incident, events: Sequence[AnyIncidentEvent], now: Moment
) -> Iterator[AnyIncidentEvent]:
    entries = timeline(context.journal.incidents, context.journal.operations, incident)
    question = question_due(incident, events, [each.at for each in entries if each.operation], now)
    if question is not None:
        yield question
    if _has_left(context, incident, events):
        yield LeadGone(at=now, by=SLIPWAY, lead=incident.lead)


def _has_left(
    context: WorkerContext, incident: Incident, events: Sequence[AnyIncidentEvent]
) -> bool:
    """Whether the lead's account was deactivated, and nobody was told so yet."""
    was_told = any(isinstance(each, LeadGone) and each.lead == incident.lead for each in events)
    if was_told or not is_person(incident.lead):
        return False
    lead = context.facts.known(incident.lead, frozenset())
    return lead is not None and lead.is_deactivated
