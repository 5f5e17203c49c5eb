"""The trust boundary of forms: what was filled in, and what a form carries from its press."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from bot.core.outcomes import Caller
from bot.core.records import ChannelId, Record
from bot.core.verbs.review import NOTE_INPUT, VERDICT_INPUT
from handlers.payloads import ButtonValue, Delivery, Payload, Person, PersonId, Team, Timestamp


def submitter(
    user: Person, team: Team, channel: ChannelId | Literal[""], thread_ts: str | None
) -> Caller:
    """Return who submitted a form that was opened there."""
    return Caller(user=user.id, team=team.id, channel=channel, thread_ts=thread_ts)


class FormContext(Record):
    """What a form carries from the press that opened it to its submission."""

    value: ButtonValue  # of the pressed button; which verb it is, the form's name says
    channel: ChannelId
    thread_ts: Timestamp | None = None  # where the press was in a thread
    opener: PersonId
    delivery: Delivery  # of the press: one form is one operation, however often it is sent


class _Submitted(Payload):
    private_metadata: Annotated[str, Field(max_length=3_000)]


class Submission(Payload):
    """A form that was sent: who sent it, and what the press that opened it left.

    Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """

    team: Team
    user: Person
    view: _Submitted

    @property
    def context(self) -> FormContext:
        """What the press left; raises ValidationError where it is not ours."""
        return FormContext.model_validate_json(self.view.private_metadata)

    def caller(self, context: FormContext) -> Caller:
        """Who submitted it; a form is nowhere, so the place is the press's."""
        return submitter(self.user, self.team, context.channel, context.thread_ts)


class _TextInput(Payload):
    type: Literal["plain_text_input"]
    value: str | None = None


class _State(Payload):
    values: Annotated[
        dict[str, Annotated[dict[str, _TextInput], Field(min_length=1, max_length=1)]],
        Field(min_length=1, max_length=1),
    ]


class _View(_Submitted):
    state: _State


class FormSubmission(Submission):
    """A submitted form that has one text input."""

    view: _View

    @property
    def text(self) -> str:
        """What was typed, as typed."""
        (block,) = self.view.state.values.values()
        (typed,) = block.values()
        return typed.value or ""


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


class _ReviewView(_Submitted):
    state: _ReviewState


class ReviewSubmission(Submission):
    """A submitted form that has a verdict and a note."""

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


class _FilledView(_Submitted):
    state: _FilledState


class IncidentSubmission(Submission):
    """A submitted form about an incident: several fields, each in a block of its own."""

    view: _FilledView

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
