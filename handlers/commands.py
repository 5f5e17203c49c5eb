"""Slash commands: check the payload, hand over, answer. No decisions here."""

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.verbs import SLASH
from bot.views.answers import answer
from bot.views.words import Locale
from handlers.payloads import SlashCommand, as_typed
from handlers.ports import Service
from handlers.refusals import UNREADABLE, spoken


def register(app: App, service: Service, *, locale: Locale) -> None:
    """Attach a listener for each command, under the names that this workspace has for them."""
    for name in SLASH:
        _listen(app, service, name, locale)


def _listen(app: App, service: Service, name: str, locale: Locale) -> None:

    @app.command(locale.command(name))
    def command(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            typed = SlashCommand.model_validate(body)
        except ValidationError:
            return spoken(UNREADABLE, locale)
        text = as_typed(typed.text)
        outcome = service.typed(name, text, by=typed.caller, delivery=typed.trigger_id)
        message = answer(outcome, locale)
        return ack(text=message.text, blocks=list(message.blocks), response_type="ephemeral")
