"""App Home and the global shortcut: who looks is shown the newest, and its buttons open forms."""

from contextlib import suppress
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.errors import SlackError
from bot.core.outcomes import Caller, ChangeFormWanted, IncidentFormWanted, Outcome
from bot.core.verbs.forms import (
    OPEN_DEPLOY,
    OPEN_INCIDENT,
    OPEN_ROLLBACK,
    SHORTCUT_DEPLOY,
    FormAction,
)
from bot.readers import Readers
from bot.views.change_forms import notice
from handlers.change_forms import opened
from handlers.incidents import OPEN, incident_form
from handlers.payloads import ButtonPress, FormContext, GlobalShortcut, HomeOpened
from handlers.ports import OpenForm, Service
from handlers.refusals import silent
from handlers.view_payloads import ChangeContext

DOORS: Final[dict[str, FormAction]] = {OPEN_DEPLOY: "deploy", OPEN_ROLLBACK: "rollback"}


def register(app: App, service: Service, *, open_form: OpenForm, readers: Readers) -> None:
    """Attach the listeners for whoever looks, and for each button that opens a form."""
    doors = _Doors(service, open_form, readers)

    @app.event("app_home_opened")
    def looked(ack: Ack, body: dict[str, object]) -> None:
        with suppress(ValidationError):  # by whoever is no person
            event = HomeOpened.model_validate(body).event
            if event.tab == "home":
                service.look_home(event.user, event.channel)
        ack()

    @app.global_shortcut(SHORTCUT_DEPLOY)
    def chosen(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            shortcut = GlobalShortcut.model_validate(body)
        except ValidationError:
            return silent()
        doors.change("deploy", shortcut.caller, shortcut.trigger_id)
        return ack()

    for named, action in DOORS.items():
        _listen(app, doors, named, action)

    @app.action(OPEN_INCIDENT)
    def incident_wanted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        press = ButtonPress.model_validate(body)
        doors.incident(press.caller, press.trigger_id)
        return ack()


def _listen(app: App, doors: "_Doors", named: str, action: FormAction) -> None:

    @app.action(named)
    def pressed(ack: Ack, body: dict[str, object]) -> BoltResponse:
        press = ButtonPress.model_validate(body)
        doors.change(action, press.caller, press.trigger_id)
        return ack()


class _Doors:
    """Opens forms for whoever stands in no channel; what is refused is said in a view as well."""

    def __init__(self, service: Service, open_form: OpenForm, readers: Readers) -> None:
        self._service = service
        self._open_form = open_form
        self._readers = readers

    def change(self, action: FormAction, by: Caller, trigger_id: str) -> None:
        """Open the form of a change."""
        wanted = self._service.change_form(action, by=by.user)
        if not isinstance(wanted, ChangeFormWanted):
            self._tell(wanted, by, trigger_id)
            return
        context = ChangeContext(
            action=action, opener=by.user, delivery=trigger_id, channel=by.channel
        )
        opened(wanted, context, self._open_form, self._readers.of(by.user))

    def incident(self, by: Caller, trigger_id: str) -> None:
        """Open the form of an incident."""
        wanted = self._service.incident_form(OPEN, "", by=by)
        if not isinstance(wanted, IncidentFormWanted) or not by.channel:
            self._tell(wanted, by, trigger_id)
            return
        context = FormContext(value=OPEN, channel=by.channel, opener=by.user, delivery=trigger_id)
        locale = self._readers.of(by.user)
        with suppress(SlackError):
            self._open_form(trigger_id, incident_form(wanted, context, locale))

    def _tell(self, outcome: Outcome, by: Caller, trigger_id: str) -> None:
        with suppress(SlackError):
            self._open_form(trigger_id, notice(outcome, self._readers.of(by.user)))
