"""Traces: one of each operation, from its command to its last message, where they are asked for."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any, Final, Protocol, TypeAlias

from typing_extensions import override

from bot.core.errors import ConfigurationError
from bot.core.events import Event
from bot.core.flow import Reply
from bot.core.operation import Operation
from bot.core.records import Json
from bot.core.surfaces import Subject
from bot.settings import Settings
from workers.cloud.layers import Layer, Request
from workers.context import Posted
from workers.slack import SlackMessages

NO_EXTRA: Final = (
    "OTEL_EXPORTER_OTLP_ENDPOINT: traces want the extra: pip install 'slipway[tracing]'"
)
Attributes: TypeAlias = Mapping[str, str | int]


class Traces(Protocol):
    """What happens to operations, as spans of one trace each; nothing of it ever raises."""

    def within(
        self, operation_id: str, name: str, attributes: Attributes
    ) -> AbstractContextManager[None]:
        """Span what the block does for an operation; what it calls is below it."""
        ...

    def happened(self, operation: Operation, event: Event) -> None:
        """Span an event that was committed; the last one closes the whole."""
        ...

    def flush(self) -> None:
        """Send what there is: this process may end."""
        ...


class NoTraces(Traces):
    """Nobody asked for traces."""

    @override
    def within(
        self, operation_id: str, name: str, attributes: Attributes
    ) -> AbstractContextManager[None]:
        """Do nothing besides."""
        return nullcontext()

    @override
    def happened(self, operation: Operation, event: Event) -> None:
        """Do nothing."""

    @override
    def flush(self) -> None:
        """Do nothing."""


def open_traces(settings: Settings) -> Traces:
    """Return what traces, as `OTEL_EXPORTER_OTLP_ENDPOINT` says.

    Raises:
        ConfigurationError: they are asked for, and the packages of the extra are not there.
    """
    return traces_of(settings)()


def traces_of(settings: Settings) -> Callable[[], Traces]:
    """Return what makes that, and begin nothing.

    Raises:
        ConfigurationError: they are asked for, and the packages of the extra are not there.
    """
    if not settings.otel_exporter_otlp_endpoint:
        return NoTraces
    try:
        made: Callable[[], Traces] = import_module("bot.app.otlp").OtlpTraces
    except ImportError as error:
        raise ConfigurationError([NO_EXTRA]) from error
    return made


class TracedCalls:
    """The layer that spans each call to a cloud; it stands outermost, so waiting is seen, too."""

    def __init__(self, inner: Layer, traces: Traces) -> None:
        self._inner = inner
        self._traces = traces

    async def send(self, request: Request) -> Reply:
        """Send a call within a span of its own."""
        told = {"server.service": request.call.service, "slipway.target": request.target.name}
        with self._traces.within(request.work.name, request.call.name, told):
            return await self._inner.send(request)


class TracedMessages(SlackMessages):
    """Messages to Slack, each within a span of the operation that it is about."""

    def __init__(self, client: Any, traces: Traces) -> None:
        super().__init__(client)
        self._traces = traces

    @override
    def post(
        self,
        channel: str,
        text: str,
        blocks: list[dict[str, Json]],
        *,
        about: Subject,
        sequence: int,
        thread_ts: str | None = None,
        broadcast: bool = False,
    ) -> Posted:
        with self._spanned("chat.postMessage", about, sequence):
            return super().post(
                channel, text, blocks, about=about, sequence=sequence, thread_ts=thread_ts,
                broadcast=broadcast,
            )  # fmt: skip

    @override
    def update(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: list[dict[str, Json]],
        *,
        about: Subject,
        sequence: int = 0,
    ) -> None:
        with self._spanned("chat.update", about, sequence):
            super().update(channel, ts, text, blocks, about=about, sequence=sequence)

    def _spanned(self, method: str, about: Subject, sequence: int) -> AbstractContextManager[None]:
        of = about.id if about.kind == "operation" else ""
        return self._traces.within(of, method, {"slipway.sequence": sequence})
