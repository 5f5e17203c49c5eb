"""Incidents: what people wish about them is decided, recorded, and answered at once."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.incidents import NoIncident, UnknownIncident
from bot.core.codes.rules import WrongPlace
from bot.core.codes.service import TryAgain
from bot.core.errors import ConflictError, IllegalEventError
from bot.core.incidents import (
    AnyIncidentEvent,
    Incident,
    IncidentClosed,
    MessageMarked,
    Noted,
    holding_too,
)
from bot.core.outcomes import (
    AlertJoined,
    Caller,
    IncidentDone,
    IncidentFormWanted,
    IncidentHelp,
    IncidentList,
    IncidentStatus,
    Outcome,
)
from bot.core.ports import AuditEntry
from bot.core.records import IncidentId, OperationId, is_person
from bot.core.rules import (
    Ask,
    CloseIncident,
    Facts,
    IncidentIntent,
    OpenIncident,
    UpdateIncident,
    decide,
    record_of,
)
from bot.core.surfaces import Subject
from bot.core.verbs import people_in, with_names
from bot.facts import cause, running
from bot.journal import timeline
from bot.service.context import ServiceContext

_UNSAID: Final = "-"  # in place of words that a form will ask for
_TRIES: Final = 5  # several may wish something at once; each loses only against one that won
_RUNG: Final = 50  # operations that are looked at at once; the sweeper finds the others
_SENT: Final = frozenset({"running", "uncertain", "stalled"})
LISTED: Final = 200  # incidents in one list


def wish(context: ServiceContext, wanted: IncidentIntent, *, by: Caller, delivery: str) -> Outcome:
    """Do what is wished about an incident, or say why not; the same *delivery* twice is one."""
    for _ in range(_TRIES):
        facts = context.facts.of_incident(wanted, by.user, by.channel)
        decision = decide(wanted, facts)
        denied, decided = decision.denied, record_of(wanted, facts, decision)
        if denied is not None:
            return context.denied(by, wanted.incident or wanted.kind, denied, decided)
        try:
            if isinstance(wanted, OpenIncident):
                return _open(context, wanted, facts, by, delivery)
            if facts.incident is not None:
                return _change(context, wanted, facts, facts.incident, by, delivery)
        except (ConflictError, IllegalEventError):
            continue
    return context.denied(by, wanted.incident or wanted.kind, Denied.of(TryAgain()))


def join(
    context: ServiceContext,
    wanted: OpenIncident,
    event: Noted,
    incident: Incident,
    *,
    by: Caller,
    delivery: str,
) -> Outcome:
    """Write *event* into an incident that is open, in place of opening another as *wanted*.

    Raises:
        ConflictError: something else happened to it meanwhile.
    """
    facts = context.facts.of_incident(wanted, by.user, by.channel)
    decision = decide(wanted, facts)
    if decision.denied is not None:
        decided = record_of(wanted, facts, decision)
        return context.denied(by, wanted.kind, decision.denied, decided)
    noted = _allowed(context, wanted, facts, by, incident.id)
    after = context.engine.apply_to_incident(incident, event, delivery=delivery, noted=noted)
    return AlertJoined(incident=after)


def form(context: ServiceContext, verb: str, incident_id: str, *, by: Caller) -> Outcome:
    """Return the form that asks for the rest of a wish, or why it opens for nobody here."""
    wanted = _probe(verb, incident_id)
    facts = context.facts.of_incident(wanted, by.user, by.channel)
    denied = decide(wanted, facts).denied
    if denied is None and not _is_on_card(context, incident_id, by):
        denied = Denied.of(WrongPlace())
    if denied is not None:
        return context.denied(by, incident_id or verb, denied)
    return IncidentFormWanted(verb=verb, person=by.user, incident=facts.incident)


def _probe(verb: str, incident_id: str) -> IncidentIntent:
    """Return the wish that is judged before its form opens: its words come with the form."""
    if verb == "incident_open":
        return OpenIncident(title=_UNSAID)
    kind = CloseIncident if verb == "incident_close" else UpdateIncident
    return kind(incident=incident_id, text=_UNSAID)


def _is_on_card(context: ServiceContext, incident_id: str, by: Caller) -> bool:
    """Whether a press was made on the incident's card; what is typed stands on none.

    A card that was just posted may be pressed before it is known which message it is.
    """
    if by.message_ts is None:
        return True
    surfaces, subject = context.journal.surfaces, Subject(kind="incident", id=incident_id)
    found = surfaces.surface_at(by.channel, by.message_ts)
    if found is None:
        return surfaces.may_show(by.channel, by.message_ts, subject)
    return found.subject == subject


def answer_about(context: ServiceContext, question: Ask, *, by: Caller) -> Outcome:
    """Answer a question about incidents."""
    if question.topic == "incident_help":
        return IncidentHelp()
    if question.topic == "incident_list":
        return _list(context, by)
    incident = context.facts.incident(question.subject, by.user, by.channel)
    if incident is None:
        word = question.subject[:63]
        return Denied.of(UnknownIncident(word=word) if word else NoIncident())
    entries = timeline(context.journal.incidents, context.journal.operations, incident)
    return IncidentStatus(
        incident=incident, timeline=entries, running=running(context.journal, incident)
    )


def _open(
    context: ServiceContext, wanted: OpenIncident, facts: Facts, by: Caller, delivery: str
) -> Outcome:
    settings = context.catalogue().incidents
    event = wanted.opened(facts, by.user)
    incident = Incident(
        id=context.new_incident_id(),
        title=wanted.title,
        severity=wanted.severity,
        is_private=wanted.is_private,
        freezes=settings.freeze and is_person(by.user),  # an alert holds nobody
        opener=by.user,
        lead=by.user,
        opened_at=facts.now,
        asked_in=by.channel,
        announce=settings.announce,
    )
    made = context.engine.open_incident(
        incident, event, delivery=delivery, noted=_allowed(context, wanted, facts, by, incident.id)
    )
    context.engine.ring([made.id])  # what else changed is looked up
    return IncidentDone(incident=made, event=event, others=_others(context, made))


def _others(context: ServiceContext, incident: Incident) -> tuple[IncidentId, ...]:
    """Return the open incidents that hold one of its targets, too, as far as all may know."""
    return tuple(each.id for each in _holding_too(context, incident) if not each.is_private)


def _holding_too(context: ServiceContext, incident: Incident) -> tuple[Incident, ...]:
    return holding_too(incident, context.journal.incidents.open_ones())


def _under_way(context: ServiceContext, incident: Incident) -> Iterator[OperationId]:
    """Yield what was sent to its targets and has not ended."""
    for each in context.journal.operations.all_open():
        if each.target in incident.targets and each.phase in _SENT:
            yield each.id


def _change(
    context: ServiceContext,
    wanted: IncidentIntent,
    facts: Facts,
    incident: Incident,
    by: Caller,
    delivery: str,
) -> Outcome:
    event = _with_cause(context, incident, wanted.becomes(incident, facts, by.user))
    event = _with_names(context, event)
    noted = _allowed(context, wanted, facts, by, incident.id)
    after = context.engine.apply_to_incident(incident, event, delivery=delivery, noted=noted)
    if event.ends_a_hold:
        context.engine.ring(islice(_held_by(context, incident, event), _RUNG))
    if not isinstance(event, IncidentClosed):
        return IncidentDone(incident=after, event=event)
    has_held = after.freezes and bool(after.targets)
    return IncidentDone(
        incident=after,
        event=event,
        under_way=tuple(_under_way(context, after)),
        others=_others(context, after) if has_held else (),
        is_thawed=has_held and not _holding_too(context, after),
    )


def _with_cause(
    context: ServiceContext, incident: Incident, event: AnyIncidentEvent
) -> AnyIncidentEvent:
    """Return the end with the change that was taken back and where it stood: what is measured."""
    found = cause(context.facts, incident) if isinstance(event, IncidentClosed) else None
    if found is None:
        return event
    return event.model_copy(update={"cause": found.operation, "rank": found.rank})


def _with_names(context: ServiceContext, event: AnyIncidentEvent) -> AnyIncidentEvent:
    """Return a marked message with those whom it mentions by their names of now."""
    if not isinstance(event, MessageMarked):
        return event
    names = context.facts.directory.names(people_in(event.text))
    return event.model_copy(update={"text": with_names(event.text, names)})


def _allowed(
    context: ServiceContext,
    wanted: IncidentIntent,
    facts: Facts,
    by: Caller,
    incident_id: IncidentId,
) -> AuditEntry:
    decided = record_of(wanted, facts, decide(wanted, facts))
    return context.allowed(by, incident_id, decided)


def _list(context: ServiceContext, by: Caller) -> IncidentList:
    """Return the open ones first; private ones only to whoever may see them from here."""
    found = context.journal.incidents.newest(LISTED)
    seen = [each for each in found if _is_seen(each, by)]
    return IncidentList(incidents=tuple(sorted(seen, key=lambda each: not each.is_open)))


def _is_seen(incident: Incident, by: Caller) -> bool:
    if not incident.is_private or by.channel == incident.channel:
        return True
    return by.user in {incident.opener, incident.lead}


def _held_by(
    context: ServiceContext, incident: Incident, event: AnyIncidentEvent
) -> Iterator[OperationId]:
    """Yield the operations of its targets that stand before a permit."""
    targets = {*incident.targets, *getattr(event, "targets", ())}
    for each in context.journal.operations.all_open():
        is_before_permit = each.phase in {"waiting", "queued"} or each.stage == "ready"
        if is_before_permit and not each.is_foreign and each.target in targets:
            yield each.id
