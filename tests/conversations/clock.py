"""The one clock of a conversation: everybody is given it, and only the test moves it."""

from datetime import UTC, datetime, timedelta
from typing import Final

BEGINNING: Final = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday


class GivenClock:
    """Time that stands still until it is moved."""

    def __init__(self, begins: datetime = BEGINNING) -> None:
        self._now = begins

    def __call__(self) -> datetime:
        """Return the present moment; the product's form of a clock."""
        return self._now

    def seconds(self) -> float:
        """Return it in seconds since 1970; the simulators' form of a clock."""
        return self._now.timestamp()

    def move(self, step: timedelta) -> None:
        """Let time pass."""
        if step < timedelta():
            msg = "time does not run backwards"
            raise ValueError(msg)
        self._now += step
