"""What the journal hands out besides operations and events."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from bot.core.records import ChannelId, Json, Moment, OperationId, Record, TargetName, UserId
from bot.core.surfaces import Subject, SurfaceKind, Urgency

POSTS: Final = "chat.postMessage"  # Slack's own names of the methods
UPDATES: Final = "chat.update"
WHISPERS: Final = "chat.postEphemeral"
HOMES: Final = "views.publish"


def lane_of(method: str, channel: ChannelId) -> str:
    """Return the name of what Slack counts together: posts by channel, other methods as a whole."""
    return f"{method}:{channel}" if method == POSTS else method


class OutboxRow(Record):
    """A surface that Slack should show, claimed for one try.

    `in_doubt`: an earlier try may have posted it, so its fate must be looked up first.
    """

    id: str  # of the surface
    kind: SurfaceKind
    subject: Subject
    channel: str  # of a direct message: its reader
    user: str = ""  # who alone sees it
    wanted: int  # the newest sequence; that of its event for a reply
    touched: int = 0  # how often it was wanted again at an unchanged sequence
    ts: str | None = None  # its own message, once it was posted
    thread_ts: str | None = None  # of the message that it is a reply to
    lane: str  # where it queues: what Slack counts together with it
    urgency: Urgency
    broadcast: bool = False
    body: Mapping[str, Json] = Field(default_factory=dict)  # what is drawn from no record
    attempts: int = 0  # earlier tries since the last success
    in_doubt: bool = False
    claim: str  # of this try alone


class OpenOperation(Record):
    """Where an operation stands that has not ended."""

    id: OperationId
    target: TargetName
    requester: UserId
    phase: str
    stage: str | None
    sequence: int
    updated_at: Moment
    expires_at: Moment | None  # of the gate
    is_planned: bool
    is_foreign: bool = False  # another version of Slipway recorded it, and has to go on with it
