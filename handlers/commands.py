"""Slash commands: check the payload, hand over, answer. No decisions here."""

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.errors import SlackError
from bot.core.outcomes import ChangeFormWanted, IncidentFormWanted
from bot.core.verbs import SLASH
from bot.readers import Readers
from bot.views.answers import answer
from handlers.change_forms import context_of, opened
from handlers.incidents import incident_form
from handlers.payloads import FormContext, SlashCommand, as_typed
from handlers.ports import OpenForm, Service
from handlers.refusals import FORM_UNAVAILABLE, UNREADABLE, spoken


def register(app: App, service: Service, *, open_form: OpenForm, readers: Readers) -> None:
    """Attach a listener for each command, under the names that this workspace has for them."""
    for name in SLASH:
        _listen(app, service, name, open_form, readers)


def _listen(app: App, service: Service, name: str, open_form: OpenForm, readers: Readers) -> None:

    @app.command(readers.anybody.command(name))
    def command(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            typed = SlashCommand.model_validate(body)
        except ValidationError:
            return spoken(UNREADABLE, readers.anybody)
        text = as_typed(typed.text)
        outcome = service.typed(name, text, by=typed.caller, delivery=typed.trigger_id)
        locale = readers.of(typed.user_id)
        if isinstance(outcome, IncidentFormWanted):
            carried = FormContext(
                value=outcome.verb,
                channel=typed.channel_id,
                opener=typed.user_id,
                delivery=typed.trigger_id,
            )
            try:
                open_form(typed.trigger_id, incident_form(outcome, carried, locale))
            except SlackError:
                return spoken(FORM_UNAVAILABLE, locale)
            return ack()
        if isinstance(outcome, ChangeFormWanted):
            context = context_of(typed, outcome)
            refused = opened(outcome, context, open_form, locale)
            return spoken(refused, locale) if refused else ack()
        message = answer(outcome, locale)
        return ack(text=message.text, blocks=list(message.blocks), response_type="ephemeral")
