"""Runs `slipway` in processes of their own, forked from one that has everything imported.

Reads a line of JSON for each: words or some lines of Python, an environment, and files for
standard out and error. Answers with lines that name a child that began, and later how it ended.
Whoever starts it closes its standard input at the end; its children end with it.
"""

import ctypes
import gc
import json
import os
import select
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot.cli import VERBS, main, verb
from tests.processes.counted import count_all

_PR_SET_PDEATHSIG: Final = 1
_ENDED_READ, _ENDED_WRITE = os.pipe()  # a byte for each child that ends


def become(wanted: dict[str, Any]) -> NoReturn:
    """Turn this child into the command; an error that nobody caught is shown as ever."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for each in (_ENDED_READ, _ENDED_WRITE):
        os.close(each)
    os.setsid()
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if wanted["folder"]:
        os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    for number, path in ((0, os.devnull), (1, wanted["out"]), (2, wanted["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.argv = ["slipway", *wanted["words"]]
    count_all()
    code = 0
    try:
        if wanted["program"]:
            exec(wanted["program"], {"__name__": "__main__"})  # noqa: S102 - a test's own lines
        else:
            main(wanted["words"], prog_name="slipway")
    except SystemExit as ending:
        code = int(ending.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)  # without taking apart what was only inherited


def serve() -> None:
    """Fork for each line, and tell of each end, until there are no more lines."""
    for name in VERBS:
        verb(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, _noticed)
    while True:
        ready, _, _ = select.select([sys.stdin, _ENDED_READ], [], [])
        if _ENDED_READ in ready:
            os.read(_ENDED_READ, 4096)
            _tell_ends()
        if sys.stdin in ready:
            line = sys.stdin.readline()  # one is asked for at a time
            if not line:
                return
            child = os.fork()
            if child == 0:
                become(json.loads(line))
            _tell(began=child)


def _noticed(_: int, __: FrameType | None) -> None:
    os.write(_ENDED_WRITE, b".")


def _tell_ends() -> None:
    while True:
        try:
            child, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if child == 0:
            return
        _tell(ended=child, code=os.waitstatus_to_exitcode(status))


def _tell(**told: int) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    serve()
