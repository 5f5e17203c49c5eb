"""How long the present answer may still take: whoever waits for something on its way asks here.

Slack waits three seconds for an answer. The edge that has one to give says until when; outside of
an answer there is no such limit. Moments are seconds of `time.monotonic`.

It is ambient since the frames of Bolt and SQLAlchemy lie between, which take no argument of ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

_UNTIL: ContextVar[float] = ContextVar("answer_until", default=inf)


@contextmanager
def answering(until: float) -> Iterator[None]:
    """Let what the block waits for be over at *until*."""
    token = _UNTIL.set(until)
    try:
        yield
    finally:
        _UNTIL.reset(token)


def patience(now: float, most: float) -> float:
    """Return for how many seconds to wait at most: *most*, or what the answer has left."""
    return max(0.0, min(most, _UNTIL.get() - now))
