"""What the journal hands out besides operations and events."""

from typing import Final, Literal, TypeAlias

from bot.core.effects import Urgency
from bot.core.records import ChannelId, Moment, OperationId, Record, TargetName, UserId

OutboxKind: TypeAlias = Literal["card", "reply", "whisper"]

POSTS: Final = "chat.postMessage"  # Slack's own names of the methods
UPDATES: Final = "chat.update"
WHISPERS: Final = "chat.postEphemeral"


def lane_of(method: str, channel: ChannelId) -> str:
    """Return the name of what Slack counts together: posts by channel, other methods as a whole."""
    return f"{method}:{channel}" if method == POSTS else method


class OutboxRow(Record):
    """Something that Slack should show, claimed for one try.

    `in_doubt`: an earlier try may have posted it, so its fate must be looked up first.
    """

    id: str
    kind: OutboxKind
    operation_id: OperationId | None
    sequence: int  # the newest that is wanted; 0 for whispers
    channel: ChannelId
    user: str = ""  # of a whisper
    text: str = ""  # of a whisper, ready to send
    urgency: Urgency
    broadcast: bool = False
    ts: str | None = None  # its own message, once it was posted
    thread_ts: str | None = None  # the card's message, for replies
    attempts: int = 0  # earlier tries since the last success
    in_doubt: bool = False
    claim: int  # the number of this claim
    touched: int = 0  # how often it was wanted again at an unchanged sequence

    @property
    def lane(self) -> str:
        """Where it queues: what Slack counts together with it."""
        if self.kind == "whisper":
            return lane_of(WHISPERS, self.channel)
        is_update = self.kind == "card" and self.ts is not None
        return lane_of(UPDATES if is_update else POSTS, self.channel)


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
