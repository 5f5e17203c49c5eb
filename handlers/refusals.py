"""What the edge itself says no to, and how it answers; all else is decided behind the service."""

from typing import Final

from slack_bolt import BoltResponse

from bot.core.codes import Denied
from bot.core.codes.rules import Stale
from bot.core.codes.service import (
    Busy,
    ForeignWorkspace,
    FormUnavailable,
    InternalError,
    JournalDown,
    NotYourForm,
    ReasonMissing,
    UnknownButton,
    UnknownCommand,
    UnreadableRequest,
)
from bot.core.outcomes import Outcome
from bot.core.records import UserId
from bot.readers import Readers
from bot.views.answers import answer, beside_a_field, spoken_of
from bot.views.change_forms import refused_form
from bot.views.words import DEFAULT, Locale

FOREIGN: Final = Denied.of(ForeignWorkspace())
UNKNOWN_COMMAND: Final = Denied.of(UnknownCommand())
UNKNOWN_BUTTON: Final = Denied.of(UnknownButton())
UNREADABLE: Final = Denied.of(UnreadableRequest())
STALE: Final = Denied.of(Stale())  # a button whose value does not say what its card showed
BUSY: Final = Denied.of(Busy())
JOURNAL_DOWN: Final = Denied.of(JournalDown())
FORM_UNAVAILABLE: Final = Denied.of(FormUnavailable())
REASON_MISSING: Final = Denied.of(ReasonMissing())
NOT_YOUR_FORM: Final = Denied.of(NotYourForm())


def broken(error_id: str) -> Denied:
    """Return what is said where a fault of ours leaves open what happened."""
    return Denied.of(InternalError(error_id=error_id))


def spoken(
    outcome: Outcome, locale: Locale = DEFAULT, *, recorded_nothing: bool = True
) -> BoltResponse:
    """Answer a command, seen by its sender alone."""
    message = answer(outcome, locale, recorded_nothing=recorded_nothing)
    body = {"response_type": "ephemeral", "text": message.text, "blocks": list(message.blocks)}
    return BoltResponse(status=200, body=body)


def at_the_field(
    block_id: str, denied: Denied, locale: Locale = DEFAULT, *, recorded_nothing: bool = True
) -> BoltResponse:
    """Answer a form with the refusal, shown at its input, where Slack draws no marks."""
    text = beside_a_field(denied, locale, recorded_nothing=recorded_nothing)
    return BoltResponse(status=200, body={"response_action": "errors", "errors": {block_id: text}})


def in_the_form(
    body: dict[str, object],
    denied: Denied,
    locale: Locale = DEFAULT,
    *,
    recorded_nothing: bool = True,
) -> BoltResponse:
    """Answer a form with the refusal: at its first field, or on a page above it if it has none.

    The page below stays as it is, and can be sent once more.
    """
    block_id = input_of(body)
    if block_id:
        return at_the_field(block_id, denied, locale, recorded_nothing=recorded_nothing)
    view = refused_form(denied, locale, recorded_nothing=recorded_nothing)
    return BoltResponse(status=200, body={"response_action": "push", "view": view})


def input_of(body: dict[str, object]) -> str:
    """Return the block of the form's first input, where errors are shown; "": it has none."""
    inner: object = body
    for key in ("view", "state", "values"):
        inner = inner.get(key) if isinstance(inner, dict) else None
    return str(next(iter(inner), "")) if isinstance(inner, dict) else ""


def reader_of(denied: Denied, user: UserId, readers: Readers) -> Locale:
    """Return who reads *denied* at a field, and knows by name of whom it speaks."""
    return readers.knowing(user, spoken_of(denied))


def silent(status: int = 200) -> BoltResponse:
    """Answer without a word; anything but 200 lets Slack show its warning sign."""
    return BoltResponse(status=status)


def nothing_offered() -> BoltResponse:
    """Answer a picker without an option: it has no place for words."""
    return BoltResponse(status=200, body={"options": []})
