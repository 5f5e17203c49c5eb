"""A pooler in transaction mode, as strict as PgBouncer: each transaction gets another session.

It speaks PostgreSQL's own protocol. Sources:
https://www.postgresql.org/docs/current/protocol-flow.html and
https://www.pgbouncer.org/features.html
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

Place: TypeAlias = str | tuple[str, int]

ALLOWED: Final = frozenset(  # parameters of a start that PgBouncer takes
    {"user", "database", "client_encoding", "datestyle", "timezone", "application_name"}
    | {"standard_conforming_strings"}
)
SSL: Final = 80_877_103
IDLE: Final = b"I"
SESSIONS: Final = 2  # to the server


@dataclass
class Pooler:
    """Where it listens, and what was done that no pooler takes."""

    folder: Path
    refused: list[str] = field(default_factory=list)
    transactions: int = 0

    @property
    def url(self) -> str:
        """The address for whoever wants a database of the server."""
        return f"postgresql://slipway@/{{}}?host={self.folder}"


class _Wire:
    """One end of a connection, message by message."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._stream = end.makefile("rb")

    def start(self) -> bytes:
        """Read what has no type: the first message of a client."""
        (length,) = struct.unpack("!i", self._exactly(4))
        return self._exactly(length - 4)

    def message(self) -> tuple[bytes, bytes]:
        """Read a message: its type and its content."""
        kind = self._exactly(1)
        (length,) = struct.unpack("!i", self._exactly(4))
        return kind, self._exactly(length - 4)

    def send(self, kind: bytes, content: bytes) -> None:
        """Write a message."""
        self._end.sendall(kind + struct.pack("!i", len(content) + 4) + content)

    def close(self) -> None:
        """Close both ways."""
        self._end.close()

    def _exactly(self, count: int) -> bytes:
        read = self._stream.read(count)
        if len(read) < count:
            raise ConnectionError
        return read


class _Session(_Wire):
    """A session on the server."""

    def __init__(self, place: Place, database: bytes) -> None:
        end = socket.socket(socket.AF_UNIX if isinstance(place, str) else socket.AF_INET)
        end.connect(place)
        super().__init__(end)
        start = b"user\0slipway\0database\0" + database + b"\0\0"
        self.send(b"", struct.pack("!i", 196_608) + start)
        self.greeting: list[tuple[bytes, bytes]] = []
        while not self.greeting or self.greeting[-1][0] != b"Z":
            self.greeting.append(self.message())


@contextmanager
def pooled(server: str, folder: Path) -> Iterator[Pooler]:
    """Give a pooler in front of the server at *server*, which listens in a folder."""
    behind = place_of(server)
    pooler = Pooler(folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / ".s.PGSQL.5432"))
        listener.listen()
        accepting = threading.Thread(target=_accept, args=(listener, behind, pooler), daemon=True)
        accepting.start()
        try:
            yield pooler
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()


def place_of(server: str) -> Place:
    """Return where the server listens: the path of a socket, or an address; it asks nobody."""
    parts = urlsplit(server)
    folder = parse_qs(parts.query).get("host")
    if folder:
        return str(Path(folder[0], ".s.PGSQL.5432"))
    return parts.hostname or "localhost", parts.port or 5_432


def _accept(listener: socket.socket, behind: Place, pooler: Pooler) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve, args=(client, behind, pooler), daemon=True).start()


def _serve(end: socket.socket, behind: Place, pooler: Pooler) -> None:
    client = _Wire(end)
    sessions: list[_Session] = []
    with contextlib.suppress(ConnectionError, OSError):
        database = _greeted(client, end, pooler)
        sessions += (_Session(behind, database) for _ in range(SESSIONS))
        for kind, content in sessions[0].greeting:
            client.send(kind, content)
        while True:
            sessions.append(sessions.pop(0))  # the next transaction is in another session
            pooler.transactions += 1
            _transaction(client, sessions[0])
    for each in (client, *sessions):
        each.close()


def _greeted(client: _Wire, end: socket.socket, pooler: Pooler) -> bytes:
    """Read what the client wants at its start; return the name of the database."""
    start = client.start()
    while struct.unpack("!i", start[:4]) == (SSL,):
        end.sendall(b"N")
        start = client.start()
    words = start[4:].split(b"\0")
    wanted = dict(zip(words[::2], words[1::2], strict=False))
    foreign = sorted(name.decode() for name in wanted if name and name.decode() not in ALLOWED)
    if foreign:
        pooler.refused += foreign
        text = f"unsupported startup parameter: {foreign[0]}".encode()
        client.send(b"E", b"SFATAL\0C08P01\0M" + text + b"\0\0")
        raise ConnectionError
    return wanted[b"database"]


def _transaction(client: _Wire, session: _Session) -> None:
    """Carry messages both ways until no transaction is open."""
    while True:
        kind, content = client.message()
        session.send(kind, content)
        if kind == b"X":
            raise ConnectionError
        if kind not in b"QS":  # it goes on until a query, or a Sync
            continue
        while True:
            answered, said = session.message()
            client.send(answered, said)
            if answered == b"Z":
                break
        if said == IDLE:
            return
