"""The trust boundary: what Slack sends, of which only what we read is kept and checked.

Unknown fields are ignored, since Slack adds some at any time; ids alone count, names prove nothing.
"""

from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

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
from bot.core.verbs.review import NOTE_INPUT, VERDICT_INPUT
from bot.readers import Readers
from bot.views.words import Locale

PersonId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,20}$")
]  # never "slipway": nobody acts as us
Delivery: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")]
Timestamp: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
TeamId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[TE][A-Z0-9]{2,20}$")]
ButtonValue: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,2000}$")]

EventType: TypeAlias = Literal[
    "app_home_opened", "app_mention", "reaction_added", "reaction_removed"
]
EVENTS: Final[tuple[EventType, ...]] = get_args(EventType)  # those that have a listener

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


class _Posted(Payload):
    ts: Timestamp | None = None


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


class ButtonPress(Payload):
    """One press of one button.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """

    team: Team
    user: Person
    channel: _Channel | None = None
    view: _Home | None = None  # where it stands on somebody's Home
    container: _Container = _Container()
    message: _Posted = _Posted()  # the message itself, where the container does not say which
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
            thread_ts=self.container.thread_ts,
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

    @model_validator(mode="before")
    @classmethod
    def _of_an_event(cls, body: dict[str, object]) -> dict[str, object]:
        event = body.get("event")
        if not isinstance(event, dict):
            return body
        return {key: {"id": event.get(key)} for key in ("user", "channel")}


class FormContext(Record):
    """What a form carries from the press that opened it to its submission."""

    value: ButtonValue  # of the pressed button; which verb it is, the form's name says
    channel: ChannelId
    opener: PersonId
    delivery: Delivery  # of the press: one form is one operation, however often it is sent


class _TextInput(Payload):
    type: Literal["plain_text_input"]
    value: str | None = None


class _State(Payload):
    values: Annotated[
        dict[str, Annotated[dict[str, _TextInput], Field(min_length=1, max_length=1)]],
        Field(min_length=1, max_length=1),
    ]


class _View(Payload):
    private_metadata: Annotated[str, Field(max_length=3_000)]
    state: _State


class FormSubmission(Payload):
    """A submitted form that has one text input.

    Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """

    team: Team
    user: Person
    view: _View

    @property
    def text(self) -> str:
        """What was typed, as typed."""
        (block,) = self.view.state.values.values()
        (typed,) = block.values()
        return typed.value or ""

    @property
    def context(self) -> FormContext:
        """What the press left; raises ValidationError where it is not ours."""
        return FormContext.model_validate_json(self.view.private_metadata)

    def caller(self, channel: ChannelId) -> Caller:
        """Who submitted it; a form is nowhere, so the channel is the press's."""
        return Caller(user=self.user.id, team=self.team.id, channel=channel)


class _Verdict(Payload):
    value: str


class _Choice(Payload):
    type: Literal["radio_buttons"]
    selected_option: _Verdict | None = None


class _ReviewValues(Payload):
    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Annotated[dict[str, _Choice], Field(min_length=1, max_length=1, alias=VERDICT_INPUT)]
    note: Annotated[dict[str, _TextInput], Field(min_length=1, max_length=1, alias=NOTE_INPUT)]


class _ReviewState(Payload):
    values: _ReviewValues


class _ReviewView(Payload):
    private_metadata: Annotated[str, Field(max_length=3_000)]
    state: _ReviewState


class ReviewSubmission(Payload):
    """A submitted form that has a verdict and a note."""

    team: Team
    user: Person
    view: _ReviewView

    @property
    def verdict(self) -> str:
        """What was chosen; "" where nothing was."""
        (chosen,) = self.view.state.values.verdict.values()
        return chosen.selected_option.value if chosen.selected_option else ""

    @property
    def note(self) -> str:
        """What was typed, as typed."""
        (typed,) = self.view.state.values.note.values()
        return typed.value or ""

    @property
    def context(self) -> FormContext:
        """What the press left; raises ValidationError where it is not ours."""
        return FormContext.model_validate_json(self.view.private_metadata)

    def caller(self, channel: ChannelId) -> Caller:
        """Who submitted it; a form is nowhere, so the channel is the press's."""
        return Caller(user=self.user.id, team=self.team.id, channel=channel)


class _Chosen(Payload):
    value: Annotated[str, Field(max_length=150)]


class Entered(Payload):
    """What stands in one element of a form."""

    value: str | None = None
    selected_user: PersonId | None = None
    selected_option: _Chosen | None = None
    selected_options: tuple[_Chosen, ...] = ()


class _FilledState(Payload):
    values: dict[str, dict[str, Entered]]


class _FilledView(Payload):
    private_metadata: Annotated[str, Field(max_length=3_000)]
    state: _FilledState


class IncidentSubmission(Payload):
    """A submitted form about an incident: several fields, each in a block of its own."""

    team: Team
    user: Person
    view: _FilledView

    @property
    def context(self) -> FormContext:
        """What the press left; raises ValidationError where it is not ours."""
        return FormContext.model_validate_json(self.view.private_metadata)

    def caller(self, channel: ChannelId) -> Caller:
        """Who submitted it; a form is nowhere, so the channel is the press's."""
        return Caller(user=self.user.id, team=self.team.id, channel=channel)

    def words(self, block: str) -> str:
        """Return what was typed or chosen in *block*; "" where nothing was."""
        entered = self._of(block)
        chosen = entered.selected_option.value if entered.selected_option else ""
        return entered.value or entered.selected_user or chosen

    def several(self, block: str) -> tuple[str, ...]:
        """Return what was chosen in *block*, where several may be."""
        return tuple(each.value for each in self._of(block).selected_options)

    def _of(self, block: str) -> Entered:
        return next(iter(self.view.state.values.get(block, {}).values()), Entered())


class _ChosenMessage(Payload):
    ts: Timestamp
    text: str = ""
    user: PersonId | None = None  # messages of some apps have none


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
        return Caller(user=self.user.id, team=self.team.id, channel=self.channel.id)


class _MentionEvent(Payload):
    user: PersonId
    channel: ChannelId
    text: str = ""
    thread_ts: Timestamp | None = None


class Mention(Payload):
    """Somebody wrote `@slipway …` in a channel or a thread.

    Source: https://docs.slack.dev/reference/events/app_mention
    """

    team_id: TeamId
    event_id: Delivery
    event: _MentionEvent

    @property
    def caller(self) -> Caller:
        """Who wrote it, and where."""
        return Caller(
            user=self.event.user,
            team=self.team_id,
            channel=self.event.channel,
            thread_ts=self.event.thread_ts,
        )


class _HomeEvent(Payload):
    user: PersonId
    channel: ChannelId
    tab: str = "home"


class HomeOpened(Payload):
    """Somebody looks at the app: at its Home, or at what it wrote.

    Source: https://docs.slack.dev/reference/events/app_home_opened
    """

    event: _HomeEvent


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


class _ReactedTo(Payload):
    type: Literal["message"]
    channel: ChannelId
    ts: Timestamp


class _ReactionEvent(Payload):
    user: PersonId
    reaction: str
    item: _ReactedTo


class Reaction(Payload):
    """Somebody put an emoji on a message, or took one away: neither its text nor its thread.

    Source: https://docs.slack.dev/reference/events/reaction_added
    """

    event: _ReactionEvent

    @property
    def name(self) -> str:
        """The emoji, whatever its skin is."""
        return self.event.reaction.partition("::")[0]


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
    message: _Posted | None = None
    actions: Json = None
    view: _FormAsSent | None = None


class _MarkedMessage(Payload):
    ts: str | None = None
    text: str | None = None
    user: str | None = None


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


def as_typed(text: str) -> str:
    """Return *text* as the person typed it: Slack's three entities are decoded, once."""
    for entity, char in _ENTITIES:
        text = text.replace(entity, char)
    return text
