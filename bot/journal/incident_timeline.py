"""The timeline of an incident, read from its events and from operations on its targets."""

from typing import Final

from bot.core.incidents import Incident, TimelineEntry, targets_ever, timeline_of
from bot.journal.incidents import Incidents
from bot.journal.operations import Operations

NEWEST: Final = 1_000  # operations of each target while it was open


def timeline(
    incidents: Incidents, operations: Operations, incident: Incident
) -> tuple[TimelineEntry, ...]:
    """Return what happened in *incident*, and to its targets while it was open, in order.

    What was asked for in its channel belongs to it, whatever target it is about.
    """
    events = tuple(event for _, event in incidents.events(incident.id))
    time = incident.onset, incident.closed_at
    found = [
        each
        for target in targets_ever(events)
        for each in operations.going_on(target, *time, NEWEST)
    ]
    asked = operations.followed_in(incident.channel) if incident.channel else ()
    known = {each.id: each for each in (*found, *asked)}
    return timeline_of(incident, events, known.values())
