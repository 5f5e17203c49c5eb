"""The Slack that every bot of the bench talks to: a Web API that answers at once, and notes when.

It is nobody's simulator: it judges nothing, and knows as little of Slipway as of the others. What
is posted is known by its number (`pong 17`, `bench-17`). One post a second is taken once the limit
is on, three at once, and the rest is refused with 429 and `Retry-After`.

    python -m tests.bench.peers.fake PORT SOCKET_ADDRESS
"""

import json
import re
import sys
import time
from collections import Counter
from typing import Final, NamedTuple

from aiohttp import web

TEAM: Final = "T0SLIPWAY"
CHANNEL: Final = "C0DEPLOYS"
BOT_USER: Final = "U0SLIPWAY"
BOT_ID: Final = "B0SLIPWAY"
APP_ID: Final = "A0SLIPWAY"
SCOPES: Final = "app_mentions:read,channels:history,channels:read,chat:write,commands,users:read"
NUMBER: Final = re.compile(r"(?:pong |bench-)(\d+)")
FINAL: Final = re.compile(r"\bsucceeded\b", re.IGNORECASE)
BURST: Final = 3


class Post(NamedTuple):
    """A message that was taken: what it is about, where it stands, and when (monotonic)."""

    number: int
    is_reply: bool  # in a thread
    is_final: bool  # says that a deployment went well
    at: float


class Fake:
    """The state: what was posted, called and refused."""

    def __init__(self, socket_address: str) -> None:
        self._socket_address = socket_address
        self._serial = 0
        self._posts: list[Post] = []
        self._roots: dict[str, int] = {}  # which number the thread of a message is about
        self._calls: Counter[str] = Counter()
        self._refused = 0
        self._is_limited = False
        self._left, self._refilled_at = float(BURST), 0.0

    async def call(self, request: web.Request) -> web.Response:
        """Carry out a method, or refuse it."""
        method = request.match_info["method"]
        self._calls[method] += 1
        arguments = await _arguments(request)
        if method == "chat.postMessage":
            if not self._takes_one():
                self._refused += 1
                return web.json_response(
                    {"ok": False, "error": "ratelimited"},
                    status=429,
                    headers={"Retry-After": "1"},
                )
            return web.json_response(self._posted(arguments))
        answer = self._answer(method, arguments)
        return web.json_response({"ok": True, **answer}, headers={"x-oauth-scopes": SCOPES})

    async def state(self, request: web.Request) -> web.Response:
        """Say what was posted since the *since*-th, and what was called and refused."""
        since = int(request.query.get("since", "0"))
        told = {
            "posts": [list(each) for each in self._posts[since:]],
            "calls": sum(self._calls.values()),
            "refused": self._refused,
        }
        return web.json_response(told)

    async def limit(self, request: web.Request) -> web.Response:
        """Switch the limit on or off."""
        self._is_limited = (await request.text()) == "on"
        self._left, self._refilled_at = float(BURST), time.monotonic()
        return web.Response()

    def _takes_one(self) -> bool:
        if not self._is_limited:
            return True
        now = time.monotonic()
        self._left = min(float(BURST), self._left + now - self._refilled_at)
        self._refilled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _posted(self, arguments: dict[str, str]) -> dict[str, object]:
        at, stamp = time.monotonic(), self._stamp()
        words = f"{arguments.get('text', '')} {arguments.get('blocks', '')}"
        root = arguments.get("thread_ts", "")
        found = NUMBER.search(words)
        number = self._roots.get(root) or (int(found[1]) if found else None)
        if number is not None:
            self._roots.setdefault(root or stamp, number)
            self._posts.append(Post(number, bool(root), bool(FINAL.search(words)), at))
        message = {"type": "message", "user": BOT_USER, "bot_id": BOT_ID, "ts": stamp}
        channel = arguments.get("channel", CHANNEL)
        return {"ok": True, "channel": channel, "ts": stamp, "message": message}

    def _stamp(self) -> str:
        self._serial += 1
        return f"{int(time.time())}.{self._serial:06}"

    def _answer(self, method: str, arguments: dict[str, str]) -> dict[str, object]:
        match method:
            case "auth.test" | "auth.teams.list":
                return _AUTH
            case "apps.connections.open":
                return {"url": self._socket_address}
            case "users.info":
                return {"user": _person(arguments.get("user", "U0ANN"))}
            case "users.list":
                return {"members": [_person(each) for each in ("U0ANN", BOT_USER)], **_LAST_PAGE}
            case "conversations.info" | "conversations.open":
                return {"channel": _channel(arguments.get("channel", CHANNEL))}
            case "conversations.list" | "users.conversations":
                return {"channels": [_channel(CHANNEL)], **_LAST_PAGE}
            case "conversations.members":
                return {"members": ["U0ANN", BOT_USER], **_LAST_PAGE}
            case "conversations.history" | "conversations.replies":
                return {"messages": [], "has_more": False, **_LAST_PAGE}
            case "chat.update":
                return {"channel": arguments.get("channel"), "ts": arguments.get("ts")}
            case "bots.info":
                return {"bot": _BOT}
            case "team.info":
                return {"team": {"id": TEAM, "name": "Bench", "domain": "bench"}}
            case "chat.postEphemeral":
                return {"message_ts": self._stamp()}
            case _:
                return {}


_LAST_PAGE: Final = {"response_metadata": {"next_cursor": ""}}
_AUTH: Final = {
    "url": "https://bench.slack.com/",
    "team": "Bench",
    "user": "bench",
    "team_id": TEAM,
    "user_id": BOT_USER,
    "bot_id": BOT_ID,
    "is_enterprise_install": False,
}
_BOT: Final = {
    "id": BOT_ID,
    "app_id": APP_ID,
    "user_id": BOT_USER,
    "name": "bench",
    "deleted": False,
    "updated": 1,
    "icons": {},
}


def _person(user: str) -> dict[str, object]:
    name = user.lower()
    return {
        "id": user,
        "team_id": TEAM,
        "name": name,
        "real_name": name,
        "deleted": False,
        "is_bot": user == BOT_USER,
        "is_app_user": False,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "tz": "Etc/UTC",
        "tz_label": "UTC",
        "tz_offset": 0,
        "locale": "en-US",
        "updated": 1,
        "profile": {
            "real_name": name,
            "real_name_normalized": name,
            "display_name": name,
            "display_name_normalized": name,
            "email": f"{name}@example.com",
            "team": TEAM,
            "bot_id": BOT_ID if user == BOT_USER else "",
            "avatar_hash": "0",
            "status_text": "",
            "status_emoji": "",
        },
    }


def _channel(channel: str) -> dict[str, object]:
    said = {"value": "", "creator": "U0ANN", "last_set": 0}
    return {
        "id": channel,
        "name": "deploys",
        "name_normalized": "deploys",
        "created": 1,
        "creator": "U0ANN",
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_member": True,
        "is_private": False,
        "is_archived": False,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "previous_names": [],
        "members": ["U0ANN", BOT_USER],
        "num_members": 2,
        "unlinked": 0,
        "priority": 0,
        "topic": said,
        "purpose": said,
    }


async def _arguments(request: web.Request) -> dict[str, str]:
    if request.content_type == "application/json":
        given = json.loads(await request.text() or "{}")
    else:
        given = {**request.query, **await request.post()}
    return {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()
    }


def app(socket_address: str) -> web.Application:
    """Return the fake as a web application."""
    fake = Fake(socket_address)
    made = web.Application(client_max_size=4_000_000)
    made.router.add_route("*", "/api/{method}", fake.call)
    made.router.add_get("/control/state", fake.state)
    made.router.add_post("/control/limit", fake.limit)
    return made


def main() -> None:
    """Serve until the end."""
    web.run_app(app(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), print=None)


if __name__ == "__main__":
    main()
