"""A check of the contract, and what is said where a system breaks it."""

from collections.abc import Callable
from typing import Any, NamedTuple, Self

from bot.core.system import System


class BrokenPromiseError(AssertionError):
    """The system does not keep the contract; the words say where."""


class Check(NamedTuple):
    """One promise: its name, its rule, and what tries it on a system."""

    name: str
    rule: str
    run: Callable[[System[Any]], None]

    @classmethod
    def of(cls, tried: Callable[[System[Any]], None]) -> Self:
        """Return the check that a function is: its docstring is the rule."""
        rule = " ".join((tried.__doc__ or "").split())
        return cls(tried.__name__, rule, tried)

    def __call__(self, system: System[Any]) -> None:
        """Try it.

        Raises:
            BrokenPromiseError: the system does not keep it.
        """
        self.run(system)


def want(holds: object, *, said: object) -> None:
    """Go on where it *holds*.

    Raises:
        BrokenPromiseError: it does not; *said* is where.
    """
    if not holds:
        raise BrokenPromiseError(str(said))
