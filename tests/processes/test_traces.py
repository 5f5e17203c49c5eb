"""Traces: one of each operation, over all processes, as a collector is sent them."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from typing_extensions import override

from bot.sandbox.ports import NO_TLS
from tests.processes.house import House, listens
from tests.processes.running import until

ROOT_PARENT: Final = b""
OPEN: Final = {"Accept": "application/openmetrics-text"}


class Collector:
    """Keeps every span that it is sent."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()

    def keep(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.services.add(named["service.name"])
            for scope in resource.scope_spans:
                self.spans.extend(scope.spans)

    def names(self) -> set[str]:
        return {each.name for each in list(self.spans)}


@contextmanager
def _collecting() -> Iterator[tuple[Collector, str]]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            is_packed = self.headers.get("content-encoding") == "gzip"
            if self.path == "/v1/traces":
                collector.keep(gzip.decompress(body) if is_packed else body)
            self.send_response(200)
            self.end_headers()

        @override
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.timeout(90)
def test_one_trace_from_the_command_to_the_last_message(home: House) -> None:
    """Bot, worker, poller and sender put their spans below one root, which tells the whole."""
    with _collecting() as (collector, url):
        home.bot.kill()
        home.worker.kill()
        for name in ("bot", "worker"):
            home.another(f"traced {name}", name, OTEL_EXPORTER_OTLP_ENDPOINT=url)
        until(home.is_ready, "the bot to be ready again")
        target = home.target()
        operation = home.deploy(target)
        home.approve(operation)
        wanted = {f"deploy {target}", "requested", "planned", "approval_given", "advance"}
        wanted |= {"permit_granted", "task_accepted", "step_succeeded"}
        wanted |= {"chat.postMessage", "chat.update"}
        until(lambda: wanted <= collector.names(), f"{wanted} to be sent")
        [root] = [each for each in collector.spans if each.name == f"deploy {target}"]
        mine = [each for each in collector.spans if each.trace_id == root.trace_id]
        assert root.parent_span_id == ROOT_PARENT
        assert wanted <= {each.name for each in mine}
        known = {each.span_id for each in mine}
        assert all(each.parent_span_id in known for each in mine if each is not root)
        calls = [each for each in mine if each.name.startswith(("GET /", "PUT /", "POST /"))]
        assert {each.name.partition(" ")[0] for each in calls} >= {"GET", "PUT"}
        assert collector.services == {"slipway"}
        assert root.start_time_unix_nano < root.end_time_unix_nano
        page = httpx.get(
            f"http://{listens(home.bot)}/metrics", headers=OPEN, trust_env=False, verify=NO_TLS
        ).text
        assert f'trace_id="{root.trace_id.hex()}"' in page  # the answer's exemplar
