"""What a cache said a moment ago, kept in this process: an answer to Slack asks it for much."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

MOST: Final = 20_000  # names; then all are forgotten


class Shared(Protocol):
    """The cache that all processes share."""

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        ...

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        ...


class Memory:
    """A cache that is not asked again for *seconds*, but for what it did not know."""

    def __init__(
        self, shared: Shared, seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._shared = shared
        self._seconds = seconds
        self._now = now
        self._known: dict[str, tuple[float, str]] = {}  # until when, and what

    def get_many(self, names: Sequence[str]) -> dict[str, str]:
        """Return what is known of *names*."""
        now = self._now()
        held = {name: self._known.get(name) for name in names}
        found = {name: each[1] for name, each in held.items() if each and now < each[0]}
        missing = [name for name in names if name not in found]
        if not missing:
            return found
        told = self._shared.get_many(missing)
        self._keep(told, now)
        return {**found, **told}

    def put_many(self, values: Mapping[str, str], seconds: int) -> None:
        """Keep *values* for so long."""
        self._shared.put_many(values, seconds)
        self._keep(values, self._now())

    def _keep(self, values: Mapping[str, str], now: float) -> None:
        if len(self._known) > MOST:
            self._known = {}
        until = now + self._seconds
        self._known |= {name: (until, value) for name, value in values.items()}
