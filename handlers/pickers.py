"""Pickers: what they offer while somebody types, and the form that fits what was chosen.

A picker has no place for words: whatever goes wrong, it offers less.
"""

import logging
from contextlib import suppress
from typing import Final

from pydantic import ValidationError
from slack_bolt import Ack, App, BoltResponse

from bot.core.errors import SlackError
from bot.core.outcomes import ChangeFormWanted, Choice, OpenedForm
from bot.core.verbs.forms import PICK_TARGET, PICK_VERSION, FormAction
from bot.readers import Readers
from bot.views.change_forms import change_form
from bot.views.pickers import options
from bot.views.words import Locale
from handlers.opening import carrying
from handlers.ports import Service, UpdateForm
from handlers.refusals import nothing_offered, silent
from handlers.view_payloads import ChangeContext, PickPress, Suggestion

_log: Final = logging.getLogger(__name__)


def register(app: App, service: Service, *, update_form: UpdateForm, readers: Readers) -> None:
    """Attach the listeners of both pickers."""

    @app.options(PICK_TARGET)
    def targets_wanted(body: dict[str, object]) -> BoltResponse:
        try:
            asked = Suggestion.model_validate(body)
        except ValidationError:
            return nothing_offered()
        action = _action_of(asked)
        found = service.targets_offered(asked.value, by=asked.user.id, action=action)
        return _offered(found, readers.of(asked.user.id))

    @app.options(PICK_VERSION)
    def versions_wanted(body: dict[str, object]) -> BoltResponse:
        try:
            asked = Suggestion.model_validate(body)
            context = asked.view.context
        except ValidationError:
            return nothing_offered()
        target = asked.view.chosen("target") or context.target
        by = asked.user.id
        found = service.versions_offered(context.action, target, asked.value, by=by)
        return _offered(found, readers.of(asked.user.id))

    @app.action(PICK_TARGET)
    def picked(ack: Ack, body: dict[str, object]) -> BoltResponse:
        try:
            press = PickPress.model_validate(body)
            context = press.view.context
        except ValidationError:
            return silent()
        _fit(service, press, context, update_form, readers.of(press.user.id))
        return ack()


def _action_of(asked: Suggestion) -> FormAction | None:
    """Return what the form asks for; None: it is about no change."""
    try:
        return asked.view.context.action
    except ValidationError:
        return None


def _offered(choices: tuple[Choice, ...], locale: Locale) -> BoltResponse:
    return BoltResponse(status=200, body={"options": options(choices, locale)})


def _fit(
    service: Service,
    press: PickPress,
    context: ChangeContext,
    update_form: UpdateForm,
    locale: Locale,
) -> None:
    """Show the form that fits the chosen target; where Slack does not, the old one serves."""
    wanted = service.change_form(context.action, by=press.user.id, target=press.value)
    if not isinstance(wanted, ChangeFormWanted):
        return  # said at the field when it is submitted
    chosen = wanted.about.target.name if wanted.about else ""
    after = context.model_copy(update={"target": chosen})
    view = carrying(change_form(wanted, locale), after)
    with suppress(SlackError):
        update_form(OpenedForm(press.view.id, press.view.hash), view)
