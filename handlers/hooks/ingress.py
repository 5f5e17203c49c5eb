"""`POST /hooks/<name>`: bounded, verified, keyed, and answered with what the contract lists."""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

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
from handlers.hooks.buckets import Buckets
from handlers.hooks.request import HookRequest, Refused
from handlers.hooks.senders import SENDERS

PREFIX: Final = "/hooks/"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
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
    ) -> None:
        self._hooks = hooks
        self._clock = clock
        self._limits = limits or HookLimits()
        self._counted = counted
        self._buckets = Buckets()
        self._threads = anyio.CapacityLimiter(self._limits.threads)
        self._unread = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals are empty and close the connection."""
        http = HttpRequest(scope, receive)
        name = "unknown"
        try:
            hook = self._hook(http)
            name = hook.name
            response = await self._answer(http, hook)
        except _RefusedError as refusal:
            self._counted(name, refusal.cause)
            _log.info("hook.refused", extra={"hook": name, "cause": refusal.cause})
            more = {"retry-after": "60"} if refusal.status in {429, 503} else {}
            response = Response(status_code=refusal.status, headers={**_CLOSING, **more})
        except ClientDisconnect:
            return  # nobody is there to be answered
        await response(scope, receive, send)

    def _hook(self, http: HttpRequest) -> Hook:
        """Return the hook that the path names, alone: a query may hold secrets, and is logged."""
        path = str(http.scope["path"])
        name = path.removeprefix(PREFIX)
        is_plain = http.scope.get("raw_path") in {None, path.encode()}
        has_query = bool(http.scope.get("query_string"))
        if http.method != "POST" or not _NAME.fullmatch(name) or has_query or not is_plain:
            raise _RefusedError(404, "path")
        try:
            hook = self._hooks.hooks().get(name)
        except (ConfigurationError, JournalUnavailableError) as error:
            raise _RefusedError(503, "unavailable") from error
        if hook is None:
            raise _RefusedError(404, "unknown_hook")
        return hook

    async def _answer(self, http: HttpRequest, hook: Hook) -> Response:
        if sum(len(name) + len(value) for name, value in http.headers.raw) > self._limits.headers:
            raise _RefusedError(413, "headers_too_large")
        body = await self._read(http)
        request = HookRequest(headers=tuple(http.headers.raw), body=body)
        until = anyio.current_time() + self._limits.answering
        with anyio.move_on_after(self._limits.answering):
            return await to_thread.run_sync(
                self._answered, hook, request, until, limiter=self._threads, abandon_on_cancel=True
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

    def _answered(self, hook: Hook, request: HookRequest, until: float) -> Response:
        sender, now = SENDERS[hook.kind], self._clock()
        verdict = sender.verify(request, hook, now)
        if isinstance(verdict, Refused):
            raise _RefusedError(401, verdict.cause)
        event = _event(hook, request)
        try:
            with answering(until):
                return self._told(hook, event, now)
        except JournalUnavailableError as error:
            _log.error("journal.unavailable", exc_info=error)
            raise _RefusedError(503, "unavailable") from error

    def _told(self, hook: Hook, event: Event, now: datetime) -> Response:
        answer = self._hooks.known(hook, event) if event.key else None
        if answer is None:
            if not self._buckets.take(hook.name, now):
                raise _RefusedError(429, "too_many")
            answer = self._hooks.receive(hook, event)
        self._counted(hook.name, answer.ignored or ("recorded" if answer.is_new else "known"))
        told: dict[str, Json] = {"id": answer.id} if answer.id else {"ignored": answer.ignored}
        return _json(202 if answer.is_new else 200, told)


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
    return found.model_copy(update={"body": digest})


def _json(status: int, told: dict[str, Json]) -> Response:
    return Response(json.dumps(told), status_code=status, media_type="application/json")
