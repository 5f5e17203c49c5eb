"""What the workers need from outside, as protocols; composition roots hand in who does it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol, TypeVar

from bot.core.languages import Language
from bot.core.policy import Policy
from bot.core.ports import Cache, Clock, Taken
from bot.core.records import ChannelId, Json, OperationId, Record
from bot.core.rows import OutboxRow
from bot.core.surfaces import Subject
from bot.core.target import Target
from bot.engine import Engine
from bot.facts import Gatherer
from bot.journal import Journal
from bot.readers import Readers
from bot.views.words import Locale
from workers.cloud.client import CloudClient
from workers.cloud.rate_limits import RateLimiter

T = TypeVar("T")


class IncidentSettings(Protocol):
    """How incidents are handled."""

    @property
    def are_used(self) -> bool:
        """Whether slipway.yaml says anything of them, and somebody may open one."""
        ...

    @property
    def prefix(self) -> str:
        """What the names of their channels begin with."""
        ...

    @property
    def invite(self) -> Sequence[str]:
        """Who is invited: people and groups."""
        ...

    @property
    def archive_after(self) -> timedelta | Literal[0]:
        """How long after its closing a channel is archived; 0: never."""
        ...

    @property
    def window(self) -> timedelta:
        """How long before the opening a change may be its cause."""
        ...


class CatalogueView(Protocol):
    """What slipway.yaml says now."""

    @property
    def prefix(self) -> str:
        """What the names of commands begin with: "" or "ship-"."""
        ...

    def language_in(self, channel: ChannelId) -> Language:
        """Return what is spoken in *channel*."""
        ...

    @property
    def targets(self) -> Mapping[str, Target]:
        """The targets by name."""
        ...

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The policies by name."""
        ...

    @property
    def incidents(self) -> IncidentSettings:
        """How incidents are handled."""
        ...


class DueTimes(Protocol):
    """When which operation is to be looked at next."""

    def claim(self, now: datetime, limit: int) -> tuple[OperationId, ...]:
        """Return what is due, under a lease."""
        ...

    def put(self, operation_id: OperationId, at: datetime) -> None:
        """Look at the operation at *at*."""
        ...

    def ensure(self, operation_ids: Sequence[OperationId], at: datetime) -> None:
        """Schedule those at *at* that are not scheduled at all."""
        ...

    def settle(self, told: Mapping[OperationId, datetime | None]) -> None:
        """Look at each operation at its moment, and forget those that have none."""
        ...

    def size(self) -> int:
        """Return how many operations are scheduled."""
        ...

    def drop(self, operation_id: OperationId) -> None:
        """Forget the operation."""
        ...

    def known(self) -> frozenset[OperationId]:
        """Return all that are scheduled."""
        ...


class Leases(Protocol):
    """Who advances which operation."""

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Hold *name*; False where another holds it."""
        ...

    def was_wanted(self, name: str) -> bool:
        """Return whether somebody wanted *name* while it was held; asked once."""
        ...

    def held(self, names: Sequence[str]) -> frozenset[str]:
        """Return those that somebody holds."""
        ...


class Flags(Protocol):
    """Small facts with an end."""

    def first(self, name: str, seconds: float) -> bool:
        """Return whether nobody set this mark in the last *seconds*, and set it."""
        ...

    def hold(self, name: str, seconds: float) -> None:
        """Hold *name* for so long."""
        ...

    def held_for(self, name: str) -> float:
        """Return for how many seconds *name* is still held."""
        ...

    def take(self, name: str, interval: float, slack: float) -> Taken:
        """Take one turn of *name*, unless it has to be waited for."""
        ...

    def noted(self, names: Sequence[str], seconds: float) -> tuple[tuple[str, float], ...]:
        """Return the notes of these names, which live so many *seconds*, each with its age."""
        ...

    def note(self, name: str, seconds: float, write: Callable[[str, float], str]) -> str:
        """Replace a note by what *write* makes of it and its age; return what it is now."""
        ...

    def wait_for_outbox(self, seconds: float) -> bool:
        """Wait until somebody wakes the outbox; return whether somebody did."""
        ...


class Posted(Record):
    """Where Slack put a message."""

    ts: str


class SlackWriter(Protocol):
    """Slack's Web API as the outbox uses it; every method raises a SlackError."""

    def post(  # noqa: D102 - see workers.slack
        self,
        channel: str,
        text: str,
        blocks: list[dict[str, Json]],
        *,
        about: Subject,
        sequence: int,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted: ...

    def update(  # noqa: D102 - see workers.slack
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: list[dict[str, Json]],
        *,
        about: Subject,
        sequence: int = 0,
    ) -> None: ...

    def whisper(
        self,
        channel: str,
        user: str,
        text: str,
        blocks: Sequence[dict[str, Json]] = (),
        *,
        thread_ts: str | None = None,
    ) -> None:
        """Show *text* to one person."""
        ...

    def publish(self, user: str, channel: str, blocks: list[dict[str, Json]]) -> None:
        """Bring somebody's Home to its newest state."""
        ...

    def do(self, method: str, arguments: Mapping[str, Json]) -> Any:
        """Make a call that writes no message, and return its answer."""
        ...

    def upload(self, url: str, content: bytes) -> None:
        """Send the bytes of a file to where Slack wants them."""
        ...

    def find(
        self, channel: str, *, about: Subject, sequence: int, thread_ts: str | None
    ) -> str | None:
        """Return the ts of our message of this subject and sequence, if it was posted."""
        ...


class Witness(Protocol):
    """What is remembered of the journal outside of it, and shows where it was set back."""

    def is_behind(self) -> bool:
        """Return whether the journal lacks what it once had."""
        ...

    def sent_before(
        self, operation_id: OperationId, step: int, attempt: int, at: datetime
    ) -> datetime | None:
        """Note that a permit is used *at* this moment; return when it was before, if it was."""
        ...

    def posted_before(self, surface: str) -> bool:
        """Note that a surface is posted now; return whether it was before."""
        ...

    def not_posted(self, surface: str) -> None:
        """Note that it was not posted after all."""
        ...


class NoWitness:
    """Remembers nothing."""

    def is_behind(self) -> bool:
        """Return that nothing is missing."""
        return False

    def sent_before(
        self, operation_id: OperationId, step: int, attempt: int, at: datetime
    ) -> datetime | None:
        """Return that it was not."""
        del operation_id, step, attempt, at
        return None

    def posted_before(self, surface: str) -> bool:
        """Return that it was not."""
        del surface
        return False

    def not_posted(self, surface: str) -> None:
        """Remember nothing."""


NO_WITNESS: Final = NoWitness()


@dataclass(frozen=True)
class WorkerContext:
    """Everything that a worker works with."""

    engine: Engine
    journal: Journal
    catalogue: Callable[[], CatalogueView]
    facts: Gatherer
    cloud: CloudClient
    limiter: RateLimiter
    clock: Clock
    monotonic: Callable[[], float]  # seconds
    schedule: DueTimes
    claims: Leases
    flags: Flags
    cache: Cache  # answers that may be used again for a while
    ring: Callable[[OperationId], None]
    witness: Witness = NO_WITNESS
    is_ending: Callable[[], bool] = lambda: False  # whether nothing new may be begun

    @property
    def readers(self) -> Readers:
        """Who reads what is shown, and in which language."""
        return Readers(self.catalogue, self.facts.directory.locale, self.clock)

    def reader(self, row: OutboxRow) -> Locale:
        """Return who reads a surface: its channel, or the one person who is shown it."""
        return self.readers.of(row.user) if row.user else self.readers.in_channel(row.channel)
