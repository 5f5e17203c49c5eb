"""The sandbox's processes: started with a mark, ended in order, cleaned up by the next start."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from workers.processes.rq_worker import die_with_parent

GRACE_SECONDS: Final = 20.0
_PIDS: Final = "processes.json"
_PREFIX: Final = "slipway-sandbox-"
_PROC: Final = Path("/proc")
_STARTED: Final = 18  # the field `starttime` after `state`


@contextmanager
def home(*, keep: bool = False) -> Iterator[Path]:
    """Give the sandbox a folder of its own; what a killed one left behind is removed first.

    Where it is to *keep* it, the folder stays behind, and no later start removes it.
    """
    _clean_up()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getuid()}-"))
    _note(folder, os.getpid())
    try:
        yield folder
    finally:
        if keep:
            (folder / _PIDS).unlink()
        else:
            shutil.rmtree(folder, ignore_errors=True)


class Processes:
    """The processes that this sandbox started, by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, words: list[str], environment: Mapping[str, str]) -> None:
        """Start a process that ends with us; its output goes to a file in the folder."""
        with (self._folder / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own programs with our own words
                words,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(_tied, os.getpid()),  # noqa: PLW1509 - forked before any thread is started in it
            )
        self._running[name] = process
        _note(self._folder, process.pid)

    def dead(self) -> str | None:
        """Return the name of a process that ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                return name
        return None

    def output(self, name: str) -> str:
        """Return the last lines of what a process wrote."""
        path = self._folder / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-20:])

    def children_of(self, name: str) -> list[int]:
        """Return what a process has started and what runs, the oldest first."""
        running = self._running.get(name)
        return children(running.pid) if running else []

    def kill_a_child(self, name: str) -> int | None:
        """Kill the oldest child of a process, as a lack of memory does; None: it has none."""
        for child in self.children_of(name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
                return child
        return None

    def stop(self) -> None:
        """End all; the first one, which the others need, only once they have ended."""
        started = list(self._running.values())
        for ending in (started[1:], started[:1]):
            for process in reversed(ending):
                process.terminate()
            for process in reversed(ending):
                _wait_for(process)


def _wait_for(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def python(*words: str) -> list[str]:
    """Return the words that run a module of ours with this interpreter."""
    return [sys.executable, "-m", *words]


def children(parent: int) -> list[int]:
    """Return the processes that *parent* started and that run, the oldest first."""
    return [pid for _, pid, its in sorted(_family()) if its == parent]


def _family() -> Iterator[tuple[int, int, int]]:
    """Yield of every process when it started, its number, and its parent's."""
    if not (_PROC / "self").is_dir():
        words = ["ps", "-A", "-o", "pid=,ppid="]
        told = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - fixed
        for pid, parent in (line.split() for line in told.stdout.splitlines()):
            yield int(pid), int(pid), int(parent)
        return
    for folder in _PROC.iterdir():
        fields = _stat(int(folder.name)) if folder.name.isdigit() else []
        if fields:
            yield int(fields[_STARTED]), int(folder.name), int(fields[0])


def _tied(parent: int) -> None:
    die_with_parent(signal.SIGTERM, parent=parent)


def _note(folder: Path, pid: int) -> None:
    path = folder / _PIDS
    known = json.loads(path.read_text()) if path.exists() else []
    path.write_text(json.dumps([*known, [pid, _started_at(pid)]]))


def _clean_up() -> None:
    """End and remove what sandboxes left behind whose own process is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}{os.getuid()}-*"):
        try:
            noted = json.loads((folder / _PIDS).read_text())
        except (OSError, ValueError):
            continue  # it is being made, or is none of ours
        if not noted or _lives(*noted[0]):
            continue
        for pid, started in noted[1:]:
            if _lives(pid, started):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int, started: str) -> bool:
    """Whether the very process still runs: a number may have been given to another since."""
    return bool(started) and _started_at(pid) == started


def _started_at(pid: int) -> str:
    """Return when a process started, as the system tells it; "" if there is none."""
    if (_PROC / "self").is_dir():
        return _told_by_proc(pid)
    words = ["ps", "-o", "lstart=", "-p", str(pid)]
    try:
        told = subprocess.run(  # noqa: S603 - a fixed command and a number
            words, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return told.stdout.strip()


def _told_by_proc(pid: int) -> str:
    """Return the clock ticks from the system's start to the process'; "" for one that ended."""
    fields = _stat(pid)
    return fields[_STARTED] if fields else ""


def _stat(pid: int) -> list[str]:
    """Return what the kernel tells of a process, from its parent on; nothing of one that ended."""
    try:
        state, *rest = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return []
    return [] if state in {"Z", "X"} else rest
