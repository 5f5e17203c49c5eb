"""Incidents: the buttons of their card, and their forms."""

from contextlib import suppress
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.codes import Denied
from bot.core.errors import SlackError
from bot.core.incidents import PUSHPIN
from bot.core.outcomes import Caller, IncidentFormWanted, Outcome
from bot.core.records import Json
from bot.core.rules import IncidentIntent, LeadIncident
from bot.core.surfaces import whispered
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
from bot.views.answers import whisper
from bot.views.incident_forms import (
    LEAD,
    PRIVATE,
    SEVERITY,
    TARGETS,
    TEXT,
    TITLE,
    callback_of,
    form_about,
)
from bot.views.words import Locale
from handlers.forms import input_of
from handlers.payloads import (
    ButtonPress,
    FormContext,
    IncidentSubmission,
    MessageShortcut,
    Reaction,
    as_typed,
    reader,
)
from handlers.ports import OpenForm, Service
from handlers.refusals import FORM_UNAVAILABLE, NOT_YOUR_FORM, STALE, at_the_field, silent

OPEN: Final = "incident_open"


def register(app: App, service: Service, *, open_form: OpenForm, readers: Readers) -> None:
    """Attach a listener for each button of the card, and for each form."""
    for verb in INCIDENT_BUTTONS:
        _listen(app, service, verb, open_form, readers)
        _listen_to_form(app, service, verb.name, readers)
    _listen_to_form(app, service, verb_of(OPEN).name, readers)
    _listen_to_shortcut(app, service, readers)
    for event in ("reaction_added", "reaction_removed"):
        _listen_to_reactions(app, service, event)


def _listen_to_reactions(app: App, service: Service, event: str) -> None:

    @app.event(event)
    def reacted(ack: Ack, body: dict[str, object]) -> None:
        with suppress(ValidationError):  # on a file, or by whoever is no person
            found = Reaction.model_validate(body)
            if found.name == PUSHPIN:
                service.marked(found.event.item.channel, found.event.item.ts)
        ack()


def _listen_to_shortcut(app: App, service: Service, readers: Readers) -> None:

    @app.message_shortcut(f"{PREFIX}{MARK}")
    def chosen(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            shortcut = MessageShortcut.model_validate(body)
        except ValidationError:
            return silent()  # nobody can be told without a person and a channel
        caller, message = shortcut.caller, shortcut.message
        wanted = marked(caller.channel, message.ts, message.user or "", as_typed(message.text))
        outcome: Outcome = (
            wanted
            if isinstance(wanted, Denied)
            else service.act(wanted, by=caller, delivery=shortcut.trigger_id)
        )
        _tell(service, caller, outcome, readers)
        return ack()


def incident_form(
    wanted: IncidentFormWanted, context: FormContext, locale: Locale
) -> dict[str, Json]:
    """Return the form with what it carries to its submission."""
    return {**form_about(wanted, locale), "private_metadata": context.model_dump_json()}


def _listen(app: App, service: Service, verb: Verb, open_form: OpenForm, readers: Readers) -> None:

    @app.action(verb.action_id())
    def pressed(ack: Ack, body: dict[str, object]) -> None:
        press = ButtonPress.model_validate(body)
        outcome = _pressed(service, verb, press, open_form, readers)
        if not isinstance(outcome, IncidentFormWanted):
            _tell(service, press.caller, outcome, readers)
        ack()


def _pressed(
    service: Service, verb: Verb, press: ButtonPress, open_form: OpenForm, readers: Readers
) -> Outcome:
    if not INCIDENT.fullmatch(press.value):
        return STALE
    wanted = service.incident_form(verb.name, press.value, by=press.caller)
    if not isinstance(wanted, IncidentFormWanted):
        return wanted
    context = FormContext(
        value=press.value,
        channel=press.caller.channel,
        opener=press.caller.user,
        delivery=press.trigger_id,
    )
    try:
        locale = readers.of(press.caller.user)
        open_form(press.trigger_id, incident_form(wanted, context, locale))
    except SlackError:
        return FORM_UNAVAILABLE
    return wanted


def _listen_to_form(app: App, service: Service, name: str, readers: Readers) -> None:

    @app.view(callback_of(name))
    def submitted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            form = IncidentSubmission.model_validate(body)
            context = form.context
        except ValidationError:
            return at_the_field(input_of(body), NOT_YOUR_FORM, reader(body, readers))
        if form.user.id != context.opener:
            return at_the_field(input_of(body), NOT_YOUR_FORM, reader(body, readers))
        intent = _intent(name, form, context)
        caller = form.caller(context.channel)
        outcome: Outcome = (
            intent
            if isinstance(intent, Denied)
            else service.act(intent, by=caller, delivery=context.delivery)
        )
        if isinstance(outcome, Denied):
            return at_the_field(input_of(body), outcome, readers.of(caller.user))
        if name == OPEN:
            _tell(service, caller, outcome, readers)
        return ack(response_action="clear")


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


def _tell(service: Service, to: Caller, outcome: Outcome, readers: Readers) -> None:
    text = whisper(outcome, readers.of(to.user))
    service.show(whispered(to.user, to.channel, text))
