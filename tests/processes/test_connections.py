"""More silent connections than descriptors: people are answered as ever, and the log is short."""

import resource
import socket
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.content import CHANNEL
from tests.processes.house import ANN, House

DESCRIPTORS: Final = 1_024
SILENT: Final = 1_100
ANSWERED: Final = 3.0  # seconds; Slack's own patience
LINES: Final = 40
BODY: Final = 700_000
GROWN: Final = 64_000_000  # bytes; all bodies together are 210,000,000
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


def test_large_bodies_that_nobody_signed_leave_memory_and_commands_alone(home: House) -> None:
    """V56: 300 of them at once, as large as Slack's largest and with headers like Slack's."""
    host, _, port = home.url.removeprefix("http://").rpartition(":")
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: slipway\r\n"
        f"X-Slack-Request-Timestamp: {int(time.time())}\r\n"
        f"X-Slack-Signature: v0={'0' * 64}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {BODY}\r\n\r\n"
    ).encode()
    before = resident(home.bot.pid)
    with ExitStack() as stack:
        for _ in range(300):
            sender = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
            with suppress(OSError):  # it is refused while it is being sent
                sender.sendall(head + b"a" * (BODY - 1))
        grown = resident(home.bot.pid) - before
        began = time.monotonic()
        said = home.workspace.command(f"/deploy {home.target()} 1.4.0", by=ANN, channel=CHANNEL)
        assert time.monotonic() - began < ANSWERED
        assert "Recorded as" in said.text
    assert grown < GROWN


def resident(pid: int) -> int:
    """Return how many bytes of memory a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
