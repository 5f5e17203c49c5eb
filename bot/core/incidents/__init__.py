"""Incidents: the record, its events, the one table, and what Slack shows of them."""

from bot.core.incidents.events import (
    AnyIncidentEvent,
    ChannelMade,
    IncidentClosed,
    IncidentEvent,
    IncidentReopened,
    LeadChanged,
    Noted,
    Opened,
    SeverityChanged,
    StepFailed,
    StepName,
    TargetsAdded,
    TargetsRemoved,
    UpdateGiven,
)
from bot.core.incidents.incident import (
    TEXT_MAX,
    TITLE_MAX,
    Closed,
    Incident,
    Open,
    Severity,
)
from bot.core.incidents.lifecycle import ACCEPTS, happened, opened
from bot.core.incidents.names import channel_names, is_channel_name
from bot.core.incidents.showing import about_incident, shown_of, suspects_in
from bot.core.incidents.timeline import TimelineEntry, targets_ever, timeline_of

__all__ = [
    "ACCEPTS",
    "TEXT_MAX",
    "TITLE_MAX",
    "AnyIncidentEvent",
    "ChannelMade",
    "Closed",
    "Incident",
    "IncidentClosed",
    "IncidentEvent",
    "IncidentReopened",
    "LeadChanged",
    "Noted",
    "Open",
    "Opened",
    "Severity",
    "SeverityChanged",
    "StepFailed",
    "StepName",
    "TargetsAdded",
    "TargetsRemoved",
    "TimelineEntry",
    "UpdateGiven",
    "about_incident",
    "channel_names",
    "happened",
    "is_channel_name",
    "opened",
    "shown_of",
    "suspects_in",
    "targets_ever",
    "timeline_of",
]
