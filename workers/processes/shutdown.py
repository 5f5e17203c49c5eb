"""Whether a process was told to end."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bot.core.errors import CloudUnavailableError

_SLICE: Final = 0.2  # seconds until a pause notices


class Ending:
    """Set by signals; its handler takes no lock, which whoever it interrupts may hold."""

    def __init__(self, *signals: signal.Signals) -> None:
        self._is_told = False
        self._interrupts = False
        for each in signals:
            signal.signal(each, lambda *_: self._hear())

    def is_told(self) -> bool:
        """Return whether one of the signals came."""
        return self._is_told

    def pause(self, seconds: float) -> None:
        """Wait for so long, or until one of the signals came."""
        never = threading.Event()
        for _ in range(max(1, round(seconds / _SLICE))):
            if self._is_told:
                return
            never.wait(min(seconds, _SLICE))

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Break off what the block does as soon as one of the signals comes.

        Raises:
            CloudUnavailableError: one has come.
        """
        self._interrupts = True
        try:
            if self._is_told:
                raise _too_late()
            yield
        finally:
            self._interrupts = False

    def _hear(self) -> None:
        self._is_told = True
        if self._interrupts:
            self._interrupts = False
            raise _too_late()


def _too_late() -> CloudUnavailableError:
    return CloudUnavailableError(doing="read", why="the worker ends")
