"""A clock that can be stopped: what takes time in a cloud then never comes to its end."""

import time
from typing import Final

from bot.sandbox.clouds.http.wire import Clock


class StoppableClock:
    """Gives the time, and while it is stopped the moment at which it was."""

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock: Final = clock
        self._stopped_at: float | None = None

    def __call__(self) -> float:
        """Return the time in seconds since 1970."""
        stopped_at = self._stopped_at
        return self._clock() if stopped_at is None else stopped_at

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still."""
        return self._stopped_at is not None

    def stop(self) -> None:
        """Let it stand still."""
        if self._stopped_at is None:
            self._stopped_at = self._clock()

    def go_on(self) -> None:
        """Let it show the present again: what was due meanwhile is due now."""
        self._stopped_at = None
