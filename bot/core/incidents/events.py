"""What happens to an incident; together they are its timeline."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from bot.core.codes import Value
from bot.core.incidents.incident import Severity
from bot.core.records import ChannelId, Moment, OperationId, Record, TargetName, UserId

PUSHPIN: Final = "pushpin"  # the emoji that marks a message

# What Slack is asked for, each by itself: one that fails takes nothing else along.
StepName: TypeAlias = Literal[
    "channel",
    "topic",
    "purpose",
    "pin",
    "bookmark",
    "invite",
    "announcement",
    "mark",
    "export",
    "canvas",
    "archive",
]


class OutsideChange(Record):
    """A change that was not made through Slipway, as the cloud's own history has it."""

    target: TargetName
    revision: str
    status: str = ""  # the vendor's word
    changed_at: Moment  # by the cloud's clock
    description: Value = ""

    @property
    def key(self) -> str:
        """What tells it from others: the same row of the history, read again."""
        return f"{self.target}:{self.revision}:{self.changed_at.isoformat()}"


class IncidentEvent(Record):
    """Base of all: who did it, and when."""

    ends_a_hold: ClassVar[bool] = False  # whether changes may go on because of it
    is_told: ClassVar[bool] = False  # whether its channel hears of it in a message of its own
    is_announced: ClassVar[bool] = False  # whether others hear of it

    at: Moment
    by: UserId


class Opened(IncidentEvent):
    """Somebody opened it; its targets are frozen from here."""

    is_announced: ClassVar[bool] = True

    kind: Literal["opened"] = "opened"
    targets: tuple[TargetName, ...] = ()
    since: Moment | None = None  # when it began, as a monitor says


class ChannelMade(IncidentEvent):
    """Slack made its channel."""

    kind: Literal["channel_made"] = "channel_made"
    channel: ChannelId
    name: str


class StepFailed(IncidentEvent):
    """Slack refused something that belongs to the opening; everything else goes on."""

    is_told: ClassVar[bool] = True

    kind: Literal["step_failed"] = "step_failed"
    step: StepName
    code: str  # Slack's word
    detail: str = ""  # which scope is missing, say
    who: tuple[UserId, ...] = ()  # who could not be invited


class Noted(IncidentEvent):
    """Somebody wrote something down."""

    kind: Literal["noted"] = "noted"
    text: str


class MessageMarked(IncidentEvent):
    """Somebody marked a message: it stands in the timeline, as it read then."""

    kind: Literal["marked"] = "marked"
    channel: ChannelId
    ts: str
    author: str  # an id; "": it has none, as messages of some apps
    text: str
    is_edited: bool = False  # it read otherwise when it was marked


class MessageUnmarked(IncidentEvent):
    """Nobody marks the message any more: it stands in the timeline no longer."""

    kind: Literal["unmarked"] = "unmarked"
    channel: ChannelId
    ts: str


class UpdateGiven(IncidentEvent):
    """Somebody said how it stands."""

    is_told: ClassVar[bool] = True

    kind: Literal["update_given"] = "update_given"
    text: str


class LeadChanged(IncidentEvent):
    """Somebody else leads from here."""

    is_told: ClassVar[bool] = True

    kind: Literal["lead_changed"] = "lead_changed"
    lead: UserId


class SeverityChanged(IncidentEvent):
    """It is worse, or not so bad."""

    is_told: ClassVar[bool] = True
    is_announced: ClassVar[bool] = True

    kind: Literal["severity_changed"] = "severity_changed"
    severity: Severity
    before: Severity


class TargetsAdded(IncidentEvent):
    """More targets belong to it, and are frozen from here."""

    is_told: ClassVar[bool] = True

    kind: Literal["targets_added"] = "targets_added"
    targets: tuple[TargetName, ...]


class TargetsRemoved(IncidentEvent):
    """Targets do not belong to it any more, and are thawed."""

    ends_a_hold: ClassVar[bool] = True
    is_told: ClassVar[bool] = True

    kind: Literal["targets_removed"] = "targets_removed"
    targets: tuple[TargetName, ...]


class IncidentClosed(IncidentEvent):
    """It is over, and its targets are thawed."""

    ends_a_hold: ClassVar[bool] = True
    is_told: ClassVar[bool] = True
    is_announced: ClassVar[bool] = True

    kind: Literal["closed"] = "closed"
    summary: str
    cause: OperationId | None = None  # the change that was taken back last, where one was
    rank: int | None = None  # its place among the suspects, from 1


class OutsideSeen(IncidentEvent):
    """Somebody changed targets or their neighbours without Slipway; or nobody can tell."""

    kind: Literal["outside_seen"] = "outside_seen"
    changes: tuple[OutsideChange, ...] = ()  # that were not known before
    unread: tuple[TargetName, ...] = ()  # whose history could not be read


class UpdateAsked(IncidentEvent):
    """Nobody has said for long how it stands; its lead is called."""

    is_told: ClassVar[bool] = True

    kind: Literal["update_asked"] = "update_asked"
    since: Moment  # of the last word


class QuietAsked(IncidentEvent):
    """Nothing has happened in it for long; people are asked whether it is over."""

    is_told: ClassVar[bool] = True

    kind: Literal["quiet_asked"] = "quiet_asked"
    since: Moment  # of what happened last


class LeadGone(IncidentEvent):
    """Its lead may not act any more, so nobody opens the lead's gate."""

    is_told: ClassVar[bool] = True

    kind: Literal["lead_gone"] = "lead_gone"
    lead: UserId
    why: str = "deactivated"  # or "bot", "guest", "stranger"


class MessageDeleted(IncidentEvent):
    """A marked message was deleted in Slack; what it said stays."""

    kind: Literal["message_deleted"] = "message_deleted"
    channel: ChannelId
    ts: str
    author: str
    text: str


class Exported(IncidentEvent):
    """Somebody wants it written out, as a file in its channel."""

    kind: Literal["exported"] = "exported"


class IncidentReopened(IncidentEvent):
    """It is not over; its targets are frozen again."""

    is_told: ClassVar[bool] = True
    is_announced: ClassVar[bool] = True

    kind: Literal["reopened"] = "reopened"


AnyIncidentEvent: TypeAlias = Annotated[
    Opened
    | ChannelMade
    | StepFailed
    | Noted
    | MessageMarked
    | MessageUnmarked
    | UpdateGiven
    | LeadChanged
    | SeverityChanged
    | TargetsAdded
    | TargetsRemoved
    | IncidentClosed
    | IncidentReopened
    | Exported
    | OutsideSeen
    | UpdateAsked
    | QuietAsked
    | LeadGone
    | MessageDeleted,
    Field(discriminator="kind"),
]
