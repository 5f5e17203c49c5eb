"""Small texts that a process shares with those it forks, and with nobody else.

They lie in memory that has no name and no file, so they end with the last of these processes.
"""

import fcntl
import json
import mmap
import os
import tempfile
import threading
import weakref
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SIZE: Final = 1 << 20  # bytes; those that nobody wrote to take no room
_HEAD: Final = 8  # length and check sum of what follows
_TURNS: Final = 1 << 20


class SharedMemory:
    """Texts by name; made before a fork, they are the same in parent and children.

    Who dies in the middle of a writing leaves nothing behind that could be read.
    """

    def __init__(self) -> None:
        self._bytes = mmap.mmap(-1, SIZE)
        self._file, path = tempfile.mkstemp(prefix="slipway-")  # stays empty: it is locked only
        os.unlink(path)  # noqa: PTH108 - a descriptor is what the locks want
        weakref.finalize(self, os.close, self._file)
        self._inside = threading.Lock()  # the file's locks part processes, not threads
        self._turns: dict[str, threading.Lock] = {}

    def get(self, name: str) -> str | None:
        """Return the text *name*, if there is one."""
        with self._locked():
            return self._read().get(name)

    def put(self, name: str, text: str) -> None:
        """Keep *text* as *name*; where there is no room for it, all older texts go."""
        with self._locked():
            self._write({**self._read(), name: text}, {name: text})

    def swap(self, name: str, before: str, after: str) -> bool:
        """Put *after* in the place of *before*; return whether that was there."""
        with self._locked():
            known = self._read()
            if known.get(name) != before:
                return False
            self._write({**known, name: after}, {name: after})
            return True

    def take(self, name: str) -> bool:
        """Take the turn *name*, if nobody has it; a process that dies has none any more."""
        turn = self._turns.setdefault(name, threading.Lock())
        if not turn.acquire(blocking=False):
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(name))
        except OSError:
            turn.release()
            return False
        return True

    def leave(self, name: str) -> None:
        """Give the turn *name* back."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(name))
        self._turns[name].release()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._inside:
            fcntl.lockf(self._file, fcntl.LOCK_EX, 1, 0)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, 0)

    def _read(self) -> dict[str, str]:
        length = int.from_bytes(self._bytes[:4])
        content = self._bytes[_HEAD : _HEAD + length]
        if zlib.crc32(content) != int.from_bytes(self._bytes[4:_HEAD]) or not content:
            return {}
        texts: dict[str, str] = json.loads(content)
        return texts

    def _write(self, texts: dict[str, str], least: dict[str, str]) -> None:
        content = json.dumps(texts).encode()
        if len(content) > SIZE - _HEAD:
            content = json.dumps(least).encode()
        if len(content) > SIZE - _HEAD:
            return
        head = len(content).to_bytes(4) + zlib.crc32(content).to_bytes(4)
        self._bytes[: _HEAD + len(content)] = head + content


def _place(name: str) -> int:
    return 1 + zlib.crc32(name.encode()) % _TURNS
