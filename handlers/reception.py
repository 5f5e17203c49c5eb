"""What happens to a request once its signature holds: used once, decoded, ours, handed to Bolt."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Final

from pydantic import BaseModel, ValidationError
from slack_bolt import App, BoltRequest, BoltResponse

from bot.core.errors import QueueUnavailableError
from bot.core.records import Json, Record
from handlers.decoding import Decoded, MislabelledError, UnreadableError, decode
from handlers.forms import input_of
from handlers.installation import Installation, refusal
from handlers.payloads import EVENTS, CommandFields, Event, Interaction, Shortcut
from handlers.ports import Seen
from handlers.refusals import BUSY, at_the_field, nothing_offered, silent, spoken
from handlers.signatures import Signed

_FAILED: Final = 500  # such an answer says that nothing was done: it may come again
_ROUTED: Final = frozenset(
    {"block_actions", "view_submission", "message_action", "shortcut", "block_suggestion"}
)
_log: Final = logging.getLogger(__name__)


class Request(Record):
    """A request that Slack signed; only the two retry headers come with it."""

    signed: Signed
    is_json: bool
    retry: dict[str, str]


class Reception:
    """Answers signed requests, one at a time per calling thread."""

    def __init__(self, app: App, installation: Installation, seen: Seen) -> None:
        self._app = app
        self._installation = installation
        self._seen = seen
        self._under_way: set[str] = set()
        self._lock = Lock()

    def answer(self, request: Request) -> BoltResponse:
        """Answer *request*; a repeated one has no second effect.

        What was answered is noted afterwards: whoever dies before leaves it to be answered when a
        proxy repeats it, and the journal knows what was recorded.
        """
        key = f"request:{request.signed.key}"
        with self._turn(key) as is_ours:
            if not is_ours or self._was_answered(key):
                return silent()
            response = self._answered(request)
            if response.status < _FAILED:
                self._note(key)
            return response

    def _answered(self, request: Request) -> BoltResponse:
        try:
            decoded = decode(request.signed.body, is_json=request.is_json)
        except MislabelledError:
            return silent(415)
        except UnreadableError:
            return silent(400)
        return self._own_answer(decoded) or self._handed_over(decoded, request.retry)

    def busy(self, request: Request) -> BoltResponse:
        """Refuse *request* truthfully without doing anything of it."""
        try:
            decoded = decode(request.signed.body, is_json=request.is_json)
        except UnreadableError:
            return silent(400)
        if "command" in decoded.content:
            return spoken(BUSY)
        if decoded.content.get("type") == "view_submission":
            return at_the_field(input_of({**decoded.content}), BUSY)
        if decoded.content.get("type") == "block_suggestion":
            return nothing_offered()
        return silent(503)  # a warning sign at the button; an event comes again

    @contextmanager
    def _turn(self, key: str) -> Iterator[bool]:
        """Give whether nobody of this process answers the same request at this moment."""
        with self._lock:
            is_ours = key not in self._under_way
            self._under_way.add(key)
        try:
            yield is_ours
        finally:
            if is_ours:
                with self._lock:
                    self._under_way.discard(key)

    def _was_answered(self, key: str) -> bool:
        try:
            return self._seen.has(key)
        except QueueUnavailableError:
            _log.warning("redis.unavailable", extra={"for": "deliveries seen"})
            return False  # the journal knows each delivery as well

    def _note(self, key: str) -> None:
        with suppress(QueueUnavailableError):
            self._seen.note(key)

    def _own_answer(self, decoded: Decoded) -> BoltResponse | None:
        """Answer what names no workspace, and what is not for ours."""
        if decoded.form == "fields" and decoded.content.get("ssl_check") == "1":
            return silent()
        if decoded.form == "json" and decoded.content.get("type") == "url_verification":
            return _challenge(decoded.content)
        if not _is_of_a_kind(decoded):
            return silent(400)
        return refusal(self._installation, {**decoded.content})

    def _handed_over(self, decoded: Decoded, retry: Mapping[str, str]) -> BoltResponse:
        if not _has_listener(decoded):
            return silent()
        try:
            body = _routable(decoded)
        except ValidationError:
            return silent(400)
        # "socket_mode" makes Bolt take the object as it is: no second parsing or checking.
        return self._app.dispatch(BoltRequest(body=body, headers={**retry}, mode="socket_mode"))


def _is_of_a_kind(decoded: Decoded) -> bool:
    word = "command" if decoded.form == "fields" else "type"
    return isinstance(decoded.content.get(word), str)


def _has_listener(decoded: Decoded) -> bool:
    if decoded.form == "fields":
        return True
    if decoded.form == "payload":
        return decoded.content["type"] in _ROUTED
    event = decoded.content.get("event")
    return (
        decoded.content["type"] == "event_callback"
        and isinstance(event, dict)
        and event.get("type") in EVENTS
    )


def _routable(decoded: Decoded) -> dict[str, object]:
    """Return the part of the payload that Bolt and the listeners read, with its types checked."""
    models: dict[str, type[BaseModel]] = {
        "fields": CommandFields,
        "payload": Interaction,
        "json": Event,
    }
    is_shortcut = decoded.content.get("type") in {"message_action", "shortcut"}
    kind = Shortcut if is_shortcut else models[decoded.form]
    model = kind.model_validate(decoded.content)
    return model.model_dump(exclude_none=True)


def _challenge(content: dict[str, Json]) -> BoltResponse:
    challenge = content.get("challenge")
    if not isinstance(challenge, str):
        return silent(400)
    return BoltResponse(status=200, body={"challenge": challenge})
