"""More silent connections than descriptors: people are answered as ever, and the log is short."""

import resource
import socket
import sys
import time
from contextlib import ExitStack, suppress
from typing import Final

import pytest

from bot.sandbox.content import CHANNEL
from tests.processes.house import ANN, House

DESCRIPTORS: Final = 1_024
SILENT: Final = 1_100
ANSWERED: Final = 3.0  # seconds; Slack's own patience
LINES: Final = 40
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets a process limit another one"
)


def test_silent_connections_make_nobody_deaf(home: House) -> None:
    """V55: 1,100 of them against 1,024 descriptors: a command is answered in Slack's time."""
    _, most = resource.prlimit(home.bot.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(home.bot.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, most))
    before = len(home.bot.text().splitlines())
    host, _, port = home.url.removeprefix("http://").rpartition(":")
    with ExitStack() as stack:
        for _ in range(SILENT):
            silent = socket.create_connection((host, int(port)), timeout=10)
            stack.enter_context(silent)
        for _ in range(3):
            target = home.target()
            began = time.monotonic()
            said = home.workspace.command(f"/deploy {target} 1.4.0", by=ANN, channel=CHANNEL)
            assert time.monotonic() - began < ANSWERED
            assert "Recorded as" in said.text
        assert home.is_ready()
    lines = home.bot.text().splitlines()[before:]
    assert len([each for each in lines if "connections.dropped" in each]) == 1
    assert len(lines) < LINES
    with suppress(ProcessLookupError):
        resource.prlimit(home.bot.pid, resource.RLIMIT_NOFILE, (most, most))
