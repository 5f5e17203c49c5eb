"""Traces are switched on by their endpoint, and want an extra."""

from pathlib import Path
from typing import Final

from bot.app.tracing import NoTraces, open_traces
from bot.settings import Settings
from tests.processes.forks import Preloaded

BLOCKED: Final = """
import sys
sys.modules["opentelemetry"] = None
from bot.app.tracing import open_traces
from bot.core.errors import ConfigurationError
from bot.settings import Settings
try:
    open_traces(Settings(otel_exporter_otlp_endpoint="http://127.0.0.1:4318"))
except ConfigurationError as error:
    print(*error.faults)
"""

AWAY: Final = """
import os, sys, time
from bot.app.tracing import open_traces
from bot.settings import Settings
traces = open_traces(Settings())
began = time.monotonic()
with traces.within("op-1", "advance", {}), traces.within("op-1", "GET /x", {"a": 1}):
    pass
traces.flush()
print(time.monotonic() - began)
sys.stdout.flush()
os._exit(0)
"""


def test_nobody_who_did_not_ask_is_traced(forks: Preloaded, tmp_path: Path) -> None:
    """Without an endpoint nothing is loaded for it, and nothing costs anything."""
    traces = open_traces(Settings(otel_exporter_otlp_endpoint=""))
    assert isinstance(traces, NoTraces)
    with traces.within("op-1", "advance", {}):
        traces.flush()
    asked = "import sys, bot.app.worker, bot.app.bot; print('bot.app.otlp' in sys.modules)"
    assert forks.told(asked, folder=tmp_path).out.strip() == "False"


def test_without_the_extra_it_is_said_what_to_install(forks: Preloaded, tmp_path: Path) -> None:
    """A fault of the configuration names variable and extra."""
    told = forks.told(BLOCKED, folder=tmp_path).out
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in told
    assert "slipway[tracing]" in told


def test_a_collector_that_is_away_harms_nobody(forks: Preloaded, tmp_path: Path) -> None:
    """What is traced goes on as if nobody looked, and waits a moment at its end."""
    away = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    assert float(forks.told(AWAY, folder=tmp_path, environment=away).out) < 3.0
