"""Delivers commands and events as Slack does, by HTTP or Socket Mode; notes when they are taken.

All times are of the monotonic clock, which the processes of a machine share.
"""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from bot.sandbox.ports import free_port
from bot.sandbox.slack import sign
from tests.bench.peers.fake import APP_ID, BOT_ID, BOT_USER, CHANNEL, TEAM
from tests.bench.peers.field import Peer

SECRET: Final = "8f742231b10e8888abcd99yyyzzz85a5"
PATIENCE: Final = 30.0  # seconds until a request counts as never answered


class Delivery(NamedTuple):
    """What became of one command: when it was sent and taken, and what was said at once."""

    number: int
    sent_at: float
    taken_at: float | None = None
    status: int = 0
    text: str = ""

    @property
    def seconds(self) -> float:
        """How long the acknowledgement took; for ever, where there was none."""
        return float("inf") if self.taken_at is None else self.taken_at - self.sent_at


class Driver:
    """Delivers to one bot; over Socket Mode it holds the server that the bot connects to."""

    def __init__(self, peer: Peer, port: int) -> None:
        self._peer = peer
        self._port = port
        self._taken: dict[str, asyncio.Future[float]] = {}
        self._socket: web.WebSocketResponse | None = None
        self._runner: web.AppRunner | None = None
        self._socket_port = free_port()
        self.socket_address: Final = f"ws://127.0.0.1:{self._socket_port}/link"

    async def start(self) -> None:
        """Listen for the bot's socket."""
        app = web.Application()
        app.router.add_get("/link", self._linked)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(
            self._runner, "127.0.0.1", self._socket_port, shutdown_timeout=0.5
        ).start()

    async def stop(self) -> None:
        """Listen no longer."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def send(
        self, number: int, how: str = "", *, delivery: str = "", is_signed: bool = True
    ) -> Delivery:
        """Deliver `ping number`; *delivery* names one that is not the first of its number."""
        name = delivery or str(number)
        if self._peer.transport == "socket":
            return await self._by_socket(number, self._payload(number, how, name))
        return await self._by_http(number, self._payload(number, how, name), is_signed=is_signed)

    def _payload(self, number: int, how: str, delivery: str) -> dict[str, Any]:
        text = self._peer.words.format(number=number) + how
        if self._peer.is_driven_by == "commands":
            return command(text, delivery)
        return event(text, delivery)

    async def _by_socket(self, number: int, payload: dict[str, Any]) -> Delivery:
        sent_at = time.monotonic()
        if self._socket is None or self._socket.closed:
            return Delivery(number, sent_at)
        kind = "slash_commands" if "command" in payload else "events_api"
        envelope = f"{number}-{sent_at}"
        taken = self._taken[envelope] = asyncio.get_running_loop().create_future()
        body = {"envelope_id": envelope, "type": kind, "payload": payload}
        try:
            await self._socket.send_json({**body, "accepts_response_payload": kind != "events_api"})
            return Delivery(number, sent_at, await asyncio.wait_for(taken, PATIENCE), 200)
        except (OSError, TimeoutError):  # the bot has left, or says nothing
            return Delivery(number, sent_at)

    async def _linked(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        info = {"app_id": APP_ID}
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": info})
        self._socket = socket
        with suppress(ConnectionError):  # the bot has left
            async for message in socket:
                if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                    self._take(json.loads(message.data))
        return socket

    def _take(self, message: dict[str, Any]) -> None:
        waiting = self._taken.pop(str(message.get("envelope_id")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(time.monotonic())

    async def _by_http(self, number: int, payload: dict[str, Any], *, is_signed: bool) -> Delivery:
        request = _request(self._peer.path, payload, is_signed=is_signed)
        sent_at = time.monotonic()
        try:
            raw = await asyncio.wait_for(_exchanged(self._port, request), PATIENCE)
        except (OSError, TimeoutError):
            return Delivery(number, sent_at)
        head, _, body = raw.partition(b"\r\n\r\n")
        if not head:
            return Delivery(number, sent_at)
        status = int(head.split()[1])
        return Delivery(number, sent_at, time.monotonic(), status, body.decode(errors="replace"))


def command(text: str, delivery: str) -> dict[str, str]:
    """Return a slash command; its trigger names the delivery."""
    word, _, rest = text.partition(" ")
    return {
        "team_id": TEAM,
        "api_app_id": APP_ID,
        "channel_id": CHANNEL,
        "channel_name": "deploys",
        "user_id": f"U0CROWD{sum(delivery.encode()) % 20:02d}",
        "user_name": "ann",
        "command": word,
        "text": rest,
        "trigger_id": f"trigger.{delivery}",
        "response_url": "http://127.0.0.1:9/none",
        "is_enterprise_install": "false",
    }


def event(text: str, delivery: str) -> dict[str, Any]:
    """Return a message event; its id names the delivery."""
    stamp = f"{time.time():.6f}"
    message = {
        "type": "message",
        "client_msg_id": delivery,
        "channel": CHANNEL,
        "channel_type": "channel",
        "user": "U0ANN",
        "team": TEAM,
        "text": text,
        "ts": stamp,
        "event_ts": stamp,
    }
    return {
        "token": "none",
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": APP_ID,
        "event": message,
        "event_id": f"Ev{delivery}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "bot": BOT_ID}],
    }


def _request(path: str, payload: dict[str, Any], *, is_signed: bool) -> bytes:
    is_command = "command" in payload
    body = urlencode(payload).encode() if is_command else json.dumps(payload).encode()
    moment = int(time.time())
    signature = sign(SECRET, moment, body) if is_signed else "v0=none"
    kind = "application/x-www-form-urlencoded" if is_command else "application/json"
    head = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Connection: close",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        f"X-Slack-Request-Timestamp: {moment}",
        f"X-Slack-Signature: {signature}",
    )
    return "\r\n".join((*head, "", "")).encode() + body


async def _exchanged(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.read()  # the connection is closed after the answer
    finally:
        writer.close()
