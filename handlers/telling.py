"""What came of an act is told to whoever acted alone, where that person sees it."""

from typing import Final

from slack_bolt import BoltResponse

from bot.core.outcomes import Caller, Outcome
from bot.core.records import Json
from bot.core.surfaces import whispered
from bot.readers import Readers
from bot.views.answers import whisper
from bot.views.change_forms import told_form
from bot.views.words import Locale
from handlers.opening import Forms, Opening
from handlers.payloads import ButtonPress
from handlers.ports import Service

_CHANNELS: Final = frozenset("CG")


def tell(
    service: Service, forms: Forms, readers: Readers, pressed: ButtonPress, outcome: Outcome
) -> None:
    """Tell what came of a press.

    On a Home there is no channel, and a reply that stands in the channel as well is pressed in
    either: Slack shows a whisper in one of both, and does not say in which. A view is seen in all.
    """
    by = pressed.caller
    if pressed.view is not None or pressed.is_in_both:
        opened = forms.tell(outcome, Opening(by, pressed.trigger_id))
        if opened or pressed.view is not None:
            return
    whisper_to(service, by, outcome, readers.of(by.user))


def over(
    service: Service, by: Caller, outcome: Outcome, locale: Locale, *, title: str
) -> BoltResponse:
    """Close a form, and tell what came of it where it was asked for; else in the form itself."""
    if not is_seen_in(by.channel):
        return next_page(told_form(outcome, locale, title=title))
    whisper_to(service, by, outcome, locale)
    return closed()


def is_seen_in(channel: str) -> bool:
    """Whether a whisper is seen there: nobody looks into a direct message."""
    return channel[:1] in _CHANNELS


def next_page(view: dict[str, Json]) -> BoltResponse:
    """Show *view* in place of the form that was sent."""
    return BoltResponse(status=200, body={"response_action": "update", "view": view})


def closed() -> BoltResponse:
    """Close the form that was sent, and all below it."""
    return BoltResponse(status=200, body={"response_action": "clear"})


def whisper_to(service: Service, by: Caller, outcome: Outcome, locale: Locale) -> None:
    """Whisper *outcome* where *by* acted: in the channel, or in its thread."""
    text = whisper(outcome, locale)
    service.show(whispered(by.user, by.channel, text, thread_ts=by.thread_ts))
