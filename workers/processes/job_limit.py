"""Until when a worker's job may run, told to the parent that ends who goes beyond it."""

import mmap
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_MOMENT: Final = struct.Struct(
    "d"
)  # seconds of the monotonic clock, which a host's processes share
_NONE: Final = 0.0
OVERTIME: Final = 10.0  # seconds that a job has to end by itself when its time is over


class JobLimit:
    """A moment that a process shares with those that it forks; made before the fork.

    A job that hangs in C hears no signal's handler, so nobody in its own process can end it.
    """

    def __init__(self, overtime: float = OVERTIME) -> None:
        self._overtime = overtime
        self._shared = mmap.mmap(-1, _MOMENT.size)

    @contextmanager
    def running(self, seconds: float) -> Iterator[None]:
        """Let it be known that a job runs that may take so long, and a little more to end."""
        self._put(time.monotonic() + seconds + self._overtime)
        try:
            yield
        finally:
            self.clear()

    def clear(self) -> None:
        """Let it be known that no job runs: one that is ended cannot say so itself."""
        self._put(_NONE)

    def is_passed(self) -> bool:
        """Return whether a job runs that should have ended."""
        until: float = _MOMENT.unpack(self._shared[:])[0]
        return until != _NONE and time.monotonic() > until

    def _put(self, until: float) -> None:
        self._shared[:] = _MOMENT.pack(until)
