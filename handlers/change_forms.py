"""The forms of changes: open, check the submission, hand over, answer at the field or go on."""

from pydantic import ValidationError
from slack_bolt import App, BoltResponse

from bot.core.codes import Denied
from bot.core.codes.grammar import TooLong
from bot.core.codes.service import SecretInReason
from bot.core.outcomes import Done, DryRun, Outcome
from bot.core.rules import Change, Press, RollBack
from bot.core.secrecy import holds_secret
from bot.core.verbs import press_of, read_token
from bot.core.verbs.forms import (
    FORMS,
    Fault,
    Filled,
    FormAction,
    fault_of,
    filled_change,
)
from bot.core.verbs.reasons import kept_reason
from bot.readers import Readers
from bot.views.change_forms import callback_of, planned_form
from bot.views.words import Locale
from handlers.opening import carrying
from handlers.payloads import reader
from handlers.ports import Service
from handlers.refusals import NOT_YOUR_FORM, at_the_field, in_the_form, reader_of
from handlers.telling import closed, next_page, over
from handlers.view_payloads import METADATA_MAX, ChangeContext, ChangeSubmission


def register(app: App, service: Service, *, readers: Readers) -> None:
    """Attach a listener for each form."""
    for action in FORMS:
        _listen(app, service, action, readers)


def _listen(app: App, service: Service, action: FormAction, readers: Readers) -> None:

    @app.view(callback_of(action))
    def submitted(body: dict[str, object]) -> BoltResponse:
        try:
            form = ChangeSubmission.model_validate(body)
            context = form.view.context
            filled = form.filled(context)
        except ValidationError:
            return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
        if form.user.id != context.opener or context.action != action:
            return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
        outcome = _outcome(service, form, filled, context)
        if isinstance(outcome, Fault):
            locale = reader_of(outcome.denied, form.user.id, readers)
            return _refused(form, outcome, body, locale)
        locale = readers.of(form.user.id)
        if isinstance(outcome, DryRun):
            return _planned(form, filled, outcome, context, locale)
        if isinstance(outcome, Done):
            return closed()
        title = f"change_form.{context.action}"
        return over(service, form.caller(context), outcome, locale, title=title)


def _outcome(
    service: Service, form: ChangeSubmission, filled: Filled, context: ChangeContext
) -> Outcome | Fault:
    wished = _pressed(context, filled) if context.press else _wished(filled)
    if isinstance(wished, Fault):
        return wished
    if isinstance(wished, Change) and context.filled is not None:
        wished = wished.model_copy(update={"dry_run": False})  # its plan has been shown
    caller = form.caller(context)
    outcome = service.act(wished, by=caller, delivery=context.delivery)
    return fault_of(outcome, context.action) if isinstance(outcome, Denied) else outcome


def _wished(filled: Filled) -> Change | Fault:
    return filled_change(filled) if filled.target else Fault("target", NOT_YOUR_FORM)


def _pressed(context: ChangeContext, filled: Filled) -> Press | Fault:
    """Return the press that opened the form, with the reason that it asked for."""
    token = read_token(context.press)
    if token is None:
        return Fault("reason", NOT_YOUR_FORM)
    if holds_secret(filled.reason):
        return Fault("reason", Denied.of(SecretInReason()))
    wanted = press_of(RollBack, token)
    return wanted.model_copy(update={"reason": kept_reason(filled.reason)})


def _refused(
    form: ChangeSubmission,
    fault: Fault,
    body: dict[str, object],
    locale: Locale,
) -> BoltResponse:
    """Say it at its field; where the page has none of that name, where it can be said."""
    block = form.block_of(fault.field)
    if block:
        return at_the_field(block, fault.denied, locale)
    return in_the_form(body, fault.denied, locale)


def _planned(
    form: ChangeSubmission,
    filled: Filled,
    planned: DryRun,
    context: ChangeContext,
    locale: Locale,
) -> BoltResponse:
    """Show the plan as the second page, which carries what it is of."""
    after = context.model_copy(update={"filled": filled})
    asks_reason = _asks_reason(filled, planned)
    page = carrying(planned_form(filled.action, planned, locale, asks_reason=asks_reason), after)
    carried = len(str(page["private_metadata"]))
    if carried > METADATA_MAX:
        block = form.block_of("values") or form.block_of("reason") or form.block_of("target") or ""
        return at_the_field(block, Denied.of(TooLong(length=carried, most=METADATA_MAX)), locale)
    return next_page(page)


def _asks_reason(filled: Filled, planned: DryRun) -> bool:
    """Whether a reason is still missing, without which the plan's button could not go on."""
    is_wanted = planned.policy.reason == "required" or planned.breaks_glass
    wished = filled_change(filled)
    return is_wanted and not (isinstance(wished, Change) and wished.reason)
