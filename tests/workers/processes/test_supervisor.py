"""The supervisor: what dies is started again, and nothing is left behind."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.workers.processes.traces import await_that, lives, started, trace

TWO = ("one", "two")


def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    """Another process takes over its role, and the other child is left alone."""
    with started("supervisor", str(tmp_path)) as parent:
        first, other = (trace(tmp_path, name) for name in TWO)
        for _ in range(2):
            os.kill(first, signal.SIGKILL)
            old = first
            assert await_that(lambda old=old: trace(tmp_path, "one") != old)  # type: ignore[misc] # mypy cannot infer a lambda's default
            first = trace(tmp_path, "one")
        assert lives(first)
        assert lives(other)
        assert lives(parent.pid)
        parent.terminate()
        parent.wait()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_ending_ends_everything(tmp_path: Path, told: signal.Signals) -> None:
    """Told to end, it ends its children, and then itself without an error."""
    with started("supervisor", str(tmp_path)) as parent:
        pids = [trace(tmp_path, name) for name in TWO]
        parent.send_signal(told)
        assert parent.wait(20) == 0
        assert not any(lives(pid) for pid in pids)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can tie a child")
def test_a_killed_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    """After kill -9 of the parent no worker goes on unattended."""
    with started("supervisor", str(tmp_path)) as parent:
        pids = [trace(tmp_path, name) for name in TWO]
        parent.kill()
        parent.wait()
        assert await_that(lambda: not any(lives(pid) for pid in pids))
