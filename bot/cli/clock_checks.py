"""What `slipway doctor` says of this host's clock beside those of whom it talks to."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from bot.cli.findings import Finding, Level
from bot.core.clocks import NOTED, REFUSED, ahead, given_at
from bot.core.flow import Reply
from bot.views.words import duration
from workers.cloud.layers import Layer, Request


class Dated:
    """Notes when each answer of a cloud was given, by the cloud's own word."""

    def __init__(self) -> None:
        self._moments: list[datetime] = []

    def around(self, inner: Layer) -> Layer:
        """Return *inner* with its answers' dates noted."""
        return _Noting(inner, self._moments)

    def taken(self) -> list[datetime]:
        """Return what was noted since this was asked last."""
        taken = list(self._moments)
        self._moments.clear()
        return taken


class _Noting:
    def __init__(self, inner: Layer, moments: list[datetime]) -> None:
        self._inner = inner
        self._moments = moments

    async def send(self, request: Request) -> Reply:
        reply = await self._inner.send(request)
        if (at := given_at(reply.headers.get("date", ""))) is not None:
            self._moments.append(at)
        return reply


def against(whose: str, theirs: Iterable[datetime], present: datetime) -> Iterator[Finding]:
    """Say where this host's clock is more than a minute off; more than five is a failure."""
    off = ahead(present, theirs)
    if abs(off) <= NOTED:
        return
    side = "ahead of" if off > timedelta(0) else "behind"
    found = f"this host's clock is {duration(abs(off))} {side} that of {whose}"
    level: Level = "fail" if abs(off) > REFUSED else "warn"
    yield Finding("clock", level, found, "set both by NTP: signatures are void, gates misjudged")
