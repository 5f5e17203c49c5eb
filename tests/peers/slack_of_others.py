"""Slack's Web API as others have read it: the package `emulate` 0.12.2, in a process of its own.

Before it stands a thin door. Slipway calls the door, and the door calls emulate, which differs from
Slack in a few things; those are made up for here, and nowhere in Slipway:

- Slack takes GET and POST for a method that reads, emulate POST alone; and of a form Slack takes 1
  for yes, emulate's `is_private` the word true.
- `users.info` of Slack always says whether somebody is a guest; Slipway takes no answer for yes.
- emulate has no user groups and no canvases: the door has one group, and takes every canvas.

Its scopes are strict, and nothing of them is made up for. What else it does otherwise than Slack
costs nothing here: it lets a bot post to public channels without being a member, invites nobody
where one cannot be invited though `force` is set, and knows no rate limits.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.ports import NO_TLS, free_port
from bot.sandbox.slack import SANDBOX, served_app
from tests.peers.node_packages import give_up, node, package

PROGRAM: Final = Path(__file__).parent / "node" / "slack.mjs"
TEAM: Final = "T000000001"  # emulate's own
BOT: Final = SANDBOX.bot_user_id
READER: Final = "xoxb-all-scopes"  # the bot's eyes, for the test alone
STARTING: Final = 20.0  # seconds
NOT_GUESTS: Final = {"is_restricted": False, "is_ultra_restricted": False}
_FORM: Final = "application/x-www-form-urlencoded"


class Call(NamedTuple):
    """One call of Slipway's, and what came of it."""

    method: str
    status: int
    error: str
    needed: str


@dataclass
class Door:
    """What stands before emulate: forwards, makes up for a few things, and keeps what was said."""

    behind: str = ""
    url: str = ""
    groups: dict[str, list[str]] = field(default_factory=dict)
    losing: set[str] = field(default_factory=set)  # methods whose next answer is lost
    calls: list[Call] = field(default_factory=list)
    canvases: list[str] = field(default_factory=list)  # channels that have one

    def app(self) -> Starlette:
        """Return it as what can be served."""
        routes = [
            Route("/api/{method}", self._call, methods=["GET", "POST"]),
            Route("/upload/v1/{file}", self._upload, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    async def _call(self, request: Request) -> Response:
        method = str(request.path_params["method"])
        body, label = await request.body(), request.headers.get("content-type", _FORM)
        if request.method == "GET":
            body, label = urlencode(request.query_params.multi_items()).encode(), _FORM
        if method == "conversations.create":
            body = body.replace(b"is_private=1", b"is_private=true")
        own = self._own(method, body)
        if own is not None:
            return JSONResponse(own)
        token = request.headers.get("authorization", "")
        reply = await self._forwarded(f"/api/{method}", body, label, token)
        told = reply.json() if reply.status_code == httpx.codes.OK else {}
        error, needed = str(told.get("error") or ""), str(told.get("needed") or "")
        self.calls.append(Call(method, reply.status_code, error, needed))
        if method in self.losing:
            self.losing.discard(method)
            return Response(status_code=httpx.codes.BAD_GATEWAY)
        if method == "users.info" and "user" in told:
            told["user"] = {**NOT_GUESTS, **told["user"]}
        return JSONResponse(told, status_code=reply.status_code)

    def _own(self, method: str, body: bytes) -> dict[str, Any] | None:
        """Answer what emulate has not."""
        given = dict(httpx.QueryParams(body.decode()))
        if method == "usergroups.users.list":
            return {"ok": True, "users": self.groups.get(given.get("usergroup", ""), [])}
        if method == "conversations.canvases.create":
            self.canvases.append(given["channel_id"])
            return {"ok": True, "canvas_id": "F0CANVAS"}
        return None

    async def _upload(self, request: Request) -> Response:
        label = request.headers.get("content-type", "")
        reply = await self._forwarded(request.url.path, await request.body(), label, "")
        return Response(reply.content, status_code=reply.status_code)

    async def _forwarded(self, path: str, body: bytes, label: str, token: str) -> httpx.Response:
        headers = {"content-type": label, **({"authorization": token} if token else {})}
        async with httpx.AsyncClient(trust_env=False, timeout=20, verify=NO_TLS) as client:
            return await client.post(f"{self.behind}{path}", content=body, headers=headers)


@dataclass(frozen=True)
class Emulated:
    """emulate with its door, and what people do in it by their own tokens."""

    door: Door
    people: Mapping[str, str]  # ids by name
    channels: Mapping[str, str]

    def does(self, method: str, *, by: str = READER, **arguments: str) -> dict[str, Any]:
        """Call a method past Slipway; it must be taken."""
        told = _asked(self.door.behind, method, by, arguments)
        assert told["ok"], told
        return told

    @property
    def refused(self) -> set[str]:
        """The scopes that Slipway was told it lacks."""
        return {each.needed for each in self.door.calls if each.error == "missing_scope"}


def workspace(scopes: frozenset[str]) -> dict[str, Any]:
    """Return who and what is in emulate's workspace, where the bot has *scopes*."""
    app = {"app_id": SANDBOX.app_id, "bot_id": SANDBOX.bot_id, "bot_user_id": BOT}
    bot = {**app, "type": "bot", "user_id": BOT}
    return {
        "strict_scopes": True,
        "users": [{"name": "ann", "real_name": "Ann"}, {"name": "bob", "real_name": "Bob"}],
        "channels": [{"name": "deploys"}, {"name": "news"}],
        "oauth_apps": [
            {
                **app,
                "client_id": "1.2",
                "client_secret": "none",
                "redirect_uris": [],
                "name": "Slipway",
                "bot_name": "slipway",
                "scopes": sorted(scopes),
            }
        ],
        "tokens": [
            {**bot, "token": SANDBOX.bot_token, "scopes": sorted(scopes)},
            {**bot, "token": READER},
            {"token": "xoxp-ann", "type": "user", "user": "ann"},
        ],
    }


@contextmanager
def emulated(scopes: frozenset[str]) -> Iterator[Emulated]:
    """Run emulate, where Slipway's token has *scopes*, behind its door."""
    door = Door()
    module = package("emulate") / "dist" / "api.js"
    with served_app(door.app()) as door.url:
        port = str(free_port())
        door.behind = f"http://127.0.0.1:{port}"
        words = [node(), str(PROGRAM), str(module), port, door.url]
        with subprocess.Popen(
            [*words, json.dumps(workspace(scopes))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                if process.stdout.readline().strip() != "ready":
                    give_up(f"emulate does not start: {process.communicate()[1][-300:]}")
                yield _entered(door)
            finally:
                process.kill()


def _entered(door: Door) -> Emulated:
    """Look around, and let Ann invite the bot, as whoever installs the app does."""
    people = _asked(door.behind, "users.list", READER, {})["members"]
    channels = _asked(door.behind, "conversations.list", READER, {})["channels"]
    found = Emulated(
        door,
        {each["name"]: each["id"] for each in people},
        {each["name"]: each["id"] for each in channels},
    )
    for name in ("deploys", "news"):
        channel = found.channels[name]
        found.does("conversations.invite", by="xoxp-ann", channel=channel, users=BOT)
    return found


def _asked(url: str, method: str, by: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {by}"}
    with httpx.Client(trust_env=False, timeout=20, verify=NO_TLS) as client:
        told: dict[str, Any] = client.post(
            f"{url}/api/{method}", data=dict(arguments), headers=headers
        ).json()
    return told
