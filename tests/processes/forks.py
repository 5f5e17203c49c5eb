"""Starts `slipway`, or a few lines, without the seconds of importing: forked from a process."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType
from typing import IO, Final, NamedTuple, Protocol

PATIENCE: Final = 90.0  # seconds; the machine may be busy
TIED: Final = Path(__file__).with_name("tied.py")
_PRELOADED: Final = Path(__file__).with_name("preloaded.py")


class Process(Protocol):
    """What was started: a child of ours, or one that was forked by `Preloaded`."""

    @property
    def pid(self) -> int:
        """The process id."""

    def poll(self) -> int | None:
        """Return the exit code, minus a number for a signal; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit code.

        Raises:
            subprocess.TimeoutExpired: it runs still.
        """

    def kill(self) -> None:
        """End it at once."""


class Told(NamedTuple):
    """What a program said."""

    out: str
    err: str


class Forked:
    """A process that `Preloaded` forked."""

    def __init__(self, pid: int) -> None:
        self.pid: Final = pid
        self._code: int | None = None
        self._ended: Final = threading.Event()

    def end(self, code: int) -> None:
        """Take note of its end."""
        self._code = code
        self._ended.set()

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit code."""
        if not self._ended.wait(timeout) or self._code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._code

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            os.kill(self.pid, signal.SIGKILL)


class Preloaded:
    """Starts `slipway` without the seconds of importing: forks it from what has all imported."""

    def __init__(self, asked: IO[str], told: IO[str]) -> None:
        self._asked: Final = asked
        self._told: Final = told
        self._began: Final[SimpleQueue[Forked]] = SimpleQueue()
        self._turn: Final = threading.Lock()
        self._numbers: Final = itertools.count()

    def start(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        out: Path,
        err: Path,
        folder: Path | None = None,
    ) -> Forked:
        """Start a command; its output is added to files."""
        return self._start(words, "", environment, out, err, folder)

    def told(
        self,
        program: str,
        *,
        folder: Path,
        environment: Mapping[str, str] = MappingProxyType({}),
        err: Path | None = None,
    ) -> Told:
        """Return what some lines of Python say, once they ended well; *err* may be a terminal."""
        number = next(self._numbers)
        out, said = folder / f"out-{number}", err or folder / f"err-{number}"
        its = {"PATH": os.environ["PATH"], **environment}
        code = self._start((), program, its, out, said, folder).wait(PATIENCE)
        told = Told(out.read_text(), "" if err else said.read_text())
        assert code == 0, told
        return told

    def _start(
        self,
        words: Sequence[str],
        program: str,
        environment: Mapping[str, str],
        out: Path,
        err: Path,
        folder: Path | None,
    ) -> Forked:
        wanted = {
            "words": list(words),
            "program": program,
            "environment": dict(environment),
            "folder": str(folder or ""),
            "out": str(out),
            "err": str(err),
        }
        with self._turn:
            self._asked.write(json.dumps(wanted) + "\n")
            self._asked.flush()
            return self._began.get(timeout=PATIENCE)

    def listen(self) -> None:
        """Hear of beginnings and ends until there are no more."""
        running: dict[int, Forked] = {}
        for line in self._told:
            heard = json.loads(line)
            if "began" in heard:
                running[heard["began"]] = forked = Forked(heard["began"])
                self._began.put(forked)
            else:
                running.pop(heard["ended"]).end(heard["code"])


@contextmanager
def preloaded(
    variables: Mapping[str, str] = MappingProxyType({}), *, err: IO[bytes] | None = None
) -> Iterator[Preloaded]:
    """Have something that starts `slipway` quickly, until the block ends.

    It is loaded with *variables* in its environment; what that says wrongly goes to *err*.
    """
    with subprocess.Popen(
        [sys.executable, "-S", "-E", str(TIED), sys.executable, str(_PRELOADED)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        stderr=err,
        env={"PATH": os.environ["PATH"], **variables},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        starts = Preloaded(process.stdin, process.stdout)
        threading.Thread(target=starts.listen, daemon=True).start()
        try:
            yield starts
        finally:
            process.stdin.close()  # it ends, and what is read from it, too
