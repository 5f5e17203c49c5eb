"""The one table of an incident: which event its phases accept, and what comes of it."""

from collections.abc import Mapping
from typing import Final

from bot.core.errors import IllegalEventError
from bot.core.incidents import events as ev
from bot.core.incidents.events import AnyIncidentEvent
from bot.core.incidents.incident import Closed, Incident, Open

_OPEN: Final = frozenset({"open"})
_CLOSED: Final = frozenset({"closed"})
_ANY: Final = _OPEN | _CLOSED

# What Slack answers late, and what people remember, belongs to one that is closed as well.
ACCEPTS: Final[Mapping[type[ev.IncidentEvent], frozenset[str]]] = {
    ev.ChannelMade: _ANY,
    ev.StepFailed: _ANY,
    ev.Noted: _ANY,
    ev.MessageMarked: _ANY,
    ev.MessageUnmarked: _ANY,
    ev.UpdateGiven: _OPEN,
    ev.LeadChanged: _OPEN,
    ev.SeverityChanged: _OPEN,
    ev.TargetsAdded: _OPEN,
    ev.TargetsRemoved: _OPEN,
    ev.IncidentClosed: _OPEN,
    ev.IncidentReopened: _CLOSED,
    ev.Exported: _ANY,
    ev.OutsideSeen: _ANY,
    ev.UpdateAsked: _OPEN,
    ev.QuietAsked: _OPEN,
    ev.LeadGone: _OPEN,
    ev.MessageDeleted: _ANY,
}


def opened(incident: Incident, event: ev.Opened) -> Incident:
    """Return *incident* as its first event makes it."""
    return incident.model_copy(
        update={"targets": event.targets, "since": event.since, "sequence": 1}
    )


def happened(incident: Incident, event: AnyIncidentEvent) -> Incident:
    """Return what *event* makes of *incident*.

    Raises:
        IllegalEventError: its phase does not accept it, or it has a channel already.
    """
    if incident.phase.kind not in ACCEPTS.get(type(event), frozenset()):
        raise IllegalEventError(incident.phase.kind, event.kind)
    if isinstance(event, ev.ChannelMade) and incident.channel is not None:
        raise IllegalEventError(incident.phase.kind, event.kind, "it has a channel already")
    changed = {**_changed(incident, event), "sequence": incident.sequence + 1}
    return incident.model_copy(update=changed)


def _changed(incident: Incident, event: AnyIncidentEvent) -> dict[str, object]:
    """Return the fields that *event* gives another value."""
    match event:
        case ev.ChannelMade(channel=channel, name=name):
            return {"channel": channel, "channel_name": name}
        case ev.UpdateGiven(text=text):
            return {"update": text}
        case ev.LeadChanged(lead=lead):
            return {"lead": lead}
        case ev.SeverityChanged(severity=severity):
            return {"severity": severity}
        case ev.TargetsAdded(targets=targets):
            return {"targets": tuple(dict.fromkeys((*incident.targets, *targets)))}
        case ev.TargetsRemoved(targets=targets):
            return {"targets": tuple(each for each in incident.targets if each not in targets)}
        case ev.IncidentClosed(at=at, by=by, summary=summary):
            return {"phase": Closed(at=at, by=by, summary=summary)}
        case ev.IncidentReopened():
            return {"phase": Open()}
        case _:
            return {}
