"""A worker or a supervisor as a process of its own, with jobs that leave traces in a folder.

Usage: worker_program.py worker <redis url> <folder>
       worker_program.py supervisor <folder>
       worker_program.py init <folder>        (a supervisor to whom orphans are given)
"""

import ctypes
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from bot.redis.doorbell import open_redis
from workers.processes.rq_worker import run_worker
from workers.processes.supervisor import supervise

QUEUE = "slipway-test"
HARMLESS = "workers.advancing.advance.harmless"
LASTING = "workers.advancing.advance.lasting"
_PR_SET_CHILD_SUBREAPER = 36


def leave(folder: Path, name: str) -> None:
    """Write this process' number where the test looks for it, whole or not at all."""
    path = folder / name
    path.with_suffix(".part").write_text(str(os.getpid()))
    path.with_suffix(".part").replace(path)


def harmless(folder: Path, word: str) -> None:
    """Leave a trace, and end."""
    leave(folder, word)


def lasting(folder: Path, word: str) -> None:
    """Leave a trace, and last until somebody ends it."""
    leave(folder, word)
    threading.Event().wait(60)


def listening(folder: Path, word: str) -> None:
    """Leave a trace of each SIGHUP, and last."""
    signal.signal(signal.SIGHUP, lambda *_: leave(folder, f"{word}-told"))
    lasting(folder, word)


def bereaving(folder: Path) -> None:
    """End, and leave behind a process that ends a moment later."""
    if os.fork() == 0:
        leave(folder, "orphan")
        threading.Event().wait(0.5)
        os._exit(0)
    threading.Event().wait(0.2)


def forged(*_: object) -> None:
    """Stand for any function that somebody who writes to Redis may name."""
    leave(Path(os.environ["FORGED_TRACES"]), "forged")


def main(kind: str, *words: str) -> None:
    """Become what is asked for."""
    folder = Path(words[-1])
    if kind == "worker":
        known = {HARMLESS: partial(harmless, folder), LASTING: partial(lasting, folder)}
        run_worker(open_redis(words[0], read_timeout=15.0), QUEUE, known)
        return
    first = partial(lasting, folder, "one")
    if kind == "init":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        first = partial(bereaving, folder)
    supervise({"one": first, "two": partial(listening, folder, "two")}, told_of_hangup="two")


if __name__ == "__main__":
    main(*sys.argv[1:])
