"""Slash commands: check the payload, hand over, answer. No decisions here."""

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.codes import Denied
from bot.core.outcomes import ChangeFormWanted, IncidentFormWanted
from bot.core.verbs import SLASH
from bot.readers import Readers
from handlers.opening import Forms, Opening
from handlers.payloads import SlashCommand, as_typed
from handlers.ports import Service
from handlers.refusals import UNREADABLE, spoken


def register(app: App, service: Service, *, forms: Forms, readers: Readers) -> None:
    """Attach a listener for each command, under the names that this workspace has for them."""
    for name in SLASH:
        _listen(app, service, name, forms, readers)


def _listen(app: App, service: Service, name: str, forms: Forms, readers: Readers) -> None:

    @app.command(readers.anybody.command(name))
    def command(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            typed = SlashCommand.model_validate(body)
        except ValidationError:
            return spoken(UNREADABLE, readers.anybody)
        text = as_typed(typed.text)
        outcome = service.typed(name, text, by=typed.caller, delivery=typed.trigger_id)
        locale = readers.of(typed.user_id)
        if isinstance(outcome, IncidentFormWanted | ChangeFormWanted):
            refused = _opened(outcome, typed, forms)
            return spoken(refused, locale) if refused else ack()
        return spoken(outcome, locale)


def _opened(
    wanted: IncidentFormWanted | ChangeFormWanted, typed: SlashCommand, forms: Forms
) -> Denied | None:
    opening = Opening(typed.caller, typed.trigger_id)
    if isinstance(wanted, IncidentFormWanted):
        return forms.incident(wanted, opening)
    return forms.change(wanted, opening)
