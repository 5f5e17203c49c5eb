"""A worker or a supervisor as a process of its own, with jobs that leave traces in a folder.

Usage: worker_program.py worker <redis url> <folder>
       worker_program.py one-process <redis url> <folder>   (a worker that runs jobs itself)
       worker_program.py replaced <redis url> <folder>      (supervised, three jobs a process)
       worker_program.py supervisor <folder>
       worker_program.py init <folder>        (a supervisor to whom orphans are given)
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

sys.path.insert(0, str(Path(__file__).parents[3]))

from bot.redis.doorbell import open_redis
from workers.processes.in_process import Share, work_in_process
from workers.processes.job_limit import JobLimit
from workers.processes.rq_worker import run_worker
from workers.processes.supervisor import REPLACED, supervise

HARMLESS = "workers.advancing.advance.harmless"
LASTING = "workers.advancing.advance.lasting"
HANGING = "workers.advancing.advance.hanging"
_PR_SET_CHILD_SUBREAPER = 36
Jobs: TypeAlias = dict[str, Callable[..., None]]


def queue_of(folder: Path) -> str:
    """Return the queue of the test with this folder: what is left of another one takes nothing."""
    return f"slipway-{folder.name}"


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


def hanging(folder: Path, word: str) -> None:
    """Leave a trace, and hang in C, deaf to every signal that can be refused."""
    leave(folder, word)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    ctypes.PyDLL(None).sleep(60)  # with the interpreter's lock


def working(url: str, queue: str, known: Jobs, limit: JobLimit, share: Share) -> None:
    """Work, and say at the end whether another process is to go on."""
    if work_in_process(open_redis(url, read_timeout=15.0), queue, known, limit, share=share):
        sys.exit(REPLACED)


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
    jobs = {HARMLESS: harmless, LASTING: lasting, HANGING: hanging}
    known: Jobs = {name: partial(job, folder) for name, job in jobs.items()}
    if kind == "worker":
        run_worker(open_redis(words[0], read_timeout=15.0), queue_of(folder), known)
        return
    if kind == "one-process":
        working(words[0], queue_of(folder), known, JobLimit(), Share(heartbeat=0.1))
        return
    if kind == "replaced":
        limit = JobLimit(overtime=0.2)
        main = partial(working, words[0], queue_of(folder), known, limit, Share(jobs=3))
        supervise({"one": main}, limits={"one": limit})
        return
    first = partial(lasting, folder, "one")
    if kind == "init":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        first = partial(bereaving, folder)
    supervise({"one": first, "two": partial(listening, folder, "two")}, told_of_hangup="two")


if __name__ == "__main__":
    main(*sys.argv[1:])
