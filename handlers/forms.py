"""Forms: check the submission, hand over, answer at the input or close."""

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.codes import Denied
from bot.core.outcomes import Repeated, Unchanged
from bot.core.rules import Press
from bot.core.verbs import BUTTONS, Verb, press_of, read_token
from bot.core.verbs.reasons import kept_reason
from bot.readers import Readers
from handlers.payloads import reader
from handlers.ports import Service
from handlers.refusals import NOT_YOUR_FORM, REASON_MISSING, in_the_form, reader_of
from handlers.submissions import FormSubmission
from handlers.telling import whisper_to


def register(app: App, service: Service, *, readers: Readers) -> None:
    """Attach a listener for each verb's form."""
    for verb in BUTTONS:
        if verb.press and verb.press.opens == "reason":
            _listen(app, service, verb, readers)


def _listen(app: App, service: Service, verb: Verb, readers: Readers) -> None:

    @app.view(verb.callback_id)
    def submitted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            form = FormSubmission.model_validate(body)
            context = form.context
        except ValidationError:
            return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
        token = read_token(context.value)
        if token is None or verb.press is None or form.user.id != context.opener:
            return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
        refused = _submitted(service, press_of(verb.press, token), form, readers)
        if refused:
            locale = reader_of(refused, form.user.id, readers)
            return in_the_form(body, refused, locale)
        return ack(response_action="clear")


def _submitted(
    service: Service, intent: Press, form: FormSubmission, readers: Readers
) -> Denied | None:
    reason = kept_reason(form.text)
    if not reason and intent.needs_reason:
        return REASON_MISSING
    context = form.context
    caller = form.caller(context)
    given = intent.model_copy(update={"reason": reason})
    outcome = service.act(given, by=caller, delivery=context.delivery)
    if isinstance(outcome, Denied):
        return outcome
    if isinstance(outcome, Unchanged | Repeated):
        whisper_to(service, caller, outcome, readers.of(caller.user))
    return None
