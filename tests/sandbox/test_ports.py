"""Tests of the loopback ports for servers."""

import multiprocessing
import socket
import subprocess
import sys

import pytest

from bot.cli.exit_codes import CONFIGURATION
from bot.core.errors import ConfigurationError
from bot.sandbox import ports


def _told(count: int) -> list[int]:
    return [ports.free_port() for _ in range(count)]


def test_no_connection_is_given_such_a_port() -> None:
    """Linux gives a connection a port of its own range: a server's is never among them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        given = server.getsockname()[1]
    assert given not in ports.SERVERS
    assert all(port in ports.SERVERS for port in _told(20))


def test_two_processes_are_not_told_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty ports, what another process was told is left out."""
    monkeypatch.setattr(ports, "SERVERS", range(20000, 20040))
    mine = _told(10)
    with multiprocessing.get_context("fork").Pool(1) as other:
        theirs = other.apply(_told, (10,))
    assert len({*mine, *theirs}) == 20


def test_it_says_when_none_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """What everybody listens on is told to nobody."""
    with socket.create_server(("127.0.0.1", ports.free_port())) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "SERVERS", range(port, port + 1))
        with pytest.raises(ConfigurationError, match=f"from {port} to {port} is free"):
            ports.free_port()


def test_a_port_told_long_ago_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who starts servers all day does not run out of ports: only the last ones are kept."""
    monkeypatch.setattr(ports, "SERVERS", range(20100, 20200))
    assert len(_told(300)) == 300


def test_a_page_at_a_port_that_somebody_has_is_a_fault_in_words() -> None:
    """`slipway sandbox --port 8700` beside another one: what is wrong, and what helps."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "bot.cli", "sandbox", "--port", port, "--no-browser"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == CONFIGURATION
    assert f"--port: 127.0.0.1:{port} cannot be bound (Address already in use)" in done.stderr
    assert "Traceback" not in done.stderr
