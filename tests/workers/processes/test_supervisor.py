"""The supervisor: what dies is started again, and nothing is left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.workers.processes.traces import await_that, lives, started, trace
from workers.processes.rq_worker import die_with_parent

TWO: Final = ("one", "two")
ONLY_LINUX: Final = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux can tie a child"
)
AS_PROCESS_1: Final = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")


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


def test_a_hangup_is_handed_on_and_ends_nobody(tmp_path: Path) -> None:
    """SIGHUP asks for slipway.yaml anew: the one role that reads it is told, all live on."""
    with started("supervisor", str(tmp_path)) as parent:
        pids = [trace(tmp_path, name) for name in TWO]
        parent.send_signal(signal.SIGHUP)
        assert trace(tmp_path, "two-told") == pids[1]
        os.kill(pids[0], signal.SIGHUP)
        assert all(lives(pid) for pid in (*pids, parent.pid))
        parent.terminate()
        assert parent.wait(20) == 0


@ONLY_LINUX
def test_a_killed_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    """After kill -9 of the parent no worker goes on unattended."""
    with started("supervisor", str(tmp_path)) as parent:
        pids = [trace(tmp_path, name) for name in TWO]
        parent.kill()
        parent.wait()
        assert await_that(lambda: not any(lives(pid) for pid in pids))


@pytest.fixture
def as_process_1() -> tuple[str, ...]:
    """The words that make a program process 1, as a container without an init does."""
    try:
        subprocess.run([*AS_PROCESS_1, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no process namespaces can be had here: {error}")
    return AS_PROCESS_1


def test_v63_the_parent_may_be_process_1(tmp_path: Path, as_process_1: tuple[str, ...]) -> None:
    """V63: in a container without an init the supervisor is process 1, and no dead parent."""
    with started("supervisor", str(tmp_path), before=as_process_1):
        assert {trace(tmp_path, name) for name in TWO} == {2, 3}


@ONLY_LINUX
def test_v63_whose_parent_ended_before_it_was_watched_ends() -> None:
    """V63: who adopts an orphan may have any number; only the parent that forked it counts."""
    child = os.fork()
    if child == 0:
        try:  # whatever a test before left, nothing of this child may go on as a runner of tests
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            die_with_parent(signal.SIGTERM, parent=os.getpid())  # is no child of itself
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM


@ONLY_LINUX
def test_v63_orphans_are_buried(tmp_path: Path) -> None:
    """V63: process 1 is given all orphans; whoever does not ask for their ends keeps them all."""
    with started("init", str(tmp_path)):
        orphan = trace(tmp_path, "orphan")
        other = trace(tmp_path, "two")
        assert await_that(lambda: trace(tmp_path, "orphan") != orphan)
        assert await_that(lambda: not Path(f"/proc/{orphan}").exists())
        assert lives(other)
