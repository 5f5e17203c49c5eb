"""What the handlers need from outside, as protocols; the composition roots hand in who does it."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from bot.core.outcomes import Caller, Outcome, Press
from bot.core.records import ChannelId, Json, OperationId, UserId

OpenForm: TypeAlias = Callable[[str, dict[str, Json]], None]
"""Opens a form: trigger_id and view. Raises SlackError; a short time-out is its own."""


class Service(Protocol):
    """What a person can do. Every method raises JournalUnavailableError: nothing was recorded."""

    def command(self, verb: str, text: str, *, by: Caller, delivery: str) -> Outcome:
        """Do what was typed after "deploy", "upgrade", "rollback" or "ops"."""
        ...

    def mention(self, text: str, *, by: Caller, thread_ts: str | None, delivery: str) -> Outcome:
        """Answer what was said to `@slipway`, in a thread or outside."""
        ...

    def approve(self, press: Press) -> Outcome:
        """Count the press as an approval."""
        ...

    def reject(self, press: Press) -> Outcome:
        """Answer whether a form for the reason may be opened."""
        ...

    def rejected(self, operation_id: OperationId, reason: str, *, by: Caller) -> Outcome:
        """Reject with the form's reason."""
        ...

    def cancel(self, press: Press) -> Outcome:
        """Withdraw the card's operation."""
        ...

    def roll_back(self, press: Press) -> Outcome:
        """Ask for the way back from the card's operation."""
        ...

    def go_on(self, press: Press) -> Outcome:
        """Go on with the card's failed operation, or answer that a reason is wanted first."""
        ...

    def gone_on(
        self, operation_id: OperationId, way: str, reason: str, *, by: Caller, delivery: str
    ) -> Outcome:
        """Go on with it by this way, with the form's reason."""
        ...

    def look_again(self, press: Press) -> Outcome:
        """Look now at what is uncertain or stalled."""
        ...

    def not_executed(self, press: Press) -> Outcome:
        """Close what is uncertain as never executed."""
        ...

    def keep_waiting(self, press: Press) -> Outcome:
        """Watch a stalled remote task for longer."""
        ...

    def whisper(self, to: UserId, channel: ChannelId, text: str) -> None:
        """Tell one person something, through the outbox."""
        ...


class SeenOnce(Protocol):
    """Remembers keys for longer than a signature is valid, for all processes together."""

    def first_time(self, key: str) -> bool:
        """Return whether *key* is new, and remember it.

        Raises:
            QueueUnavailableError: nobody can tell now; the journal's own keys must do.
        """
        ...
