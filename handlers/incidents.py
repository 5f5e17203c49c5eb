"""Incidents: the buttons of their card, and their forms."""

from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.codes import Denied
from bot.core.codes.incidents import BadSeverity
from bot.core.codes.rules import UnknownTarget
from bot.core.incidents import PUSHPIN
from bot.core.outcomes import IncidentFormWanted, Outcome
from bot.core.rules import IncidentIntent, LeadIncident
from bot.core.verbs import (
    INCIDENT,
    INCIDENT_BUTTONS,
    MARK,
    Verb,
    filled_in,
    marked,
    told_in_form,
    verb_of,
)
from bot.core.verbs.verb import PREFIX
from bot.readers import Readers
from bot.views.incident_forms import (
    LEAD,
    PRIVATE,
    SEVERITY,
    TARGETS,
    TEXT,
    TITLE,
    callback_of,
)
from bot.views.words import Locale
from handlers.event_payloads import Reaction
from handlers.opening import Forms, Opening
from handlers.payloads import ButtonPress, MessageShortcut, as_typed, reader
from handlers.ports import Service
from handlers.refusals import NOT_YOUR_FORM, STALE, at_the_field, in_the_form, reader_of, silent
from handlers.submissions import FormContext, IncidentSubmission
from handlers.telling import over, tell, whisper_to
from handlers.unread import Unread

OPEN: Final = "incident_open"
_FIELDS: Final = {BadSeverity.key: SEVERITY, UnknownTarget.key: TARGETS}  # all else is the title's


def register(app: App, service: Service, *, forms: Forms, readers: Readers, unread: Unread) -> None:
    """Attach a listener for each button of the card, and for each form."""
    for verb in INCIDENT_BUTTONS:
        _listen(app, service, verb, forms, readers)
        _listen_to_form(app, service, verb.name, readers)
    _listen_to_form(app, service, verb_of(OPEN).name, readers)
    _listen_to_shortcut(app, service, readers, unread)
    for event in ("reaction_added", "reaction_removed"):
        _listen_to_reactions(app, service, event, unread)


def _listen_to_reactions(app: App, service: Service, event: str, unread: Unread) -> None:

    @app.event(event)
    def reacted(ack: Ack, body: dict[str, object]) -> None:
        try:
            found = Reaction.model_validate(body)
        except ValidationError as error:  # on a file, or by whoever is no person
            unread.tell(event, error)
        else:
            if found.name == PUSHPIN:
                service.marked(found.event.item.channel, found.event.item.ts)
        ack()


def _listen_to_shortcut(app: App, service: Service, readers: Readers, unread: Unread) -> None:

    @app.message_shortcut(f"{PREFIX}{MARK}")
    def chosen(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            shortcut = MessageShortcut.model_validate(body)
        except ValidationError as error:
            unread.tell("message_action", error)
            return silent()  # nobody can be told without a person and a channel
        caller, message = shortcut.caller, shortcut.message
        wanted = marked(caller.channel, message.ts, message.user or "", as_typed(message.said))
        outcome: Outcome = (
            wanted
            if isinstance(wanted, Denied)
            else service.act(wanted, by=caller, delivery=shortcut.trigger_id)
        )
        whisper_to(service, caller, outcome, readers.of(caller.user))
        return ack()


def _listen(app: App, service: Service, verb: Verb, forms: Forms, readers: Readers) -> None:

    @app.action(verb.action_id())
    def pressed(ack: Ack, body: dict[str, object]) -> None:
        press = ButtonPress.model_validate(body)
        outcome = _pressed(service, verb, press, forms)
        if outcome is not None:
            tell(service, forms, readers, press, outcome)
        ack()


def _pressed(service: Service, verb: Verb, press: ButtonPress, forms: Forms) -> Outcome | None:
    """Open the form; return what is to be told where none is opened."""
    if not INCIDENT.fullmatch(press.value):
        return STALE
    wanted = service.incident_form(verb.name, press.value, by=press.caller)
    if not isinstance(wanted, IncidentFormWanted):
        return wanted
    return forms.incident(wanted, Opening(press.caller, press.trigger_id))


def _listen_to_form(app: App, service: Service, name: str, readers: Readers) -> None:

    @app.view(callback_of(name))
    def submitted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            form = IncidentSubmission.model_validate(body)
            context = form.context
        except ValidationError:
            return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
        if form.user.id != context.opener:
            return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
        intent = _intent(name, form, context)
        caller = form.caller(context)
        outcome: Outcome = (
            intent
            if isinstance(intent, Denied)
            else service.act(intent, by=caller, delivery=context.delivery)
        )
        if isinstance(outcome, Denied):
            locale = reader_of(outcome, caller.user, readers)
            return _refused(name, outcome, body, locale)
        if name == OPEN:
            locale = readers.of(caller.user)
            return over(service, caller, outcome, locale, title="incident_form.open")
        return ack(response_action="clear")


def _refused(name: str, denied: Denied, body: dict[str, object], locale: Locale) -> BoltResponse:
    """Say it at the field that it is about."""
    field = _FIELDS.get(denied.why.key) if name == OPEN else None
    return at_the_field(field, denied, locale) if field else in_the_form(body, denied, locale)


def _intent(name: str, form: IncidentSubmission, context: FormContext) -> IncidentIntent | Denied:
    if name == OPEN:
        return filled_in(
            form.words(TITLE),
            form.several(TARGETS),
            form.words(SEVERITY),
            is_private=bool(form.several(PRIVATE)),
        )
    if name == "incident_lead":
        return LeadIncident(incident=context.value, lead=form.words(LEAD) or None)
    return told_in_form(name, context.value, form.words(TEXT))
