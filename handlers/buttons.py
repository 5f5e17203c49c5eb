"""Buttons: check the press, hand over; the card and the thread tell what came of it."""

import logging
import re
from collections.abc import Callable
from functools import partial
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from typing_extensions import override

from bot.core.codes import Denied
from bot.core.errors import JournalUnavailableError
from bot.core.outcomes import (
    DetailsWanted,
    FormWanted,
    Outcome,
    PreviewWanted,
    Repeated,
    ReviewWanted,
    Unchanged,
)
from bot.core.rules import Press
from bot.core.surfaces import whispered
from bot.core.verbs import BUTTONS, MORE, Token, Verb, press_of, read_choice, read_token
from bot.core.verbs.details import DETAILS
from bot.readers import Readers
from bot.views.answers import whisper
from bot.views.details import details
from bot.views.forms import reason_form, review_form
from handlers.opening import Forms, Opening
from handlers.payloads import ButtonPress, Whereabouts
from handlers.ports import Service
from handlers.refusals import FORM_UNAVAILABLE, STALE, UNREADABLE, silent
from handlers.telling import tell
from handlers.view_payloads import PickPress, is_pick

_log: Final = logging.getLogger(__name__)


def register(app: App, service: Service, *, forms: Forms, readers: Readers) -> None:
    """Attach a listener for each verb that is a button."""
    app.middleware(ReadablePresses(service, readers))
    pressings = {verb.name: _Pressing(service, verb, forms, readers) for verb in BUTTONS}
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
        return silent(500 if _is_home(body.get("view")) else 200)  # there Slack's sign is all
    try:
        text = whisper(denied, readers.of(where.user.id))
        service.show(whispered(where.user.id, where.channel.id, text, thread_ts=where.thread_ts))
    except JournalUnavailableError:
        return silent(500)  # Slack's warning sign is all that can be shown
    return silent()


def _is_home(view: object) -> bool:
    return isinstance(view, dict) and view.get("type") == "home"


class _Pressing:
    """What a press of one verb's button leads to."""

    def __init__(self, service: Service, verb: Verb, forms: Forms, readers: Readers) -> None:
        self.verb = verb
        self._service = service
        self._forms = forms
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
        if opened is not None:
            return self._opened(opened, intent, pressed, value)
        return self._service.act(intent, by=pressed.caller, delivery=pressed.trigger_id)

    def _names(self, pressed: ButtonPress, token: Token, *, in_menu: bool) -> bool:
        """Whether button and value name the same way on: what says two things does neither."""
        if in_menu:
            return bool(token.option) == self.verb.has_options
        return pressed.action_id.removeprefix(self.verb.action_id()).lstrip(".") == token.option

    def _opened(self, wanted: Outcome, intent: Press, pressed: ButtonPress, value: str) -> Outcome:
        """Open what *wanted* asks for; where that is nothing, it is told itself."""
        opening = Opening(pressed.caller, pressed.trigger_id)
        locale = self._readers.of(pressed.caller.user)
        match wanted:
            case PreviewWanted():
                whole = partial(self._service.preview, wanted, intent, by=pressed.caller)
                return self._forms.preview(wanted, opening, value, whole) or wanted
            case DetailsWanted():
                view = details(wanted.operation, locale, wanted.gates)
                return wanted if self._forms.show(opening.trigger_id, view) else FORM_UNAVAILABLE
            case ReviewWanted():
                view = review_form(self.verb, wanted, locale)
                return self._forms.asking(view, opening, value) or wanted
            case FormWanted():
                view = reason_form(self.verb, wanted, locale)
                return self._forms.asking(view, opening, value) or wanted
            case _:
                return wanted

    def _tell(self, pressed: ButtonPress, outcome: Outcome) -> None:
        """Tell the person alone where nothing changed; else the card and its thread tell all.

        On a Home, what came of it is drawn at once.
        """
        if pressed.view is not None:
            self._service.look_home(pressed.caller.user, pressed.caller.channel)
        if isinstance(outcome, Denied | Unchanged | Repeated):
            tell(self._service, self._forms, self._readers, pressed, outcome)


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
