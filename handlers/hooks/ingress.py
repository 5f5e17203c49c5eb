"""`POST /hooks/<name>`: bounded, verified, keyed, and answered with what the contract lists.

`GET /hooks/<name>/<id>` says how it stands, so that a pipeline can wait.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple, Protocol

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.core.errors import ConfigurationError, JournalUnavailableError
from bot.core.hooks import Answer, Event, Hook, Nothing
from bot.core.ports import Clock
from bot.core.records import Json, Record
from bot.deadline import answering
from handlers.decoding import UnreadableError, decode
from handlers.hooks.buckets import BURST, QUESTIONS, Buckets
from handlers.hooks.proofs import Refused, bears
from handlers.hooks.request import HookRequest, bounded
from handlers.hooks.senders import SENDERS

_PATH: Final = re.compile(
    r"/hooks/(?P<name>[a-z0-9][a-z0-9._-]{0,62})"
    r"(?:/(?P<id>(?:prop|op)-[0-9a-hjkmnp-tv-z]{10}|inc-[0-9a-hjkmnp-tv-z]{6}))?"
)
_CLOSING: Final = {"connection": "close"}
_log: Final = logging.getLogger(__name__)

Count = Callable[[str, str], None]


class HookLimits(Record):
    """How much and how long."""

    headers: int = 16_384  # bytes of all together
    body: int = 1_048_576  # bytes
    unread: int = 16_000_000  # bytes of all bodies together that nobody verified yet
    reading: float = 5.0  # seconds for a whole body
    answering: float = 0.9  # seconds from the whole body to the answer; some senders wait one
    threads: int = 8


class Hooks(Protocol):
    """What receives verified events; each method raises JournalUnavailableError."""

    def hooks(self) -> Mapping[str, Hook]:
        """Return the hooks that are let in now."""
        ...

    def known(self, hook: Hook, event: Event) -> Answer | None:
        """Return what was answered to this event before; None: it is new."""
        ...

    def receive(self, hook: Hook, event: Event) -> Answer:
        """Record what *event* proposes, or why it proposes nothing."""
        ...

    def status(self, hook: Hook, wanted: str) -> dict[str, Json] | None:
        """Return how it stands with what *hook* led to; None: with nothing of this id."""
        ...


class _RefusedError(Exception):
    """The request goes no further: a status, and a word for the counter."""

    def __init__(self, status: int, cause: str) -> None:
        super().__init__(f"{status} {cause}")
        self.status = status
        self.cause = cause


class HookIngress:
    """The ASGI application for what begins with `/hooks/`."""

    def __init__(
        self,
        hooks: Hooks,
        *,
        clock: Clock,
        limits: HookLimits | None = None,
        counted: Count = lambda _hook, _verdict: None,
        proved: Count = lambda _hook, _secret: None,
    ) -> None:
        self._hooks = hooks
        self._clock = clock
        self._limits = limits or HookLimits()
        self._counted = counted
        self._proved = proved
        self._buckets = Buckets(BURST)
        self._questions = Buckets(QUESTIONS)
        self._threads = anyio.CapacityLimiter(self._limits.threads)
        self._unread = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals are empty and close the connection."""
        http = HttpRequest(scope, receive)
        name = "unknown"
        try:
            asked = _asked(http)
            hook = self._hook(asked.name)
            name = hook.name
            response = await self._answer(http, hook, asked.id)
        except _RefusedError as refusal:
            self._counted(name, refusal.cause)
            _log.info("hook.refused", extra={"hook": name, "cause": refusal.cause})
            more = {"retry-after": "60"} if refusal.status in {429, 503} else {}
            response = Response(status_code=refusal.status, headers={**_CLOSING, **more})
        except ClientDisconnect:
            return  # nobody is there to be answered
        await response(scope, receive, send)

    def _hook(self, name: str) -> Hook:
        try:
            hook = self._hooks.hooks().get(name)
        except (ConfigurationError, JournalUnavailableError) as error:
            raise _RefusedError(503, "unavailable") from error
        if hook is None:
            raise _RefusedError(404, "unknown_hook")
        return hook

    async def _answer(self, http: HttpRequest, hook: Hook, wanted: str | None) -> Response:
        if sum(len(name) + len(value) for name, value in http.headers.raw) > self._limits.headers:
            raise _RefusedError(413, "headers_too_large")
        request = HookRequest(headers=tuple(http.headers.raw), body=await self._read(http))
        work = self._told_in_time if wanted is None else partial(self._status, wanted)
        until = anyio.current_time() + self._limits.answering
        with anyio.move_on_after(self._limits.answering):
            return await to_thread.run_sync(
                work, hook, request, until, limiter=self._threads, abandon_on_cancel=True
            )
        raise _RefusedError(503, "too_slow")

    async def _read(self, http: HttpRequest) -> bytes:
        """Read the whole body, as long as all that are being read do not take too much."""
        announced = http.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:12]) > self._limits.body:
            raise _RefusedError(413, "too_large")
        body = bytearray()
        try:
            with anyio.move_on_after(self._limits.reading) as reading:
                async for chunk in http.stream():
                    body += chunk
                    self._unread += len(chunk)
                    if len(body) > self._limits.body:
                        raise _RefusedError(413, "too_large")
                    if self._unread > self._limits.unread:
                        raise _RefusedError(503, "too_many_bodies")
        finally:
            self._unread -= len(body)
        if reading.cancelled_caught:
            raise _RefusedError(503, "too_slow")
        return bytes(body)

    def _told_in_time(self, hook: Hook, request: HookRequest, until: float) -> Response:
        sender, now = SENDERS[hook.kind], self._clock()
        verdict = sender.verify(request, hook, now)
        if isinstance(verdict, Refused):
            raise _RefusedError(401, verdict.cause)
        if len(hook.secrets) > 1:
            self._proved(hook.name, "second" if verdict.secret else "first")
        event = _event(hook, request)
        with _journalled(until):
            return self._told(hook, event, now)

    def _status(self, wanted: str, hook: Hook, request: HookRequest, until: float) -> Response:
        verdict = bears(request, hook)
        if isinstance(verdict, Refused):
            raise _RefusedError(401, verdict.cause)
        if not self._questions.take(hook.name, self._clock()):
            raise _RefusedError(429, "too_many")
        with _journalled(until):
            status = self._hooks.status(hook, wanted)
        if status is None:
            raise _RefusedError(404, "unknown_id")
        return _json(200, status)

    def _told(self, hook: Hook, event: Event, now: datetime) -> Response:
        answer = self._hooks.known(hook, event) if event.key else None
        if answer is None:
            says_nothing = isinstance(event.says, Nothing)  # nothing of it is written down
            if not says_nothing and not self._buckets.take(hook.name, now):
                raise _RefusedError(429, "too_many")
            answer = self._hooks.receive(hook, event)
        self._counted(hook.name, answer.ignored or ("recorded" if answer.is_new else "known"))
        told: dict[str, Json] = {"id": answer.id} if answer.id else {"ignored": answer.ignored}
        return _json(202 if answer.is_new else 200, told)


class _Asked(NamedTuple):
    name: str
    id: str | None  # of what is asked about; None: an event is delivered


def _asked(http: HttpRequest) -> _Asked:
    """Return what the path names, by itself: a query may hold secrets, and is logged."""
    path = str(http.scope["path"])
    found = _PATH.fullmatch(path)
    is_plain = http.scope.get("raw_path") in {None, path.encode()}
    if found is None or not is_plain or http.scope.get("query_string"):
        raise _RefusedError(404, "path")
    if http.method != ("GET" if found["id"] else "POST"):
        raise _RefusedError(404, "method")
    return _Asked(found["name"], found["id"])


@contextmanager
def _journalled(until: float) -> Iterator[None]:
    """Let the block wait for the journal until then, and say so where it is away."""
    try:
        with answering(until):
            yield
    except JournalUnavailableError as error:
        _log.error("journal.unavailable", exc_info=error)
        raise _RefusedError(503, "unavailable") from error


def _event(hook: Hook, request: HookRequest) -> Event:
    """Return what a verified request says; what cannot be read strictly says nothing."""
    digest = hashlib.sha256(request.body).hexdigest()
    try:
        content = decode(request.body, is_json=True).content
    except UnreadableError:
        return Event(key="", says=Nothing(ignored="unreadable"), body=digest)
    found = SENDERS[hook.kind].read(request, content)
    if isinstance(found, Nothing):
        return Event(key="", says=found, body=digest)
    return found.model_copy(update={"key": bounded(found.key), "body": digest})


def _json(status: int, told: dict[str, Json]) -> Response:
    return Response(json.dumps(told), status_code=status, media_type="application/json")
