"""What is said about incidents: who may, what they hold, and what Slack refused."""

from bot.core.codes import Code
from bot.core.records import ChannelId, IncidentId, Moment, TargetName, UserId


class NoIncident(Code):
    """No incident is named, and this channel is none's."""

    key = "unknown_incident.here"


class UnknownIncident(Code):
    """There is no such incident, or it is private and this person is not in its channel."""

    key = "unknown_incident"
    word: str


class MayNotOpen(Code):
    """This person may not open incidents."""

    key = "not_allowed.incident_open"


class MayNotEnd(Code):
    """Neither the opener, the lead nor an approver of its targets wants to close it."""

    key = "not_allowed.incident_close"


class BarredLead(Code):
    """Bots, guests, strangers and deactivated accounts lead no incident."""

    key = "bad_lead.barred"
    lead: UserId
    kind: str  # "bot", "guest", "stranger", "deactivated"


class UnknownLead(Code):
    """Slack does not tell now who this is, so nobody knows whether they could approve a fix."""

    key = "bad_lead.unknown"
    lead: UserId


class AlreadyClosed(Code):
    """The incident is closed."""

    key = "unchanged.incident_closed"
    incident: IncidentId


class AlreadyOpen(Code):
    """The incident is open."""

    key = "unchanged.incident_open"
    incident: IncidentId


class NothingToChange(Code):
    """It is so already."""

    key = "unchanged.incident_same"
    incident: IncidentId


class NoChannelYet(Code):
    """The incident has no channel that could have its file."""

    key = "no_channel.incident"
    incident: IncidentId


class FrozenByIncident(Code):
    """An open incident holds changes of the target."""

    key = "frozen.by_incident"
    incident: IncidentId
    title: str  # "": it is private
    channel: ChannelId | None  # None: there is none yet, or it is private
    lead: UserId
    since: Moment


class FrozenBesideIncident(Code):
    """The incident in whose channel a fix is asked for lets it pass, and another one does not."""

    key = "frozen.beside_incident"
    incident: IncidentId
    title: str  # "": it is private
    passes: IncidentId
    target: TargetName
    lead: UserId
    since: Moment


class StepRefused(Code):
    """Slack refused to make the channel of a private incident: told to its opener."""

    key = "told.incident_step"
    incident: IncidentId
    step: str
    word: str
    detail: str = ""  # which scope is missing, say
    frozen: tuple[TargetName, ...] = ()  # what it holds although it has no channel


class NoTitle(Code):
    """An incident wants a title in quotes."""

    key = "usage.no_title"
    verb: str


class NoWords(Code):
    """A note, an update or a summary is empty."""

    key = "usage.no_words"
    verb: str


class TooLongWords(Code):
    """A title, a note or a summary is too long."""

    key = "too_long.words"
    length: int
    most: int


class BadSeverity(Code):
    """A severity is a number from 1 to 4."""

    key = "usage.severity"
    verb: str
    word: str


class NoPerson(Code):
    """A lead is a person who is mentioned."""

    key = "usage.no_lead"
    verb: str
