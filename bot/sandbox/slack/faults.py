"""Faults on demand: what goes wrong with the next calls of a method."""

from collections import defaultdict, deque
from typing import Literal, TypeAlias

from bot.sandbox.slack.records import Record

FaultKind: TypeAlias = Literal[
    "ratelimited",  # 429 with `retry_after`, not executed
    "drop_before",  # the connection closes without a byte, not executed
    "drop_after",  # executed, then the connection closes without a byte
    "server_error",  # HTTP `status` and an HTML page, not executed
    "html",  # HTTP 200 and an HTML page, not executed
    "internal_error",  # not executed, and says so by nothing but its code
    "internal_error_after",  # executed, then `internal_error`
    "refused",  # not executed, with the error `code`
    "slow",  # executed at once, answered after `seconds`
]


class Fault(Record):
    """One thing that goes wrong, once."""

    kind: FaultKind
    retry_after: int = 30  # seconds
    status: int = 500
    seconds: float = 0.0
    code: str = "restricted_action"


class Faults:
    """The faults in waiting, per method, first in first out."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, deque[Fault]] = defaultdict(deque)

    def add(
        self,
        method: str,
        kind: FaultKind,
        *,
        times: int = 1,
        retry_after: int = 30,
        status: int = 500,
        seconds: float = 0.0,
        code: str = "restricted_action",
    ) -> None:
        """Let the next *times* calls of *method* go wrong in that way."""
        fault = Fault(kind=kind, retry_after=retry_after, status=status, seconds=seconds, code=code)
        self._waiting[method].extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """Return what goes wrong with this call of *method*, if anything."""
        waiting = self._waiting.get(method)
        return waiting.popleft() if waiting else None

    def waiting(self, method: str) -> int:
        """Return how many calls of *method* are yet to go wrong."""
        return len(self._waiting.get(method, ()))

    def clear(self) -> None:
        """Let everything go right again."""
        self._waiting.clear()
