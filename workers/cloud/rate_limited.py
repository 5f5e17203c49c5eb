"""The clouds as one job calls them: in its turn, and no faster than they allow."""

from typing import TypeVar

from bot.core.flow import Call, Flow, Reply, drive
from bot.core.target import Target
from workers.cloud.contract import Cloud
from workers.cloud.rate_limits import Turn

T = TypeVar("T")


class Paced:
    """A cloud whose reads wait their turn; a write has had its own before its permit."""

    def __init__(self, cloud: Cloud, turn: Turn) -> None:
        self._cloud = cloud
        self._turn = turn

    def read(self, target: Target, call: Call) -> Reply:
        """Make a call that only reads; returns a 2xx or raises a CloudError."""
        self._turn.enter(target, call)
        with self._turn.heeding(target, call):
            return self._cloud.read(target, call)

    def mutate(self, target: Target, call: Call) -> Reply:
        """Make a mutating call once; returns a 2xx or raises a CloudError."""
        with self._turn.heeding(target, call):
            return self._cloud.mutate(target, call)

    def ask(self, target: Target, flow: Flow[T]) -> T:
        """Drive a flow that only reads."""
        return drive(flow, lambda call: self.read(target, call))
