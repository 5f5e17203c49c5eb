"""Traces sent by OTLP over HTTP; only with the extra `tracing`.

The ids of an operation's trace and of its root are made of its own id: so every process knows
them, nothing has to be carried along, and the root can be sent by whoever sees the end.
"""

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    get_current_span,
    set_span_in_context,
    use_span,
)
from typing_extensions import override

from bot.app.exemplars import belongs_to
from bot.app.tracing import Attributes, Traces
from bot.core.errors import SlipwayError
from bot.core.events import Event, Requested
from bot.core.operation import Failed, Operation

_FLUSH: Final = 0.5  # seconds
_SCHEDULE: Final = 1_000  # milliseconds between two batches


class _Ids(threading.local, IdGenerator):
    """Random ids, but for a root, whose ids this thread tells before."""

    root: tuple[int, int] | None = None

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    @override
    def generate_trace_id(self) -> int:
        return self.root[0] if self.root else self._random.generate_trace_id()

    @override
    def generate_span_id(self) -> int:
        return self.root[1] if self.root else self._random.generate_span_id()


class OtlpTraces(Traces):
    """Spans of this process; one that is forked makes connections of its own."""

    def __init__(self) -> None:
        self._process = 0
        self._provider: TracerProvider | None = None
        self._ids = _Ids()

    @override
    @contextmanager
    def within(self, operation_id: str, name: str, attributes: Attributes) -> Iterator[None]:
        """Span what the block does, below what goes on here already, or below the root."""
        if not operation_id:
            yield
            return
        tracer = self._ours().get_tracer("slipway")
        below = None if _is_about(operation_id) else self._root(operation_id)
        told = {"slipway.operation_id": operation_id, **attributes}
        span = tracer.start_span(name, context=below, kind=SpanKind.INTERNAL, attributes=told)
        with _current(span):
            yield

    @override
    def happened(self, operation: Operation, event: Event) -> None:
        """Span an event; the request from when it was asked for, the whole at its end."""
        belongs_to(f"{_ids_of(operation.id)[0]:032x}")
        tracer = self._ours().get_tracer("slipway")
        told = {"slipway.operation_id": operation.id, "slipway.phase": operation.phase.kind}
        span = tracer.start_span(
            event.kind,
            context=self._root(operation.id),
            attributes=told,
            start_time=_nanoseconds(event.at),
        )
        span.end(None if isinstance(event, Requested) else _nanoseconds(event.at))
        if operation.is_final and operation.finished_at == event.at:
            self._close(operation)

    @override
    def flush(self) -> None:
        """Send what there is, and wait half a second for it: a collector may be away."""
        provider = self._provider
        if provider is not None and self._process == os.getpid():
            sending = threading.Thread(target=provider.force_flush, daemon=True)
            sending.start()
            sending.join(_FLUSH)

    def _close(self, operation: Operation) -> None:
        tracer = self._ours().get_tracer("slipway")
        self._ids.root = _ids_of(operation.id)
        try:
            span = tracer.start_span(
                f"{operation.action} {operation.target}",
                context=Context(),
                attributes={
                    "slipway.operation_id": operation.id,
                    "slipway.system": operation.system,
                    "slipway.phase": operation.phase.kind,
                },
                start_time=_nanoseconds(operation.created_at),
            )
        finally:
            self._ids.root = None
        if isinstance(operation.phase, Failed):
            span.set_status(Status(StatusCode.ERROR, operation.phase.code))
        span.end(_nanoseconds(operation.finished_at or operation.created_at))

    def _root(self, operation_id: str) -> Context:
        """Return where the operation's root is, which is sent at its end."""
        trace, span = _ids_of(operation_id)
        sampler = self._ours().sampler
        decided = sampler.should_sample(Context(), trace, "operation")
        flags = TraceFlags(
            TraceFlags.SAMPLED if decided.decision is Decision.RECORD_AND_SAMPLE else 0
        )
        known = SpanContext(trace, span, is_remote=True, trace_flags=flags)
        return set_span_in_context(NonRecordingSpan(known), Context())

    def _ours(self) -> TracerProvider:
        """Return what sends the spans of this very process."""
        if self._provider is None or self._process != os.getpid():
            resource = Resource.create().merge(_named())
            provider = TracerProvider(resource=resource, id_generator=self._ids)
            sending = BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=_SCHEDULE)
            provider.add_span_processor(sending)
            self._provider, self._process = provider, os.getpid()
        return self._provider


@contextmanager
def _current(span: Span) -> Iterator[None]:
    """Let *span* be what goes on; a fault of the world is marked, and goes on."""
    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield
        except SlipwayError as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def _is_about(operation_id: str) -> bool:
    """Return whether what goes on here belongs to the operation."""
    present = get_current_span().get_span_context()
    return present.is_valid and present.trace_id == _ids_of(operation_id)[0]


def _ids_of(operation_id: str) -> tuple[int, int]:
    """Return the ids of the operation's trace and of its root."""
    digest = hashlib.sha256(operation_id.encode()).digest()
    return int.from_bytes(digest[:16]), int.from_bytes(digest[16:24])


def _named() -> Resource:
    """Return what we are called, unless `OTEL_SERVICE_NAME` says otherwise."""
    return (
        Resource({}) if os.environ.get("OTEL_SERVICE_NAME") else Resource({SERVICE_NAME: "slipway"})
    )


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1_000
