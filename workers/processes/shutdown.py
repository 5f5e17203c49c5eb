"""Whether a process was told to end."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_SLICE: Final = 0.2  # seconds until a pause notices


class Shutdown:
    """Set by signals; its handler takes no lock, which whoever it interrupts may hold."""

    def __init__(self, *signals: signal.Signals) -> None:
        self._is_requested = False
        self._calls: list[Callable[[], object]] = []
        for each in signals:
            signal.signal(each, lambda *_: self._request())

    def is_requested(self) -> bool:
        """Return whether one of the signals came."""
        return self._is_requested

    def pause(self, seconds: float) -> None:
        """Wait for so long, or until one of the signals came."""
        never = threading.Event()
        for _ in range(max(1, round(seconds / _SLICE))):
            if self._is_requested:
                return
            never.wait(min(seconds, _SLICE))

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Call *call* as soon as one of the signals comes while the block runs.

        It runs inside the signal's handler, so it must take no lock and raise nothing.
        """
        self._calls.append(call)
        try:
            if self._is_requested:
                call()
            yield
        finally:
            self._calls.remove(call)

    def _request(self) -> None:
        self._is_requested = True
        for each in tuple(self._calls):
            each()
