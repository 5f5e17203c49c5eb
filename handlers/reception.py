"""What happens to a request that is known to be Slack's: used once, decoded, handed to Bolt."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from threading import Lock
from typing import Final, NamedTuple

from pydantic import BaseModel, ValidationError
from slack_bolt import App, BoltRequest, BoltResponse

from bot.core.errors import QueueUnavailableError
from bot.core.records import Json
from bot.core.verbs import SLASH
from handlers.changes import Changes, TypedChange
from handlers.decoding import Decoded, MislabelledError, UnreadableError, decode
from handlers.envelopes import EVENTS, CommandFields, Event, Interaction, Shortcut
from handlers.installation import Installation, is_ours, refusal
from handlers.ports import Seen
from handlers.refusals import BUSY, in_the_form, nothing_offered, silent, spoken
from handlers.unread import Unread

_FAILED: Final = 500  # such an answer says that nothing was done: it may come again
_SUGGESTION: Final = "block_suggestion"  # which a picker sends, as a type
_ROUTED: Final = frozenset(
    {"block_actions", "view_submission", "message_action", "shortcut", _SUGGESTION}
)
_PAYLOAD: Final = b"payload="  # what an interaction begins with
_KEYED: Final = frozenset(SLASH) - {"ops"}
_log: Final = logging.getLogger(__name__)


class Request(NamedTuple):
    """A request that Slack is known to have sent; only the two retry headers come with it."""

    key: str  # what is the same when the same request is sent again
    body: bytes
    is_json: bool
    retry: dict[str, str]


class AskedChange(NamedTuple):
    """A change that somebody typed, and the key of the request that brought it."""

    key: str
    typed: TypedChange


class Reception:
    """Answers requests, one at a time per calling thread, or changes that come together."""

    def __init__(self, app: App, changes: Changes, installation: Installation, seen: Seen) -> None:
        self._app = app
        self._changes = changes
        self._installation = installation
        self._seen = seen
        self._unread = Unread()
        self._under_way: set[str] = set()
        self._lock = Lock()

    def answer(self, request: Request) -> BoltResponse:
        """Answer *request*; a repeated one has no second effect.

        What was answered is noted afterwards: whoever dies before leaves it to be answered when a
        proxy repeats it, and the journal knows what was recorded. A picker that asks the same twice
        in a second sends the same twice; it is answered each time, which changes nothing.
        """
        if _is_of_a_picker(request):
            return self._answered(request)
        key = _key(request)
        if not self._take(key):
            return silent()
        try:
            response = self._answered(request, key)
            if response.status < _FAILED:
                self._note(key)
            return response
        finally:
            self._give_back(key)

    def change_of(self, request: Request) -> AskedChange | None:
        """Return the change that *request* asks for; None: it is for `answer`."""
        if request.is_json or request.body.startswith(_PAYLOAD):
            return None  # such a body may be long: a thread reads it
        try:
            decoded = decode(request.body, is_json=False)
        except UnreadableError:
            return None
        if decoded.form != "fields" or not is_ours(self._installation, {**decoded.content}):
            return None
        typed = self._changes.read(decoded.content)
        return AskedChange(_key(request), typed) if typed else None

    def answer_together(self, asked: Sequence[AskedChange]) -> list[BoltResponse]:
        """Answer changes that are done together; a repeated one has no second effect.

        It is answered with how that stands which was recorded of it: its first answer may have
        been lost on the way. What was refused is not looked at anew.
        """
        ours = [each for each in asked if self._take(each.key)]
        again: dict[int, BoltResponse | None] = {}
        try:
            known = {each.key for each in ours if self._was_answered(each.key, here=True)}
            new = [each for each in ours if each.key not in known]
            again = {
                id(each): self._changes.again(each.typed) for each in ours if each.key in known
            }
            answers = self._changes.answers([each.typed for each in new]) if new else []
            said = {id(each): answer for each, answer in zip(new, answers, strict=True)}
            for each in new:
                if said[id(each)].status < _FAILED:
                    self._note(each.key)
        finally:
            for each in ours:
                self._give_back(each.key)
        return [said.get(id(each)) or again.get(id(each)) or silent() for each in asked]

    def _answered(self, request: Request, key: str = "") -> BoltResponse:
        try:
            decoded = decode(request.body, is_json=request.is_json)
        except MislabelledError:
            return silent(415)
        except UnreadableError:
            return silent(400)
        if key and self._was_answered(key, here=_is_keyed(decoded)):
            return silent()
        return self._own_answer(decoded) or self._handed_over(decoded, request.retry)

    def busy(self, request: Request) -> BoltResponse:
        """Refuse *request* truthfully without doing anything of it."""
        try:
            decoded = decode(request.body, is_json=request.is_json)
        except UnreadableError:
            return silent(400)
        if "command" in decoded.content:
            return spoken(BUSY)
        if decoded.content.get("type") == "view_submission":
            return in_the_form({**decoded.content}, BUSY)
        if decoded.content.get("type") == _SUGGESTION:
            return nothing_offered()
        return silent(503)  # a warning sign at the button; an event comes again

    def _take(self, key: str) -> bool:
        """Return whether nobody of this process answers the same request at this moment."""
        with self._lock:
            is_ours = key not in self._under_way
            self._under_way.add(key)
        return is_ours

    def _give_back(self, key: str) -> None:
        with self._lock:
            self._under_way.discard(key)

    def _was_answered(self, key: str, *, here: bool) -> bool:
        try:
            return self._seen.has(key, here=here)
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
        except ValidationError as error:
            self._unread.tell(decoded.form, error)
            return silent(400)
        # "socket_mode" makes Bolt take the object as it is: no second parsing or checking.
        return self._app.dispatch(BoltRequest(body=body, headers={**retry}, mode="socket_mode"))


def _key(request: Request) -> str:
    return f"request:{request.key}"


def _is_of_a_picker(request: Request) -> bool:
    """Whether a picker wants to know what to offer."""
    if _SUGGESTION.encode() not in request.body:
        return False
    try:
        decoded = decode(request.body, is_json=request.is_json)
    except UnreadableError:
        return False  # which is answered where all else is
    return decoded.form == "payload" and decoded.content.get("type") == _SUGGESTION


def _is_keyed(decoded: Decoded) -> bool:
    """Whether the journal has the key of all that it may do, so that nobody asks Redis first.

    Who repeats it to another process is told what it is already.
    """
    command = decoded.content.get("command")
    return isinstance(command, str) and command.rpartition("-")[2].lstrip("/") in _KEYED


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
