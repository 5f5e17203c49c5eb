"""Whether a process was told to end."""

import signal
import threading
from typing import Final

_SLICE: Final = 0.2  # seconds until a pause notices


class Ending:
    """Set by signals; its handler takes no lock, which whoever it interrupts may hold."""

    def __init__(self, *signals: signal.Signals) -> None:
        self._is_told = False
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

    def _hear(self) -> None:
        self._is_told = True
