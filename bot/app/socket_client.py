"""Slack's own client of Socket Mode, where it loses nothing of what Slack sends or is told."""

import errno
import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any, Final, TypeAlias, cast

from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState
from typing_extensions import override

from bot.core.errors import SlackError
from workers.slack import connected

log: Final = logging.getLogger("slipway.slack")

OVERLAP_SECONDS: Final = 15.0  # in which a connection is still read that another one replaces
_READS: Final = 65_536  # bytes at once: the client goes one call deeper with each, up to 1,000
_SHORT, _LONG = 125, 65_535  # bytes of a frame, by how its length is written
_LIBRARY: Final = "slack_sdk.socket_mode"  # what its logger tells as an error, it raises as well
_UNWANTED: Final = frozenset({"link_disabled", "too_many_websockets"})  # why Slack ends one

Frame: TypeAlias = dict[str, Any]
Give: TypeAlias = Callable[[str], None]
Arrived: TypeAlias = Callable[[Frame, float, Give], None]


class NotConnectedError(ConnectionError):
    """The connection is not there any more, or could not be opened."""

    def __init__(self) -> None:
        super().__init__("not connected")


class _Session(Connection):
    """One connection, with the thread that reads from it."""

    def __init__(self, client: "Client", url: str) -> None:
        self.is_unwanted = False
        self._client = client
        self._ending = threading.Lock()  # two may end it at once
        self.state = ConnectionState()  # type: ignore[no-untyped-call]  # it has no types
        super().__init__(
            url=url,
            logger=client.logger,
            proxy=client.proxy,
            ping_interval=client.ping_interval,
            receive_buffer_size=_READS,
            on_message_listener=lambda text: client.heard(text, self),
            on_error_listener=lambda error: client.told(error, self),
            on_close_listener=self._ended,
            ssl_context=client.web_client.ssl,
        )

    def begin(self) -> None:
        """Open it and read from it.

        Raises:
            NotConnectedError: it could not be opened.
        """
        self.connect()
        opened: Any = self.sock
        if opened is None:
            raise NotConnectedError
        self.sock = cast("Any", _Whole(opened))
        self.last_ping_pong_time = time.time()  # from now on it may be silent for so long
        threading.Thread(target=self.run_until_completion, args=(self.state,), daemon=True).start()

    def _ended(self, _code: int, _reason: str | None = None) -> None:
        if not self.is_unwanted:
            self._client.follow(self)

    def end(self) -> None:
        """Close it; nobody reads from it any more."""
        self.state.terminated = True
        self.close()

    @override
    def disconnect(self) -> None:
        with self._ending:
            opened: Any = self.sock
            if isinstance(opened, _Whole):
                opened.wake()  # else its reader has the lock for seconds
            super().disconnect()

    def put(self, data: bytes) -> None:
        """Send a frame."""
        with self.sock_send_lock:
            if self.sock is None:
                raise NotConnectedError
            self.sock.send(data)


class Client(SocketModeClient):
    """Slack's own client, where it loses nothing: neither a long answer nor what waits behind.

    As it comes, it cannot write more than 64 KiB at once, takes part of an answer for the whole
    where the connection is slow, takes a connection for alive whose other end has gone, and
    neither reads nor answers for seconds while it renews one.
    """

    def __init__(
        self, client: WebClient, app_token: str, arrived: Arrived, looks_every: float
    ) -> None:
        self._arrived = arrived
        self._renewing = ThreadPoolExecutor(1, "socket-mode")
        self._replaced: list[_Session] = []
        super().__init__(
            app_token=app_token,
            logger=logging.getLogger(_LIBRARY),
            web_client=client,
            proxy=client.proxy,
            ping_interval=looks_every,
            concurrency=1,  # its own threads are not used
        )

    @override
    def connect(self) -> None:
        """Open a connection; the one of before goes on until Slack ends it, or a while."""
        url, self.wss_uri = self.wss_uri or self.issue_new_wss_url(), None  # it can be used once
        session = _Session(self, url)
        session.begin()
        before = self.current_session
        self.current_session, self.current_session_state = session, session.state
        if isinstance(before, _Session):
            self._replaced = [each for each in (*self._replaced, before) if each.is_active()]
            ending = threading.Timer(OVERLAP_SECONDS, before.end)
            ending.daemon = True
            ending.start()
        if not self.current_app_monitor_started:
            self.current_app_monitor_started = True
            self.current_app_monitor.start()

    @override
    def close(self) -> None:
        self._renewing.shutdown(wait=False, cancel_futures=True)
        self.message_queue.put(None)  # wakes who would wait for a second
        for each in self._replaced:
            each.end()
        super().close()

    def heard(self, text: str, session: _Session) -> None:
        """Take what came by *session*."""
        arrived = time.monotonic()
        frame = _read(text)
        match frame.get("type"):
            case "hello":
                count = frame.get("num_connections")
                log.info("socket_mode.connected", extra={"connections": count})
            case "disconnect":
                why = str(frame.get("reason"))[:40]
                log.info("socket_mode.ending", extra={"why": why})
                session.is_unwanted = why in _UNWANTED
                if session.is_unwanted:
                    session.end()  # the next look tries again
                else:
                    self.follow(session)
            case _:
                self._arrived(frame, arrived, lambda answer: self._give(answer, session))

    def told(self, error: Exception, session: _Session) -> None:
        """Note what is wrong with *session*, if it is the present one."""
        if session is self.current_session or self.current_session is None:
            why = f"{type(error).__name__}: {error}"
            log.warning("socket_mode.broken", extra={"why": why})

    def _give(self, answer: str, session: _Session) -> None:
        """Give *answer* where the question came from, or by the connection that took its place."""
        data = _text_frame(answer.encode())
        try:
            session.put(data)
        except OSError:
            with self.connect_operation_lock:
                present = self.current_session
            if not isinstance(present, _Session):
                raise
            present.put(data)

    def follow(self, session: Connection | None) -> "Future[None] | None":
        """Let another connection take the place of *session*, one after another."""
        try:
            return self._renewing.submit(self._renew, session)
        except RuntimeError:  # we are ending
            return None

    def _renew(self, session: Connection | None) -> None:
        """Open another connection; where that fails, the next look at this one tries again."""
        if self.closed or session is not self.current_session:
            return  # another one has followed already
        try:
            connected(lambda: self.connect_to_new_endpoint(force=True))
        except SlackError as error:
            log.warning("slack.unavailable", extra={"why": str(error)})

    @override
    def _monitor_current_session(self) -> None:
        session = self.current_session
        if session is not None:
            session.check_state()
        if self.is_connected() or self.closed:
            return
        following = self.follow(session)
        if following is not None:
            wait([following])

    @override
    def _run_current_session(self) -> None:
        """Do nothing: each connection has a reader of its own."""


class _Whole:
    """A socket that sends all that it is given, and says it when the other end has gone."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._is_ours = True

    def recv(self, most: int) -> bytes:
        """Return what came.

        Raises:
            OSError: nothing will come any more.
        """
        received = self._connection.recv(most)
        if not received:
            raise NotConnectedError if self._is_ours else OSError(errno.EBADF, "closed by us")
        return received

    def send(self, data: bytes) -> int:
        """Send all of *data*; what was sent in part can be followed by nothing."""
        try:
            self._connection.sendall(data)
        except OSError:
            self._shut()
            raise
        return len(data)

    def wake(self) -> None:
        """Let nobody wait for anything any more."""
        self._is_ours = False
        self._shut()

    def close(self) -> None:
        """Close it."""
        self._connection.close()

    def _shut(self) -> None:
        with suppress(OSError):
            socket.socket.shutdown(self._connection, socket.SHUT_RDWR)


def _read(message: str) -> Frame:
    """Return the frame that *message* is; an empty one where it is none."""
    try:
        frame = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


def _text_frame(payload: bytes) -> bytes:
    """Return *payload* as one masked frame of text.

    Source: https://www.rfc-editor.org/rfc/rfc6455#section-5.2
    """
    size, key = len(payload), os.urandom(4)
    if size <= _SHORT:
        head = bytes([0x81, 0x80 | size])
    elif size <= _LONG:
        head = b"\x81\xfe" + size.to_bytes(2, "big")
    else:
        head = b"\x81\xff" + size.to_bytes(8, "big")
    keys = (key * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(keys, "big")
    return head + key + masked.to_bytes(size, "big")
