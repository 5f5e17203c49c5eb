"""How much of each hook is let in: so many at once, and so many a minute after that."""

from datetime import datetime
from threading import Lock
from typing import Final

BURST: Final = 60  # at once
A_MINUTE: Final = 60.0  # after that


class Buckets:
    """A bucket for each hook, in this process; what is known already takes nothing from it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: dict[str, tuple[float, datetime]] = {}  # what was left, and when

    def take(self, hook: str, now: datetime) -> bool:
        """Take one; False: nothing is left at this moment."""
        with self._lock:
            left, since = self._left.get(hook, (float(BURST), now))
            passed = max(0.0, (now - since).total_seconds())
            left = min(float(BURST), left + passed * A_MINUTE / 60.0)
            is_let_in = left >= 1.0
            self._left[hook] = (left - 1.0 if is_let_in else left, now)
            return is_let_in
