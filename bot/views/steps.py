"""The steps of an operation as lines: symbol, name, word, time, and the remote task's rows."""

from datetime import datetime, timedelta
from typing import Final

from bot.core.codes import Stated
from bot.core.operation import (
    Operation,
    Queued,
    Running,
    Stalled,
    Step,
    Uncertain,
)
from bot.views.task_lines import summary
from bot.views.text import code, duration, moment
from bot.views.words import worded
from bot.views.words.naming import STEPS, WARNING, phase_reason, step_title

LINES_MAX: Final = 12  # steps that are shown; the rest is counted
_INDENT: Final = "        ↳ "


def step_lines(operation: Operation, now: datetime | None) -> tuple[str, ...]:
    """Return one line per step, those of the present step with its remote task below.

    Without *now*, a step under way tells since when instead of how long.
    """
    steps, told = operation.steps, phase_reason(operation)
    current = _current(operation)
    first = max(0, min(current - LINES_MAX // 2, len(steps) - LINES_MAX))
    last = min(len(steps), first + LINES_MAX)
    lines = [_line(steps[at], now, told, in_full=at == current) for at in range(first, last)]
    if first:
        lines.insert(0, f"… {first} before")
    if last < len(steps):
        lines.append(f"… {len(steps) - last} more")
    return tuple(lines)


def elapsed(operation: Operation, until: datetime) -> timedelta | None:
    """Return how long it took from the first permit to *until*; None where none was granted."""
    starts = [step.started_at for step in operation.steps if step.started_at]
    return until - min(starts) if starts else None


def _current(operation: Operation) -> int:
    """Return the step that people look for: the one under way, or the one that ended it."""
    match operation.phase:
        case Running(step=step) | Uncertain(step=step) | Stalled(step=step):
            return step
        case Queued():
            return 0
        case _:
            ended = [at for at, step in enumerate(operation.steps) if step.phase != "pending"]
            return ended[-1] if ended else 0


def _line(step: Step, now: datetime | None, told: Stated, *, in_full: bool) -> str:
    symbol, word = STEPS[step.phase]
    time = _time(step, now)
    head = f"{symbol} *{step_title(step.name)}* {word}" + (f", {time}" if time else "")
    if not in_full or step.phase == "pending":
        return head + (f"\n{_INDENT}{worded(step.detail)}" if _waits(step) else "")
    return "\n".join((head, *(_INDENT + line for line in _below(step, told))))


def _waits(step: Step) -> bool:
    """Whether an attempt was not accepted and the next one is due later."""
    return step.phase == "pending" and bool(step.attempt and step.detail)


def _time(step: Step, now: datetime | None) -> str:
    if step.started_at is None:
        return ""
    if step.finished_at is not None:
        return duration(step.finished_at - step.started_at)
    if step.phase == "pending":
        return ""
    if now is None:
        return f"since {moment(step.started_at)}"
    return f"{duration(now - step.started_at)} so far"


def _below(step: Step, told: Stated) -> tuple[str, ...]:
    task = f"remote task {code(step.remote_task)}" if step.remote_task else ""
    lines = (
        "" if step.phase == "succeeded" else summary(step.tasks),  # the last look may be older
        "" if step.detail == told else worded(step.detail),
        f"{WARNING} {worded(step.notes[-1])}" if step.notes else "",
        task,
    )
    return tuple(line for line in lines if line)
