"""The trust boundary: what Slack sends, of which only what we read is kept and checked.

Unknown fields are ignored, since Slack adds some at any time; ids alone count, names prove nothing.
"""

from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic import Json as PydanticJson

from bot.core.outcomes import Caller
from bot.core.records import ChannelId, Json, Record
from bot.core.verbs import said_in
from bot.readers import Readers
from bot.views.words import Locale

PersonId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,20}$")
]  # never "slipway": nobody acts as us
Delivery: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
Timestamp: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
TeamId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[TE][A-Z0-9]{2,20}$")]
ButtonValue: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,2000}$")]

_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # the ampersand last: once only


class Payload(BaseModel):
    """Base of what comes from outside: fields that we do not read are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Team(Payload):
    """A workspace."""

    id: TeamId


class Person(Payload):
    """Whoever acts."""

    id: PersonId


class _Channel(Payload):
    id: ChannelId


class SlashCommand(Payload):
    """A command as it was typed.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands
    """

    command: str
    text: str = ""
    user_id: PersonId
    team_id: TeamId
    channel_id: ChannelId
    trigger_id: Delivery

    @property
    def caller(self) -> Caller:
        """Who typed it, and where."""
        return Caller(
            user=self.user_id,
            team=self.team_id,
            channel=self.channel_id,
        )


class _Container(Payload):
    message_ts: Timestamp | None = None
    channel_id: ChannelId | None = None
    thread_ts: Timestamp | None = None  # where the message is a reply


class Posted(Payload):
    """A message, by its time.

    Source of `subtype`: https://docs.slack.dev/reference/events/message/thread_broadcast
    """

    ts: Timestamp | None = None
    thread_ts: Timestamp | None = None  # of a root that has replies, its own
    subtype: str = ""  # Slack's, of a message that is more than its words

    @property
    def is_in_both(self) -> bool:
        """Whether it is a reply that the channel shows as well."""
        return self.subtype == "thread_broadcast"

    @property
    def only_thread(self) -> str | None:
        """The thread that it stands in, and nowhere else."""
        is_root = self.thread_ts == self.ts
        return None if is_root or self.is_in_both else self.thread_ts


class _Option(Payload):
    value: ButtonValue


class _Action(Payload):
    """A pressed button, or an option that was chosen in a menu."""

    type: Literal["button", "overflow"] = "button"
    action_id: str
    value: ButtonValue | None = None
    selected_option: _Option | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        said = self.value if self.type == "button" else self.selected_option
        if said is None:
            msg = "the action carries no value"
            raise ValueError(msg)
        return self

    @property
    def carried(self) -> str:
        """What the button, or the chosen option, carries."""
        chosen = self.selected_option if self.type == "overflow" else None
        return chosen.value if chosen else self.value or ""


class _Carried(Record):
    channel: ChannelId


class _Home(Payload):
    type: Literal["home"]
    private_metadata: PydanticJson[_Carried]


class _Place(Payload):
    """Which message was pressed, and where it stands."""

    container: _Container = _Container()
    message: Posted = Posted()  # the message itself, where the container does not say which

    @property
    def is_in_both(self) -> bool:
        """Whether it is a reply that the channel shows as well; where it was pressed, none says."""
        return self.message.is_in_both

    @property
    def thread_ts(self) -> str | None:
        """The thread that it stands in, and nowhere else."""
        if self.is_in_both:
            return None
        return self.container.thread_ts or self.message.only_thread


class ButtonPress(_Place):
    """One press of one button.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """

    team: Team
    user: Person
    channel: _Channel | None = None
    view: _Home | None = None  # where it stands on somebody's Home
    actions: Annotated[tuple[_Action, ...], Field(min_length=1, max_length=1)]
    trigger_id: Delivery

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.channel is None and (self.view is None or self.message.ts is not None):
            msg = "the press is said to be nowhere"
            raise ValueError(msg)
        if self.channel is not None and self.container.channel_id not in {None, self.channel.id}:
            msg = "the press is said to be in two channels"
            raise ValueError(msg)
        return self

    @property
    def place(self) -> ChannelId:
        """The channel that it was made in; of a Home, where the app writes to its owner."""
        if self.channel is not None:
            return self.channel.id
        return self.view.private_metadata.channel if self.view else ""

    @property
    def action_id(self) -> str:
        """Which button it is."""
        return self.actions[0].action_id

    @property
    def value(self) -> str:
        """What the button carries."""
        return self.actions[0].carried

    @property
    def caller(self) -> Caller:
        """Who pressed it, and on which message."""
        return Caller(
            user=self.user.id,
            team=self.team.id,
            channel=self.place,
            message_ts=self.container.message_ts or self.message.ts,
            thread_ts=self.thread_ts,
        )


class _Somebody(Payload):
    user_id: PersonId | None = None
    user: Person | None = None


def reader(body: dict[str, object], readers: Readers) -> Locale:
    """Return who reads the answer to *body*, as far as it says who sent it."""
    try:
        sender = _Somebody.model_validate(body)
    except ValidationError:
        return readers.anybody
    user = sender.user.id if sender.user else sender.user_id
    return readers.of(user) if user else readers.anybody


class Whereabouts(Payload):
    """Whom to tell, and where, about a press or a mention that had no effect."""

    user: Person
    channel: _Channel
    thread_ts: Timestamp | None = None

    @model_validator(mode="before")
    @classmethod
    def _found(cls, body: dict[str, object]) -> dict[str, object]:
        event = body.get("event")
        if not isinstance(event, dict):
            return {**body, "thread_ts": _thread_of(body)}
        who = {key: {"id": event.get(key)} for key in ("user", "channel")}
        return {**who, "thread_ts": _thread_of({"container": event})}


def _thread_of(body: dict[str, object]) -> str | None:
    """Return the thread, as far as it can be read: what is sent may be malformed elsewhere."""
    try:
        return _Place.model_validate(body).thread_ts
    except ValidationError:
        return None


class _ChosenMessage(Posted):
    ts: Timestamp
    user: PersonId | None = None  # messages of some apps have none
    text: Json = None
    blocks: Json = None
    attachments: Json = None
    files: Json = None

    @property
    def said(self) -> str:
        """What it says, in Slack's own marks."""
        return said_in(self.model_dump())


class MessageShortcut(Payload):
    """A shortcut that was chosen from a message's menu; it carries the whole message.

    Source: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """

    team: Team
    user: Person
    channel: _Channel
    message: _ChosenMessage
    trigger_id: Delivery

    @property
    def caller(self) -> Caller:
        """Who chose it, and where."""
        return Caller(
            user=self.user.id,
            team=self.team.id,
            channel=self.channel.id,
            thread_ts=self.message.only_thread,
        )


class GlobalShortcut(Payload):
    """A shortcut that was chosen outside of any message, in no channel.

    Source: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload
    """

    team: Team
    user: Person
    trigger_id: Delivery

    @property
    def caller(self) -> Caller:
        """Who chose it."""
        return Caller(user=self.user.id, team=self.team.id, channel="")


def as_typed(text: str) -> str:
    """Return *text* as the person typed it: Slack's three entities are decoded, once."""
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return text
