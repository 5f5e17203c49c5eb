"""Rule: a proposal is taken up, or dismissed, once, while it lasts."""

from datetime import datetime
from typing import ClassVar, Literal

from typing_extensions import override

from bot.core.codes import Code
from bot.core.codes.proposals import (
    AlertDismissed,
    AlertExpired,
    AlertSuperseded,
    AlertTaken,
    ProposalDismissed,
    ProposalExpired,
    ProposalResolved,
    ProposalSuperseded,
    ProposalTaken,
    UnknownProposal,
)
from bot.core.proposal import AlertProposal, AnyProposal
from bot.core.records import ProposalId, UserId
from bot.core.rules.decision import Finding
from bot.core.rules.facts import Facts
from bot.core.rules.intents import Change, Intent, RightName, TargetIntent
from bot.core.target import TargetEvent


class Dismissed(TargetEvent):
    """Somebody wants nothing to come of a proposal."""

    kind: Literal["dismissed"] = "dismissed"
    proposal: ProposalId


class Dismiss(TargetIntent):
    """Let nothing come of a proposal: by whoever may ask for the change."""

    right: ClassVar[RightName] = "dismiss"

    kind: Literal["dismiss"] = "dismiss"
    proposal: ProposalId

    @override
    def becomes(self, facts: Facts, by: UserId) -> Dismissed:
        return Dismissed(target=facts.name, by=by, at=facts.now, proposal=self.proposal)


def judge(intent: Intent, facts: Facts) -> Finding | None:
    """Refuse what is over, and say how it ended."""
    if not isinstance(intent, Change | Dismiss) or intent.proposal is None:
        return None
    if facts.proposal is None:
        return Finding.no(UnknownProposal())
    over = over_of(facts.proposal, facts.now)
    return Finding.no(over, operation=facts.proposal.operation) if over else Finding.yes()


def over_of(proposal: AnyProposal, now: datetime) -> Code | None:
    """Return why *proposal* can be taken up no more; None: it can."""
    if proposal.is_open and now < proposal.expires_at:
        return None
    if proposal.phase == "resolved":
        return ProposalResolved()
    if isinstance(proposal, AlertProposal):
        return _over_of_alert(proposal)
    match proposal.phase:
        case "superseded":
            return ProposalSuperseded()
        case "dismissed":
            return ProposalDismissed(by=proposal.ended_by or "")
        case "taken":
            return ProposalTaken(by=proposal.ended_by or "", operation=proposal.operation or "")
        case _:
            return ProposalExpired()


def _over_of_alert(proposal: AlertProposal) -> Code:
    match proposal.phase:
        case "superseded":
            return AlertSuperseded()
        case "dismissed":
            return AlertDismissed(by=proposal.ended_by or "")
        case "taken":
            return AlertTaken(by=proposal.ended_by or "", incident=proposal.incident or "")
        case _:
            return AlertExpired()
