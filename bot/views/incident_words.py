"""An incident's events in words: what every surface of it says alike."""

from typing import Final

from bot.core.incidents import (
    AnyIncidentEvent,
    Incident,
    IncidentClosed,
    OutsideSeen,
    QuietAsked,
    TimelineEntry,
    UpdateAsked,
)
from bot.core.operation import Operation
from bot.core.records import is_person
from bot.views.words import Locale, Marked, say, say_plain
from bot.views.words.naming import ALARM, SUCCEEDED, phase_word, plain_subject, subject

_QUIET: Final = frozenset(  # told in no message of their own
    {
        "opened",
        "noted",
        "marked",
        "unmarked",
        "channel_made",
        "exported",
        "outside_seen",
        "message_deleted",
        "update_given",
        "severity_changed",
        "closed",
    }
)


def entry_words(
    entry: TimelineEntry, incident: Incident, locale: Locale, *, is_plain: bool = False
) -> str:
    """Return an entry of the timeline in one line: mrkdwn, or plain text for a file."""
    speak = say_plain if is_plain else say
    event, operation = entry.event, entry.operation
    if operation is not None:
        what = plain_subject(operation, locale) if is_plain else subject(operation, locale)
        state = phase_word(operation, locale, is_plain=is_plain)
        params = {"what": what, "state": state, "operation": operation.id, "by": entry.by}
        params["why"] = operation.reason
        return speak(f"incident_timeline.operation_{_came_to(entry, operation)}", locale, **params)
    if event is None:
        return speak("incident_timeline.onset", locale)
    quietly, aloud = f"incident_timeline.{event.kind}", f"incident_line.{event.kind}"
    key = quietly if event.kind in _QUIET else aloud
    told = {**params_of(event, incident, locale), "more": entry.more or None}
    if isinstance(event, OutsideSeen):
        each = "incident_timeline.outside_change"
        words = "; ".join(speak(each, locale, **dict(change)) for change in event.changes)
        told["words"] = words if is_plain else Marked(words)
    return speak(key, locale, **told)


def _came_to(entry: TimelineEntry, operation: Operation) -> str:
    """Return which of an operation's moments it is; broken glass is told where it began."""
    if entry.has_ended:
        return "ended"
    if entry.approval is not None:
        return "approved"
    return "began" if operation.break_glass is None else "broke_glass"


def params_of(event: AnyIncidentEvent, incident: Incident, locale: Locale) -> dict[str, object]:
    """Return what a template may say of *event*: its own fields, and what is known."""
    known = {**known_of(incident, locale), "title": incident.title, "channel": incident.channel}
    own = dict(event)
    if isinstance(event, IncidentClosed):
        own["length"] = event.at - incident.opened_at
    if isinstance(event, UpdateAsked | QuietAsked):
        own["length"] = event.at - event.since
    return {"targets": incident.targets, **known, **own}


def known_of(incident: Incident, locale: Locale) -> dict[str, object]:
    """Return what a template may say of *incident* as it is now."""
    return {
        "incident": incident.id,
        "severity": incident.severity,
        "symbol": Marked(symbol_of(incident)),
        "state": say(f"incident_state.{incident.phase.kind}", locale),
        "lead": incident.lead if is_person(incident.lead) else "",
        "whom": (),
        "opener": incident.opener,
        "since": incident.opened_at,
    }


def symbol_of(incident: Incident) -> str:
    """Return the symbol beside its state."""
    return ALARM if incident.is_open else SUCCEEDED
