"""Pipelines: what stands outside and posts to hooks, signed by a reading of its own."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Final

import httpx

from bot.sandbox.content import HOOK_SECRET
from bot.sandbox.slack import Message
from tests.conversations.places import DEPLOYS
from tests.conversations.world import World

DEPLOY: Final = "slipway.deploy_proposed"
DISMISS: Final = "slipway.dismiss"
CARD: Final = "slipway_proposal"
HOOKS: Final = """
hooks:
  ci:
    kind: standard
    secrets: ["${HOOK_CI}"]
    targets: [checkout, flaky]
    map: {shop/checkout: checkout}
"""


@dataclass
class Pipeline:
    """A sender that signs as Standard Webhooks says."""

    world: World
    secret: str = HOOK_SECRET
    hook: str = "ci"

    def proposes(
        self, version: str = "1.4.0", *, target: str = "checkout", key: str = "", **data: str
    ) -> httpx.Response:
        """Propose a version; deliveries with the same *key* are the same."""
        event = {
            "type": "slipway.deploy.proposed",
            "timestamp": "2026-11-28T03:20:00Z",
            "data": {"target": target, "version": version, **data},
        }
        return self.sends(json.dumps(event).encode(), key=key or f"msg_{target}_{version}")

    def sends(self, body: bytes, *, key: str = "msg_1", late: int = 0) -> httpx.Response:
        """Send *body*, signed *late* seconds ago."""
        at = int(self.world.clock.seconds()) - late
        headers = signed(self.secret, key, at, body)
        return self.world.http.post(self.address, content=body, headers=headers)

    def asks(self, wanted: str) -> httpx.Response:
        """Ask how it stands with *wanted*."""
        headers = {"authorization": f"Bearer {self.secret}"}
        return self.world.http.get(f"{self.address}/{wanted}", headers=headers)

    @property
    def address(self) -> str:
        """Where the hook is."""
        root = self.world.workspace.request_url.removesuffix("/slack/events")
        return f"{root}/hooks/{self.hook}"


def signed(secret: str, key: str, at: int, body: bytes) -> dict[str, str]:
    """Return the headers of Standard Webhooks."""
    bare = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(bare, f"{key}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


def proposals(world: World, *, channel: str = DEPLOYS) -> list[Message]:
    """Return the cards of proposals in a channel, oldest first."""
    found = world.workspace.messages(channel)
    return [each for each in found if (each.metadata or {}).get("event_type") == CARD]


def told(message: Message) -> dict[str, Any]:
    """Return what the metadata of a card says."""
    payload: dict[str, Any] = (message.metadata or {})["event_payload"]
    return payload
