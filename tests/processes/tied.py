"""Becomes the program that its arguments name, tied to whoever started it.

A test run that is killed must not leave processes behind. This is a program of its own, since
a function between fork and exec is not safe in a process with threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1

if sys.platform.startswith("linux"):
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - no shell is the point
