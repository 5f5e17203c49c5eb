"""What a seeded bug is: functions of the product, swapped for as long as a block runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from tests.faults.schedules import Scenario


class Swap(NamedTuple):
    """Something of the product, and what takes its place."""

    owner: Any
    name: str
    function: Any  # or whatever else stands there


class Bug(NamedTuple):
    """One seeded bug.

    Attributes:
        likely: the kind of thing that finds it, which is tried before all others.
    """

    name: str
    what: str
    column: str  # under which it must be found
    swaps: tuple[Swap, ...]
    scenarios: tuple[Scenario, ...] = ("deploy",)
    likely: str = ""

    @contextmanager
    def switched_on(self) -> Iterator[None]:
        """Let the product have the bug while the block runs."""
        kept = [(each, getattr(each.owner, each.name)) for each in self.swaps]
        try:
            for each in self.swaps:
                setattr(each.owner, each.name, each.function)
            yield
        finally:
            for each, function in kept:
                setattr(each.owner, each.name, function)
