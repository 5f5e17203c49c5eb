"""What a call carries through the layers of the one client, and what a layer is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple, Protocol

from bot.core.connection import Connection
from bot.core.flow import Call, Reply
from bot.core.rate_limits import Bucket
from bot.core.system import System
from bot.core.target import Target


@dataclass
class PieceOfWork:
    """Calls that belong together: those of an operation's job, of a look, of a question."""

    name: str = ""  # who keeps a place in the queue for room; "": who cannot come again
    until: float = inf  # when all of it must be over, in seconds of time.monotonic
    waits: float = 0.0  # for how many seconds it waits for room itself
    admitted: set[Bucket] = field(default_factory=set)  # where its first read was let in


@dataclass(frozen=True)
class Request:
    """A call with everything that the layers need of it."""

    call: Call
    target: Target
    connection: Connection
    system: System[Any]
    work: PieceOfWork
    on_admission: Callable[[], None]  # runs when the call has its room, right before it is sent


class Layer(Protocol):
    """One of the things that are done to every call."""

    async def send(self, request: Request) -> Reply:
        """Return what was accepted, or raise a CloudError."""
        ...


class Wait(NamedTuple):
    """How long an exchange may take, and how long its answer may be."""

    silence: float  # seconds without a byte
    total: float  # seconds
    most: int  # bytes of the answer's body
