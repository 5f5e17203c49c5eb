"""The changes that may have caused an incident, with the ways back that somebody may take now."""

from bot.core.codes import Reason
from bot.core.incidents import Incident, OutsideSeen
from bot.core.outcomes import Suspects
from bot.core.records import OperationId
from bot.core.rules import RollBack, decide
from bot.core.suspects import AFTER_SHOWN, Ranking
from bot.facts.gatherer import Gatherer
from bot.incident_facts import Cause, cause_of, ranking
from bot.journal import Journal


def suspects(facts: Gatherer, incident: Incident) -> Suspects:
    """Return what may have caused *incident*, with the ways back that somebody may take now."""
    window = facts.catalogue().incidents.window
    found = _ranking(facts, incident)
    named = [each.candidate.operation for each in found.suspects]
    later = [each.operation for each in found.after[:AFTER_SHOWN]]
    operations = facts.journal.operations.load_many([*named, *later]) if named or later else {}
    ways: dict[OperationId, RollBack] = {}
    reasons: dict[OperationId, Reason] = {}
    unshown: list[OperationId] = []  # whose way back is taken at once, without a look at it
    for operation_id in (each for each in named if each in operations):
        operation = operations[operation_id]
        way = RollBack.of(operation)[0]
        known = facts.of_card(operation)
        why = decide(way, known).decisive
        if why is None:
            ways[operation_id] = way
            unshown += [operation_id] if known.policy and not known.policy.rollback_preview else []
        elif why.why is not None:
            reasons[operation_id] = why.why
    outside = _outside(facts.journal, incident)
    return Suspects(
        ranking=found,
        operations=operations,
        ways=ways,
        reasons=reasons,
        unshown=tuple(unshown),
        outside=tuple(each for event in outside for each in event.changes),
        unread=outside[-1].unread if outside else (),
        hours=round(window.total_seconds() / 3600),
    )


def cause(facts: Gatherer, incident: Incident) -> Cause | None:
    """Return the change that was taken back last while *incident* was open, and its rank."""
    return cause_of(facts.journal, incident, _ranking(facts, incident))


def _ranking(facts: Gatherer, incident: Incident) -> Ranking:
    catalogue = facts.catalogue()
    return ranking(facts.journal, catalogue.targets, incident, catalogue.incidents.window)


def _outside(journal: Journal, incident: Incident) -> list[OutsideSeen]:
    """Return what was changed outside of Slipway, as the incident's events have it."""
    events = journal.incidents.events(incident.id)
    return [event for _, event in events if isinstance(event, OutsideSeen)]
