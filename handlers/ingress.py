"""The pre-filter in front of Bolt: nothing is interpreted before its signature holds."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Final

from slack_bolt import BoltResponse
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.core.errors import ConfigurationError
from bot.core.ports import Clock
from handlers.batches import InLine
from handlers.limits import IngressLimits
from handlers.reception import Reception, Request
from handlers.signatures import Claim, Signed, claimed, verified
from handlers.turns import Turns, uncounted, unheard

PATH: Final = "/slack/events"
_RETRY_HEADERS: Final = ("x-slack-retry-num", "x-slack-retry-reason")
_TYPES: Final = {"application/x-www-form-urlencoded": False, "application/json": True}
_CLOSING: Final = {"connection": "close"}
_WRONG_METHOD: Final = 405
_log: Final = logging.getLogger(__name__)


class RefusedError(Exception):
    """The request goes no further: a status, and a word for the counter."""

    def __init__(self, status: int, cause: str) -> None:
        super().__init__(f"{status} {cause}")
        self.status = status
        self.cause = cause


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
        in_line: InLine = unheard,
    ) -> None:
        if not signing_secret.strip():
            raise ConfigurationError(["the signing secret is empty"])
        self._secret = signing_secret.encode()
        self._clock = clock
        self._limits = limits or IngressLimits()
        self._refused = refused
        self._turns = Turns(reception, self._limits, refused=refused, in_line=in_line)
        self._unread = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals are constant, empty and close the connection."""
        arrived = time.monotonic()  # the event loop's clock
        http = HttpRequest(scope, receive)
        try:
            answer = await self._answer(http, arrived)
        except RefusedError as refusal:
            self._refused(refusal.cause)
            _log.info("ingress.refused", extra={"status": refusal.status, "cause": refusal.cause})
            await _closing(refusal.status)(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to be answered
        else:
            await _send(answer, send)

    async def _answer(self, http: HttpRequest, arrived: float) -> BoltResponse:
        if sum(len(name) + len(value) for name, value in http.headers.raw) > self._limits.headers:
            raise RefusedError(431, "headers_too_large")
        is_json = _check_form(http)
        claim = claimed(http.headers.raw, now=self._clock())
        if not isinstance(claim, Claim):
            raise RefusedError(401, claim.cause)
        body = await self._read(http, self._limits.json_ if is_json else self._limits.form)
        signed = verified(claim, body, secret=self._secret)
        if not isinstance(signed, Signed):
            raise RefusedError(401, signed.cause)
        request = Request(signed.key, signed.body, is_json=is_json, retry=_retry_headers(http))
        return await self._turns.answer(request, arrived)

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
        try:
            async with asyncio.timeout(self._limits.reading):
                async for chunk in http.stream():
                    before = self._beyond(body)
                    body += chunk
                    self._unread += self._beyond(body) - before
                    if self._beyond(body) and self._unread > self._limits.unread:
                        raise RefusedError(503, "too_many_bodies")
                    if len(body) > most:
                        raise RefusedError(413, "too_large")
        except TimeoutError as error:
            raise RefusedError(408, "too_slow") from error

    def _beyond(self, body: bytearray) -> int:
        return max(0, len(body) - self._limits.free)


def _closing(status: int) -> Response:
    more = {"allow": "POST"} if status == _WRONG_METHOD else {}
    return Response(status_code=status, headers=_CLOSING | more)


def _check_form(http: HttpRequest) -> bool:
    """Return whether the body is labelled as JSON; refuse whatever Slack would not send."""
    raw_path = http.scope.get("raw_path")
    if http.scope["path"] != PATH or raw_path not in {None, PATH.encode()}:
        raise RefusedError(404, "path")
    if http.method != "POST":
        raise RefusedError(_WRONG_METHOD, "method")
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


async def _send(answer: BoltResponse, send: Send) -> None:
    body, [media_type] = answer.body.encode(), answer.headers["content-type"]
    headers = [
        (b"content-type", media_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
