"""Slash commands: check the payload, hand over, answer. No decisions here."""

from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.commands import SLASH, under_prefix
from bot.views.answers import answer
from bot.views.words import Locale
from handlers.payloads import SlashCommand, as_typed
from handlers.ports import Service
from handlers.refusals import UNREADABLE, spoken

VERBS: Final = tuple(each.name for each in SLASH)


def register(app: App, service: Service, *, prefix: str) -> None:
    """Attach a listener for each command; their names begin with *prefix*: "" or "ship-"."""
    for verb in VERBS:
        _listen(app, service, verb, prefix)


def _listen(app: App, service: Service, verb: str, prefix: str) -> None:

    @app.command(f"/{prefix}{verb}")
    def command(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            typed = SlashCommand.model_validate(body)
        except ValidationError:
            return spoken(under_prefix(UNREADABLE, prefix))
        text = as_typed(typed.text)
        outcome = service.command(verb, text, by=typed.caller, delivery=typed.trigger_id)
        message = answer(outcome, Locale(prefix=prefix))
        return ack(text=message.text, blocks=list(message.blocks), response_type="ephemeral")
