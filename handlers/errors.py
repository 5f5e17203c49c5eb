"""What goes wrong in a listener, answered once, at the edge."""

import logging
import uuid
from typing import Final

from slack_bolt import App, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot.core.commands import under_prefix
from bot.core.errors import JournalUnavailableError
from handlers.buttons import told
from handlers.forms import input_of
from handlers.ports import Service
from handlers.refusals import (
    JOURNAL_DOWN,
    UNKNOWN_BUTTON,
    UNKNOWN_COMMAND,
    at_the_field,
    broken,
    silent,
    spoken,
)

_log: Final = logging.getLogger(__name__)


def register(app: App, service: Service, *, prefix: str) -> None:
    """Let *app* answer every exception of a listener, with words where they have a place.

    Commands are named in them with *prefix*: "" or "ship-".
    """

    def answered(error: Exception, body: dict[str, object]) -> BoltResponse:
        match error:
            case BoltUnhandledRequestError():
                return _unknown(service, body, prefix)
            case JournalUnavailableError():
                _log.error("journal.unavailable", exc_info=error)
                return _journal_down(body)
            case _:
                return _broken(service, body, error, prefix)

    app.error(answered)


def _unknown(service: Service, body: dict[str, object], prefix: str) -> BoltResponse:
    if "command" in body:
        return spoken(under_prefix(UNKNOWN_COMMAND, prefix))
    if body.get("type") == "block_actions":
        return told(service, body, UNKNOWN_BUTTON)
    return silent()


def _journal_down(body: dict[str, object]) -> BoltResponse:
    """Say that nothing was recorded; whispers and redeliveries need the journal themselves."""
    if "command" in body:
        return spoken(JOURNAL_DOWN)
    if body.get("type") == "view_submission":
        return at_the_field(input_of(body), JOURNAL_DOWN)
    return silent(500)


def _broken(
    service: Service, body: dict[str, object], error: Exception, prefix: str
) -> BoltResponse:
    error_id = uuid.uuid4().hex[:8]
    _log.error("listener.crashed", exc_info=error, extra={"error_id": error_id})
    denied = under_prefix(broken(error_id), prefix)
    if "command" in body:
        return spoken(denied, recorded_nothing=False)
    if body.get("type") == "view_submission":
        return at_the_field(input_of(body), denied, recorded_nothing=False)
    return told(service, body, denied)
