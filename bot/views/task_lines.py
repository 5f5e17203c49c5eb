"""The rows of a remote task in words: a summary while it runs, the findings once it failed."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.core.operation import TaskLine, TaskState
from bot.views.text import VENDOR_MAX, escaped
from bot.views.words import Locale, say

ROW_MAX: Final = 120  # characters kept of a row's name and of its status
_SHORT: Final = 200  # characters kept of a finding's detail
_NAME_MAX: Final = 80
_STATUS_MAX: Final = 40

_WORST_FIRST: Final[tuple[TaskState, ...]] = ("failed", "unknown", "running")


def summary(rows: tuple[TaskLine, ...], locale: Locale) -> str:
    """Return how many rows are done, and the one that tells most."""
    if not rows:
        return ""
    done = sum(row.state == "done" for row in rows)
    telling = _telling(rows)
    counted = say("step.rows", locale, done=done, total=len(rows))
    return counted + (f" · {_row(telling)}" if telling else "")


def findings(rows: Sequence[TaskLine]) -> tuple[TaskLine, ...]:
    """Return what a failed task complains of, the worst first, in the system's order else.

    A single failed one of several rows is left out: the summary tells it.
    """
    found = tuple(row for wanted in _WORST_FIRST for row in rows if row.state == wanted)
    is_told = len(found) == 1 < len(rows) and found[0].state == "failed"
    return () if is_told else found


def finding_lines(found: Sequence[TaskLine], *, room: int) -> tuple[str, ...]:
    """Return a line for each finding, as many as there is *room* for: so many characters."""
    return tuple(_fitting((_finding(row) for row in found), room))


def _fitting(lines: Iterator[str], room: int) -> Iterator[str]:
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return
        yield line


def _finding(row: TaskLine) -> str:
    words = f"• *{escaped(row.status, _STATUS_MAX) or '?'}* {escaped(row.name, _NAME_MAX)}"
    return words + (f": {escaped(row.detail, _SHORT)}" if row.detail.strip() else "")


def _telling(rows: tuple[TaskLine, ...]) -> TaskLine | None:
    """Return the row that tells most: the last broken one, else the last one under way."""
    for wanted in ("failed", "running"):
        for row in reversed(rows):
            if row.state == wanted:
                return row
    return None


def _row(row: TaskLine) -> str:
    words = f"{escaped(row.name, ROW_MAX)}: {escaped(row.status, ROW_MAX)}"
    return words + (f" ({escaped(row.detail, VENDOR_MAX)})" if row.detail else "")
