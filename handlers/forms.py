"""Forms: check the submission, hand over, answer at the input or close."""

import unicodedata
from collections.abc import Callable
from typing import Final, TypeAlias

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.codes import Denied
from bot.core.commands import REASON_MAX
from bot.core.outcomes import Caller, Outcome, Repeated, Unchanged
from bot.views.answers import whisper
from bot.views.words import Locale
from handlers.payloads import FormContext, FormSubmission
from handlers.ports import Service
from handlers.refusals import NOT_YOUR_FORM, REASON_MISSING, at_the_field

REJECT_REASON: Final = "slipway.reject_reason"
WAY_REASON: Final = "slipway.way_reason"
Decide: TypeAlias = Callable[[FormContext, str, Caller], Outcome]
_ELSEWHERE: Final = "slipway"  # where a form has no input at all: Slack then shows its own words


def register(app: App, service: Service, *, prefix: str) -> None:
    """Attach a listener for each form: the reason of a rejection, and that of a way on."""
    locale = Locale(prefix=prefix)

    def rejected(context: FormContext, reason: str, caller: Caller) -> Outcome:
        return service.rejected(context.operation_id, reason, by=caller)

    def gone_on(context: FormContext, reason: str, caller: Caller) -> Outcome:
        if not context.delivery:
            return NOT_YOUR_FORM
        return service.gone_on(
            context.operation_id, context.way, reason, by=caller, delivery=context.delivery
        )

    _listen(app, service, REJECT_REASON, rejected, locale)
    _listen(app, service, WAY_REASON, gone_on, locale)


def _listen(app: App, service: Service, callback_id: str, decide: Decide, locale: Locale) -> None:

    @app.view(callback_id)
    def submitted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            form = FormSubmission.model_validate(body)
            context = form.context
        except ValidationError:
            return at_the_field(input_of(body), NOT_YOUR_FORM)
        outcome = _decided(decide, form, context)
        if isinstance(outcome, Unchanged | Repeated):
            service.whisper(form.user.id, context.channel, whisper(outcome, locale))
        if isinstance(outcome, Denied):
            return at_the_field(input_of(body), outcome)
        return ack(response_action="clear")


def input_of(body: dict[str, object]) -> str:
    """Return the block of the form's first input, where errors are shown."""
    inner: object = body
    for key in ("view", "state", "values"):
        inner = inner.get(key) if isinstance(inner, dict) else None
    return str(next(iter(inner), _ELSEWHERE)) if isinstance(inner, dict) else _ELSEWHERE


def _decided(decide: Decide, form: FormSubmission, context: FormContext) -> Outcome:
    if form.user.id != context.opener:
        return NOT_YOUR_FORM
    reason = kept(form.text)
    if not reason:
        return REASON_MISSING
    return decide(context, reason, form.caller(context.channel))


def kept(reason: str) -> str:
    """Return *reason* in one line without control characters, cut with a mark."""
    blank = "".join(" " if unicodedata.category(char) == "Cc" else char for char in reason)
    line = " ".join(blank.split())
    return line if len(line) <= REASON_MAX else line[: REASON_MAX - 1] + "…"
