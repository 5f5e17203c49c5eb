"""A server on loopback that says and does exactly what a test wants, byte for byte."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from bot.systems._huawei.connection import AccessKey, HuaweiAuth, HuaweiConnection

Act: TypeAlias = Callable[[socket.socket], None]


def http(
    status: int = 200, body: bytes = b"{}", *, length: int | None = None, **headers: str
) -> bytes:
    """An answer as bytes; *length* may lie about the body."""
    told = {"Content-Type": "application/json", "X-Request-Id": "r-1"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    told["Content-Length"] = str(len(body) if length is None else length)
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status} Word\r\n{lines}\r\n".encode("latin-1") + body


class RawServer:
    """Serves one act per request, in turn; keeps what it was sent."""

    def __init__(self, *acts: bytes | Act) -> None:
        self._acts = list(acts)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopping = threading.Event()  # what a hanging act waits for
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def headers(self, index: int = -1) -> dict[str, str]:
        """The headers of a request, names in lower case."""
        head = self.requests[index].partition(b"\r\n\r\n")[0].decode("latin-1")
        pairs = (line.partition(": ") for line in head.split("\r\n")[1:])
        return {name.lower(): value for name, _, value in pairs}

    def stop(self) -> None:
        """End, and wait for it."""
        self.stopping.set()
        with socket.socket() as last:
            last.connect_ex(("127.0.0.1", self.port))
        for thread in self._threads:
            thread.join(timeout=10)
        self._socket.close()

    def _serve(self) -> None:
        while not self.stopping.is_set():
            peer, _ = self._socket.accept()
            peer.settimeout(5)
            self._threads.append(threading.Thread(target=self._talk, args=(peer,)))
            self._threads[-1].start()

    def _talk(self, peer: socket.socket) -> None:
        with peer:
            self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        is_new = True
        while not self.stopping.is_set():
            try:
                request = _request(peer)
            except OSError:
                return
            if not request:
                return
            self.connections += is_new
            is_new = False
            self.requests.append(request)
            act = self._acts.pop(0)
            try:
                peer.sendall(act) if isinstance(act, bytes) else act(peer)
            except OSError:
                return
            if not isinstance(act, bytes):
                return


def _request(peer: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = peer.recv(65_536)
        if not chunk:
            return b""
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    while len(body) < length:
        body += peer.recv(65_536)
    return head + b"\r\n\r\n" + body


@contextmanager
def served(*acts: bytes | Act) -> Iterator[RawServer]:
    """Serve these acts while the block runs."""
    server = RawServer(*acts)
    try:
        yield server
    finally:
        server.stop()


def closed_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


KEY = AccessKey.model_validate({"access_key": "AKTEST0001", "secret_key": "sk-not-a-real-one"})


def connection_to(url: str, auth: HuaweiAuth = KEY) -> HuaweiConnection:
    """A connection whose every service is at *url*."""
    return HuaweiConnection(
        name="huawei",
        region="cn-north-4",
        project_id="063a3158b1a34710b36ad208b9497d00",
        auth=auth,
        endpoints={"servicestage": url, "iam": url},
    )
