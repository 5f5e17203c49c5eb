"""The card: an operation as the root message of its thread, in words and buttons."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from bot.core.codes import Reason
from bot.core.operation import AwaitingApproval, Operation, Running, Succeeded, TaskLine
from bot.core.plan import Change, Plan, PlanDraft
from bot.views.buttons import CardFacts, buttons
from bot.views.layout import Card, Field
from bot.views.notes import notes
from bot.views.steps import elapsed, step_lines
from bot.views.task_lines import finding_lines, findings
from bot.views.text import (
    NOTHING,
    REASON_MAX,
    code,
    duration,
    escaped,
    mention,
    mentions,
    moment,
    sentence,
    stopped,
)
from bot.views.words import spelled, worded
from bot.views.words.naming import READING, change, counted, headline, state, subject

__all__ = ["Card", "CardFacts", "card", "change_lines", "usual"]

CHANGES_MAX: Final = 8  # changes that are shown; the rest is counted
APPROVALS_MAX: Final = 5  # approvals that are shown; the rest is counted
FINDINGS_MAX: Final = 10  # findings that are shown; the rest is counted
_FINDINGS_ROOM: Final = 2_400  # characters of them
_TITLE_MAX: Final = 60
_VERSIONS: Final = frozenset(
    {"version", "image tag", "label.version", "label.image"}
)  # names of what a version is a change of


def card(operation: Operation, facts: CardFacts) -> Card:
    """Render *operation* as the root message of its thread."""
    shown, found = notes(operation, facts), _findings(operation)
    return Card(
        text=_text(operation, facts, shown),
        headline=f"{headline(operation)}\n{state(operation).marked}{_time(operation, facts)}",
        fields=tuple(_fields(operation, facts)),
        notes=shown,
        changes=change_lines(operation.plan),
        steps=step_lines(_without_rows(operation) if found else operation, facts.now),
        findings=_finding_lines(found),
        context=tuple(_context(operation, facts)),
        buttons=buttons(operation, facts),
    )


def change_lines(planned: Plan | PlanDraft) -> tuple[str, ...]:
    """Return one line per setting that changes, but for what "from → to" says already."""
    changes = [each for each in planned.changes if not _is_headline(each, planned)]
    lines = [
        f"• {worded(each.name, 80)}: {code(spelled(each.before), 120)}"
        f" → {code(spelled(each.after), 120)}"
        for each in changes[:CHANGES_MAX]
    ]
    more = len(changes) - len(lines)
    return (*lines, f"… {more} more changes") if more else tuple(lines)


def _findings(operation: Operation) -> tuple[TaskLine, ...]:
    broken = [step for step in operation.steps if step.phase == "failed"]
    return findings(broken[-1].tasks) if broken else ()


def _finding_lines(found: tuple[TaskLine, ...]) -> tuple[str, ...]:
    if not found:
        return ()
    where = "see the thread"
    lines = finding_lines(found, most=FINDINGS_MAX, room=_FINDINGS_ROOM, elsewhere=where)
    return (f"*{counted(len(found), 'finding')}*, the worst first", *lines)


def _without_rows(operation: Operation) -> Operation:
    """Return *operation* with steps that do not tell what the findings list already."""
    steps = tuple(step.model_copy(update={"tasks": ()}) for step in operation.steps)
    return operation.model_copy(update={"steps": steps})


def _is_headline(change: Change, planned: Plan | PlanDraft) -> bool:
    is_same = (change.before, change.after) == (planned.before, planned.after)
    name = change.name.key if isinstance(change.name, Reason) else change.name
    return is_same and name in _VERSIONS


def usual(facts: CardFacts) -> str:
    """Return how long it usually takes: "usually 40 s (90 % within 1 min)"."""
    if facts.usual is None:
        return ""
    if not facts.usual.is_reliable:
        return f"last time {_seconds(facts.usual.last)}"
    return f"usually {_seconds(facts.usual.p50)} (90 % within {_seconds(facts.usual.p90)})"


def remaining(facts: CardFacts) -> str:
    """Return how long it usually takes from now on: "about 3 min left"; "" once that is over."""
    if facts.left is None or not facts.left.is_reliable or facts.left.p50 <= 0:
        return ""
    return f"about {_seconds(facts.left.p50)} left"


def _seconds(seconds: float) -> str:
    return duration(timedelta(seconds=seconds))


def _text(operation: Operation, facts: CardFacts, shown: tuple[str, ...]) -> str:
    now = state(operation)
    reason = escaped(operation.reason, REASON_MAX)
    parts = (
        sentence(f"{now.symbol} {subject(operation)}: {now.spoken}{_time(operation, facts)}"),
        *shown,
        stopped(f"Requested by {mention(operation.requester)}" + (reason and f": {reason}")),
        operation.id,
    )
    return " ".join(parts)


def _time(operation: Operation, facts: CardFacts) -> str:
    """Return how long it has taken, from the first permit on, where that is of interest."""
    length = elapsed(operation, operation.finished_at or facts.now)
    if length is None:
        return ""
    if isinstance(operation.phase, Succeeded):
        return f" in {duration(length)}"
    return f" after {duration(length)}" if operation.is_final else f", {duration(length)} so far"


def _fields(operation: Operation, facts: CardFacts) -> Iterator[Field]:
    title = escaped(facts.title or operation.system, _TITLE_MAX)
    where = f"{escaped(operation.target)} · {title} on {escaped(operation.connection, _TITLE_MAX)}"
    yield Field(name="Target", words=where)
    yield Field(name="Requested by", words=mention(operation.requester))
    if operation.plan.is_made or not operation.is_final:
        made = change(operation) if operation.plan.is_made else READING
        yield Field(name="From → To", words=made or NOTHING)
    if operation.reason:
        yield Field(name="Reason", words=escaped(operation.reason, REASON_MAX) or NOTHING)
    if operation.approvals:
        yield Field(name="Approved by", words=_approvals(operation))
    if isinstance(operation.phase, AwaitingApproval) and operation.plan.is_made:
        yield Field(name="Waiting for", words=_awaited(operation, operation.phase, facts))
    if operation.rollback_of:
        yield Field(name="Rolls back", words=code(operation.rollback_of))
    if operation.follows:
        way = escaped(operation.parameters.way or "", _TITLE_MAX)
        words = f"{code(operation.follows)} {way and f'({way})'}".rstrip()
        yield Field(name="Goes on with", words=words)


def _approvals(operation: Operation) -> str:
    given = operation.approvals[:APPROVALS_MAX]
    lines = [f"{mention(each.by)} {moment(each.at)}" for each in given]
    more = len(operation.approvals) - len(given)
    return "\n".join([*lines, f"… {more} more"] if more else lines)


def _awaited(operation: Operation, phase: AwaitingApproval, facts: CardFacts) -> str:
    missing = max(0, operation.approvals_needed - len(operation.approvals))
    among = f" by {mentions(facts.may_decide)}" if facts.may_decide else ""
    return f"{counted(missing, 'approval')}{among}\nuntil {moment(phase.expires_at)}"


def _context(operation: Operation, facts: CardFacts) -> Iterator[str]:
    yield f"{code(operation.id)} · {moment(operation.created_at)}"
    if isinstance(operation.phase, Running | AwaitingApproval | Succeeded) and usual(facts):
        yield usual(facts)
    if isinstance(operation.phase, Running):
        if remaining(facts):
            yield remaining(facts)
        yield f"as of {moment(facts.now, '{time_secs}')}"
