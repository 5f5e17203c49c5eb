"""What goes wrong in a listener, answered once, at the edge."""

import logging
import uuid
from typing import Final

from slack_bolt import App, BoltResponse
from slack_bolt.error import BoltUnhandledRequestError

from bot.core.codes import Denied
from bot.core.codes.service import UnreadableOperation
from bot.core.errors import (
    JournalBusyError,
    JournalUnavailableError,
    UnknownFormatError,
    UnknownOperationError,
)
from bot.readers import Readers
from handlers.buttons import told
from handlers.payloads import reader
from handlers.ports import Service
from handlers.refusals import (
    BUSY,
    JOURNAL_DOWN,
    NOT_YOUR_FORM,
    UNKNOWN_BUTTON,
    UNKNOWN_COMMAND,
    broken,
    in_the_form,
    nothing_offered,
    silent,
    spoken,
)

_log: Final = logging.getLogger(__name__)


def register(app: App, service: Service, *, readers: Readers) -> None:
    """Let *app* answer every exception of a listener, with words where they have a place."""

    def answered(error: Exception, body: dict[str, object]) -> BoltResponse:
        return answer_to(error, body, service, readers)

    app.error(answered)


def answer_to(
    error: Exception, body: dict[str, object], service: Service, readers: Readers
) -> BoltResponse:
    """Answer what was sent with *body* where it came to *error*."""
    if body.get("type") == "block_suggestion":
        _log.warning("picker.failed", exc_info=error)
        return nothing_offered()
    match error:
        case BoltUnhandledRequestError():
            return _unknown(service, body, readers)
        case JournalBusyError():
            _log.warning("journal.busy", extra={"why": str(error)})
            return _nothing_recorded(body, BUSY, readers)
        case JournalUnavailableError():
            _log.error("journal.unavailable", exc_info=error)
            return _nothing_recorded(body, JOURNAL_DOWN, readers)
        case (
            UnknownFormatError(operation_id=operation)
            | UnknownOperationError(operation_id=operation)
        ):
            _log.error("operation.unreadable", exc_info=error)
            denied = Denied.of(UnreadableOperation(operation=operation))
            return _refused(service, body, denied, readers)
        case _:
            return _broken(service, body, error, readers)


def _unknown(service: Service, body: dict[str, object], readers: Readers) -> BoltResponse:
    if "command" in body:
        return spoken(UNKNOWN_COMMAND, reader(body, readers))
    if body.get("type") == "block_actions":
        return told(service, body, UNKNOWN_BUTTON, readers)
    if body.get("type") == "view_submission":  # of another version; silence would say "done"
        return in_the_form(body, NOT_YOUR_FORM, reader(body, readers))
    return silent()


def _nothing_recorded(body: dict[str, object], why: Denied, readers: Readers) -> BoltResponse:
    """Say that nothing was recorded; whispers and redeliveries need the journal themselves."""
    if "command" in body:
        return spoken(why, reader(body, readers))
    if body.get("type") == "view_submission":
        return in_the_form(body, why, reader(body, readers))
    return silent(500)


def _broken(
    service: Service, body: dict[str, object], error: Exception, readers: Readers
) -> BoltResponse:
    error_id = uuid.uuid4().hex[:8]
    _log.error("listener.crashed", exc_info=error, extra={"error_id": error_id})
    return _refused(service, body, broken(error_id), readers, recorded_nothing=False)


def _refused(
    service: Service,
    body: dict[str, object],
    denied: Denied,
    readers: Readers,
    *,
    recorded_nothing: bool = True,
) -> BoltResponse:
    if "command" in body:
        return spoken(denied, reader(body, readers), recorded_nothing=recorded_nothing)
    if body.get("type") == "view_submission":
        locale = reader(body, readers)
        return in_the_form(body, denied, locale, recorded_nothing=recorded_nothing)
    return told(service, body, denied, readers)
