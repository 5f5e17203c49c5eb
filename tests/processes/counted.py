"""Counts what every process asks of SQLite, in a file for each; nothing of the product knows."""

import mmap
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Pool, event

COUNTS: Final = "COUNTS"  # the variable that names the folder
_FIELDS: Final = struct.Struct("qqq")  # who started it, statements, transactions that wrote
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")
_FRAME: Final = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


class Counts(NamedTuple):
    """What was asked of the journal so far."""

    statements: int = 0  # without those that only begin, end or set
    writes: int = 0  # transactions that changed something: on SQLite each is an fsync


class _Tally:
    """The counts of this process; a child that is forked begins its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: mmap.mmap | None = None
        self._statements = self._writes = 0
        os.register_at_fork(after_in_child=self._begin_anew)

    def count(self, statements: int, writes: int) -> None:
        """Add what was asked."""
        if self._file is None:
            self._file = _opened(self._folder / str(os.getpid()))
        self._statements += statements
        self._writes += writes
        self._file[:] = _FIELDS.pack(os.getppid(), self._statements, self._writes)

    def _begin_anew(self) -> None:
        self._file, self._statements, self._writes = None, 0, 0


class _Watched:
    """One connection to SQLite, of which every statement is heard."""

    def __init__(self, tally: _Tally) -> None:
        self._tally = tally
        self._writes = False

    def heard(self, statement: str) -> None:
        """Count *statement*."""
        if statement.startswith(_FRAME):
            ends = statement.startswith("COMMIT") and self._writes
            self._writes = False
            self._tally.count(0, int(ends))
            return
        self._writes = self._writes or statement.startswith(_WRITES)
        self._tally.count(1, 0)


def count_all() -> None:
    """Count in this process and its children, if the environment names a folder for it."""
    folder = os.environ.get(COUNTS)
    if not folder:
        return
    tally = _Tally(Path(folder))

    def listen(connection: Any, _: object) -> None:
        connection.set_trace_callback(_Watched(tally).heard)

    event.listen(Pool, "connect", listen)


def counted(folder: Path) -> Counts:
    """Return what all processes asked so far."""
    counts = list(_read(folder))
    return Counts(sum(each[1] for each in counts), sum(each[2] for each in counts))


def _read(folder: Path) -> Iterator[tuple[int, ...]]:
    for path in folder.iterdir():
        if len(content := path.read_bytes()) == _FIELDS.size:
            yield _FIELDS.unpack(content)


def _opened(path: Path) -> mmap.mmap:
    path.write_bytes(bytes(_FIELDS.size))
    with path.open("r+b") as file:
        return mmap.mmap(file.fileno(), _FIELDS.size)
