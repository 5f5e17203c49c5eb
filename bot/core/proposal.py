"""Proposals: changes that an event from outside proposes to people."""

import hashlib
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from typing_extensions import override

from bot.core.records import (
    HOOK,
    ChannelId,
    IncidentId,
    Moment,
    OperationId,
    ProposalId,
    Record,
    TargetName,
    UserId,
)

LASTS: Final = timedelta(hours=24)
WORDS_MAX: Final = 200  # characters kept of what a sender says beside it
_SEEN: Final = 12  # characters

ProposalPhase: TypeAlias = Literal[
    "proposed",
    "taken",  # somebody asked for it
    "dismissed",
    "superseded",  # by a newer one in its place
    "expired",
    "resolved",  # of an alert: nothing of it is there any more
]


class AnyProposal(Record):
    """What somebody may take up, until it is over."""

    id: ProposalId
    hook: str
    channel: ChannelId
    created_at: Moment
    expires_at: Moment
    phase: ProposalPhase = "proposed"
    ended_at: Moment | None = None
    ended_by: UserId | None = None  # who took it up or dismissed it
    operation: OperationId | None = None  # that it became
    incident: IncidentId | None = None  # that it became
    newer: ProposalId | None = None  # that replaced it

    @property
    def is_open(self) -> bool:
        """Whether it can still be taken up."""
        return self.phase == "proposed"

    @property
    def place(self) -> str:
        """Where one open proposal takes the place of another."""
        raise NotImplementedError

    @property
    def shown(self) -> str:
        """What its card shows, as far as a press is about that."""
        raise NotImplementedError

    @property
    def seen(self) -> str:
        """The beginning of a digest of what its card shows."""
        return hashlib.sha256(self.shown.encode()).hexdigest()[:_SEEN]


class Proposal(AnyProposal):
    """A version that somebody may ask to deploy."""

    target: TargetName
    version: str
    digest: str = ""  # of the image, as the sender claims
    note: str = ""  # foreign words
    by: str = ""  # who caused it, as the sender calls them: shown, and believed by nobody

    @property
    @override
    def place(self) -> str:
        return self.target

    @property
    @override
    def shown(self) -> str:
        return f"{self.target}\n{self.version}\n{self.digest}"

    @property
    def reason(self) -> str:
        """What stands as the reason of a change that takes it up."""
        return f"hook:{self.hook} {self.note}".rstrip()


class AlertProposal(AnyProposal):
    """What a monitor sees, of which somebody may make an incident; one open one of each hook."""

    title: str  # foreign words: of the first alert
    severity: Literal[1, 2, 3, 4]  # of the worst
    targets: tuple[TargetName, ...]
    firing: tuple[str, ...]  # keys of the alerts that last
    count: int = 1  # of alerts there were
    touched_at: Moment  # when the newest began
    since: Moment | None = None  # when the first began, as the monitor says

    @property
    @override
    def place(self) -> str:
        return f"{HOOK}{self.hook}"

    @property
    @override
    def shown(self) -> str:
        return f"{self.id}\n{self.title}"


class ProposalPress(Record):
    """What a button of a proposal's card does, and which proposal that showed."""

    does: Literal["deploy_proposed", "open_proposed", "dismiss"]
    proposal: ProposalId
    seen: str
