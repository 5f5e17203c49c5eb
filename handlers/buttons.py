"""Buttons: check the press, hand over; the card and the thread tell what came of it."""

import logging
from collections.abc import Callable
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_bolt.middleware import Middleware
from typing_extensions import override

from bot.core.errors import JournalUnavailableError, SlackError
from bot.core.outcomes import FormWanted, Outcome, Present, Press, Repeated
from bot.core.records import Denied, Json
from bot.views.answers import answer
from bot.views.forms import reject_form
from handlers.payloads import ButtonPress, FormContext, Whereabouts
from handlers.ports import OpenForm, Service
from handlers.refusals import FORM_UNAVAILABLE, UNREADABLE, silent

REJECT: Final = "slipway.reject"
_log: Final = logging.getLogger(__name__)


def register(app: App, service: Service, *, open_form: OpenForm) -> None:
    """Attach a listener for each button."""
    app.middleware(ReadablePresses(service))
    for action_id, decide in _decisions(service).items():
        _listen(app, service, action_id, decide)
    _listen(app, service, REJECT, _opening(service, open_form))


def told(service: Service, body: dict[str, object], denied: Denied) -> BoltResponse:
    """Whisper *denied* to whoever pressed, where the payload says who and where that is."""
    try:
        where = Whereabouts.model_validate(body)
    except ValidationError:
        return silent()
    try:
        service.whisper(
            where.user.id, where.channel.id, answer(denied, recorded_nothing=False).text
        )
    except JournalUnavailableError:
        return silent(500)  # Slack's warning sign is all that can be shown
    return silent()


def whisper(service: Service, press: Press, outcome: Outcome) -> None:
    """Tell the person alone where the press changed nothing; else the card and thread tell all."""
    if isinstance(outcome, Denied):
        text = answer(outcome, recorded_nothing=False).text
    elif isinstance(outcome, Present | Repeated):
        text = answer(outcome).text
    else:
        return
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


def _listen(app: App, service: Service, action_id: str, decide: Callable[[Press], Outcome]) -> None:

    @app.action(action_id)
    def pressed(ack: Ack, body: dict[str, object]) -> None:
        press = ButtonPress.model_validate(body).press
        outcome = decide(press)
        whisper(service, press, outcome)
        ack()


def _opening(service: Service, open_form: OpenForm) -> Callable[[Press], Outcome]:

    def reject(press: Press) -> Outcome:
        outcome = service.reject(press)
        if not isinstance(outcome, FormWanted):
            return outcome
        context = FormContext(
            operation_id=outcome.operation.id,
            channel=press.caller.channel,
            opener=press.caller.user,
        )
        view: dict[str, Json] = {
            **reject_form(outcome.operation),
            "private_metadata": context.model_dump_json(),
        }
        try:
            open_form(press.delivery, view)
        except SlackError:
            return FORM_UNAVAILABLE
        return outcome

    return reject


class ReadablePresses(Middleware):
    """Answers presses that Bolt cannot even route: no action, two of them, no value.

    A class, since Bolt looks into the first action before it calls a middleware function.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

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
            _log.warning("press.unreadable")
            return told(self._service, req.body, UNREADABLE)
        return next()
