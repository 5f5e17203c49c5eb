"""Connections are bounded, and none may be silent for long: in time for the journal, and others."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Final

import pytest
from anyio import to_thread
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.app.connections import (
    CONNECTIONS_LEAST,
    CONNECTIONS_MOST,
    KEPT_FREE,
    BoundedServer,
    ConnectionLimits,
    limits_for,
    listening,
)

ASKED: Final = b"GET / HTTP/1.1\r\nHost: slipway\r\n\r\n"
SHORT: Final = 0.3  # seconds
LONG: Final = 30.0
PATIENCE: Final = 10.0


class Hall:
    """An application that answers when it is let."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.may_answer = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.release()
        if scope["path"] == "/slow":
            await to_thread.run_sync(self.may_answer.wait)
        await PlainTextResponse("ok")(scope, receive, send)


@contextlib.contextmanager
def served(limits: ConnectionLimits, hall: Hall) -> Iterator[tuple[str, int]]:
    """Serve *hall* within *limits*."""
    listener = listening("127.0.0.1", 0)
    where = listener.getsockname()[:2]
    server = BoundedServer(hall, limits)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield where
    finally:
        hall.may_answer.set()
        server.should_exit = True
        thread.join(timeout=PATIENCE)


def is_closed(connection: socket.socket) -> bool:
    """Wait for what the other end says; return whether it is that it has closed."""
    try:
        return connection.recv(65_536) == b""
    except ConnectionResetError:
        return True


def is_answered(connection: socket.socket) -> bool:
    """Wait for an answer, whole."""
    received = b""
    while not received.endswith(b"ok"):
        chunk = connection.recv(65_536)
        if not chunk:
            return False
        received += chunk
    return True


def connected(where: tuple[str, int]) -> socket.socket:
    """Return a connection that says nothing."""
    return socket.create_connection(where, timeout=PATIENCE)


@pytest.mark.parametrize(
    ("descriptors", "most"),
    [
        (20_000, CONNECTIONS_MOST),
        (1_024, CONNECTIONS_MOST),
        (CONNECTIONS_MOST, CONNECTIONS_MOST - KEPT_FREE),
        (KEPT_FREE, CONNECTIONS_LEAST),
    ],
)
def test_descriptors_are_kept_for_others(descriptors: int, most: int) -> None:
    """V55: connections never take all that the process may open."""
    assert limits_for(descriptors).most == most


@pytest.mark.parametrize("sent", [b"", b"GET / HT", ASKED[:-2]], ids=["nothing", "some", "a head"])
def test_who_is_silent_is_cut_off(sent: bytes) -> None:
    """V55: before the first byte, between bytes, and after an answer."""
    limits = ConnectionLimits(most=8, silent=SHORT, answer=LONG)
    with served(limits, Hall()) as where, connected(where) as silent, connected(where) as after:
        silent.sendall(sent)
        after.sendall(ASKED)
        assert is_answered(after)
        assert is_closed(silent)
        assert is_closed(after)


def test_one_byte_after_the_other_buys_no_time() -> None:
    """V55: a head has its time as a whole."""
    limits = ConnectionLimits(most=8, silent=SHORT, answer=LONG)
    with served(limits, Hall()) as where, connected(where) as slow:
        slow.settimeout(SHORT / 10)
        began = time.monotonic()
        for byte in ASKED[:-2] * 10:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                slow.sendall(bytes([byte]))
            with contextlib.suppress(TimeoutError):
                if is_closed(slow):
                    break
        assert time.monotonic() - began < PATIENCE


def test_an_answer_that_takes_for_ever_ends() -> None:
    """V55: a request that is never answered does not keep its connection."""
    limits = ConnectionLimits(most=8, silent=LONG, answer=SHORT)
    with served(limits, Hall()) as where, connected(where) as asking:
        asking.sendall(ASKED.replace(b"/ ", b"/slow "))
        assert is_closed(asking)


def test_the_one_that_is_silent_for_longest_makes_room() -> None:
    """V55: whoever has something to say gets in; whoever is being answered stays."""
    limits = ConnectionLimits(most=3, silent=LONG, answer=LONG)
    hall = Hall()
    with served(limits, hall) as where, contextlib.ExitStack() as stack:
        busy = stack.enter_context(connected(where))
        busy.sendall(ASKED.replace(b"/ ", b"/slow "))
        assert hall.asked.acquire(timeout=PATIENCE)
        first, second, third = (stack.enter_context(connected(where)) for _ in range(3))
        assert is_closed(first)
        third.sendall(ASKED)
        assert is_answered(third)
        fourth = stack.enter_context(connected(where))
        assert is_closed(second)
        fourth.sendall(ASKED)
        assert is_answered(fourth)
        hall.may_answer.set()
        assert is_answered(busy)


def test_where_nobody_is_silent_who_comes_waits() -> None:
    """V55: those who are being answered are not thrown out."""
    hall = Hall()
    with (
        served(ConnectionLimits(most=1, silent=LONG, answer=LONG), hall) as where,
        contextlib.ExitStack() as stack,
        connected(where) as busy,
    ):
        busy.sendall(ASKED.replace(b"/ ", b"/slow "))
        assert hall.asked.acquire(timeout=PATIENCE)
        waiting = stack.enter_context(connected(where))
        waiting.sendall(ASKED)
        assert not hall.asked.acquire(timeout=SHORT)
        hall.may_answer.set()
        assert is_answered(busy)
        assert is_answered(waiting)
