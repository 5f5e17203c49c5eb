"""How long people and judges wait: for as long as anything moves, and then for some looks more."""

from typing import Final

from bot.sandbox.content import CHANNEL
from tests.processes.house import House

_MOST: Final = 10  # times as long, however much moves


class Patience:
    """Counts looks, not seconds: on a machine that is busy each takes longer, and so does all else.

    What moves is what the neighbours see: a change in the cloud, a new message in Slack.
    """

    def __init__(self, home: House, seconds: float, look: float) -> None:
        self._home = home
        self._whole = self._left = int(seconds / look)
        self._most = _MOST * self._whole
        self._seen = self._moved()

    def lasts(self) -> bool:
        """Return whether another look is worth it."""
        seen = self._moved()
        self._left = self._whole if seen != self._seen else self._left - 1
        self._most -= 1
        self._seen = seen
        return self._left > 0 and self._most > 0

    def _moved(self) -> tuple[int, int]:
        return len(self._home.cloud.executed), len(self._home.workspace.messages(CHANNEL))
