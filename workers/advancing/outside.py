"""Looks into the clouds' own histories for changes that nobody made through Slipway.

An incident's targets and their neighbours are read while it is young. What is found becomes an
event of the incident, once; its suspects show it.
"""

import logging
from typing import Final

from bot.core.errors import (
    CloudError,
    CloudInterruptedError,
    CloudRefusedError,
    ConflictError,
)
from bot.core.incidents import Incident, OutsideChange, OutsideSeen
from bot.core.records import SLIPWAY, IncidentId, TargetName
from bot.core.target import Target
from bot.incident_facts import LATEST, neighbourhood
from bot.outside_facts import made_outside
from bot.systems import system as system_named
from workers.context import WorkerContext

log = logging.getLogger("slipway.incidents")

TARGETS_MAX: Final = 20  # an incident's own first: each costs a cloud some calls
CHANGES_MAX: Final = 100  # that one incident keeps


def look_outside(context: WorkerContext, incident_id: IncidentId) -> None:
    """Read the histories once, and keep what is new; losing a look costs the next one nothing."""
    incident = context.journal.incidents.load(incident_id)
    with context.claims.hold(f"outside:{incident_id}") as is_ours:
        if is_ours and incident.is_open:
            _look(context, incident)


def _look(context: WorkerContext, incident: Incident) -> None:
    targets = context.catalogue().targets
    near = list(neighbourhood(targets, incident.targets))[:TARGETS_MAX]
    found: list[OutsideChange] = []
    unread: list[TargetName] = []
    for name in (each for each in near if each in targets):
        try:
            found += _outside(context, incident, targets[name])
        except CloudInterruptedError:
            return  # this worker ends: the next look reads all of it
        except CloudError as error:
            if isinstance(error, CloudRefusedError) and error.verdict == "not_found":
                continue  # what is not there was not changed
            log.info("outside.unread", extra={"target": name, "why": str(error)})
            unread.append(name)
    _keep(context, incident, found, tuple(unread))


def _outside(
    context: WorkerContext, incident: Incident, target: Target
) -> tuple[OutsideChange, ...]:
    entries = context.cloud.ask(target, system_named(target.system).history(target.settings))
    operations = context.journal.operations.recent(LATEST, target.name)
    since = incident.onset - context.catalogue().incidents.window
    return made_outside(target.name, entries, operations, since)


def _keep(
    context: WorkerContext,
    incident: Incident,
    found: list[OutsideChange],
    unread: tuple[TargetName, ...],
) -> None:
    """Record what was not known before; nothing is written where nothing is."""
    known = [
        event
        for _, event in context.journal.incidents.events(incident.id)
        if isinstance(event, OutsideSeen)
    ]
    told = {each.key for event in known for each in event.changes}
    room = max(0, CHANGES_MAX - len(told))
    new = tuple(each for each in found if each.key not in told)[:room]
    was_unread = known[-1].unread if known else ()
    if not new and unread == was_unread:
        return
    seen = OutsideSeen(at=context.clock(), by=SLIPWAY, changes=new, unread=unread)
    try:
        context.engine.apply_incident(incident.id, seen)
    except ConflictError as error:  # the next look finds it again
        log.info("outside.conflict", extra={"incident": incident.id, "why": str(error)})
