"""Who may do what about an incident: open one, lead it, change it, end it."""

from bot.core.codes.incidents import (
    AlreadyClosed,
    AlreadyOpen,
    BarredLead,
    MayNotEnd,
    MayNotOpen,
    NoChannelYet,
    NothingToChange,
    UnknownLead,
)
from bot.core.codes.rules import NamesUnknown
from bot.core.incidents import Incident
from bot.core.names import ids_in, names_in
from bot.core.policy import ANYONE, Member
from bot.core.records import UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.incident_intents import (
    AddTargets,
    ExportIncident,
    LeadIncident,
    RemoveTarget,
    SetSeverity,
)
from bot.core.rules.intents import IncidentIntent
from bot.core.rules.membership import barred


def wished(intent: IncidentIntent, facts: Facts) -> Finding | None:
    """Return what is found of a wish; None: it names no incident that there is."""
    incident, person = facts.incident, facts.person
    if intent.begins or (intent.wants == "closed" and incident and not incident.is_open):
        listed = facts.openers
        is_listed = facts.is_anybody or (person is not None and _lists(listed, person))
        place = "incidents.open"
        if is_listed:
            return Finding.yes(place)
        unknown = names_in(listed)
        refusal = NamesUnknown(names=unknown) if unknown else MayNotOpen()
        return Finding.no(refusal, place=place, who=ids_in(listed))
    if incident is None:
        return None
    if intent.wants == "open" and not incident.is_open:
        return Finding.no(AlreadyClosed(incident=incident.id))
    if intent.wants == "closed":
        return Finding.no(AlreadyOpen(incident=incident.id))
    if isinstance(intent, ExportIncident) and incident.channel is None:
        return Finding.no(NoChannelYet(incident=incident.id))
    if not _changes(intent, incident, facts):
        return Finding.no(NothingToChange(incident=incident.id))
    if isinstance(intent, LeadIncident) and intent.lead is not None:
        return leading(intent.lead, facts)
    return _ending(incident, facts) if intent.ends else Finding.yes()


def leading(lead: UserId, facts: Facts) -> Finding:
    """Want a lead who can open the lead's gate: a member, as far as Slack tells."""
    if facts.lead is None:
        return Finding.no(UnknownLead(lead=lead))
    kind = barred(facts.lead, facts.team)
    return Finding.no(BarredLead(lead=lead, kind=kind)) if kind else Finding.yes()


def _changes(intent: IncidentIntent, incident: Incident, facts: Facts) -> bool:
    match intent:
        case LeadIncident(lead=lead):
            return (lead or (facts.person.id if facts.person else None)) != incident.lead
        case SetSeverity(severity=severity):
            return severity != incident.severity
        case AddTargets():
            return any(each not in incident.targets for each in facts.named)
        case RemoveTarget():
            return any(each in incident.targets for each in facts.named)
        case _:
            return True


def _ending(incident: Incident, facts: Facts) -> Finding:
    """Want the opener, the lead, or somebody who may approve on a target of it."""
    person = facts.person
    if facts.is_anybody:
        return Finding.yes()
    own = (incident.opener, incident.lead)
    if person is not None and any(facts.is_same(person.id, each) for each in own):
        return Finding.yes("opener" if facts.is_same(person.id, incident.opener) else "lead")
    if person is not None and _lists(facts.ending, person):
        return Finding.yes("approve")
    return Finding.no(MayNotEnd(), who=tuple(dict.fromkeys((*own, *facts.ending))))


def _lists(listed: tuple[str, ...], person: Member) -> bool:
    return ANYONE in listed or person.id in listed or bool(person.groups & set(listed))
