"""How much of each hook is let in: so many at once, and as many a minute after that."""

from datetime import datetime
from threading import Lock
from typing import Final

BURST: Final = 60  # events
QUESTIONS: Final = 600  # how it stands, which pipelines ask again and again


class Buckets:
    """A bucket for each hook, in this process; what is known already takes nothing from it."""

    def __init__(self, size: int) -> None:
        self._size = float(size)
        self._lock = Lock()
        self._left: dict[str, tuple[float, datetime]] = {}  # what was left, and when

    def take(self, hook: str, now: datetime) -> bool:
        """Take one; False: nothing is left at this moment."""
        with self._lock:
            left, since = self._left.get(hook, (self._size, now))
            passed = max(0.0, (now - since).total_seconds())
            left = min(self._size, left + passed * self._size / 60.0)
            is_let_in = left >= 1.0
            self._left[hook] = (left - 1.0 if is_let_in else left, now)
            return is_let_in
