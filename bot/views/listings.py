"""What people ask for: targets, one target, one operation, the cloud's history."""

from collections.abc import Iterator
from typing import Final

from bot.core.operation import Operation
from bot.core.outcomes import Entries, OperationStatus, TargetLine, Targets, TargetStatus
from bot.core.system import Entry
from bot.views.card import change_lines
from bot.views.steps import step_lines
from bot.views.text import REASON_MAX, code, escaped, link, mention, moment
from bot.views.words import Locale, label, worded
from bot.views.words.naming import headline, phase_reason, state, subject

TARGETS_MAX: Final = 40  # targets in one answer; the rest is counted
ENTRIES_MAX: Final = 20  # rows of a history; the rest is counted
FACTS_MAX: Final = 12  # facts of a live state
_TITLE_MAX: Final = 60


def target_lines(outcome: Targets) -> tuple[str, ...]:
    """Return one line per target."""
    if not outcome.lines:
        return ("There is no target that you may see.",)
    shown = [_target(line) for line in outcome.lines[:TARGETS_MAX]]
    more = len(outcome.lines) - len(shown)
    return (f"*Targets* ({len(outcome.lines)})", *shown, *([f"… {more} more"] if more else []))


def target_status_lines(outcome: TargetStatus) -> tuple[str, ...]:
    """Return the live state of a target, and what Slipway does with it."""
    line, report = outcome.line, outcome.report
    title = escaped(line.title or line.target.system, _TITLE_MAX)
    where = f"{title} on {escaped(line.target.connection, _TITLE_MAX)}"
    facts = [
        f"• {label(name, Locale())}: {worded(value, 200)}"
        for name, value in list(report.facts.items())[:FACTS_MAX]
    ]
    more = len(report.facts) - len(facts)
    return (
        f"*{escaped(line.target.name)}*: {worded(report.headline)}",
        where,
        *facts,
        *([f"… {more} more"] if more else []),
        *_operations(line),
    )


def operation_lines(outcome: OperationStatus) -> tuple[str, ...]:
    """Return how an operation stands."""
    return tuple(_operation(outcome.operation, link(outcome.link, "its card")))


def entry_lines(outcome: Entries) -> tuple[str, ...]:
    """Return the cloud's rows, newest first as they come, at most `ENTRIES_MAX` of them."""
    target = escaped(outcome.target.name)
    if outcome.topic == "history":
        head, nothing = f"*History of {target}*", f"The cloud shows no history of {target}."
    else:
        head = f"*What {target} may go back to*"
        nothing = f"There is nothing that {target} may go back to."
    if not outcome.entries:
        return (nothing,)
    shown = [_entry(entry) for entry in outcome.entries[:ENTRIES_MAX]]
    more = len(outcome.entries) - len(shown)
    return (f"{head} ({len(outcome.entries)})", *shown, *([f"… {more} more"] if more else []))


def brief(operation: Operation) -> str:
    """Return an operation in one line: state, subject, id."""
    now = state(operation)
    return f"{now.symbol} {subject(operation)}: *{now.word}* {code(operation.id)}"


def _target(line: TargetLine) -> str:
    title = escaped(line.title or line.target.system, _TITLE_MAX)
    aliases = ", ".join(escaped(alias, 30) for alias in line.target.aliases[:3])
    named = f"• *{escaped(line.target.name)}*" + (f" ({aliases})" if aliases else "")
    operation = line.holder or line.latest
    return f"{named} · {title}" + (f" · {brief(operation)}" if operation else "")


def _operations(line: TargetLine) -> Iterator[str]:
    if line.holder:
        yield f"Under way: {brief(line.holder)}"
    if line.latest:
        ended = line.latest.finished_at
        yield f"Latest: {brief(line.latest)}" + (f" {moment(ended)}" if ended else "")


def _operation(operation: Operation, card: str) -> Iterator[str]:
    reason = escaped(operation.reason, REASON_MAX)
    yield headline(operation)
    why = worded(phase_reason(operation), REASON_MAX)
    yield state(operation).marked + (f": {why}" if why else "")
    yield f"Requested by {mention(operation.requester)} {moment(operation.created_at)}" + (
        f": {reason}" if reason else ""
    )
    yield from change_lines(operation.plan)
    yield from step_lines(operation, None)
    yield f"{code(operation.id)}" + (f" · {card}" if card else "")


def _entry(entry: Entry) -> str:
    parts = (
        escaped(entry.status, 60),
        escaped(entry.when, 60),
        worded(entry.description, 200),
        "*runs now*" if entry.is_current else "",
        "" if entry.can_return or entry.is_current else "no way back to it",
    )
    return f"• {code(entry.revision)} · " + " · ".join(part for part in parts if part)
