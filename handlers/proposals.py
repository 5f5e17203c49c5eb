"""The buttons of proposals: check the press, hand over; the card tells what came of it."""

from slack_bolt import Ack, App

from bot.core.codes import Denied
from bot.core.outcomes import AlertJoined, Repeated
from bot.core.verbs import PROPOSAL_BUTTONS, Verb
from bot.readers import Readers
from handlers.opening import Forms
from handlers.payloads import ButtonPress
from handlers.ports import Service
from handlers.refusals import STALE
from handlers.telling import tell


def register(app: App, service: Service, *, forms: Forms, readers: Readers) -> None:
    """Attach a listener for each verb that is a button of proposals."""
    for verb in PROPOSAL_BUTTONS:
        _listen(app, service, verb, forms, readers)


def _listen(app: App, service: Service, verb: Verb, forms: Forms, readers: Readers) -> None:

    @app.action(verb.action_id())
    def pressed(ack: Ack, body: dict[str, object]) -> None:
        press = ButtonPress.model_validate(body)
        intent = verb.reads(press.value) if verb.reads else None
        caller = press.caller
        outcome = (
            STALE if intent is None else service.act(intent, by=caller, delivery=press.trigger_id)
        )
        if isinstance(outcome, Denied | Repeated | AlertJoined):
            tell(service, forms, readers, press, outcome)
        ack()
