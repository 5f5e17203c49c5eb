"""The collector of garbage, and when it has nothing to look for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LOOKED_AFTER: Final = 20_000  # objects that came and did not go; otherwise 700


def settle() -> None:
    """Leave out all that is there: it stays, so nobody waits while the collector walks it.

    What comes later is looked at seldom: nearly all of it goes by itself, and a look took a
    twentieth of the work of a crowd. Processes that are forked share what is left out.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_LOOKED_AFTER)


@contextmanager
def no_collection() -> Iterator[None]:
    """Stop it while nothing becomes garbage, such as what is read or loaded."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
