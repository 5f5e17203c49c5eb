"""What a person can do: request, approve, reject, cancel, roll back, go on, ask."""

from typing import Final

from bot.core.codes import Denied
from bot.core.commands import OPERATION, Cancel, Command, Question, Request, parse, under_prefix
from bot.core.outcomes import Caller, Outcome, Press
from bot.core.records import ChannelId, OperationId, UserId
from bot.service import decisions, recovery
from bot.service.context import CloudReader, ServiceContext
from bot.service.presses import NO_SUCH, pressed
from bot.service.questions import answer_question
from bot.service.requests import request

__all__ = ["CloudReader", "Service", "ServiceContext"]

_MENTION_WORDS: Final = frozenset({"status", "cancel"})  # which mean the thread's own operation


class Service:
    """The one door for what people do; every method answers with a value and never raises a rule.

    JournalUnavailableError passes through: then nothing was recorded.
    """

    def __init__(self, context: ServiceContext) -> None:
        self._context = context

    def command(self, verb: str, text: str, *, by: Caller, delivery: str) -> Outcome:
        """Do what was typed; the same *delivery* twice is one operation."""
        command = parse(verb, text)
        if isinstance(command, Denied):
            return self._worded(command)
        return self._worded(self._do(command, by=by, delivery=delivery))

    def mention(self, text: str, *, by: Caller, thread_ts: str | None, delivery: str) -> Outcome:
        """Do what was said to `@slipway`; within a thread its operation is meant."""
        words = text.split()
        if len(words) == 1 and words[0].lower() in _MENTION_WORDS and thread_ts:
            card = self._context.journal.surfaces.surface_at(by.channel, thread_ts)
            text = f"{words[0]} {card.subject.id}" if card else text
        return self.command("ops", text, by=by, delivery=delivery)

    def approve(self, press: Press) -> Outcome:
        """Count the press as an approval."""
        return self._worded(decisions.approve(self._context, press))

    def reject(self, press: Press) -> Outcome:
        """Answer whether a form for the reason may be opened."""
        return self._worded(decisions.reject(self._context, press))

    def rejected(self, operation_id: OperationId, reason: str, *, by: Caller) -> Outcome:
        """Reject it with the form's reason; a second delivery finds it rejected."""
        if not OPERATION.fullmatch(operation_id):
            return self._worded(NO_SUCH)
        return self._worded(decisions.rejected(self._context, operation_id, reason, by=by))

    def cancel(self, press: Press) -> Outcome:
        """Withdraw the operation of the card."""
        operation = pressed(self._context, press)
        if isinstance(operation, Denied):
            return self._worded(operation)
        return self._worded(decisions.cancel(self._context, operation.id, by=press.caller))

    def roll_back(self, press: Press) -> Outcome:
        """Ask for the way back from the operation of the card."""
        return self._worded(recovery.roll_back(self._context, press))

    def go_on(self, press: Press) -> Outcome:
        """Go on with the failed operation of the card, or answer that a reason is wanted first."""
        return self._worded(recovery.go_on(self._context, press))

    def gone_on(
        self, operation_id: OperationId, way: str, reason: str, *, by: Caller, delivery: str
    ) -> Outcome:
        """Go on with it by this way for the form's reason; the same *delivery* is one operation."""
        if not OPERATION.fullmatch(operation_id):
            return self._worded(NO_SUCH)
        return self._worded(
            recovery.gone_on(self._context, operation_id, way, reason, by=by, delivery=delivery)
        )

    def look_again(self, press: Press) -> Outcome:
        """Look now at what is uncertain or stalled."""
        return self._worded(decisions.look_again(self._context, press))

    def not_executed(self, press: Press) -> Outcome:
        """Close what is uncertain as never executed."""
        return self._worded(decisions.not_executed(self._context, press))

    def keep_waiting(self, press: Press) -> Outcome:
        """Watch a stalled remote task for longer."""
        return self._worded(decisions.keep_waiting(self._context, press))

    def whisper(self, to: UserId, channel: ChannelId, text: str) -> None:
        """Tell one person something, through the outbox."""
        self._context.journal.outbox.whisper(channel, to, text, at=self._context.clock())
        self._context.engine.wake_outbox()

    def _worded(self, outcome: Outcome) -> Outcome:
        """Return *outcome* with the commands named as they are called here."""
        if not isinstance(outcome, Denied):
            return outcome
        return under_prefix(outcome, self._context.catalogue().prefix)

    def _do(self, command: Command, *, by: Caller, delivery: str) -> Outcome:
        match command:
            case Request():
                return request(self._context, command, by=by, delivery=delivery)
            case Question():
                return answer_question(self._context, command, by=by)
            case Cancel(operation_id=operation_id):
                return decisions.cancel(self._context, operation_id, by=by)
