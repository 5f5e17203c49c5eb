"""How much of an exhaustive table is played: all in continuous integration, a part at a desk.

People run the suite between two thoughts, so it has to end in minutes. What is left out there is
more of the same, and is played for every commit.
"""

import os
from collections.abc import Iterable
from itertools import islice
from typing import Final, TypeVar

CONTINUOUS_INTEGRATION: Final = "CI"  # the variable that such services set
IS_WHOLE: Final = bool(os.environ.get(CONTINUOUS_INTEGRATION))

T = TypeVar("T")


def extent(table: Iterable[T], *, every: int) -> list[T]:
    """Return the whole *table*, or at a desk every so-many-th of its rows."""
    return list(table if IS_WHOLE else islice(table, 0, None, every))
