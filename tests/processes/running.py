"""Programs that a test starts, watches, stops and kills, each by its own process id."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, TypeVar

from tests.processes.forks import PATIENCE, TIED, Preloaded, Process

T = TypeVar("T")

_LOOK: Final = 0.02  # seconds
_PROC: Final = Path("/proc")  # where there is none, `ps` is asked


class NotSeenError(Exception):
    """What a test waited for did not come."""


def until(seen: Callable[[], T | None], what: str, seconds: float = PATIENCE) -> T:
    """Return what *seen* returns as soon as it is there and not false.

    Raises:
        NotSeenError: it was not, for so long.
    """
    pause = threading.Event()
    for _ in range(int(seconds / _LOOK)):
        found = seen()
        if found:
            return found
        pause.wait(_LOOK)
    raise NotSeenError(what)


class Program:
    """A program that can be started again after it ended; its output goes to a file.

    *words* are what is executed; with *forks*, they are a verb of `slipway` and its options.
    """

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        forks: Preloaded | None = None,
    ) -> None:
        self.name: Final = name
        self.words: Final = list(words)
        self.environment: Final = dict(environment)
        self.output: Final = folder / f"{name}.log"
        self._forks: Final = forks
        self._process: Process | None = None
        self._began_at = 0  # where in the output the present process began

    @property
    def pid(self) -> int:
        """The process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it."""
        assert not self.is_running
        with self.output.open("ab") as output:
            self._began_at = output.tell()
            self._process = self._forked() if self._forks else self._executed(output)

    def _executed(self, output: IO[bytes]) -> Process:
        return subprocess.Popen(
            [sys.executable, "-S", "-E", str(TIED), *self.words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _forked(self) -> Process:
        assert self._forks is not None
        return self._forks.start(self.words, self.environment, out=self.output, err=self.output)

    def await_start(self, is_ready: Callable[[], bool]) -> None:
        """Wait until it is ready.

        Raises:
            NotSeenError: it is not, or has ended; with what it said.
        """
        try:
            until(lambda: is_ready() or not self.is_running, f"{self.name} to be ready")
        except NotSeenError as error:
            raise NotSeenError(self.text()) from error
        if not self.is_running:
            raise NotSeenError(self.text())

    def kill(self) -> None:
        """End it at once, as `kill -9` does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)

    def terminate(self) -> None:
        """Ask it once to end."""
        os.kill(self.pid, signal.SIGTERM)

    def code(self, seconds: float = PATIENCE) -> int:
        """Wait for its end and return its exit code; minus a number for a signal."""
        assert self._process is not None
        return self._process.wait(seconds)

    def end(self) -> None:
        """End it in whatever state it is."""
        if self._process is None:
            return
        if self.is_running:
            with suppress(ProcessLookupError):  # it may end by itself right now
                self.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def text(self) -> str:
        """Return what it wrote since it was started last."""
        with self.output.open("rb") as output:
            output.seek(self._began_at)
            return output.read().decode(errors="replace")

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the log events called *name* since it was started last."""
        lines = (_read(line) for line in self.text().splitlines())
        return [line for line in lines if line.get("event") == name]


def kill_9(pid: int) -> None:
    """Kill a process that is nobody's `Program`, and wait until it is gone."""
    os.kill(pid, signal.SIGKILL)
    until(lambda: not lives(pid), f"{pid} to be gone")


def children(pid: int) -> list[int]:
    """Return the living children of a process."""
    return [child for child, parent, state in _processes() if parent == pid and state != "Z"]


def zombies(pid: int) -> list[int]:
    """Return the children of a process that ended and were not waited for."""
    return [child for child, parent, state in _processes() if parent == pid and state == "Z"]


def lives(pid: int) -> bool:
    """Whether a process runs."""
    if (_PROC / "self").is_dir():
        return any(state != "Z" for _, _, state in _stat(_PROC / str(pid)))
    return any(each == pid and state != "Z" for each, _, state in _processes())


def _processes() -> list[tuple[int, int, str]]:
    """Return of each process its number, its parent's, and its state."""
    if (_PROC / "self").is_dir():
        return [found for each in _PROC.glob("[0-9]*") for found in _stat(each)]
    words = ["ps", "-A", "-o", "pid=,ppid=,stat="]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    rows = (line.split() for line in told.stdout.splitlines())
    return [(int(pid), int(parent), state[0]) for pid, parent, state in rows]


def _stat(folder: Path) -> list[tuple[int, int, str]]:
    """Return what the kernel tells of a process; nothing where there is none."""
    try:
        told = (folder / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    state, parent, *_ = told.rpartition(")")[2].split()
    return [(int(folder.name), int(parent), state)]


def _read(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
