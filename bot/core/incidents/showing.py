"""What Slack has to show, or to do, because of an event of an incident."""

from collections.abc import Iterator
from typing import Final

from bot.core.codes.incidents import StepRefused
from bot.core.incidents import events as ev
from bot.core.incidents.events import AnyIncidentEvent
from bot.core.incidents.incident import Incident
from bot.core.records import ChannelId
from bot.core.surfaces import Show, Subject, SurfaceKind, told_directly

NOWHERE: Final = ""  # the channel of what makes one
RECEIPT: Final = "receipt."  # before the time of a message that only gets our check mark

# Once the channel is there; the pin and the bookmark need the card, and wait for it.
_SET_UP: Final[tuple[SurfaceKind, ...]] = (
    "incident_topic",
    "incident_purpose",
    "incident_pin",
    "incident_bookmark",
    "incident_invite",
)
_OF_THE_CARD: Final = frozenset({"incident_pin", "incident_bookmark"})
_CHANGES_TOPIC: Final = (ev.LeadChanged, ev.SeverityChanged, ev.TargetsAdded, ev.TargetsRemoved,
                         ev.IncidentClosed, ev.IncidentReopened)  # fmt: skip

_CHANGES_SUSPECTS: Final = (
    ev.TargetsAdded,
    ev.TargetsRemoved,
    ev.OutsideSeen,
    ev.IncidentClosed,  # the last state is what stays there
    ev.IncidentReopened,
)


def about_incident(incident: Incident) -> Subject:
    """Return *incident* as a subject."""
    return Subject(kind="incident", id=incident.id)


def shown_of(event: AnyIncidentEvent, incident: Incident) -> tuple[Show, ...]:
    """Return what Slack has to show because of *event*, which made *incident* what it is now."""
    return tuple(_shown(event, incident))


def _shown(event: AnyIncidentEvent, incident: Incident) -> Iterator[Show]:
    channel = incident.channel
    if isinstance(event, ev.Opened):
        yield _show("incident_channel", incident, NOWHERE)
    if channel is not None:
        yield _show("incident_card", incident, channel)
        if isinstance(event, ev.ChannelMade):
            yield from (_show(kind, incident, channel) for kind in _SET_UP)
            yield suspects_in(incident, channel)
        elif isinstance(event, _CHANGES_TOPIC):
            yield _show("incident_topic", incident, channel)
        if isinstance(event, _CHANGES_SUSPECTS):
            yield suspects_in(incident, channel)
        if isinstance(event, ev.TargetsAdded | ev.LeadChanged):
            yield _show("incident_invite", incident, channel, name=str(incident.sequence))
    if isinstance(event, ev.MessageMarked) and not event.is_edited:
        yield _show("incident_mark", incident, event.channel, name=f"{RECEIPT}{event.ts}")
    if event.is_told:
        yield _told(event, incident)
    if channel is not None and isinstance(event, ev.IncidentClosed | ev.Exported):
        file = _show("incident_export", incident, channel, name=str(incident.sequence))
        yield file.model_copy(update={"urgency": "notable"})  # after what is said of the end
    if channel is not None and isinstance(event, ev.IncidentClosed):
        canvas = _show("incident_canvas", incident, channel, name=str(incident.sequence))
        yield canvas.model_copy(update={"urgency": "background"})  # a luxury beside the file
    if isinstance(event, ev.ChannelMade) and not incident.is_private:
        yield _show("incident_line", incident, incident.asked_in, name=str(incident.sequence))
    if _is_announced(event, incident) and incident.announced_in not in {None, channel}:
        place = incident.announced_in or NOWHERE
        yield _show("incident_announcement", incident, place, name=str(incident.sequence))


def suspects_in(incident: Incident, channel: ChannelId) -> Show:
    """Return what brings the list of suspects up to date."""
    return _show("incident_suspects", incident, channel)


def archive_of(incident: Incident, channel: ChannelId) -> Show:
    """Return what ends the channel: nobody but a person can open it again."""
    return _show("incident_archive", incident, channel, name=str(incident.sequence))


def mark_of(incident: Incident, channel: ChannelId, ts: str) -> Show:
    """Return what looks whether the message *ts* is marked."""
    return _show("incident_mark", incident, channel, name=ts)


def _told(event: AnyIncidentEvent, incident: Incident) -> Show:
    """Return what tells it in the channel, or as long as there is none, where it was opened.

    Of a private one nobody else hears.
    """
    name = str(incident.sequence)
    if incident.channel is None and incident.is_private and isinstance(event, ev.StepFailed):
        told = {"step": event.step, "word": event.code, "detail": event.detail}
        frozen = incident.targets if incident.freezes else ()
        code = StepRefused(incident=incident.id, frozen=frozen, **told)
        return told_directly(incident.opener, about_incident(incident), code, name=name)
    return _show("incident_line", incident, incident.channel or incident.asked_in, name=name)


def _is_announced(event: AnyIncidentEvent, incident: Incident) -> bool:
    """Whether others hear of it: of the opening once there is a place to go to."""
    is_opening = isinstance(event, ev.ChannelMade) and incident.is_open
    return is_opening or (event.is_announced and not isinstance(event, ev.Opened))


def _show(kind: SurfaceKind, incident: Incident, channel: str, *, name: str = "") -> Show:
    return Show(
        kind=kind,
        subject=about_incident(incident),
        channel=channel,
        name=name,
        below="incident_card" if kind in _OF_THE_CARD else None,
    )
