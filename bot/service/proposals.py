"""Proposals: an event from outside proposes a change, and people ask for it or dismiss it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.catalogue import Catalogue
from bot.core.codes import Denied
from bot.core.codes.proposals import UnknownProposal
from bot.core.codes.rules import Stale, WrongPlace
from bot.core.foreign import one_line
from bot.core.hooks import Answer, Deployable, Event, Hook, Ignored, Nothing
from bot.core.outcomes import Caller, Done, Outcome, Recorded, Repeated
from bot.core.ports import AuditEntry, Clock
from bot.core.proposal import LASTS, WORDS_MAX, Proposal, ProposalPress
from bot.core.records import HOOK, Asked, Json, Parameters, ProposalId
from bot.core.rules import Change, Dismiss
from bot.core.secrecy import holds_secret
from bot.core.verbs.words import VERSION
from bot.engine import Engine
from bot.journal import Journal
from bot.journal.audit_entries import compact
from bot.journal.proposals import DELIVERY
from bot.service.changes import change
from bot.service.context import ServiceContext
from bot.service.targets import settle

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Proposing:
    """What receives verified events of hooks; JournalUnavailableError: nothing was recorded."""

    catalogue: Callable[[], Catalogue]
    journal: Journal
    engine: Engine
    clock: Clock
    new_id: Callable[[], ProposalId]

    def hooks(self) -> dict[str, Hook]:
        """Return the hooks that are let in now."""
        return self.catalogue().hooks

    def known(self, hook: Hook, event: Event) -> Answer | None:
        """Return what was answered to this event before; None: it is new."""
        return self.journal.proposals.answered(hook.name, event.key)

    def receive(self, hook: Hook, event: Event) -> Answer:
        """Record what *event* proposes, or why it proposes nothing."""
        if isinstance(event.says, Nothing):
            return Answer(ignored=event.says.ignored)
        found = self._meant(hook, event.says)
        now = self.clock()
        if isinstance(found, Proposal):
            noted = _entry(hook, event, at=now, what="proposed", subject=found.id)
            answer = self.journal.proposals.propose(found, event, noted)
            self.engine.wake_outbox()
            return answer
        noted = _entry(hook, event, at=now, what="ignored", subject=hook.name, code=found)
        return self.journal.proposals.ignore(hook.name, event, Answer(ignored=found), noted)

    def _meant(self, hook: Hook, says: Deployable) -> Proposal | Ignored:
        """Return what is proposed: of a target that the hook may name, by a version's own name."""
        name = hook.target_of(says.source)
        target = self.catalogue().targets.get(name) if name else None
        channel = hook.channel or (target.channel if target else None)
        if target is None or channel is None:
            return "not_mapped"
        if not VERSION.fullmatch(says.version):
            return "bad_version"
        if not any(char.isdigit() for char in says.version):
            return "moving_tag"
        now = self.clock()
        return Proposal(
            id=self.new_id(),
            hook=hook.name,
            target=target.name,
            version=says.version,
            digest=says.digest if _DIGEST.fullmatch(says.digest) else "",
            note="" if holds_secret(says.note) else one_line(says.note, WORDS_MAX),
            by=one_line(says.by, WORDS_MAX),
            channel=channel,
            created_at=now,
            expires_at=now + LASTS,
        )


def proposal_press(context: ServiceContext, pressed: ProposalPress, *, by: Caller) -> Outcome:
    """Do what was pressed on the card of a proposal, as the wish of whoever pressed."""
    proposal = context.journal.proposals.find(pressed.proposal)
    if proposal is None:
        return context.denied(by, pressed.proposal, Denied.of(UnknownProposal()))
    if pressed.seen != proposal.seen:
        return context.denied(by, proposal.id, Denied.of(Stale()))
    if not _is_on_card(context, proposal, by):
        return context.denied(by, proposal.id, Denied.of(WrongPlace()))
    if pressed.does == "dismiss":
        return settle(context, Dismiss(target=proposal.target, proposal=proposal.id), by=by)
    return _taken(context, proposal, by)


def _taken(context: ServiceContext, proposal: Proposal, by: Caller) -> Outcome:
    """Ask for the change; whoever asks for the same proposal a second time gets the same."""
    wanted = Change(
        target=proposal.target,
        asked=Asked(action="deploy", parameters=Parameters(version=proposal.version)),
        reason=proposal.reason,
        proposal=proposal.id,
    )
    outcome = change(context, wanted, by=by, delivery=f"{DELIVERY}{proposal.id}")
    if isinstance(outcome, Recorded | Repeated):
        operation = outcome.operation
        at = context.clock()
        context.journal.proposals.take(proposal.id, operation.id, operation.requester, at)
        context.engine.wake_outbox()
    return Done(operation=outcome.operation) if isinstance(outcome, Recorded) else outcome


def _is_on_card(context: ServiceContext, proposal: Proposal, by: Caller) -> bool:
    """Whether the press was made on the card of this proposal, or of a newer one of its target.

    A card that was just posted may be pressed before it is known which message it is.
    """
    if by.message_ts is None:
        return False
    shown = context.journal.surfaces.surface_at(by.channel, by.message_ts)
    if shown is None:
        return by.channel == proposal.channel
    if shown.subject.kind != "proposal":
        return False
    there = context.journal.proposals.find(shown.subject.id)
    return there is not None and there.target == proposal.target


def _entry(
    hook: Hook, event: Event, *, at: datetime, what: str, subject: str, code: str = ""
) -> AuditEntry:
    told: dict[str, Json] = {"key": event.key, "body": event.body}
    if isinstance(event.says, Deployable):
        told |= {name: str(value)[:WORDS_MAX] for name, value in event.says if value}
    if code:
        told["code"] = code
    return AuditEntry(
        at=at, who=f"{HOOK}{hook.name}", what=what, subject=subject, detail=compact(told)
    )
