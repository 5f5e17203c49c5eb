"""Proposals: an event from outside proposes a change, and people ask for it or dismiss it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.core.codes import Denied
from bot.core.codes.proposals import ConfirmSubscription, UnknownProposal
from bot.core.codes.rules import Stale, WrongPlace
from bot.core.hooks import (
    Alerts,
    Answer,
    Confirmation,
    Deployable,
    Event,
    Hook,
    Nothing,
    Unwanted,
    may_stay,
)
from bot.core.operation import Operation
from bot.core.outcomes import Caller, Done, Outcome, Recorded, Repeated, Wish
from bot.core.proposal import LASTS, AlertProposal, AnyProposal, Proposal, ProposalPress
from bot.core.records import HOOK, Asked, Json, OperationId, Parameters, ProposalId
from bot.core.rules import Change, Dismiss, over_of
from bot.core.surfaces import noticed
from bot.core.verbs.words import VERSION
from bot.journal.proposals import DELIVERY
from bot.service.alerts import Alerting, open_proposed
from bot.service.changes import change
from bot.service.context import ServiceContext
from bot.service.deliveries import entry_of, foreign
from bot.service.proposal_status import (
    alert_json,
    incident_status,
    operation_status,
    proposal_json,
)
from bot.service.targets import settle

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Proposing:
    """What receives verified events of hooks; JournalUnavailableError: nothing was recorded."""

    context: ServiceContext
    new_id: Callable[[], ProposalId]

    def hooks(self) -> dict[str, Hook]:
        """Return the hooks that are let in now."""
        return self.context.catalogue().hooks

    def known(self, hook: Hook, event: Event) -> Answer | None:
        """Return what was answered to this event before; None: it is new."""
        return self.context.journal.proposals.answered(hook.name, event.key)

    def receive(self, hook: Hook, event: Event) -> Answer:
        """Record what *event* proposes or asks for, or why it leads to nothing."""
        if isinstance(event.says, Nothing):
            return Answer(ignored=event.says.ignored)
        if isinstance(event.says, Confirmation):
            return self._told(hook, event, event.says)
        if isinstance(event.says, Alerts):
            return Alerting(self.context, self.new_id).receive(hook, event, event.says)
        found = self._meant(hook, event.says)
        if not isinstance(found, Proposal):
            return self._ignored(hook, event, found)
        if hook.then == "request":
            return self._requested(hook, event, found)
        return self._proposed(hook, event, found)

    def status(self, hook: Hook, wanted: str) -> dict[str, Json] | None:
        """Return how it stands with what *hook* led to; None: with nothing of this id."""
        if wanted.startswith("prop-"):
            proposal = self.context.journal.proposals.find(wanted)
            if proposal is None or not self._has_led(hook, proposal):
                return None
            if isinstance(proposal, AlertProposal):
                return alert_json(proposal)
            return proposal_json(proposal, self._operation(proposal.operation))
        if wanted.startswith("inc-"):
            return self._incident_status(hook, wanted)
        operation = self._operation(wanted)
        if operation is None or operation.requester != f"{HOOK}{hook.name}":
            return None
        return operation_status(operation)

    def _has_led(self, hook: Hook, proposal: AnyProposal) -> bool:
        """Whether it is of *hook*, or was there already when *hook* said the same."""
        known = self.context.journal.proposals
        return proposal.hook == hook.name or known.has_led(hook.name, proposal.id)

    def _incident_status(self, hook: Hook, wanted: str) -> dict[str, Json] | None:
        """Return how an incident stands that *hook* opened, or wrote into."""
        incident = self.context.journal.incidents.find(wanted)
        events = self.context.journal.incidents.events(wanted) if incident else ()
        user = f"{HOOK}{hook.name}"
        if incident is None or not any(event.by == user for _, event in events):
            return None
        return incident_status(incident)

    def _operation(self, wanted: OperationId | None) -> Operation | None:
        return self.context.journal.operations.find(wanted) if wanted else None

    def _meant(self, hook: Hook, says: Deployable) -> Proposal | Unwanted:
        """Return what is proposed: of a target that the hook may name, by a version's own name."""
        name = hook.target_of(says.sources)
        target = self.context.catalogue().targets.get(name) if name else None
        channel = hook.channel or (target.channel if target else None)
        if target is None or channel is None:
            return "not_mapped"
        if not VERSION.fullmatch(says.version):
            return "bad_version"
        if not may_stay(says.version):
            return "moving_tag"
        now = self.context.clock()
        return Proposal(
            id=self.new_id(),
            hook=hook.name,
            target=target.name,
            version=says.version,
            digest=says.digest if _DIGEST.fullmatch(says.digest) else "",
            note=foreign(says.note),
            by=foreign(says.by),
            channel=channel,
            created_at=now,
            expires_at=now + LASTS,
        )

    def _proposed(self, hook: Hook, event: Event, proposal: Proposal) -> Answer:
        noted = entry_of(hook, event, at=proposal.created_at, what="proposed", subject=proposal.id)
        answer = self.context.journal.proposals.propose(proposal, event, noted)
        self.context.engine.wake_outbox()
        return answer

    def _requested(self, hook: Hook, event: Event, proposal: Proposal) -> Answer:
        """Ask for the change as the hook itself, where its policy lets it."""
        by = Caller(
            user=f"{HOOK}{hook.name}", team=self.context.facts.team(), channel=proposal.channel
        )
        wanted = Change(
            target=proposal.target,
            asked=Asked(action="deploy", parameters=Parameters(version=proposal.version)),
            reason=proposal.reason,
        )
        outcome = change(self.context, Wish(wanted, by, f"{by.user}:{event.key}"))
        if isinstance(outcome, Denied):
            return self._ignored(hook, event, outcome.code)
        if not isinstance(outcome, Recorded | Repeated):
            msg = f"a request of {by.user} came to {type(outcome).__name__}"
            raise TypeError(msg)
        operation = outcome.operation
        answer = Answer(id=operation.id, is_new=isinstance(outcome, Recorded))
        noted = entry_of(
            hook, event, at=self.context.clock(), what="requested", subject=operation.id
        )
        self.context.journal.proposals.keep(hook.name, event, answer, noted)
        return answer

    def _told(self, hook: Hook, event: Event, wanted: Confirmation) -> Answer:
        """Tell people which address would confirm a subscription; it is never fetched here."""
        targets = self.context.catalogue().targets
        places = (hook.channel, *(targets[each].channel for each in hook.targets))
        channel = next((each for each in places if each), None)
        if channel is None:  # Slack knows nothing that is called so
            return self._ignored(hook, event, "not_mapped")
        now = self.context.clock()
        noted = entry_of(hook, event, at=now, what="confirmation", subject=hook.name)
        answer = self.context.journal.proposals.keep(
            hook.name, event, Answer(ignored="told"), noted
        )
        code = ConfirmSubscription(hook=hook.name, topic=wanted.topic, url=wanted.url)
        shown = noticed(f"{HOOK}{hook.name}", channel, code)
        self.context.journal.outbox.show(shown, at=now)
        self.context.engine.wake_outbox()
        return answer

    def _ignored(self, hook: Hook, event: Event, code: str) -> Answer:
        now = self.context.clock()
        noted = entry_of(hook, event, at=now, what="ignored", subject=hook.name, why=code)
        return self.context.journal.proposals.keep(hook.name, event, Answer(ignored=code), noted)


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
        target = proposal.targets[0] if isinstance(proposal, AlertProposal) else proposal.target
        return settle(context, Dismiss(target=target, proposal=proposal.id), by=by)
    if isinstance(proposal, AlertProposal):
        return _opened(context, proposal, by)
    return _taken(context, proposal, by)


def _opened(context: ServiceContext, proposal: AlertProposal, by: Caller) -> Outcome:
    """Open the incident, unless what was proposed is over."""
    over = over_of(proposal, context.clock())
    if over is not None:
        return context.denied(by, proposal.id, Denied.of(over))
    return open_proposed(context, proposal, by=by)


def _taken(context: ServiceContext, proposal: Proposal, by: Caller) -> Outcome:
    """Ask for the change; whoever asks for the same proposal a second time gets the same."""
    wanted = Change(
        target=proposal.target,
        asked=Asked(action="deploy", parameters=Parameters(version=proposal.version)),
        reason=proposal.reason,
        proposal=proposal.id,
    )
    outcome = change(context, Wish(wanted, by, f"{DELIVERY}{proposal.id}"))
    if isinstance(outcome, Recorded | Repeated):
        operation = outcome.operation
        at = context.clock()
        context.journal.proposals.take(proposal.id, operation.requester, at, operation=operation.id)
        context.engine.wake_outbox()
    return Done(operation=outcome.operation) if isinstance(outcome, Recorded) else outcome


def _is_on_card(context: ServiceContext, proposal: AnyProposal, by: Caller) -> bool:
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
    return there is not None and there.place == proposal.place
