"""What a person can do: act, ask, and open a form. Every answer is a value."""

from collections.abc import Sequence
from typing import Final

from bot.core.codes import Denied
from bot.core.incidents import mark_of
from bot.core.outcomes import Caller, Choice, Outcome, PreviewWanted, Repeated, Wish
from bot.core.ports import CloudReader
from bot.core.proposal import ProposalPress
from bot.core.records import ChannelId, UserId
from bot.core.rules import Ask, Change, IncidentIntent, OpenIncident, Press, TargetIntent
from bot.core.surfaces import Show
from bot.core.verbs import parse
from bot.core.verbs.forms import FormAction
from bot.service.changes import change, changes
from bot.service.choices import choices_of_targets, choices_of_versions
from bot.service.context import ServiceContext
from bot.service.forms import change_form
from bot.service.incidents import form as form_of_incident
from bot.service.incidents import wish
from bot.service.presses import form, press
from bot.service.previews import previewed
from bot.service.proposals import proposal_press
from bot.service.questions import answer_question
from bot.service.targets import settle

__all__ = ["CloudReader", "Service", "ServiceContext"]

_OF_OPERATION: Final = frozenset({"status", "cancel", "why"})  # in its thread, that one is meant
_OF_TARGET: Final = frozenset({"queue", "history", "revisions", "versions", "values"})  # its target


class Service:
    """The doors for what people do; a rule that says no is an answer, never an exception.

    JournalUnavailableError passes through: then nothing was recorded.
    """

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    def act(
        self,
        intent: Change | TargetIntent | IncidentIntent | Press | ProposalPress,
        *,
        by: Caller,
        delivery: str,
    ) -> Outcome:
        """Do what is wished; the same *delivery* twice is one operation."""
        if isinstance(intent, ProposalPress):
            return proposal_press(self._context, intent, by=by)
        if isinstance(intent, Change):
            return change(self._context, Wish(intent, by, delivery))
        if isinstance(intent, TargetIntent):
            return settle(self._context, intent, by=by)
        if isinstance(intent, OpenIncident) and not intent.title:
            return self.incident_form("incident_open", "", by=by)
        if isinstance(intent, IncidentIntent):
            return wish(self._context, intent, by=by, delivery=delivery)
        return press(self._context, intent, by=by, delivery=delivery)

    def changes(self, wishes: Sequence[Wish]) -> list[Outcome]:
        """Do what is wished, in one transaction; none of it hangs on another. No dry runs."""
        return changes(self._context, wishes)

    def repeated(self, delivery: str) -> Repeated | None:
        """Return how what *delivery* asked for stands; None: nothing was recorded of it."""
        operation = self._context.journal.operations.of_delivery(delivery)
        return Repeated(operation=operation) if operation else None

    def ask(self, question: Ask, *, by: Caller) -> Outcome:
        """Answer a question; nothing is recorded."""
        return answer_question(self._context, question, by=by)

    def form(self, intent: Press, *, by: Caller, in_menu: bool = False) -> Outcome | None:
        """Return the form that a press opens, or why not; None: it needs none."""
        return form(self._context, intent, by=by, in_menu=in_menu)

    def incident_form(self, verb: str, incident_id: str, *, by: Caller) -> Outcome:
        """Return the form that asks for the rest of a wish about an incident, or why not."""
        return form_of_incident(self._context, verb, incident_id, by=by)

    def typed(self, slash: str, text: str, *, by: Caller, delivery: str) -> Outcome:
        """Do what was typed after the slash command *slash*."""
        intent = parse(slash, text)
        if isinstance(intent, Denied):
            return intent
        if isinstance(intent, Ask):
            return self.ask(intent, by=by)
        return self.act(intent, by=by, delivery=delivery)

    def mention(self, text: str, *, by: Caller, thread_ts: str | None, delivery: str) -> Outcome:
        """Do what was said to `@slipway`; within a thread its operation or its target is meant."""
        if len(text.split()) == 1 and thread_ts:
            text = f"{text} {self._subject_of(text, by.channel, thread_ts)}".strip()
        return self.typed("ops", text, by=by, delivery=delivery)

    def _subject_of(self, word: str, channel: ChannelId, thread_ts: str) -> str:
        """Return what *word* is about in this thread; "": it is about nothing there."""
        card = self._context.journal.surfaces.surface_at(channel, thread_ts)
        if card is None or word not in _OF_OPERATION | _OF_TARGET:
            return ""
        if word in _OF_OPERATION:
            return card.subject.id
        operation = self._context.journal.operations.find(card.subject.id)
        return operation.target if operation else ""

    def change_form(self, action: FormAction, *, by: UserId, target: str = "") -> Outcome:
        """Return the form that asks for a change, with what there is to say of *target*."""
        return change_form(self._context, action, by=by, target=target)

    def preview(self, wanted: PreviewWanted, intent: Press, *, by: Caller) -> PreviewWanted:
        """Return *wanted* with what would be done, as far as its cloud says that in time."""
        return previewed(self._context, wanted, intent, by=by)

    def targets_offered(
        self, word: str, *, by: UserId, action: FormAction | None = None
    ) -> tuple[Choice, ...]:
        """Return the targets that a form offers to whoever has typed *word*."""
        return choices_of_targets(self._context, word, by=by, action=action)

    def versions_offered(
        self, action: FormAction, target: str, word: str, *, by: UserId
    ) -> tuple[Choice, ...]:
        """Return the versions that a form offers for *target*, in three seconds at most."""
        return choices_of_versions(self._context, action, target, word, by=by)

    def look_home(self, user: UserId, channel: ChannelId) -> None:
        """Show *user* the own Home as it is now, and keep it current for a while."""
        self._context.journal.homes.look(user, channel, self._context.clock())
        self._context.engine.wake_outbox()

    def marked(self, channel: ChannelId, ts: str) -> None:
        """Look, by a worker, whether a message of an incident's channel is marked."""
        incident = self._context.journal.incidents.of_channel(channel)
        if incident is not None:
            self.show(mark_of(incident, channel, ts))

    def show(self, wanted: Show) -> None:
        """Show somebody something, through the outbox."""
        self._context.journal.outbox.show(wanted, at=self._context.clock())
        self._context.engine.wake_outbox()
