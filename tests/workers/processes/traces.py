"""Programs that tests start, what they leave behind, and whether they still live."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PROGRAM: Final = Path(__file__).parent / "worker_program.py"
_SECONDS: Final = 20.0
_PAUSE: Final = 0.02


def await_that(claim: Callable[[], bool], seconds: float = _SECONDS) -> bool:
    """Return whether *claim* becomes true in time."""
    pause = threading.Event()
    for _ in range(int(seconds / _PAUSE)):
        if claim():
            return True
        pause.wait(_PAUSE)
    return claim()


def lives(pid: int) -> bool:
    """Whether the process runs; one that has ended and was not asked for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


def trace(folder: Path, name: str) -> int:
    """Wait for a trace and return the number of the process that left it."""
    assert await_that((folder / name).exists), f"no trace of {name}"
    return int((folder / name).read_text())


@contextmanager
def started(
    *words: str, before: Sequence[str] = (), **variables: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Start the program, by the words *before* it; at the end it is ended, whatever happened."""
    process = subprocess.Popen(
        [*before, sys.executable, str(PROGRAM), *words],
        env={**os.environ, **variables},
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
