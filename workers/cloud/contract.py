"""The clouds as workers call them."""

from typing import Protocol, TypeVar

from bot.core.flow import Call, Flow, Reply
from bot.core.target import Target

T = TypeVar("T")


class Cloud(Protocol):
    """The cloud APIs, for one target's connection and system."""

    def read(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        ...

    def mutate(self, target: Target, call: Call) -> Reply:
        """Make a mutating call once; returns a 2xx or raises a CloudError."""
        ...

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads."""
        ...
