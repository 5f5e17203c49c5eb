"""The trust boundary before routing: which listener a payload is for, and which installation."""

from typing import Final, Literal, TypeAlias, get_args

from bot.core.records import Json
from handlers.payloads import Payload, Posted

EventType: TypeAlias = Literal[
    "app_home_opened", "app_mention", "reaction_added", "reaction_removed"
]
EVENTS: Final[tuple[EventType, ...]] = get_args(EventType)  # those that have a listener


class _Id(Payload):
    id: str | None = None


class Origin(Payload):
    """Which installation of which app a payload says that it is for; every kind of payload."""

    api_app_id: str | None = None
    team_id: str | None = None
    team: _Id | None = None
    enterprise_id: str | None = None
    enterprise: _Id | None = None
    is_enterprise_install: bool | None = None

    @property
    def team_named(self) -> str:
        """The workspace; empty where none is named."""
        return (self.team.id if self.team else self.team_id) or ""

    @property
    def enterprise_named(self) -> str:
        """The organisation; empty where none is named."""
        return (self.enterprise.id if self.enterprise else self.enterprise_id) or ""


class _FormAsSent(Payload):
    type: str = "modal"  # Bolt takes it for granted
    id: str | None = None
    hash: str | None = None
    callback_id: str = ""
    private_metadata: Json = None
    state: Json = None


class _EventAsSent(Payload):
    type: EventType
    user: str | None = None
    bot_id: str | None = None
    channel: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    reaction: str | None = None
    item: Json = None
    tab: str | None = None


class Interaction(Origin):
    """A click, a form or a picker, sound enough to be routed; its listener judges what it says."""

    type: Literal["block_actions", "view_submission", "block_suggestion"]
    trigger_id: str | None = None
    action_id: str | None = None  # of a picker that asks what to offer
    block_id: str | None = None
    value: str | None = None  # what was typed there
    user: _Id | None = None
    channel: _Id | None = None
    container: Json = None
    message: Posted | None = None
    actions: Json = None
    view: _FormAsSent | None = None


class _MarkedMessage(Payload):
    ts: str | None = None
    text: str | None = None
    blocks: Json = None
    attachments: Json = None
    files: Json = None
    user: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None


class Shortcut(Origin):
    """A shortcut, on a message or on none, sound enough to be routed."""

    type: Literal["message_action", "shortcut"]
    callback_id: str
    trigger_id: str | None = None
    user: _Id | None = None
    channel: _Id | None = None
    message: _MarkedMessage | None = None


class Event(Origin):
    """An event with a listener, sound enough to be routed."""

    type: Literal["event_callback"]
    event_id: str | None = None
    event: _EventAsSent


class CommandFields(Origin):
    """A command, sound enough to be routed."""

    command: str
    text: str = ""
    user_id: str | None = None
    channel_id: str | None = None
    trigger_id: str | None = None
