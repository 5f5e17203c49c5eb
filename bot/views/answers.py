"""Answers: what a person reads after a command or a press."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from bot.core.codes import Denied
from bot.core.operation import AwaitingApproval, Operation
from bot.core.outcomes import (
    Done,
    DryRun,
    Entries,
    FormWanted,
    Help,
    OperationStatus,
    Outcome,
    Recorded,
    Repeated,
    Targets,
    TargetStatus,
    Unchanged,
)
from bot.core.records import OperationId
from bot.views.blocks import sections
from bot.views.card import change_lines
from bot.views.help import help_lines
from bot.views.layout import Message
from bot.views.listings import (
    entry_lines,
    operation_lines,
    target_lines,
    target_status_lines,
)
from bot.views.text import TEXT_MAX, code, escaped, fallback_text, mentions, stopped
from bot.views.words import Locale, Said, said
from bot.views.words.naming import ACTIONS, REFUSED, WAITING, WARNING, arrow, people, state, subject

STEPS_MAX = 12  # steps of a dry run that are shown; the rest is counted
_CODE_MAX = 60


def answer(outcome: Outcome, *, recorded_nothing: bool = True) -> Message:
    """Say what came of a command or a press.

    A denial ends with "Nothing was recorded." unless *recorded_nothing* is false: a press concerns
    what was recorded long ago.
    """
    return _message(_lines(outcome, recorded_nothing=recorded_nothing))


def parked(operation_id: OperationId) -> str:
    """Say that an operation waits for workers of another version."""
    return (
        f"{WARNING} {code(operation_id)} was recorded by another version of Slipway than the one "
        "whose workers run now, so they leave it alone: nothing is sent, and its target stays "
        "locked. It goes on when workers of that version, or a newer one, run."
    )


def _message(lines: Iterable[str]) -> Message:
    said = tuple(line for line in lines if line)
    text = fallback_text("\n".join(said), TEXT_MAX)
    return Message(text=text, blocks=sections(said, "slipway.answer"))


def _denied(denied: Denied, *, recorded_nothing: bool) -> Iterator[str]:
    why, remedy = _why(denied)
    yield f"[{escaped(denied.code, _CODE_MAX)}] {why}".rstrip()
    if denied.operation:
        yield f"In the way: {denied.operation}"
    if denied.who:
        yield f"Who may: {mentions(denied.who)}"
    if denied.rule:
        yield f"Rule: {code(denied.rule, 200)}"
    nothing = "Nothing was recorded." if recorded_nothing else ""
    yield f"{remedy} {nothing}".strip()


def _why(denied: Denied) -> Said:
    if denied.why is not None:
        return said(denied.why, Locale())
    return Said(stopped(escaped(denied.reason, 500)), stopped(escaped(denied.way_out, 500)))


def _lines(outcome: Outcome, *, recorded_nothing: bool) -> Iterable[str]:
    match outcome:
        case Recorded():
            return _recorded(outcome)
        case Repeated(operation=operation):
            return _standing(operation, f"This is {operation.id} already, nothing new was recorded")
        case DryRun():
            return _dry_run(outcome)
        case Help():
            return help_lines(outcome)
        case Targets():
            return target_lines(outcome)
        case TargetStatus():
            return target_status_lines(outcome)
        case OperationStatus():
            return operation_lines(outcome)
        case Entries():
            return entry_lines(outcome)
        case Done(operation=operation):
            return _standing(operation, f"Done: {operation.id}")
        case Unchanged(operation=operation, note=note):
            return _standing(operation, f"{operation.id}: {escaped(note)}")
        case FormWanted(operation=operation, way=way):
            what = "is gone on with" if way else "is rejected"
            return (f"Say in the form why {operation.id} ({subject(operation)}) {what}.",)
        case Denied():
            return _denied(outcome, recorded_nothing=recorded_nothing)
        case _:
            assert_never(outcome)


def _recorded(outcome: Recorded) -> Iterator[str]:
    operation = outcome.operation
    yield f":memo: Recorded as {operation.id}: {subject(operation)}."
    yield _next(outcome)


def _next(outcome: Recorded) -> str:
    operation, queue_is_down = outcome.operation, outcome.queue_is_down
    if isinstance(operation.phase, AwaitingApproval):
        needed = max(1, operation.approvals_needed - len(operation.approvals))
        who = f": {mentions(outcome.approvers)} may" if outcome.approvers else ""
        gate = f"waits for approval by {people(needed)}{who}"
        if queue_is_down:
            return f"It goes on when the queue is back, then it {gate}."
        return f"{WAITING} It {gate}."
    if queue_is_down:
        return "It starts when the queue is back; you need not repeat it."
    return "It starts now; its card and thread tell how it goes."


def _standing(operation: Operation, words: str) -> Iterator[str]:
    yield stopped(words)
    yield f"{state(operation).marked} · {subject(operation)}"
    if operation.approvals:
        yield f"Approved by {mentions(each.by for each in operation.approvals)}."


def _dry_run(outcome: DryRun) -> Iterator[str]:
    draft, asked = outcome.draft, outcome.asked
    change = arrow(draft.before, draft.after)
    yield f"*Dry run: {ACTIONS[asked.action]} {escaped(outcome.target.name)}* {change}".rstrip()
    yield from change_lines(draft)
    names = [escaped(step.name, 60) for step in draft.steps[:STEPS_MAX]]
    more = len(draft.steps) - len(names)
    yield "Steps: " + ", ".join([*names, f"{more} more"] if more else names)
    if outcome.approvals:
        among = mentions(outcome.policy.approve)
        yield f"Approvals needed: {outcome.approvals}" + (f" by {among}" if among else "")
    else:
        yield "Approvals needed: none"
    yield f"{REFUSED} Nothing was recorded, and nothing will happen."
