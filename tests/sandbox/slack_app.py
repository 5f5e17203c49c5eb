"""An app that listens to the simulated Slack."""

import json
import threading
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.slack import (
    Workspace,
)

DEPLOYS: Final = "C0DEPLOYS"


PRESS: Final = "slipway.approve"


def plain(text: str) -> dict[str, Any]:
    """Return a plain text object."""
    return {"type": "plain_text", "text": text}


def row(action_id: str = PRESS) -> list[dict[str, Any]]:
    """Return blocks with one button."""
    button = {"type": "button", "action_id": action_id, "text": plain("Approve"), "value": "v"}
    return [{"type": "actions", "block_id": "row", "elements": [button]}]


FORM: Final[dict[str, Any]] = {
    "type": "modal",
    "callback_id": "reason",
    "title": plain("Reject"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": plain("Why"),
            "element": {"type": "plain_text_input", "action_id": "text", "max_length": 20},
        }
    ],
}


class Clock:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


class Bare:
    """An app of a few lines: keeps what it got, answers what it was told to."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, dict[str, str]]] = []
        self.status = 200
        self.body: bytes = b""
        self.headers: dict[str, str] = {}
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.app = Starlette(routes=[Route("/slack/events", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.got.append((await request.body(), dict(request.headers)))
        await run_in_threadpool(self.may_answer.wait)
        return Response(self.body, self.status, self.headers)

    def say(self, **body: object) -> None:
        """Answer JSON from now on."""
        self.body = json.dumps(body).encode()
        self.headers = {"Content-Type": "application/json"}

    @property
    def payload(self) -> dict[str, Any]:
        """The last delivery's contents, a form's fields as they are."""
        fields = parse_qs(self.got[-1][0].decode(), keep_blank_values=True)
        if "payload" in fields:
            payload: dict[str, Any] = json.loads(fields["payload"][0])
            return payload
        return {name: values[0] for name, values in fields.items()}


def trigger(workspace: Workspace, bare: Bare) -> str:
    """Return the trigger of a command that was just typed."""
    workspace.command("/deploy", by="U0ANN", channel=DEPLOYS)
    return str(bare.payload["trigger_id"])
