"""The form of a review: check the submission, hand over, answer at the input or close."""

from typing import Final, Literal, TypeAlias

from pydantic import TypeAdapter, ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.codes import Denied
from bot.core.codes.service import NoteMissing, SecretInReason
from bot.core.outcomes import Unchanged
from bot.core.rules import Review
from bot.core.secrecy import holds_secret
from bot.core.verbs import press_of, read_token
from bot.core.verbs.reasons import kept_reason
from bot.core.verbs.review import NOTE_INPUT, REVIEW, VERDICT_INPUT
from bot.readers import Readers
from handlers.payloads import reader
from handlers.ports import Service
from handlers.refusals import NOT_YOUR_FORM, at_the_field, in_the_form, reader_of
from handlers.submissions import ReviewSubmission
from handlers.telling import whisper_to

Verdict: TypeAlias = Literal["justified", "not_justified"]
_VERDICT: Final[TypeAdapter[Verdict]] = TypeAdapter(Verdict)


def register(app: App, service: Service, *, readers: Readers) -> None:
    """Attach the listener."""

    @app.view(REVIEW.callback_id)
    def submitted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            form = ReviewSubmission.model_validate(body)
            token = read_token(form.context.value)
        except ValidationError:
            return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
        if token is None or form.user.id != form.context.opener:
            return at_the_field(VERDICT_INPUT, NOT_YOUR_FORM, reader(body, readers))
        press = press_of(Review, token)
        refused = _submitted(service, press, form, readers)
        if refused:
            return at_the_field(*refused, reader_of(refused[1], form.user.id, readers))
        return ack(response_action="clear")


def _submitted(
    service: Service, press: object, form: ReviewSubmission, readers: Readers
) -> tuple[str, Denied] | None:
    """Hand the review over; return the field and what is wrong there, where something is."""
    try:
        verdict = _VERDICT.validate_python(form.verdict)
    except ValidationError:
        return VERDICT_INPUT, NOT_YOUR_FORM
    note = kept_reason(form.note)
    if holds_secret(form.note):
        return NOTE_INPUT, Denied.of(SecretInReason())
    if not note and verdict == "not_justified":
        return NOTE_INPUT, Denied.of(NoteMissing())
    if not isinstance(press, Review):
        return VERDICT_INPUT, NOT_YOUR_FORM
    given = press.model_copy(update={"verdict": verdict, "note": note})
    caller = form.caller(form.context)
    outcome = service.act(given, by=caller, delivery=form.context.delivery)
    if isinstance(outcome, Denied):
        return VERDICT_INPUT, outcome
    if isinstance(outcome, Unchanged):
        whisper_to(service, caller, outcome, readers.of(caller.user))
    return None
