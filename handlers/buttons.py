"""Buttons: check the press, hand over; the card and the thread tell what came of it."""

import logging
import re
from collections.abc import Callable
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from typing_extensions import override

from bot.core.codes import Denied
from bot.core.commands import under_prefix
from bot.core.errors import JournalUnavailableError, SlackError
from bot.core.outcomes import FormWanted, Outcome, Press, Repeated, Unchanged
from bot.core.records import Json
from bot.views import answers
from bot.views.forms import reject_form, way_form
from bot.views.words import Locale
from handlers.payloads import ButtonPress, FormContext, Whereabouts
from handlers.ports import OpenForm, Service
from handlers.refusals import FORM_UNAVAILABLE, UNREADABLE, silent

REJECT: Final = "slipway.reject"
WAY_ON: Final = re.compile(r"slipway\.way_on\.[a-z0-9_-]+$")
_log: Final = logging.getLogger(__name__)


def register(app: App, service: Service, *, open_form: OpenForm, prefix: str) -> None:
    """Attach a listener for each button; commands are named with *prefix*: "" or "ship-"."""
    locale = Locale(prefix=prefix)
    app.middleware(ReadablePresses(service, prefix))
    for action_id, decide in _decisions(service).items():
        _listen(app, service, action_id, decide, locale)
    _listen(app, service, REJECT, _opening(service.reject, open_form, locale), locale)
    _listen(app, service, WAY_ON, _opening(service.go_on, open_form, locale), locale)


def told(service: Service, body: dict[str, object], denied: Denied) -> BoltResponse:
    """Whisper *denied* to whoever pressed, where the payload says who and where that is."""
    try:
        where = Whereabouts.model_validate(body)
    except ValidationError:
        return silent()
    try:
        service.whisper(where.user.id, where.channel.id, answers.whisper(denied, Locale()))
    except JournalUnavailableError:
        return silent(500)  # Slack's warning sign is all that can be shown
    return silent()


def whisper(service: Service, press: Press, outcome: Outcome, locale: Locale) -> None:
    """Tell the person alone where the press changed nothing; else the card and thread tell all."""
    if isinstance(outcome, Denied | Unchanged | Repeated):
        text = answers.whisper(outcome, locale)
        service.whisper(press.caller.user, press.caller.channel, text)


def _decisions(service: Service) -> dict[str, Callable[[Press], Outcome]]:
    return {
        "slipway.approve": service.approve,
        "slipway.cancel": service.cancel,
        "slipway.rollback": service.roll_back,
        "slipway.look_again": service.look_again,
        "slipway.not_executed": service.not_executed,
        "slipway.keep_waiting": service.keep_waiting,
    }


def _listen(
    app: App,
    service: Service,
    action_id: str | re.Pattern[str],
    decide: Callable[[Press], Outcome],
    locale: Locale,
) -> None:

    @app.action(action_id)
    def pressed(ack: Ack, body: dict[str, object]) -> None:
        press = ButtonPress.model_validate(body).press
        outcome = decide(press)
        whisper(service, press, outcome, locale)
        ack()


def _opening(
    decide: Callable[[Press], Outcome], open_form: OpenForm, locale: Locale
) -> Callable[[Press], Outcome]:
    """Return *decide* with the form for the reason opened, where it is wanted."""

    def opened(press: Press) -> Outcome:
        outcome = decide(press)
        if not isinstance(outcome, FormWanted):
            return outcome
        try:
            open_form(press.delivery, _form(outcome, press, locale))
        except SlackError:
            return FORM_UNAVAILABLE
        return outcome

    return opened


def _form(wanted: FormWanted, press: Press, locale: Locale) -> dict[str, Json]:
    operation, way = wanted.operation, wanted.way
    context = FormContext(
        operation_id=operation.id,
        channel=press.caller.channel,
        opener=press.caller.user,
        way=way.name if way else "",
        delivery=press.delivery,
    )
    drawn = way_form(operation, way, locale) if way else reject_form(operation, locale)
    return {**drawn, "private_metadata": context.model_dump_json()}


class ReadablePresses(Middleware):
    """Answers presses that Bolt cannot even route: no action, two of them, no value.

    A class, since Bolt looks into the first action before it calls a middleware function.
    """

    def __init__(self, service: Service, prefix: str) -> None:
        self._service = service
        self._unreadable = under_prefix(UNREADABLE, prefix)

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
            ButtonPress.model_validate(req.body)
        except ValidationError:
            _log.warning("press.invalid")
            return told(self._service, req.body, self._unreadable)
        return next()
