"""Delivery to the app: signed HTTP requests or Socket Mode envelopes, within three seconds."""

import hashlib
import hmac
import json
import ssl
import time
from typing import Final, Literal, NamedTuple, TypeAlias
from urllib.parse import urlencode

import httpx

from bot.sandbox.slack.records import OK_STATUS, JsonObject
from bot.sandbox.slack.sockets import NoConnectionError, Sockets
from bot.sandbox.slack.state import State

DeliveryKind: TypeAlias = Literal["slash_commands", "interactive", "events_api"]
Failure: TypeAlias = Literal["operation_timeout", "dispatch_failed"]

FORM: Final = "application/x-www-form-urlencoded"


class Delivery(NamedTuple):
    """One thing to deliver; only events are ever delivered again."""

    kind: DeliveryKind
    payload: JsonObject
    retry: int = 0
    reason: str = ""


class Outcome(NamedTuple):
    """How a delivery went: the app's answer, or why there is none."""

    status: int | None
    body: JsonObject
    failure: Failure | None = None
    reason: str = ""  # for a redelivery, in Slack's words
    no_retry: bool = False


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """Return the value of `X-Slack-Signature`.

    Source: https://docs.slack.dev/authentication/verifying-requests-from-slack/
    """
    base = b"v0:%d:%b" % (timestamp, body)
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def signed_request(delivery: Delivery, secret: str, timestamp: int) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of a delivery over HTTP."""
    body, content_type = _encoded(delivery)
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": sign(secret, timestamp, body),
    }
    if delivery.retry:
        headers["X-Slack-Retry-Num"] = str(delivery.retry)
        headers["X-Slack-Retry-Reason"] = delivery.reason
    return body, headers


def _encoded(delivery: Delivery) -> tuple[bytes, str]:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode(), "application/json"
    if delivery.kind == "interactive":
        return urlencode({"payload": json.dumps(delivery.payload)}).encode(), FORM
    return urlencode(delivery.payload).encode(), FORM


class Courier:
    """Brings deliveries to the app; waits, so it is never used under the workspace's lock."""

    def __init__(self, state: State, sockets: Sockets) -> None:
        self._state = state
        self._sockets = sockets
        config = state.config
        self.request_url = config.request_url
        self._client = httpx.Client(
            timeout=config.answer_limit,
            trust_env=False,
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # the app is on the loopback, without
            limits=httpx.Limits(max_keepalive_connections=0),  # the app may restart in between
        )

    def close(self) -> None:
        """Give up the HTTP client."""
        self._client.close()

    def deliver(self, delivery: Delivery) -> Outcome:
        """Deliver once and return how it went."""
        if self._state.config.socket_mode:
            return self._over_socket(delivery)
        return self._over_http(delivery)

    def _over_http(self, delivery: Delivery) -> Outcome:
        config = self._state.config
        now = int(self._state.clock())
        body, headers = signed_request(delivery, config.signing_secret, now)
        began = time.monotonic()
        try:
            response = self._client.post(self.request_url, content=body, headers=headers)
        except httpx.TimeoutException:
            return _lost("operation_timeout", "http_timeout")
        except (httpx.TransportError, httpx.UnsupportedProtocol):
            return _lost("dispatch_failed", "connection_failed")
        if time.monotonic() - began > config.answer_limit:
            return _lost("operation_timeout", "http_timeout")
        return _read(response)

    def _over_socket(self, delivery: Delivery) -> Outcome:
        retry = (delivery.retry, delivery.reason)
        limit = self._state.config.answer_limit
        try:
            body = self._sockets.deliver(delivery.kind, delivery.payload, retry, limit)
        except NoConnectionError:
            return _lost("dispatch_failed", "connection_failed")
        except TimeoutError:
            return _lost("operation_timeout", "http_timeout")
        return Outcome(status=OK_STATUS, body=body)


def _lost(failure: Failure, reason: str) -> Outcome:
    return Outcome(status=None, body={}, failure=failure, reason=reason)


def _read(response: httpx.Response) -> Outcome:
    no_retry = response.headers.get("X-Slack-No-Retry") == "1"
    if response.status_code != OK_STATUS:
        return Outcome(response.status_code, {}, "dispatch_failed", "http_error", no_retry)
    return Outcome(response.status_code, _body(response))


def _body(response: httpx.Response) -> JsonObject:
    """Return what the app answered; plain words are its text."""
    try:
        value = response.json()
    except ValueError:
        return {"text": response.text} if response.text.strip() else {}
    return value if isinstance(value, dict) else {"text": response.text}
