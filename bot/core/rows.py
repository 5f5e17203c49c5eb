"""What the journal hands out besides operations and events."""

from typing import Literal, TypeAlias

from bot.core.effects import Urgency
from bot.core.records import ChannelId, Moment, OperationId, Record, TargetName

OutboxKind: TypeAlias = Literal["card", "reply", "whisper"]


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


class OpenOperation(Record):
    """Where an operation stands that has not ended."""

    id: OperationId
    target: TargetName
    phase: str
    stage: str | None
    sequence: int
    updated_at: Moment
    expires_at: Moment | None  # of the gate
    is_planned: bool
