"""What all of CCE's services share: their errors, and the limit of writes.

`cce_routes` makes routes CCE's: their mutations count for the limit, a request that cannot be
read is refused in CCE's words, and every answer carries its date.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final

from bot.sandbox.clouds.http.wire import (
    Answer,
    Call,
    ErrorForm,
    RefusedError,
    Route,
    refused_by_gateway,
)

WRITES_A_MINUTE: Final = 10
_WINDOW: Final = 60.0  # seconds


def refused_by_cce(status: int, code: str, text: str, *, in_full: bool = False) -> RefusedError:
    """Return a refusal of CCE; *in_full* wraps it into Kubernetes' Status."""
    return RefusedError(status, code, text, ErrorForm.KUBERNETES if in_full else ErrorForm.CCE)


def bad_request(*, why: str) -> RefusedError:
    """Return CCE's refusal of a request that it cannot take."""
    return refused_by_cce(400, "CCE.01400001", f"Invalid request: {why}")


@dataclass
class Throttle:
    """Counts the writes of each user, those that it refuses too; without a limit it lets all by."""

    limit: int | None = WRITES_A_MINUTE
    _writes: dict[str, list[float]] = field(default_factory=dict)

    def count(self, user: str, at: float) -> None:
        """Let a write by, or refuse it.

        Raises:
            RefusedError: there were too many in the last minute.
        """
        recent = [each for each in self._writes.get(user, []) if at - each < _WINDOW]
        self._writes[user] = [*recent, at]
        if self.limit is not None and len(recent) >= self.limit:
            text = (
                "The throttling threshold has been reached: policy user over ratelimit,"
                f"limit:{self.limit},time:1 minute"
            )
            raise refused_by_gateway(429, "APIGW.0308", text)


def cce_routes(routes: tuple[Route, ...], throttle: Throttle) -> tuple[Route, ...]:
    """Return *routes* as those of CCE."""
    return tuple(
        replace(each, handle=_served(each, throttle), bad_request=bad_request) for each in routes
    )


def _served(route: Route, throttle: Throttle) -> Callable[[Call], Answer]:
    def handle(call: Call) -> Answer:
        if route.mutates:
            throttle.count(call.principal.name, call.at)
        answer = route.handle(call)
        date = format_datetime(datetime.fromtimestamp(int(call.at), tz=UTC), usegmt=True)
        return replace(answer, headers={**answer.headers, "Date": date})

    return handle
