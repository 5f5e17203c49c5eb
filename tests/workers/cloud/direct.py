"""The one client without a slipway.yaml: told each time where to call, and as which system."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Any

from bot.core.connection import Connection
from bot.core.flow import Call, Reply
from bot.core.rate_limits import Bucket, Window
from bot.core.system import System
from bot.core.target import Target
from workers.cloud.client import cloud_client, polling_client
from workers.cloud.layers import PieceOfWork
from workers.cloud.limits import CloudLimits
from workers.cloud.parts import CloudParts
from workers.cloud.rate_limits import RateLimiter
from workers.cloud.tokens import Tokens

TARGET = Target(name="checkout", system="servicestage-v3", connection="huawei", policy="prod")


@dataclass
class Room:
    """Buckets that have room, unless a test says for how long there is none."""

    waits: list[float] = field(default_factory=list)  # what comes next; then there is room
    acquired: list[tuple[str, Window | None, str, bool]] = field(default_factory=list)
    backoffs: list[tuple[str, float]] = field(default_factory=list)

    def acquire(
        self, bucket: Bucket, window: Window | None, *, name: str = "", goes_on: bool = False
    ) -> float:
        """Answer, and keep what was asked."""
        self.acquired.append((bucket.name, window, name, goes_on))
        return self.waits.pop(0) if self.waits else 0.0

    def back_off(self, bucket: Bucket, seconds: float) -> None:
        """Keep it."""
        self.backoffs.append((bucket.name, seconds))


def parts_for(
    connection: Connection, system: System[Any], clock: Callable[[], datetime], **more: Any
) -> CloudParts:
    """Return what a client is made of that calls *connection* as *system*."""
    return CloudParts(
        resolve=lambda _target, _call: (connection, system),
        clock=clock,
        **{"limiter": RateLimiter(Room()), **more},
    )


class Direct:
    """Makes single calls."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        limits: CloudLimits | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        tokens: Tokens | None = None,
    ) -> None:
        self._clock = clock
        self._more: dict[str, Any] = {"tokens": tokens or Tokens()}
        self._more |= {"limits": limits} if limits else {}
        self._more |= {"tls": tls} if tls else {}

    def send(
        self,
        connection: Connection,
        system: System[Any],
        call: Call,
        *,
        within: float = inf,
        on_admission: Callable[[], None] = lambda: None,
    ) -> Reply:
        """Make a call."""
        parts = parts_for(connection, system, self._clock, **self._more)
        work = PieceOfWork(until=time.monotonic() + within)
        return cloud_client(parts).working(work).send(TARGET, call, on_admission=on_admission)

    def look(self, connection: Connection, system: System[Any], call: Call) -> Reply:
        """Make a call that reads as a poller does, on kept connections."""

        async def reading() -> Reply:
            async with polling_client(parts) as client:
                return await client.send(TARGET, call)

        parts = parts_for(connection, system, self._clock, **self._more)
        return asyncio.run(reading())
