"""What the handlers need from outside, as protocols; the composition roots hand in who does it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from bot.core.outcomes import Caller, Choice, OpenedForm, Outcome, PreviewWanted, Repeated, Wish
from bot.core.proposal import ProposalPress
from bot.core.records import ChannelId, Json, UserId
from bot.core.rules import Change, IncidentIntent, Press
from bot.core.surfaces import Show
from bot.core.verbs.forms import FormAction

OpenForm: TypeAlias = Callable[[str, dict[str, Json]], OpenedForm]
"""Opens a form: trigger_id and view. Raises SlackError; a short time-out is its own."""
UpdateForm: TypeAlias = Callable[[OpenedForm, dict[str, Json]], None]
"""Replaces an open form, if it still is what was seen. Raises SlackError likewise."""


class Views(NamedTuple):
    """How forms are shown."""

    open: OpenForm
    update: UpdateForm


class Service(Protocol):
    """What a person can do. Every method raises JournalUnavailableError: nothing was recorded."""

    def typed(self, slash: str, text: str, *, by: Caller, delivery: str) -> Outcome:
        """Do what was typed after "deploy", "upgrade", "rollback" or "ops"."""
        ...

    def changes(self, wishes: Sequence[Wish]) -> list[Outcome]:
        """Do what several people typed, in one transaction; none of it hangs on another."""
        ...

    def repeated(self, delivery: str) -> Repeated | None:
        """Return how what *delivery* asked for stands; None: nothing was recorded of it."""
        ...

    def mention(self, text: str, *, by: Caller, thread_ts: str | None, delivery: str) -> Outcome:
        """Answer what was said to `@slipway`, in a thread or outside."""
        ...

    def act(
        self,
        intent: Change | Press | ProposalPress | IncidentIntent,
        *,
        by: Caller,
        delivery: str,
    ) -> Outcome:
        """Do what was pressed, or asked for in a form."""
        ...

    def incident_form(self, verb: str, incident_id: str, *, by: Caller) -> Outcome:
        """Return the form that asks for the rest of a wish about an incident, or why not."""
        ...

    def form(self, intent: Press, *, by: Caller, in_menu: bool = False) -> Outcome | None:
        """Return the form that a press opens, or why not; None: it needs none.

        A menu cannot ask before a choice counts: there a form does.
        """
        ...

    def preview(self, wanted: PreviewWanted, intent: Press, *, by: Caller) -> PreviewWanted:
        """Return *wanted* with what would be done, as far as its cloud says that in time."""
        ...

    def change_form(self, action: FormAction, *, by: UserId, target: str = "") -> Outcome:
        """Return the form that asks for a change, with what there is to say of *target*."""
        ...

    def targets_offered(
        self, word: str, *, by: UserId, action: FormAction | None = None
    ) -> tuple[Choice, ...]:
        """Return the targets that a form offers to whoever has typed *word*."""
        ...

    def versions_offered(
        self, action: FormAction, target: str, word: str, *, by: UserId
    ) -> tuple[Choice, ...]:
        """Return the versions that a form offers for *target*, in time for Slack."""
        ...

    def look_home(self, user: UserId, channel: ChannelId) -> None:
        """Show *user* the own Home as it is now, and keep it current for a while."""
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

    def has(self, key: str, *, here: bool = False) -> bool:
        """Return whether *key* was noted; *here*: as far as this process knows by itself."""
        ...

    def note(self, key: str) -> None:
        """Remember *key*, once what it stands for is done."""
        ...
