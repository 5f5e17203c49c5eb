"""App Home and the global shortcut: who looks is shown the newest, and buttons open forms."""

from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.outcomes import Caller, ChangeFormWanted, IncidentFormWanted
from bot.core.verbs.forms import (
    ABOUT,
    OPEN_CREATE,
    OPEN_DEPLOY,
    OPEN_INCIDENT,
    OPEN_ROLLBACK,
    OPEN_SCALE,
    SHORTCUT_DEPLOY,
    FormAction,
)
from bot.readers import Readers
from handlers.event_payloads import HomeOpened
from handlers.incidents import OPEN
from handlers.opening import Forms, Opening
from handlers.payloads import ButtonPress, GlobalShortcut
from handlers.ports import Service
from handlers.refusals import FORM_UNAVAILABLE, silent
from handlers.telling import is_seen_in, whisper_to
from handlers.unread import Unread

DOORS: Final[dict[str, FormAction]] = {
    OPEN_DEPLOY: "deploy",
    OPEN_ROLLBACK: "rollback",
    OPEN_SCALE: "scale",
    OPEN_CREATE: "create",
}


def register(app: App, service: Service, *, forms: Forms, readers: Readers, unread: Unread) -> None:
    """Attach the listeners for whoever looks, and for each button that opens a form."""
    doors = _Doors(service, forms, readers)

    @app.event("app_home_opened")
    def looked(ack: Ack, body: dict[str, object]) -> None:
        try:
            event = HomeOpened.model_validate(body).event
        except ValidationError as error:  # by whoever is no person
            unread.tell("app_home_opened", error)
        else:
            if event.tab == "home":
                service.look_home(event.user, event.channel)
        ack()

    @app.global_shortcut(SHORTCUT_DEPLOY)
    def chosen(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            shortcut = GlobalShortcut.model_validate(body)
        except ValidationError as error:
            unread.tell("shortcut", error)
            return silent()
        opened = doors.change("deploy", Opening(shortcut.caller, shortcut.trigger_id))
        return ack() if opened else doors.unopened(shortcut.caller)

    for named, action in DOORS.items():
        _listen(app, doors, named, action)

    @app.action(OPEN_INCIDENT)
    def incident_wanted(ack: Ack, body: dict[str, object]) -> BoltResponse:
        press = ButtonPress.model_validate(body)
        about = press.value.removeprefix(ABOUT) if press.value.startswith(ABOUT) else ""
        opened = doors.incident(_opening(press), about)
        return ack() if opened else doors.unopened(press.caller)


def _listen(app: App, doors: "_Doors", named: str, action: FormAction) -> None:

    @app.action(named)
    def pressed(ack: Ack, body: dict[str, object]) -> BoltResponse:
        press = ButtonPress.model_validate(body)
        opened = doors.change(action, _opening(press))
        return ack() if opened else doors.unopened(press.caller)


def _opening(press: ButtonPress) -> Opening:
    """Return who opens, and where: what stands on the pressed message is not meant."""
    asked = press.caller
    by = Caller(user=asked.user, team=asked.team, channel=asked.channel)
    return Opening(by, press.trigger_id)


class _Doors:
    """Opens forms for whoever stands anywhere; what is refused is said in a view as well."""

    def __init__(self, service: Service, forms: Forms, readers: Readers) -> None:
        self._service = service
        self._forms = forms
        self._readers = readers

    def change(self, action: FormAction, opening: Opening) -> bool:
        """Open the form of a change; whether Slack shows it."""
        wanted = self._service.change_form(action, by=opening.by.user)
        if isinstance(wanted, ChangeFormWanted):
            return self._forms.change(wanted, opening) is None
        return self._forms.tell(wanted, opening)

    def incident(self, opening: Opening, target: str) -> bool:
        """Open the form of an incident, about *target* if one is named; whether Slack shows it."""
        wanted = self._service.incident_form(OPEN, "", by=opening.by)
        if isinstance(wanted, IncidentFormWanted) and opening.by.channel:
            about = wanted.model_copy(update={"targets": (target,) if target else ()})
            return self._forms.incident(about, opening) is None
        return self._forms.tell(wanted, opening)

    def unopened(self, by: Caller) -> BoltResponse:
        """Say that Slack shows no view; where there is no channel, Slack's own sign is all."""
        if not is_seen_in(by.channel):
            return silent(500)
        whisper_to(self._service, by, FORM_UNAVAILABLE, self._readers.of(by.user))
        return silent()
