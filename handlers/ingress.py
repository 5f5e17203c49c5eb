"""The pre-filter in front of Bolt: nothing is interpreted before its signature holds."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import anyio
from anyio import to_thread
from slack_bolt import BoltResponse
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.core.errors import ConfigurationError
from bot.core.ports import Clock
from bot.core.records import Record
from bot.deadline import answering
from handlers.reception import AskedChange, Reception, Request
from handlers.signatures import Signed, implausible, verified

PATH: Final = "/slack/events"
_RETRY_HEADERS: Final = ("x-slack-retry-num", "x-slack-retry-reason")
_TYPES: Final = {"application/x-www-form-urlencoded": False, "application/json": True}
_CLOSING: Final = {"connection": "close"}
_FIRST: Final = 0.005  # seconds that a change is expected to take, until some have been seen
_WEIGHT: Final = 0.2  # of the newest ones in what a change is expected to take
_log: Final = logging.getLogger(__name__)


class IngressLimits(Record):
    """How much and how long.

    The largest thing that Slack sends is an event or an interaction with somebody's message in it,
    once as text and once as blocks; a message has 40,000 characters at most.
    Source: https://docs.slack.dev/reference/methods/chat.postMessage (truncating content)
    """

    headers: int = 16_384  # bytes of all together
    form: int = 700_000  # bytes of a body that is a form: a message twice, 8 for a character
    json_: int = 500_000  # bytes of a body that is JSON: the same, 6 for a character
    free: int = 32_768  # bytes of each body that are not counted; a command has far fewer
    unread: int = 8_000_000  # bytes beyond that of all bodies together that nobody verified yet
    reading: float = 5.0  # seconds for a whole body
    waiting: float = 2.1  # seconds from arrival until a thread is free; Slack waits 3 in all
    answering: float = 2.4  # seconds from arrival until nothing is waited for any more
    threads: int = 16
    queue: int = 500  # requests that wait for a thread at once; more could not be served in time
    together: int = 64  # changes that are done in one transaction


class RefusedError(Exception):
    """The request goes no further: a status, and a word for the counter."""

    def __init__(self, status: int, cause: str) -> None:
        super().__init__(f"{status} {cause}")
        self.status = status
        self.cause = cause


class _InLine:
    """A change that waits to be done."""

    def __init__(self, change: AskedChange, arrived: float) -> None:
        self.change = change
        self.arrived = arrived
        self.begun = anyio.Event()
        self.answer: asyncio.Future[BoltResponse] = asyncio.get_running_loop().create_future()


def uncounted(_cause: str) -> None:
    """Count nothing."""


class Ingress:
    """The ASGI application for `POST /slack/events`; answers other paths and methods with no."""

    def __init__(
        self,
        reception: Reception,
        *,
        signing_secret: str,
        clock: Clock,
        limits: IngressLimits | None = None,
        refused: Callable[[str], None] = uncounted,
    ) -> None:
        if not signing_secret.strip():
            raise ConfigurationError(["the signing secret is empty"])
        self._reception = reception
        self._secret = signing_secret.encode()
        self._clock = clock
        self._limits = limits or IngressLimits()
        self._refused = refused
        self._slots = anyio.CapacityLimiter(self._limits.threads)
        self._threads = anyio.CapacityLimiter(self._limits.threads)
        self._alone = anyio.CapacityLimiter(1)
        self._line: deque[_InLine] = deque()
        self._doing: asyncio.Task[None] | None = None
        self._takes = _FIRST
        self._waiting = 0
        self._unread = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals are constant, empty and close the connection."""
        arrived = anyio.current_time()
        http = HttpRequest(scope, receive)
        try:
            response = _response(await self._answer(http, arrived))
        except RefusedError as refusal:
            self._refused(refusal.cause)
            _log.info("ingress.refused", extra={"status": refusal.status, "cause": refusal.cause})
            response = Response(status_code=refusal.status, headers=_CLOSING)
        except ClientDisconnect:
            return  # nobody is there to be answered
        await response(scope, receive, send)

    async def _answer(self, http: HttpRequest, arrived: float) -> BoltResponse:
        if sum(len(name) + len(value) for name, value in http.headers.raw) > self._limits.headers:
            raise RefusedError(431, "headers_too_large")
        is_json = _check_form(http)
        doubt = implausible(http.headers.raw, now=self._clock())
        if doubt is not None:
            raise RefusedError(401, doubt.cause)
        body = await self._read(http, self._limits.json_ if is_json else self._limits.form)
        signed = verified(http.headers.raw, body, secret=self._secret, now=self._clock())
        if not isinstance(signed, Signed):
            raise RefusedError(401, signed.cause)
        request = Request(signed=signed, is_json=is_json, retry=_retry_headers(http))
        change = self._reception.change_of(request)
        if change is not None:
            return await self._together(change, request, arrived)
        return await self._in_a_thread(request, arrived)

    async def _together(
        self, change: AskedChange, request: Request, arrived: float
    ) -> BoltResponse:
        """Let the change be done with those that wait beside it, or refuse it in time."""
        mine = _InLine(change, arrived)
        if self._doing is None:
            self._doing = asyncio.create_task(self._do([mine]))
        elif len(self._line) >= self._limits.queue:
            return self._busy(request)
        else:
            self._line.append(mine)
            with anyio.move_on_after(arrived + self._limits.waiting - anyio.current_time()):
                await mine.begun.wait()
            if not mine.begun.is_set():
                self._line.remove(mine)
                return self._busy(request)
        return await mine.answer

    async def _do(self, some: list[_InLine]) -> None:
        """Do changes, and then those that came meanwhile, until there are none."""
        try:
            while some:
                began = anyio.current_time()
                for each in some:
                    each.begun.set()
                await self._do_together(some)
                self._takes += _WEIGHT * ((anyio.current_time() - began) / len(some) - self._takes)
                some = self._next()
        finally:
            self._doing = None

    async def _do_together(self, some: list[_InLine]) -> None:
        until = some[0].arrived + self._limits.answering
        changes = [each.change for each in some]
        try:
            answers = await to_thread.run_sync(
                self._answer_together_until, until, changes, limiter=self._alone
            )
        except BaseException as error:  # noqa: BLE001 - it is theirs who wait for it
            for each in some:
                if not each.answer.done():  # else nobody waits any more
                    each.answer.set_exception(error)
        else:
            for each, answer in zip(some, answers, strict=True):
                if not each.answer.done():
                    each.answer.set_result(answer)

    def _next(self) -> list[_InLine]:
        """Return as many of those that wait as can be done in time, the first ones first."""
        if not self._line:
            return []
        left = self._line[0].arrived + self._limits.answering - anyio.current_time()
        many = max(1, min(self._limits.together, int(left / self._takes)))
        return [self._line.popleft() for _ in range(min(many, len(self._line)))]

    def _answer_together_until(
        self, until: float, changes: list[AskedChange]
    ) -> list[BoltResponse]:
        with answering(until):
            return self._reception.answer_together(changes)

    def _busy(self, request: Request) -> BoltResponse:
        self._refused("busy")
        return self._reception.busy(request)

    async def _read(self, http: HttpRequest, most: int) -> bytes:
        announced = _announced(http)
        if announced is not None and announced > most:
            raise RefusedError(413, "too_large")
        body = bytearray()
        try:
            await self._fill(body, http, most)
        finally:
            self._unread -= self._beyond(body)
        if not body or announced not in {None, len(body)}:
            raise RefusedError(400, "wrong_length")
        return bytes(body)

    async def _fill(self, body: bytearray, http: HttpRequest, most: int) -> None:
        """Read into *body*, as long as all large ones that are being read do not take too much.

        What is as small as a command always has its room, whoever sends much at that moment.
        """
        with anyio.move_on_after(self._limits.reading) as reading:
            async for chunk in http.stream():
                before = self._beyond(body)
                body += chunk
                self._unread += self._beyond(body) - before
                if self._beyond(body) and self._unread > self._limits.unread:
                    raise RefusedError(503, "too_many_bodies")
                if len(body) > most:
                    raise RefusedError(413, "too_large")
        if reading.cancelled_caught:
            raise RefusedError(408, "too_slow")

    def _beyond(self, body: bytearray) -> int:
        return max(0, len(body) - self._limits.free)

    async def _in_a_thread(self, request: Request, arrived: float) -> BoltResponse:
        """Do the work in a thread of our own few, or refuse when none gets free in time."""
        slot = object()
        if not await self._has_turn(slot, arrived + self._limits.waiting):
            return self._busy(request)
        try:
            return await to_thread.run_sync(
                self._answer_until, arrived + self._limits.answering, request, limiter=self._threads
            )
        finally:
            self._slots.release_on_behalf_of(slot)

    async def _has_turn(self, slot: object, until: float) -> bool:
        if anyio.current_time() >= until:
            return False
        with suppress(anyio.WouldBlock):
            self._slots.acquire_on_behalf_of_nowait(slot)
            return True
        if self._waiting >= self._limits.queue:
            return False
        self._waiting += 1
        try:
            with anyio.move_on_after(until - anyio.current_time()) as waiting:
                await self._slots.acquire_on_behalf_of(slot)
        finally:
            self._waiting -= 1
        return not waiting.cancelled_caught

    def _answer_until(self, until: float, request: Request) -> BoltResponse:
        with answering(until):  # the event loop's clock is `time.monotonic`
            return self._reception.answer(request)


def _check_form(http: HttpRequest) -> bool:
    """Return whether the body is labelled as JSON; refuse whatever Slack would not send."""
    raw_path = http.scope.get("raw_path")
    if http.scope["path"] != PATH or raw_path not in {None, PATH.encode()}:
        raise RefusedError(404, "path")
    if http.method != "POST":
        raise RefusedError(405, "method")
    if "content-encoding" in http.headers:
        raise RefusedError(415, "content_encoding")
    labels = http.headers.getlist("content-type")
    label, _, charset = (labels[0] if len(labels) == 1 else "").lower().partition(";")
    if label.strip() not in _TYPES or charset.strip() not in {"", "charset=utf-8"}:
        raise RefusedError(415, "content_type")
    return _TYPES[label.strip()]


def _announced(http: HttpRequest) -> int | None:
    """Return the announced length; lengths that two readers could read differently are refused."""
    lengths = http.headers.getlist("content-length")
    if not lengths:
        return None
    is_plain = lengths[0].isascii() and lengths[0].isdigit() and len(lengths[0]) <= 10  # noqa: PLR2004 - digits
    if len(lengths) > 1 or not is_plain or "transfer-encoding" in http.headers:
        raise RefusedError(400, "wrong_length")
    return int(lengths[0])


def _retry_headers(http: HttpRequest) -> dict[str, str]:
    return {name: http.headers[name] for name in _RETRY_HEADERS if name in http.headers}


def _response(answer: BoltResponse) -> Response:
    response = Response(answer.body, status_code=answer.status)
    response.headers["content-type"] = answer.first_headers()["content-type"]
    return response
