"""Socket Mode: the app's connections, and which of them gets an envelope.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode/
"""

import asyncio
import json
import threading
from concurrent.futures import Future
from typing import Final, Literal, TypeAlias
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack.records import JsonObject
from bot.sandbox.slack.state import State

CONNECTIONS_MAX: Final = 10
_LIFE: Final = 3600  # seconds, announced in `hello`
Goodbye: TypeAlias = Literal["warning", "refresh_requested", "link_disabled"]


class NoConnectionError(Exception):
    """The app has no connection open."""


class _Link:
    """One connection of the app; a silent one is dead without anybody having been told."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket: Final = websocket
        self.loop: Final = asyncio.get_running_loop()
        self.silent = False

    def send(self, frame: JsonObject) -> None:
        """Send *frame* from whatever thread."""
        if not self.loop.is_closed():
            text = json.dumps(frame)
            asyncio.run_coroutine_threadsafe(self.websocket.send_text(text), self.loop)

    def close(self) -> None:
        """Close the connection from whatever thread."""
        if not self.loop.is_closed():
            asyncio.run_coroutine_threadsafe(self.websocket.close(), self.loop)


class Sockets:
    """All connections of the app."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._lock = threading.Lock()
        self._links: list[_Link] = []
        self._waiting: dict[str, Future[JsonObject]] = {}
        self._turn = 0
        self._changed = threading.Condition(self._lock)

    @property
    def count(self) -> int:
        """How many connections are open, as far as Slack knows."""
        with self._lock:
            return len(self._links)

    def wait_for(self, count: int, seconds: float) -> bool:
        """Return whether *count* connections are open, within *seconds*."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._links) == count, seconds)

    async def serve(self, websocket: WebSocket) -> None:
        """Hold one connection until either side ends it."""
        if not self._admitted(websocket):
            await websocket.close()
            return
        await websocket.accept()
        link = _Link(websocket)
        if not self._join(link):
            await websocket.send_json(_goodbye("too_many_websockets"))
            await websocket.close()
            return
        try:
            await websocket.send_json(self._hello())
            while True:
                self._hear(await websocket.receive_text())
        except WebSocketDisconnect:
            return
        finally:
            self._leave(link)

    def deliver(
        self, kind: str, payload: JsonObject, retry: tuple[int, str], limit: float
    ) -> JsonObject:
        """Send one envelope to one connection and return the payload of its answer.

        Raises:
            NoConnectionError: there is none.
            TimeoutError: no answer came within *limit* seconds.
        """
        envelope_id = str(uuid4())
        waiting: Future[JsonObject] = Future()
        link = self._next(envelope_id, waiting)
        attempt, reason = retry
        if not link.silent:
            link.send(
                {
                    "envelope_id": envelope_id,
                    "type": kind,
                    "payload": payload,
                    "accepts_response_payload": kind != "events_api",
                    **(
                        {"retry_attempt": attempt, "retry_reason": reason}
                        if kind == "events_api"
                        else {}
                    ),
                }
            )
        try:
            return waiting.result(timeout=limit)
        finally:
            with self._lock:
                self._waiting.pop(envelope_id, None)

    def say_goodbye(self, reason: Goodbye) -> None:
        """Announce the end of every connection; after all but a warning it comes at once."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.send(_goodbye(reason))
            if reason != "warning":
                link.close()

    def silence(self) -> None:
        """Let every present connection die without a word: it gets envelopes into the void."""
        with self._lock:
            for link in self._links:
                link.silent = True

    def _admitted(self, websocket: WebSocket) -> bool:
        ticket = websocket.query_params.get("ticket", "")
        with self._state.lock:
            known = ticket in self._state.socket_urls
            self._state.socket_urls.discard(ticket)
            return known

    def _join(self, link: _Link) -> bool:
        with self._changed:
            if len(self._links) >= CONNECTIONS_MAX:
                return False
            self._links.append(link)
            self._changed.notify_all()
            return True

    def _leave(self, link: _Link) -> None:
        with self._changed:
            self._links.remove(link)
            self._changed.notify_all()

    def _next(self, envelope_id: str, waiting: "Future[JsonObject]") -> _Link:
        with self._lock:
            if not self._links:
                raise NoConnectionError
            self._turn += 1
            self._waiting[envelope_id] = waiting
            return self._links[self._turn % len(self._links)]

    def _hear(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        if not isinstance(frame, dict):
            return
        with self._lock:
            waiting = self._waiting.pop(str(frame.get("envelope_id")), None)
        if waiting is not None:
            waiting.set_result(frame.get("payload") or {})

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {"host": "simulator", "approximate_connection_time": _LIFE},
            "connection_info": {"app_id": self._state.config.app_id},
        }


def _goodbye(reason: str) -> JsonObject:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "simulator"}}
