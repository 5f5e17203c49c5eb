"""What a person can do: request, approve, reject, cancel, roll back, ask."""

from typing import Final

from bot.core.commands import OPERATION, Cancel, Command, Question, Request, parse
from bot.core.outcomes import Caller, Outcome, Press
from bot.core.records import ChannelId, Denied, OperationId, UserId
from bot.service import decisions
from bot.service.ground import CloudReader, Ground, ServiceJournal
from bot.service.questions import answer_question
from bot.service.requests import request

__all__ = ["CloudReader", "Ground", "Service", "ServiceJournal"]

_MENTION_WORDS: Final = frozenset({"status", "cancel"})  # which mean the thread's own operation


class Service:
    """The one door for what people do; every method answers with a value and never raises a rule.

    JournalUnavailableError passes through: then nothing was recorded.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def command(self, verb: str, text: str, *, by: Caller, delivery: str) -> Outcome:
        """Do what was typed; the same *delivery* twice is one operation."""
        command = parse(verb, text)
        if isinstance(command, Denied):
            return command
        return self._do(command, by=by, delivery=delivery)

    def mention(self, text: str, *, by: Caller, thread_ts: str | None, delivery: str) -> Outcome:
        """Do what was said to `@slipway`; within a thread its operation is meant."""
        words = text.split()
        if len(words) == 1 and words[0].lower() in _MENTION_WORDS and thread_ts:
            operation_id = self._ground.journal.operation_at(by.channel, thread_ts)
            text = f"{words[0]} {operation_id}" if operation_id else text
        return self.command("ops", text, by=by, delivery=delivery)

    def approve(self, press: Press) -> Outcome:
        """Count the press as an approval."""
        return decisions.approve(self._ground, press)

    def reject(self, press: Press) -> Outcome:
        """Answer whether a form for the reason may be opened."""
        return decisions.reject(self._ground, press)

    def rejected(self, operation_id: OperationId, reason: str, *, by: Caller) -> Outcome:
        """Reject it with the form's reason; a second delivery finds it rejected."""
        if not OPERATION.fullmatch(operation_id):
            return decisions.NO_SUCH
        return decisions.rejected(self._ground, operation_id, reason, by=by)

    def cancel(self, press: Press) -> Outcome:
        """Withdraw the operation of the card."""
        operation = decisions.pressed(self._ground, press)
        if isinstance(operation, Denied):
            return operation
        return decisions.cancel(self._ground, operation.id, by=press.caller)

    def roll_back(self, press: Press) -> Outcome:
        """Ask for the way back from the operation of the card."""
        return decisions.roll_back(self._ground, press)

    def look_again(self, press: Press) -> Outcome:
        """Look now at what is uncertain or stalled."""
        return decisions.look_again(self._ground, press)

    def not_executed(self, press: Press) -> Outcome:
        """Close what is uncertain as never executed."""
        return decisions.not_executed(self._ground, press)

    def keep_waiting(self, press: Press) -> Outcome:
        """Watch a stalled remote task for longer."""
        return decisions.keep_waiting(self._ground, press)

    def whisper(self, to: UserId, channel: ChannelId, text: str) -> None:
        """Tell one person something, through the outbox."""
        self._ground.journal.whisper(channel, to, text)
        self._ground.engine.wake_outbox()

    def _do(self, command: Command, *, by: Caller, delivery: str) -> Outcome:
        match command:
            case Request():
                return request(self._ground, command, by=by, delivery=delivery)
            case Question():
                return answer_question(self._ground, command, by=by)
            case Cancel(operation_id=operation_id):
                return decisions.cancel(self._ground, operation_id, by=by)
