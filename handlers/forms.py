"""Forms: check the submission, hand over, answer at the input or close."""

from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.codes import Denied
from bot.core.outcomes import Repeated, Unchanged
from bot.core.rules import Recover, Reject
from bot.core.verbs import BUTTONS
from bot.core.verbs.reasons import kept_reason
from bot.views.answers import whisper
from bot.views.words import Locale
from handlers.payloads import FormContext, FormSubmission
from handlers.ports import Service
from handlers.refusals import NOT_YOUR_FORM, REASON_MISSING, at_the_field

_ELSEWHERE: Final = "slipway"  # where a form has no input at all: Slack then shows its own words


def register(app: App, service: Service, *, locale: Locale) -> None:
    """Attach a listener for each verb's form."""
    for verb in BUTTONS:
        if verb.asks_reason:
            _listen(app, service, verb.callback_id, locale)


def _listen(app: App, service: Service, callback_id: str, locale: Locale) -> None:

    @app.view(callback_id)
    def submitted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            form = FormSubmission.model_validate(body)
            context = form.context
        except ValidationError:
            return at_the_field(input_of(body), NOT_YOUR_FORM, locale)
        refused = _submitted(service, form, context, locale)
        if refused:
            return at_the_field(input_of(body), refused, locale)
        return ack(response_action="clear")


def input_of(body: dict[str, object]) -> str:
    """Return the block of the form's first input, where errors are shown."""
    inner: object = body
    for key in ("view", "state", "values"):
        inner = inner.get(key) if isinstance(inner, dict) else None
    return str(next(iter(inner), _ELSEWHERE)) if isinstance(inner, dict) else _ELSEWHERE


def _submitted(
    service: Service, form: FormSubmission, context: FormContext, locale: Locale
) -> Denied | None:
    if form.user.id != context.opener or not isinstance(context.intent, Reject | Recover):
        return NOT_YOUR_FORM
    reason = kept_reason(form.text)
    if not reason:
        return REASON_MISSING
    intent = context.intent.model_copy(update={"reason": reason})
    caller = form.caller(context.channel)
    outcome = service.act(intent, by=caller, delivery=context.delivery)
    if isinstance(outcome, Denied):
        return outcome
    if isinstance(outcome, Unchanged | Repeated):
        service.whisper(caller.user, caller.channel, whisper(outcome, locale))
    return None
