"""Proposals: changes that an event from outside proposes to people."""

import hashlib
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from bot.core.records import ChannelId, Moment, OperationId, ProposalId, Record, TargetName, UserId

LASTS: Final = timedelta(hours=24)
WORDS_MAX: Final = 200  # characters kept of what a sender says beside it
_SEEN: Final = 12  # characters

ProposalPhase: TypeAlias = Literal[
    "proposed",
    "taken",  # somebody asked for it
    "dismissed",
    "superseded",  # by a newer one of the same target
    "expired",
]


class Proposal(Record):
    """A version that somebody may ask to deploy, until it is over."""

    id: ProposalId
    hook: str
    target: TargetName
    version: str
    digest: str = ""  # of the image, as the sender claims
    note: str = ""  # foreign words
    by: str = ""  # who caused it, as the sender calls them: shown, and believed by nobody
    channel: ChannelId
    created_at: Moment
    expires_at: Moment
    phase: ProposalPhase = "proposed"
    ended_at: Moment | None = None
    ended_by: UserId | None = None  # who took it up or dismissed it
    operation: OperationId | None = None  # that it became
    newer: ProposalId | None = None  # that replaced it

    @property
    def is_open(self) -> bool:
        """Whether it can still be taken up."""
        return self.phase == "proposed"

    @property
    def seen(self) -> str:
        """The beginning of a digest of what its card shows."""
        shown = f"{self.target}\n{self.version}\n{self.digest}"
        return hashlib.sha256(shown.encode()).hexdigest()[:_SEEN]

    @property
    def reason(self) -> str:
        """What stands as the reason of a change that takes it up."""
        return f"hook:{self.hook} {self.note}".rstrip()


class ProposalPress(Record):
    """What a button of a proposal's card does, and which proposal that showed."""

    does: Literal["deploy_proposed", "dismiss"]
    proposal: ProposalId
    seen: str
