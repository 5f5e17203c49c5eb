"""Targets: the named things that people change."""

import re
from typing import ClassVar, Final, Literal, TypeAlias

from pydantic import Field, SerializeAsAny

from bot.core.records import ChannelId, Json, Moment, Record, TargetName, UserId


class Target(Record):
    """A named thing that people change; `settings` are what its system needs to find it."""

    name: TargetName
    system: str
    connection: str
    channel: ChannelId | None = None  # None: the channel of the command, or none of that name
    channel_name: str = ""  # "#deploys", where slipway.yaml has a name
    policy: str
    aliases: tuple[TargetName, ...] = ()
    compare: str = ""  # where a change can be read: "https://…/{from}...{to}"
    console: str = ""  # where the vendor's own page shows it
    # the vendor's body, where it may be created; it may hold secrets
    create: dict[str, Json] | None = Field(default=None, repr=False)
    settings: SerializeAsAny[Record] = Field(default_factory=Record)

    def compared(self, before: str, after: str) -> str:
        """Return where the change from *before* to *after* can be read; "" where that is nowhere.

        What is no plain version could lead elsewhere, so it is not linked.
        """
        versions = (before, after)
        if not self.compare or before == after or not all(map(_VERSION.fullmatch, versions)):
            return ""
        return self.compare.replace("{from}", before).replace("{to}", after)


_VERSION: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
ALL: Final = "all"  # the name of every target together
ScopeKind: TypeAlias = Literal["target", "policy", "all"]


class Scope(Record):
    """What something holds for: one target, those of a policy, or all."""

    kind: ScopeKind
    name: TargetName


class TargetEvent(Record):
    """What a person did about a target that is no operation; the journal keeps what stays of it.

    `target` may name a policy, or all, where its kind says so.
    """

    ends_a_hold: ClassVar[bool] = False  # whether something may go on because of it

    kind: str
    target: TargetName
    by: UserId
    at: Moment


class LimitedEvent(TargetEvent):
    """What a person did about a target, for a reason, until its time has passed."""

    reason: str
    until: Moment | None = None  # None: until somebody ends it
    zone: str = ""  # in which its end was typed, where none was named

    def is_over(self, now: Moment) -> bool:
        """Return whether its time has passed."""
        return self.until is not None and now >= self.until
