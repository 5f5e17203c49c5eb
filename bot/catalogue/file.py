"""slipway.yaml as a whole: its sections, and the keys that every target has."""

from typing import Any

from pydantic import ConfigDict, Field

from bot.catalogue.model import (
    RETENTION,
    Accounts,
    Age,
    AuditSection,
    Channel,
    CommandNames,
    Compare,
    IncidentsSection,
    Page,
    Person,
    PolicyEntry,
    Strict,
)
from bot.core.languages import Language
from bot.core.records import Json, Record, TargetName


class ChannelEntry(Strict):
    """How a channel is told."""

    language: Language


class TargetEntry(Record):
    """The keys that every target has; the rest belongs to its system."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    system: str
    connection: str
    channel: Channel | None = None
    policy: str | None = None
    aliases: list[TargetName] = Field(default_factory=list)
    compare: Compare = ""
    console: Page = ""
    create: dict[str, Json] | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """The keys that belong to its system."""
        return dict(self.__pydantic_extra__ or {})


class File(Strict):
    """The whole file."""

    connections: dict[TargetName, dict[str, Json]] = Field(
        default_factory=dict
    )  # of its vendor's kind each
    targets: dict[TargetName, dict[str, Json]] = Field(
        default_factory=dict
    )  # a TargetEntry each, and its system's keys
    policies: dict[TargetName, PolicyEntry] = Field(default_factory=dict)
    hooks: dict[TargetName, dict[str, Json]] = Field(default_factory=dict)  # a HookEntry each
    admins: list[Person] = Field(default_factory=list)  # freeze all, halt, and resume
    commands: CommandNames = CommandNames()
    audit: AuditSection = AuditSection()
    incidents: IncidentsSection = IncidentsSection()
    language: Language = "en"  # of what a channel sees
    channels: dict[Channel, ChannelEntry] = Field(default_factory=dict)  # those that differ
    aliases: list[Accounts] = Field(default_factory=list)
    retention: Age = RETENTION  # how long what has ended stays: see `slipway prune`
