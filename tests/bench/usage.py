"""What processes use, as Linux tells it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PPID: Final = 1  # the fields of /proc/PID/stat after the name, from `state` on
_TIMES: Final = slice(11, 15)  # own user and system time, and that of children waited for


def cpu(pids: Sequence[int]) -> float:
    """Return the seconds of CPU that the processes used, with their ended children."""
    return sum(sum(int(each) for each in _stat(pid)[_TIMES]) for pid in pids) / _TICKS


def memory(pids: Sequence[int]) -> float:
    """Return the MB that the processes hold: what they share is divided among all who share it."""
    return sum(_pss(pid) for pid in pids) / 1024


def family(pid: int) -> list[int]:
    """Return the process and its children, their children and so on."""
    parents = {int(each.name): _parent(int(each.name)) for each in Path("/proc").glob("[0-9]*")}
    found, fresh = [pid], [pid]
    while fresh:
        fresh = [child for child, parent in parents.items() if parent in fresh]
        found += fresh
    return found


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended
        return ["0"] * 50


def _parent(pid: int) -> int:
    return int(_stat(pid)[_PPID])


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
