"""A sender outside, hooks that keep what they were told, and a given clock."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
from pydantic import SecretStr

from bot.core.errors import JournalUnavailableError
from bot.core.hooks import Alerts, Answer, Confirmation, Deployable, Event, Hook, HookKind, Nothing
from bot.core.records import Json
from handlers.hooks.ingress import HookIngress, HookLimits

NOON: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
NOW: Final = int(NOON.timestamp())
KEY: Final = b"twenty-nine bytes of a secret"
OTHER: Final = b"another one, while it is replaced"
SECRET: Final = "whsec_" + base64.b64encode(KEY).decode()
OTHER_SECRET: Final = "whsec_" + base64.b64encode(OTHER).decode()

Headers = list[tuple[bytes, bytes]]


@dataclass
class KeptHooks:
    """Hooks that keep what they received, by key, and may have no journal."""

    by_name: dict[str, Hook] = field(default_factory=dict)
    received: list[Event] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    is_down: bool = False

    def hooks(self) -> dict[str, Hook]:
        return self.by_name

    def known(self, hook: Hook, event: Event) -> Answer | None:
        self._must_work()
        return self.answers.get(f"{hook.name} {event.key}")

    def receive(self, hook: Hook, event: Event) -> Answer:
        self._must_work()
        self.received.append(event)
        if isinstance(event.says, Nothing):
            return Answer(ignored=event.says.ignored)
        answer = Answer(id=f"prop-{len(self.received):010}")
        self.answers[f"{hook.name} {event.key}"] = answer
        return answer.model_copy(update={"is_new": True})

    def status(self, hook: Hook, wanted: str) -> dict[str, Json] | None:  # noqa: ARG002 - there is one
        self._must_work()
        ids = {each.id for each in self.answers.values()}
        return {"id": wanted, "done": False} if wanted in ids else None

    def _must_work(self) -> None:
        if self.is_down:
            raise JournalUnavailableError


class Outside:
    """Who sends to the hook `ci` of one kind."""

    def __init__(
        self,
        kind: HookKind = "standard",
        *,
        secrets: tuple[str, ...] = (SECRET,),
        limits: HookLimits | None = None,
        now: datetime = NOON,
        **more: Any,
    ) -> None:
        self.now = now
        self.kept = KeptHooks({"ci": a_hook(kind, secrets, **more)})
        self.counted: list[tuple[str, str]] = []
        self.proved: list[tuple[str, str]] = []
        self.ingress = HookIngress(
            self.kept,
            clock=lambda: self.now,
            limits=limits,
            counted=lambda hook, verdict: self.counted.append((hook, verdict)),
            proved=lambda hook, secret: self.proved.append((hook, secret)),
        )

    def send(
        self, headers: Headers, body: bytes, *, path: str = "/hooks/ci", method: str = "POST"
    ) -> httpx.Response:
        """Send one request and return the answer."""
        (answer,) = self.send_all([(headers, body)], path=path, method=method)
        return answer

    def send_all(
        self,
        requests: list[tuple[Headers, bytes]],
        *,
        path: str = "/hooks/ci",
        method: str = "POST",
    ) -> list[httpx.Response]:
        """Send all at the same time."""

        async def sent() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.ingress)
            async with httpx.AsyncClient(transport=transport, base_url="http://slipway") as client:
                calls = [
                    client.request(method, path, headers=headers, content=body)
                    for headers, body in requests
                ]
                return list(await asyncio.gather(*calls))

        return asyncio.run(sent())

    @property
    def said(self) -> Deployable | Alerts | Confirmation | Nothing:
        """What was received last."""
        return self.kept.received[-1].says


def a_hook(kind: HookKind, secrets: tuple[str, ...] = (SECRET,), **more: Any) -> Hook:
    """Return a hook of this kind that may name checkout, with what else it has."""
    return Hook(
        name="ci",
        kind=kind,
        secrets=tuple(SecretStr(each) for each in secrets),
        targets=("checkout",),
        map={"shop/checkout": "checkout"},
        **more,
    )


def proposed(**changed: Any) -> bytes:
    """Return the body of our own event."""
    data = {"target": "checkout", "version": "1.4.0", **changed}
    return json.dumps({"type": "slipway.deploy.proposed", "data": data}).encode()


def signed(
    body: bytes, *, key: bytes = KEY, delivery: str = "msg_1", at: int | str = NOW
) -> Headers:
    """Return the headers of Standard Webhooks, as its specification says."""
    mac = hmac.new(key, f"{delivery}.{at}.".encode() + body, hashlib.sha256).digest()
    return [
        (b"content-type", b"application/json"),
        (b"webhook-id", delivery.encode()),
        (b"webhook-timestamp", str(at).encode()),
        (b"webhook-signature", b"v1," + base64.b64encode(mac)),
    ]
