"""What people wish about incidents, and which event each wish becomes."""

from typing import ClassVar, Literal

from typing_extensions import override

from bot.core.incidents import (
    AnyIncidentEvent,
    Exported,
    Incident,
    IncidentClosed,
    IncidentReopened,
    LeadChanged,
    MessageMarked,
    Noted,
    Opened,
    Severity,
    SeverityChanged,
    TargetsAdded,
    TargetsRemoved,
    UpdateGiven,
)
from bot.core.records import ChannelId, Moment, UserId
from bot.core.rules.facts import Facts
from bot.core.rules.intents import IncidentIntent


class OpenIncident(IncidentIntent):
    """Open an incident."""

    begins: ClassVar[bool] = True

    kind: Literal["incident_open"] = "incident_open"
    title: str
    severity: Severity = 3
    is_private: bool = False
    since: Moment | None = None  # when it began, as a monitor says

    def opened(self, facts: Facts, by: UserId) -> Opened:
        """Return its first event."""
        return Opened(at=facts.now, by=by, targets=facts.named, since=self.since)


class NoteIncident(IncidentIntent):
    """Write something down."""

    kind: Literal["incident_note"] = "incident_note"
    text: str

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        return Noted(at=facts.now, by=by, text=self.text)


class MarkMessage(IncidentIntent):
    """Let a message stand in the timeline."""

    kind: Literal["incident_mark"] = "incident_mark"
    channel: ChannelId
    ts: str
    author: str = ""
    text: str

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        return MessageMarked(
            at=facts.now,
            by=by,
            channel=self.channel,
            ts=self.ts,
            author=self.author,
            text=self.text,
        )


class UpdateIncident(IncidentIntent):
    """Say how it stands."""

    wants: ClassVar[Literal["open", "closed", "any"]] = "open"

    kind: Literal["incident_update"] = "incident_update"
    text: str

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        return UpdateGiven(at=facts.now, by=by, text=self.text)


class LeadIncident(IncidentIntent):
    """Lead it, or let somebody else."""

    wants: ClassVar[Literal["open", "closed", "any"]] = "open"

    kind: Literal["incident_lead"] = "incident_lead"
    lead: UserId | None = None  # None: whoever asks

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        return LeadChanged(at=facts.now, by=by, lead=self.lead or by)


class SetSeverity(IncidentIntent):
    """Say how bad it is."""

    wants: ClassVar[Literal["open", "closed", "any"]] = "open"

    kind: Literal["incident_severity"] = "incident_severity"
    severity: Severity

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        before = incident.severity
        return SeverityChanged(at=facts.now, by=by, severity=self.severity, before=before)


class AddTargets(IncidentIntent):
    """Let more targets belong to it, and freeze them."""

    wants: ClassVar[Literal["open", "closed", "any"]] = "open"

    kind: Literal["incident_add"] = "incident_add"

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        new = tuple(each for each in facts.named if each not in incident.targets)
        return TargetsAdded(at=facts.now, by=by, targets=new)


class RemoveTarget(IncidentIntent):
    """Let a target not belong to it any more, and thaw it."""

    wants: ClassVar[Literal["open", "closed", "any"]] = "open"
    ends: ClassVar[bool] = True

    kind: Literal["incident_remove"] = "incident_remove"

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        gone = tuple(each for each in facts.named if each in incident.targets)
        return TargetsRemoved(at=facts.now, by=by, targets=gone)


class CloseIncident(IncidentIntent):
    """Say that it is over, and how it went."""

    wants: ClassVar[Literal["open", "closed", "any"]] = "open"
    ends: ClassVar[bool] = True

    kind: Literal["incident_close"] = "incident_close"
    text: str

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        return IncidentClosed(at=facts.now, by=by, summary=self.text)


class ReopenIncident(IncidentIntent):
    """Say that it is not over."""

    wants: ClassVar[Literal["open", "closed", "any"]] = "closed"

    kind: Literal["incident_reopen"] = "incident_reopen"

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        return IncidentReopened(at=facts.now, by=by)


class ExportIncident(IncidentIntent):
    """Have it written out, as a file in its channel."""

    kind: Literal["incident_export"] = "incident_export"

    @override
    def becomes(self, incident: Incident, facts: Facts, by: UserId) -> AnyIncidentEvent:
        return Exported(at=facts.now, by=by)
