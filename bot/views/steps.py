"""The steps of an operation as lines: symbol, name, word, time, and the remote task's rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bot.core.codes import Value
from bot.core.operation import (
    Operation,
    Queued,
    Running,
    Stalled,
    Step,
    Uncertain,
)
from bot.core.plan import PlannedStep
from bot.views.task_lines import summary
from bot.views.words import Locale, Marked, say, worded
from bot.views.words.naming import STEPS, WARNING, phase_reason, step_title

LINES_MAX: Final = 12  # steps that are shown; the rest is counted
STRIP_MAX: Final = 6  # steps in one line; the rest is counted
_SEVERAL: Final = 2
_TIED: Final = "\N{NO-BREAK SPACE}"  # no line ends between a sign and its word
_INDENT: Final = "        ↳ "


def step_lines(operation: Operation, now: datetime | None, locale: Locale) -> tuple[str, ...]:
    """Return one line per step, those of the present step with its remote task below.

    Without *now*, a step under way tells since when instead of how long.
    """
    steps = operation.steps
    current = _current(operation)
    first = max(0, min(current - LINES_MAX // 2, len(steps) - LINES_MAX))
    last = min(len(steps), first + LINES_MAX)
    write = _Writer(now, phase_reason(operation), locale, is_over=operation.is_final)
    named = operation.plan.steps
    lines = [write.line(named[at], steps[at], in_full=at == current) for at in range(first, last)]
    if first:
        lines.insert(0, say("list.before", locale, before=first))
    if last < len(steps):
        lines.append(say("list.more", locale, more=len(steps) - last))
    return tuple(lines)


def step_strip(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield all steps in one line, where there are several and one of them is under way."""
    steps = operation.steps
    if len(steps) < _SEVERAL or not operation.was_sent:
        return
    current = _current(operation)
    first = max(0, min(current - STRIP_MAX // 2, len(steps) - STRIP_MAX))
    shown = steps[first : first + STRIP_MAX]
    named = operation.plan.steps[first : first + STRIP_MAX]
    words = [_stripped(*each, locale) for each in zip(named, shown, strict=False)]
    if first:
        words.insert(0, say("list.before", locale, before=first))
    if (more := len(steps) - first - len(shown)) > 0:
        words.append(say("list.more", locale, more=more))
    yield "  ".join(words)


def _stripped(planned: PlannedStep, step: Step, locale: Locale) -> str:
    title = step_title(planned, locale)
    if step.phase in {"pending", "succeeded"}:
        return f"{STEPS[step.phase]}{_TIED}{title}"
    return f"{STEPS[step.phase]} *{title}*"  # bold is drawn beside a common blank for sure


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


class _Writer(NamedTuple):
    """Writes the lines of one operation's steps."""

    now: datetime | None
    shown: Value | None  # the reason that the card shows anyway
    locale: Locale
    is_over: bool  # what was not sent until then is not sent any more

    def line(self, planned: PlannedStep, step: Step, *, in_full: bool) -> str:
        """Return the line of *step*, with its remote task below where it is told *in_full*."""
        is_unsent = self.is_over and step.phase == "pending"
        word = say("step.unsent" if is_unsent else f"step.{step.phase}", self.locale)
        title = step_title(planned, self.locale)
        told = say("step.line", self.locale, title=Marked(title), word=Marked(word))
        head = f"{STEPS[step.phase]} {told}{self._time(step)}"
        if in_full and step.phase != "pending":
            return "\n".join((head, *(_INDENT + line for line in self._below(step))))
        return head + (f"\n{_INDENT}{worded(step.detail, self.locale)}" if _waits(step) else "")

    def _time(self, step: Step) -> str:
        if step.started_at is None:
            return ""
        if step.finished_at is not None:
            return say("step.took", self.locale, length=step.finished_at - step.started_at)
        if step.phase == "pending":
            return ""
        if self.now is None:
            return say("step.since", self.locale, at=step.started_at)
        return say("time.so_far", self.locale, length=self.now - step.started_at)

    def _below(self, step: Step) -> tuple[str, ...]:
        task = say("step.task", self.locale, task=step.remote_task) if step.remote_task else ""
        # of a step that succeeded, the last look may be older than the end
        rows = "" if step.phase == "succeeded" else summary(step.tasks, self.locale)
        detail = "" if step.detail == self.shown else worded(step.detail, self.locale)
        note = f"{WARNING} {worded(step.notes[-1], self.locale)}" if step.notes else ""
        return tuple(line for line in (rows, detail, note, task) if line)


def _waits(step: Step) -> bool:
    """Whether an attempt was not accepted and the next one is due later."""
    return step.phase == "pending" and bool(step.attempt and step.detail)
