"""What the journal hands out besides operations and events."""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from bot.core.records import Json, Moment, OperationId, Record, Urgency, UserId
from bot.core.surfaces import Subject, SurfaceKind

UNREADABLE: Final = "unreadable"  # why a row of the queue is put off that nobody can send


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
    """Where an operation stands that has not ended, by the columns of its row."""

    id: str  # as they stand there, be they damaged
    target: str
    requester: str
    phase: str
    stage: str | None
    sequence: int
    updated_at: Moment
    expires_at: Moment | None  # of the gate
    is_planned: bool
    is_foreign: bool = False  # not for this version: another one recorded it, or it is damaged


class Act(Record):
    """What somebody did, as the audit keeps it."""

    at: Moment
    who: str
    what: str  # the kind of the event
    subject: str  # an operation, a target, a policy, or all
    detail: Mapping[str, Json] = Field(default_factory=dict)


class ReviewDue(Record):
    """An operation that somebody has to review, by the columns of its row."""

    id: OperationId
    target: str
    requester: UserId
    due: Moment


class UnreadableOperation(Record):
    """An operation whose record this version cannot read, by the columns of its row.

    A newer version recorded it, or it is damaged. It is left alone; its target stays locked.
    """

    id: str
    target: str
    action: str
    phase: str
    requester: str
    created_at: Moment | None
    is_open: bool
    is_newer: bool = False  # a newer version recorded it, and works on it where it runs


class Standing(Record):
    """The newest operation of a target of which something was sent, or still may be."""

    id: str
    is_open: bool
    makes_way: bool = False  # for a rollback
    sent: str | None = None  # the newest of which something was sent


class UnreadableEvent(Record):
    """An event that this version cannot read, by the columns of its row."""

    at: Moment | None
    kind: str
    by: str
