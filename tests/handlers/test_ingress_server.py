"""The rows that need a real server and raw bytes on a socket: I11, I13, I14, I16."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Final

import pytest
import uvicorn

from handlers.limits import IngressLimits
from tests.handlers.workspace import NOON, Workspace

LINE: Final = b"POST /slack/events HTTP/1.1\r\nHost: slipway\r\n"
PLAUSIBLE: Final = (  # what could be Slack's, as far as one can tell before the body is there
    f"X-Slack-Request-Timestamp: {int(NOON.timestamp())}\r\nX-Slack-Signature: v0={'0' * 64}\r\n"
).encode()
FORM: Final = b"Content-Type: application/x-www-form-urlencoded\r\n" + PLAUSIBLE


@contextlib.contextmanager
def _served(workspace: Workspace) -> Iterator[tuple[str, int]]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        workspace.ingress, log_config=None, lifespan="off", ws="none", timeout_keep_alive=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """Return where a server with a short time for reading listens."""
    with _served(Workspace(limits=IngressLimits(reading=0.2))) as where:
        yield where


def _said(address: tuple[str, int], sent: bytes) -> bytes:
    """Send bytes and return everything until the server closes the connection."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(sent)
        received = bytearray()
        with contextlib.suppress(ConnectionResetError):  # closed with our bytes unread
            while chunk := connection.recv(65_536):
                received += chunk
        return bytes(received)


ROWS: Final = {
    "I11-nul-in-a-header": (LINE + FORM + b"X-A: a\0b\r\n\r\n", {b"400"}),
    "I11-carriage-return": (LINE + FORM + b"X-A: a\rb\r\n\r\n", {b"400"}),
    "I11-blank-in-a-name": (LINE + FORM + b"X A: b\r\nContent-Length: 1\r\n\r\na", {b"400"}),
    "I13-negative": (LINE + FORM + b"Content-Length: -1\r\n\r\n", {b"400"}),
    "I13-twice": (
        LINE + FORM + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
        {b"400"},
    ),
    "I13-both": (
        LINE + FORM + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        {b"400"},
    ),
    "I13-none": (LINE + FORM + b"\r\n", {b"400", b"411"}),
    "I13-announced-long": (LINE + FORM + b"Content-Length: 50\r\n\r\nshort", {b"408"}),
    "I14-without-end": (
        LINE + FORM + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
        {b"408"},
    ),
    "I16-absolute": (b"GET http://slipway/slack/events HTTP/1.1\r\n\r\n", {b"400", b"404", b"405"}),
    "I16-http-1.0": (b"GET /slack/events HTTP/1.0\r\n\r\n", {b"405"}),
    "I16-http-0.9": (b"GET /slack/events\r\n\r\n", {b"400"}),
}


@pytest.mark.parametrize(("sent", "statuses"), ROWS.values(), ids=ROWS)
def test_raw_bytes_are_refused(address: tuple[str, int], sent: bytes, statuses: set[bytes]) -> None:
    """What no client of Slack sends is refused, and the connection is closed."""
    answer = _said(address, sent)

    assert answer.split(b" ", 2)[1] in statuses
    assert answer.count(b"HTTP/1.1 ") == 1


def test_v56_unsigned_bodies_take_so_much_together() -> None:
    """V56: many at once are refused before they fill the memory, and then all is as before."""
    limits = IngressLimits(free=0, unread=1_000, reading=5.0)
    with _served(Workspace(limits=limits)) as address, contextlib.ExitStack() as stack:
        head = LINE + FORM + b"Content-Length: 900\r\n\r\n"
        first = stack.enter_context(socket.create_connection(address, timeout=10))
        first.sendall(head + b"a" * 899)
        assert _said(address, head + b"a" * 900).split()[1] == b"503"
        first.sendall(b"a")
        assert first.recv(65_536).split()[1] == b"401"
        assert _said(address, head + b"a" * 900).split()[1] == b"401"


def test_v56_a_command_has_its_room_beside_bodies_that_take_it_all() -> None:
    """V56: who sends much at once keeps no command out, which is small."""
    limits = IngressLimits(free=2_000, unread=1_000, reading=5.0)
    workspace = Workspace(limits=limits)
    with _served(workspace) as address, contextlib.ExitStack() as stack:
        large = LINE + FORM + b"Content-Length: 9000\r\n\r\n"
        hog = stack.enter_context(socket.create_connection(address, timeout=10))
        hog.sendall(large + b"a" * 3_000)
        assert _said(address, large + b"a" * 3_000).split()[1] == b"503"
        small = LINE + FORM + b"Content-Length: 1999\r\n\r\n" + b"a" * 1_999
        assert _said(address, small).split()[1] == b"401"


def test_v56_what_cannot_be_slacks_is_not_read() -> None:
    """V56: without headers that could be right, a body is refused before its first byte."""
    with _served(Workspace(limits=IngressLimits(reading=30.0))) as address:
        unsigned = LINE + FORM.replace(PLAUSIBLE, b"") + b"Content-Length: 600000\r\n\r\n"
        assert _said(address, unsigned).split()[1] == b"401"


@pytest.mark.parametrize(
    ("label", "most"),
    [(b"application/x-www-form-urlencoded", 700_000), (b"application/json", 500_000)],
)
def test_v56_a_body_is_as_large_as_slack_sends_them(label: bytes, most: int) -> None:
    """V56: somebody's longest message twice, in the longest spelling; not a byte more."""
    with _served(Workspace()) as address:
        head = LINE + PLAUSIBLE + b"Content-Type: " + label + b"\r\nContent-Length: %d\r\n\r\n"
        assert _said(address, head % (most + 1)).split()[1] == b"413"
        assert _said(address, head % most + b"a" * most).split()[1] == b"401"
