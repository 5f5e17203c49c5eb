"""Which trace the present answer belongs to, so that a figure can name one.

It is ambient, as `bot.deadline` is: the frames of Bolt and SQLAlchemy lie between the HTTP side,
which measures, and the engine, which knows the operation. What is noted in a thread that an answer
waits for is seen by it: the list is shared where the context is copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_TRACES: ContextVar[list[str] | None] = ContextVar("answer_traces", default=None)


@contextmanager
def answer() -> Iterator[list[str]]:
    """Give the traces that what happens in the block belongs to, as they become known."""
    found: list[str] = []
    token = _TRACES.set(found)
    try:
        yield found
    finally:
        _TRACES.reset(token)


def belongs_to(trace: str) -> None:
    """Note a trace of what goes on here; outside of an answer nobody asks."""
    found = _TRACES.get()
    if found is not None:
        found.append(trace)
