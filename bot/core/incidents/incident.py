"""Incidents: what is wrong, who leads, which targets it holds, and where people talk of it."""

from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from bot.core.records import ChannelId, IncidentId, Moment, Record, TargetName, UserId

Severity: TypeAlias = Literal[1, 2, 3, 4]  # 1 is the worst
TITLE_MAX = 150  # characters
TEXT_MAX = 2_000  # characters of a note, an update or a summary


class Open(Record):
    """It goes on: its targets are frozen, where it freezes at all."""

    kind: Literal["open"] = "open"


class Closed(Record):
    """Somebody said that it is over, and how it went."""

    kind: Literal["closed"] = "closed"
    at: Moment
    by: UserId
    summary: str


IncidentPhase: TypeAlias = Annotated[Open | Closed, Field(discriminator="kind")]


class Incident(Record):
    """One incident. `sequence` counts its events: what optimistic concurrency checks."""

    format: Literal[1] = 1
    id: IncidentId
    title: str
    severity: Severity
    is_private: bool = False
    freezes: bool = True  # whether changes of its targets wait for its end
    opener: UserId
    lead: UserId
    targets: tuple[TargetName, ...] = ()
    opened_at: Moment
    since: Moment | None = None  # when it began, as a monitor says; None: nobody does
    asked_in: ChannelId  # where it was opened
    announce: ChannelId | None = None  # where others hear of it
    channel: ChannelId | None = None  # its own; None: there is none yet
    channel_name: str = ""
    update: str = ""  # the newest one
    phase: IncidentPhase = Open()
    sequence: int = 0

    @property
    def onset(self) -> Moment:
        """When it began, as far as that is known: at the latest, it was opened then."""
        return min(self.since, self.opened_at) if self.since else self.opened_at

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return isinstance(self.phase, Open)

    @property
    def closed_at(self) -> Moment | None:
        """When it was closed, if it was."""
        return self.phase.at if isinstance(self.phase, Closed) else None

    @property
    def summary(self) -> str:
        """How it went, as whoever closed it said; "" while it goes on."""
        return self.phase.summary if isinstance(self.phase, Closed) else ""

    @property
    def announced_in(self) -> ChannelId | None:
        """Where others may hear of it: nowhere, where it is private."""
        return None if self.is_private else self.announce


def holding_too(incident: Incident, others: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return those of *others* that are open, and freeze a target of *incident* as well."""
    return tuple(
        each
        for each in others
        if each.id != incident.id
        and each.is_open
        and each.freezes
        and set(each.targets) & set(incident.targets)
    )
