"""What the edges need from outside, as protocols; composition roots hand in who does it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bot.core.flow import Flow
from bot.core.operation import Operation
from bot.core.policy import Member
from bot.core.records import OperationId, Record, UserId
from bot.core.rows import UnreadableOperation
from bot.core.target import Target

T = TypeVar("T")


class Clock(Protocol):
    """The wall clock in UTC."""

    def __call__(self) -> datetime:
        """Return the present moment."""
        ...


class Created(Record):
    """The operation was recorded; it may wait for its turn, or have sent another one there."""

    operation: Operation
    replaces: OperationId | None = None  # the older one whose place in the line it took
    passes: OperationId | None = None  # the one that made way for it


class AlreadyDelivered(Record):
    """The same delivery was recorded before, as this operation."""

    operation: Operation


class TargetLocked(Record):
    """Another operation holds the target."""

    holder: Operation | UnreadableOperation


class QueueFull(Record):
    """Another operation holds the target, and as many wait for it as may."""

    holder: Operation
    waiting: int


class AlreadyAsked(Record):
    """The same was asked for a moment ago, and is under way or waits for its turn."""

    operation: Operation


class LimitReached(Record):
    """Too much is pending: `scope` is "person" or "all"."""

    scope: str
    pending: int


class Limits(Record):
    """How much may be pending before new requests are refused."""

    per_person: int = 300
    total: int = 2_000


class AuditEntry(Record):
    """What the audit keeps of a decision or an act that is not an operation's event."""

    at: datetime
    who: UserId
    what: str  # "denied", "allowed", "config_loaded"
    subject: str = ""  # operation id or target
    detail: str = ""


class Taken(Record):
    """Whether a turn was taken, and in how many seconds the next one comes."""

    is_ours: bool
    next_in: float


class Doorbell(Protocol):
    """Tells workers that there is something to look at; losing a ring loses nothing."""

    def ring(self, *operation_ids: OperationId) -> None:
        """Enqueue "advance this operation" for each.

        Raises:
            QueueUnavailableError: Redis did not take it.
        """
        ...

    def look_again(self, operation_id: OperationId, at: datetime | None) -> None:
        """Put the operation on the poll schedule at *at*; None: now.

        Raises:
            QueueUnavailableError: Redis did not take it.
        """
        ...

    def wake_outbox(self) -> None:
        """Let the outbox look now.

        Raises:
            QueueUnavailableError: Redis did not take it.
        """
        ...


class Directory(Protocol):
    """Who people are, as Slack knows them; answers are at most a minute old."""

    def member(self, user: UserId, among: frozenset[str]) -> Member:
        """Return the person with those of the groups *among* that he or she is in.

        One of them must be as good as another: where Slack does not tell of one, it may be left
        out of the answer if the person is in another.

        Raises:
            DirectoryError: Slack could not tell; whoever asks must say no.
        """
        ...

    def meet(self, people: Mapping[UserId, frozenset[str]]) -> None:
        """Begin to ask who these people are, each with these groups; `member` waits for that.

        Never raises, and never waits itself.
        """
        ...

    def names(self, who: Sequence[str]) -> Mapping[str, str]:
        """Return what people and groups are called; who is not known is left out. Never raises."""
        ...

    def locale(self, user: UserId) -> str:
        """Return in which locale *user* uses Slack: "zh-CN", or "" where that is not known.

        Never raises.
        """
        ...


class Cache(Protocol):
    """Answers that may be used again for a while; one that is away knows nothing."""

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        ...

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        ...


class CloudReader(Protocol):
    """Asks a target's cloud, in the time that an answer to Slack has."""

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads.

        Raises:
            CloudError: no usable answer came in time.
        """
        ...
