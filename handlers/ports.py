"""What the handlers need from outside, as protocols; the composition roots hand in who does it."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

from bot.core.outcomes import Caller, Outcome
from bot.core.proposal import ProposalPress
from bot.core.records import Json
from bot.core.rules import IncidentIntent, Press
from bot.core.surfaces import Show

OpenForm: TypeAlias = Callable[[str, dict[str, Json]], None]
"""Opens a form: trigger_id and view. Raises SlackError; a short time-out is its own."""


class Service(Protocol):
    """What a person can do. Every method raises JournalUnavailableError: nothing was recorded."""

    def typed(self, slash: str, text: str, *, by: Caller, delivery: str) -> Outcome:
        """Do what was typed after "deploy", "upgrade", "rollback" or "ops"."""
        ...

    def mention(self, text: str, *, by: Caller, thread_ts: str | None, delivery: str) -> Outcome:
        """Answer what was said to `@slipway`, in a thread or outside."""
        ...

    def act(
        self, intent: Press | ProposalPress | IncidentIntent, *, by: Caller, delivery: str
    ) -> Outcome:
        """Do what was pressed."""
        ...

    def incident_form(self, verb: str, incident_id: str, *, by: Caller) -> Outcome:
        """Return the form that asks for the rest of a wish about an incident, or why not."""
        ...

    def form(self, intent: Press, *, by: Caller, in_menu: bool = False) -> Outcome | None:
        """Return the form that a press opens, or why not; None: it needs none.

        A menu cannot ask before a choice counts: there a form does.
        """
        ...

    def marked(self, channel: str, ts: str) -> None:
        """Look whether a message of an incident's channel is marked."""
        ...

    def show(self, wanted: Show) -> None:
        """Show somebody something, through the outbox."""
        ...


class Seen(Protocol):
    """Remembers keys for longer than a signature is valid, for all processes together.

    Both methods raise QueueUnavailableError: nobody can tell now, the journal's own keys must do.
    """

    def has(self, key: str) -> bool:
        """Return whether *key* was noted."""
        ...

    def note(self, key: str) -> None:
        """Remember *key*, once what it stands for is done."""
        ...
