"""The trust boundary of forms with pickers: what Slack sends of a view, and what it carries for us.

What a person entered is found by the element's name, whatever block it stands in.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from bot.core.outcomes import Caller
from bot.core.records import ChannelId, Record
from bot.core.verbs.forms import FIELDS, Filled, FormAction
from bot.core.verbs.forms import Field as FieldName
from handlers.payloads import Delivery, Payload, Person, PersonId, Team, Timestamp
from handlers.submissions import Entered, submitter

METADATA_MAX: Final = 3_000  # characters that Slack takes


class ChangeContext(Record):
    """What a form of a change carries from page to page, and to its submission."""

    action: FormAction
    opener: PersonId
    delivery: Delivery  # of what opened it: one form is one operation, however often it is sent
    channel: ChannelId | Literal[""] = ""  # where it was asked for; "": nowhere
    thread_ts: Timestamp | None = None  # where that was in a thread
    target: str = Field("", max_length=150)  # that was chosen
    press: str = ""  # the value of the button that opened it, where it shows a rollback first
    filled: Filled | None = None  # what the plan that is shown is of: the second page


class _Values(Payload):
    values: dict[str, dict[str, Entered]] = Field(default_factory=dict)


class _View(Payload):
    id: str = ""
    hash: str = ""
    private_metadata: Annotated[str, Field(max_length=METADATA_MAX)] = ""
    state: _Values = _Values()

    @property
    def context(self) -> ChangeContext:
        """What the page before left; raises ValidationError where it is not ours."""
        return ChangeContext.model_validate_json(self.private_metadata)

    def entered(self, field: FieldName) -> Entered:
        """Return what stands in *field*."""
        found = (each.get(FIELDS[field]) for each in self.state.values.values())
        return next((each for each in found if each is not None), Entered())

    def chosen(self, field: FieldName) -> str:
        """Return what was typed or chosen in *field*; "" where nothing was."""
        entered = self.entered(field)
        option = entered.selected_option
        return (option.value if option else entered.value) or ""


class ChangeSubmission(Payload):
    """A submitted form that asks for a change.

    Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """

    team: Team
    user: Person
    view: _View

    def filled(self, context: ChangeContext) -> Filled:
        """Return what was filled in; on the second page, on the first one."""
        view = self.view
        if context.filled is not None:
            reason = view.chosen("reason") or context.filled.reason  # that page may ask for it
            return context.filled.model_copy(update={"reason": reason})
        return Filled(
            action=context.action,
            target=view.chosen("target"),
            version=view.chosen("version"),
            replicas=view.chosen("replicas"),
            values=view.chosen("values"),
            reason=view.chosen("reason"),
            dry_run=bool(view.entered("dry_run").selected_options),
        )

    def block_of(self, field: FieldName) -> str | None:
        """Return the block that has *field*; None: it is not there."""
        named = self.view.state.values.items()
        return next((block for block, inside in named if FIELDS[field] in inside), None)

    def caller(self, context: ChangeContext) -> Caller:
        """Who submitted it; a form is nowhere, so the place is that of what opened it."""
        return submitter(self.user, self.team, context.channel, context.thread_ts)


class _Option(Payload):
    value: Annotated[str, Field(max_length=150)]


class _Picked(Payload):
    action_id: str
    selected_option: _Option | None = None


class PickPress(Payload):
    """Something was chosen in a form that wants to know it at once."""

    team: Team
    user: Person
    view: _View
    actions: Annotated[tuple[_Picked, ...], Field(min_length=1, max_length=1)]

    @property
    def value(self) -> str:
        """What was chosen; "" where it was taken back."""
        option = self.actions[0].selected_option
        return option.value if option else ""


def is_pick(body: dict[str, object]) -> bool:
    """Return whether something was chosen in a picker."""
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return isinstance(first, dict) and first.get("type") == "external_select"


class Suggestion(Payload):
    """A picker wants to know what to offer for what was typed so far.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
    """

    user: Person
    action_id: str
    value: Annotated[str, Field(max_length=3_000)] = ""
    view: _View
