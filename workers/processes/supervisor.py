"""One parent for all worker processes: restarts what dies, and ends them in order."""

import contextlib
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Final

from workers.processes.job_limit import JobLimit
from workers.processes.rq_worker import die_with_parent
from workers.processes.shutdown import Shutdown

log = logging.getLogger("slipway.supervisor")

GRACE_SECONDS: Final = 110.0  # a mutating call in flight gets its whole time-out
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
HEALTHY_SECONDS: Final = 10.0  # who lived so long starts again without a pause
REPLACED: Final = 75  # the exit code of who did its share: a fresh process goes on at once
_NO_LIMITS: Final[Mapping[str, JobLimit]] = {}


@dataclass
class _Child:
    role: str
    main: Callable[[], None]
    limit: JobLimit | None = None  # of its jobs
    process: BaseProcess | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = field(default=0.0)


def supervise(
    roles: Mapping[str, Callable[[], None]],
    *,
    told_of_hangup: str = "",
    limits: Mapping[str, JobLimit] = _NO_LIMITS,
) -> None:
    """Run a process for each role until SIGTERM or SIGINT; then end them all and return.

    SIGHUP goes on to the role *told_of_hangup*; the others never hear of it. A role whose job is
    beyond its limit, of *limits*, is ended at once, and started again.

    The parent opens no connection and starts no thread before it forks.
    """
    shutdown = Shutdown(*_SIGNALS)
    children = [_Child(role, main, limits.get(role)) for role, main in roles.items()]
    told = [child for child in children if child.role == told_of_hangup]
    signal.signal(signal.SIGHUP, lambda *_: _hand_on(told))
    while not shutdown.is_requested():
        for child in children:
            _tend(child)
        _bury({child.process.pid for child in children if child.process})
        shutdown.pause(FIRST_PAUSE)
    _end(children)


def _hand_on(told: list[_Child]) -> None:
    """Let them know of a SIGHUP, those that run."""
    for child in told:
        if child.process is not None and child.process.pid and child.process.is_alive():
            os.kill(child.process.pid, signal.SIGHUP)


def _tend(child: _Child) -> None:
    """Start the child if it is not running and its pause is over; end it if its job hangs."""
    now = time.monotonic()
    if child.process is not None and child.process.is_alive():
        if child.limit is not None and child.limit.is_passed():
            log.error("worker.hung", extra={"role": child.role, "child": child.process.pid})
            child.process.kill()
        return
    if child.process is not None:
        _note_end(child, child.process, now)
    if now >= child.due:
        _start(child, now)


def _note_end(child: _Child, process: BaseProcess, now: float) -> None:
    """Let the child be started again: after a pause, where it had not lived for long."""
    process.join()
    child.process = None
    if process.exitcode == REPLACED:
        log.info("worker.replaced", extra={"role": child.role})
        child.due = now
        return
    log.error("worker.died", extra={"role": child.role, "code": process.exitcode})
    lived = now - child.started
    child.pause = FIRST_PAUSE if lived > HEALTHY_SECONDS else min(child.pause * 2, LONGEST_PAUSE)
    child.due = now + (0 if lived > HEALTHY_SECONDS else child.pause)


def _start(child: _Child, now: float) -> None:
    if child.limit is not None:
        child.limit.clear()  # of a job that ended with its process
    child.started = now
    child.process = multiprocessing.get_context("fork").Process(
        target=_run, args=(child.main, os.getpid()), name=child.role
    )
    # A signal that came before the child has its own handlers would be lost on our own.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    child.process.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    log.info("worker.started", extra={"role": child.role, "child": child.process.pid})


def _bury(ours: AbstractSet[int | None]) -> None:
    """Ask for the ends of orphans that this process was given, as process 1 is; else they pile up.

    The ends of *ours* are left to whoever started them.
    """
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in ours:
                return  # the next look is soon
            os.waitpid(ended.si_pid, 0)


def _run(main: Callable[[], None], parent: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # unless the role itself wants to hear of it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the parent's matter
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    os.setpgrp()
    die_with_parent(signal.SIGTERM, parent=parent)
    main()


def _end(children: list[_Child]) -> None:
    running = [child.process for child in children if child.process and child.process.is_alive()]
    for process in running:
        process.terminate()
    until = time.monotonic() + GRACE_SECONDS
    for process in running:
        process.join(max(0.1, until - time.monotonic()))
        if process.is_alive():
            log.error("worker.killed", extra={"role": process.name})
            process.kill()
            process.join()
