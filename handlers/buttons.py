"""Buttons: check the press, hand over; the card and the thread tell what came of it."""

import logging
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from typing_extensions import override

from bot.core.codes import Denied
from bot.core.errors import JournalUnavailableError, SlackError
from bot.core.outcomes import (
    DetailsWanted,
    FormWanted,
    OpenedForm,
    Outcome,
    PreviewWanted,
    Repeated,
    ReviewWanted,
    Unchanged,
)
from bot.core.records import Json
from bot.core.rules import Press
from bot.core.surfaces import whispered
from bot.core.verbs import BUTTONS, MORE, Token, Verb, press_of, read_choice, read_token
from bot.core.verbs.details import DETAILS
from bot.readers import Readers
from bot.views.answers import whisper
from bot.views.change_forms import notice
from bot.views.details import details
from bot.views.forms import reason_form, review_form
from bot.views.previews import preview_form
from handlers.payloads import ButtonPress, FormContext, Whereabouts
from handlers.pickers import carrying
from handlers.ports import Service, Views
from handlers.refusals import FORM_UNAVAILABLE, STALE, UNREADABLE, silent
from handlers.view_payloads import ChangeContext, PickPress, is_pick

_log: Final = logging.getLogger(__name__)


def register(app: App, service: Service, *, views: Views, readers: Readers) -> None:
    """Attach a listener for each verb that is a button."""
    app.middleware(ReadablePresses(service, readers))
    pressings = {verb.name: _Pressing(service, verb, views, readers) for verb in BUTTONS}
    for pressing in pressings.values():
        _listen(app, pressing)

    @app.action(MORE)
    def chosen(ack: Ack, body: dict[str, object]) -> None:
        pressed = ButtonPress.model_validate(body)
        name, value = read_choice(pressed.value)
        known = pressings.get(name)
        # What stands for no button is judged as one without a token.
        (known or pressings[DETAILS.name]).chosen(pressed, value if known else "")
        ack()


def told(
    service: Service, body: dict[str, object], denied: Denied, readers: Readers
) -> BoltResponse:
    """Whisper *denied* to whoever pressed, where the payload says who and where that is."""
    try:
        where = Whereabouts.model_validate(body)
    except ValidationError:
        return silent()
    try:
        text = whisper(denied, readers.of(where.user.id))
        service.show(whispered(where.user.id, where.channel.id, text))
    except JournalUnavailableError:
        return silent(500)  # Slack's warning sign is all that can be shown
    return silent()


class _Pressing:
    """What a press of one verb's button leads to."""

    def __init__(self, service: Service, verb: Verb, views: Views, readers: Readers) -> None:
        self.verb = verb
        self._service = service
        self._views = views
        self._readers = readers

    def pressed(self, pressed: ButtonPress) -> None:
        """Do it, or open its form; whisper where the press changed nothing."""
        self._tell(pressed, self._outcome(pressed, pressed.value))

    def chosen(self, pressed: ButtonPress, value: str) -> None:
        """Do what the option of a menu stands for, which carries the button's *value*."""
        self._tell(pressed, self._outcome(pressed, value, in_menu=True))

    def _outcome(self, pressed: ButtonPress, value: str, *, in_menu: bool = False) -> Outcome:
        token = read_token(value)
        if (
            token is None
            or self.verb.press is None
            or not self._names(pressed, token, in_menu=in_menu)
        ):
            return STALE
        intent = press_of(self.verb.press, token)
        opened = self._service.form(intent, by=pressed.caller, in_menu=in_menu)
        if isinstance(opened, PreviewWanted):
            return self._previewed(opened, intent, pressed, value)
        if opened is not None:
            return self._opened(opened, pressed, value)
        return self._service.act(intent, by=pressed.caller, delivery=pressed.trigger_id)

    def _names(self, pressed: ButtonPress, token: Token, *, in_menu: bool) -> bool:
        """Whether button and value name the same way on: what says two things does neither."""
        if in_menu:
            return bool(token.option) == self.verb.has_options
        return pressed.action_id.removeprefix(self.verb.action_id()).lstrip(".") == token.option

    def _opened(self, form: Outcome, pressed: ButtonPress, value: str) -> Outcome:
        view = self._view(form, pressed, value)
        if view is None:
            return form
        return form if self._shown(pressed, view) else FORM_UNAVAILABLE

    def _shown(self, pressed: ButtonPress, view: dict[str, Json]) -> OpenedForm | None:
        try:
            return self._views.open(pressed.trigger_id, view)
        except SlackError:
            return None

    def _previewed(
        self, wanted: PreviewWanted, intent: Press, pressed: ButtonPress, value: str
    ) -> Outcome:
        """Open what is known at once, while the trigger is good; then show what the cloud says."""
        context = ChangeContext(
            action="rollback",
            opener=pressed.caller.user,
            delivery=pressed.trigger_id,
            channel=pressed.caller.channel,
            target=wanted.operation.target,
            press=value,
        )
        locale = self._readers.of(pressed.caller.user)
        shown = self._shown(pressed, carrying(preview_form(wanted, locale), context))
        if shown is None:
            return FORM_UNAVAILABLE
        whole = self._service.preview(wanted, intent, by=pressed.caller)
        with suppress(SlackError):
            self._views.update(shown, carrying(preview_form(whole, locale), context))
        return wanted

    def _view(self, wanted: Outcome, pressed: ButtonPress, value: str) -> dict[str, Json] | None:
        """Return what is opened; None: nothing is, the outcome is told."""
        locale = self._readers.of(pressed.caller.user)
        if isinstance(wanted, DetailsWanted):
            return details(wanted.operation, locale, wanted.gates)
        if isinstance(wanted, ReviewWanted):
            drawn = review_form(self.verb, wanted, locale)
            return self._carrying(drawn, pressed, value)
        return self._form(wanted, pressed, value) if isinstance(wanted, FormWanted) else None

    def _form(self, wanted: FormWanted, pressed: ButtonPress, value: str) -> dict[str, Json]:
        drawn = reason_form(self.verb, wanted, self._readers.of(pressed.caller.user))
        return self._carrying(drawn, pressed, value)

    def _carrying(
        self, drawn: dict[str, Json], pressed: ButtonPress, value: str
    ) -> dict[str, Json]:
        """Return the form with what its submission has to know of the press."""
        context = FormContext(
            value=value,
            channel=pressed.caller.channel,
            opener=pressed.caller.user,
            delivery=pressed.trigger_id,
        )
        return {**drawn, "private_metadata": context.model_dump_json()}

    def _tell(self, pressed: ButtonPress, outcome: Outcome) -> None:
        """Tell the person alone where nothing changed; else the card and its thread tell all.

        On a Home a view says it, and what came of it is drawn there at once.
        """
        to = pressed.caller
        if pressed.view is not None:
            self._service.look_home(to.user, to.channel)
            if isinstance(outcome, Denied | Unchanged | Repeated):
                self._shown(pressed, notice(outcome, self._readers.of(to.user)))
            return
        if isinstance(outcome, Denied | Unchanged | Repeated):
            text = whisper(outcome, self._readers.of(to.user))
            self._service.show(whispered(to.user, to.channel, text, thread_ts=to.thread_ts))


def _listen(app: App, pressing: _Pressing) -> None:
    verb = pressing.verb
    named: str | re.Pattern[str] = verb.action_id()
    if verb.has_options:
        named = re.compile(rf"{re.escape(verb.action_id())}\.[a-z0-9_-]+$")

    @app.action(named)
    def pressed(ack: Ack, body: dict[str, object]) -> None:
        pressing.pressed(ButtonPress.model_validate(body))
        ack()


def _readable(body: dict[str, object]) -> None:
    """Read the press as its listener will; raises ValidationError where that cannot be."""
    if body.get("view") and "channel" not in body and is_pick(body):
        PickPress.model_validate(body)
    else:
        ButtonPress.model_validate(body)


class ReadablePresses(Middleware):
    """Answers presses that Bolt cannot even route: no action, two of them, no value.

    A class, since Bolt looks into the first action before it calls a middleware function.
    """

    def __init__(self, service: Service, readers: Readers) -> None:
        self._service = service
        self._readers = readers

    @override
    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,
        next: Callable[[], BoltResponse],
    ) -> BoltResponse:
        """Go on with what can be read."""
        if req.body.get("type") != "block_actions":
            return next()
        try:
            _readable(req.body)
        except ValidationError:
            _log.warning("press.invalid")
            return told(self._service, req.body, UNREADABLE, self._readers)
        return next()
