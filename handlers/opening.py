"""How forms are opened, in one place: what each carries, and what is said where Slack does not."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from bot.core.codes import Denied
from bot.core.errors import SlackError
from bot.core.outcomes import (
    Caller,
    ChangeFormWanted,
    IncidentFormWanted,
    OpenedForm,
    Outcome,
    PreviewWanted,
)
from bot.core.records import Json
from bot.readers import Readers
from bot.views.change_forms import change_form, notice
from bot.views.incident_forms import form_about
from bot.views.previews import preview_form
from handlers.ports import Views
from handlers.refusals import FORM_UNAVAILABLE
from handlers.submissions import FormContext
from handlers.view_payloads import ChangeContext


class Opening(NamedTuple):
    """Who opens a form, and by which trigger; the trigger is also what its submission is known by.

    A trigger is good for three seconds, once.
    """

    by: Caller
    trigger_id: str


class Forms:
    """Opens forms, each in the language of whoever opens it."""

    def __init__(self, views: Views, readers: Readers) -> None:
        self._views = views
        self._readers = readers

    def change(self, wanted: ChangeFormWanted, opening: Opening) -> Denied | None:
        """Open the form of a change; return why not, where Slack does not."""
        by, trigger_id = opening
        carried = ChangeContext(
            action=wanted.action,
            opener=by.user,
            delivery=trigger_id,
            channel=by.channel,
            thread_ts=by.thread_ts,
        )
        view = carrying(change_form(wanted, self._readers.of(by.user)), carried)
        return None if self.show(trigger_id, view) else FORM_UNAVAILABLE

    def incident(self, wanted: IncidentFormWanted, opening: Opening) -> Denied | None:
        """Open a form about an incident, or the one that opens one; return why not likewise."""
        about = wanted.incident.id if wanted.incident else wanted.verb
        drawn = form_about(wanted, self._readers.of(opening.by.user))
        return self.asking(drawn, opening, about)

    def asking(self, drawn: dict[str, Json], opening: Opening, value: str) -> Denied | None:
        """Open *drawn*, which asks for what a press of a button with *value* wants besides."""
        by, trigger_id = opening
        carried = FormContext(
            value=value,
            channel=by.channel,
            thread_ts=by.thread_ts,
            opener=by.user,
            delivery=trigger_id,
        )
        view = {**drawn, "private_metadata": carried.model_dump_json()}
        return None if self.show(trigger_id, view) else FORM_UNAVAILABLE

    def preview(
        self,
        wanted: PreviewWanted,
        opening: Opening,
        value: str,
        whole: Callable[[], PreviewWanted],
    ) -> Denied | None:
        """Open what is known at once, while the trigger is good; then show the *whole*."""
        by, trigger_id = opening
        carried = ChangeContext(
            action="rollback",
            opener=by.user,
            delivery=trigger_id,
            channel=by.channel,
            thread_ts=by.thread_ts,
            target=wanted.operation.target,
            press=value,
        )
        locale = self._readers.of(by.user)
        shown = self.show(trigger_id, carrying(preview_form(wanted, locale), carried))
        if shown is None:
            return FORM_UNAVAILABLE
        view = carrying(preview_form(whole(), locale), carried)
        with suppress(SlackError):
            self._views.update(shown, view)
        return None

    def tell(self, outcome: Outcome, opening: Opening) -> bool:
        """Say what came of a press in a view, where no channel could; whether Slack shows it."""
        view = notice(outcome, self._readers.of(opening.by.user))
        return self.show(opening.trigger_id, view) is not None

    def show(self, trigger_id: str, view: dict[str, Json]) -> OpenedForm | None:
        """Open *view*; None: Slack does not."""
        try:
            return self._views.open(trigger_id, view)
        except SlackError:
            return None


def carrying(view: dict[str, Json], context: ChangeContext) -> dict[str, Json]:
    """Return the form with what it has to know of how it was opened, and of what was chosen."""
    return {**view, "private_metadata": context.model_dump_json(exclude_defaults=True)}
