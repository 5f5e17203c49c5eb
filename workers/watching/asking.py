"""Asks the people of an incident how it stands, whether it is over, and who leads it now."""

import logging
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from bot.core.errors import ConflictError, IllegalEventError
from bot.core.incidents import (
    AnyIncidentEvent,
    Incident,
    IncidentReopened,
    LeadChanged,
    LeadGone,
    question_due,
)
from bot.core.records import SLIPWAY, Moment, is_person
from bot.core.rules import barred
from bot.journal import timeline
from workers.context import WorkerContext

_BEGINS_ANEW: Final = (LeadChanged, IncidentReopened)

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
    why = _gone(context, incident, events)
    if why:
        yield LeadGone(at=now, by=SLIPWAY, lead=incident.lead, why=why)


def _gone(context: WorkerContext, incident: Incident, events: Sequence[AnyIncidentEvent]) -> str:
    """Return why the lead may not act any more, where nobody was told so yet; "": they may."""
    if not is_person(incident.lead):
        return ""
    lead = context.facts.people.known(incident.lead, frozenset())
    why = barred(lead, context.facts.team()) if lead else ""
    return "" if why in {each.why for each in _told(events)} else why


def _told(events: Sequence[AnyIncidentEvent]) -> Iterator[LeadGone]:
    """Yield what was told of the present lead."""
    begun = takewhile(lambda each: not isinstance(each, _BEGINS_ANEW), reversed(events))
    return (each for each in begun if isinstance(each, LeadGone))
