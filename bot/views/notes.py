"""What a card must tell at once: what went wrong, what state that leaves, what can be done."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final, assert_never

from bot.core.operation import (
    AwaitingApproval,
    Cancelled,
    Expired,
    Failed,
    Operation,
    Queued,
    RecoveryOption,
    Rejected,
    Running,
    Stalled,
    Succeeded,
    Uncertain,
)
from bot.views.buttons import CardFacts, called, ways_on
from bot.views.steps import elapsed
from bot.views.text import REASON_MAX, code, duration, escaped, mention, moment, stopped
from bot.views.words import worded
from bot.views.words.naming import GONE_ON, ROLLBACK, SENT, WARNING, step_name

NOTHING_SENT: Final = "Nothing was sent."
_WAY_MAX: Final = 200  # characters kept of what a way on does


def notes(operation: Operation, facts: CardFacts) -> tuple[str, ...]:
    """Return what one must know about *operation* now, the weightiest first."""
    return (
        *_of_phase(operation, facts),
        *_of_ways(operation, facts),
        *_of_rollback(operation, facts),
    )


def _of_phase(operation: Operation, facts: CardFacts) -> Iterator[str]:
    match operation.phase:
        case AwaitingApproval() | Queued() | Succeeded():
            pass
        case Running():
            yield from _late(operation, facts)
        case Uncertain() as phase:
            yield from uncertain(operation, phase, facts)
        case Stalled() as phase:
            yield from _stalled(operation, phase)
        case Failed() as phase:
            yield from _failed(operation, phase)
        case Rejected(by=by, reason=reason):
            why = worded(reason, REASON_MAX) or "no reason given"
            yield stopped(f"Rejected by {mention(by)}: {why}")
            yield NOTHING_SENT
        case Expired():
            yield f"Nobody decided in time. {NOTHING_SENT} Ask again if it is still wanted."
        case Cancelled(by=by, reason=reason):
            why = f": {worded(reason, REASON_MAX)}" if reason else ""
            yield stopped(f"Cancelled by {mention(by)}{why}")
            yield NOTHING_SENT
        case _:
            assert_never(operation.phase)


def _late(operation: Operation, facts: CardFacts) -> Iterator[str]:
    length = elapsed(operation, facts.now)
    if length is None or facts.usual is None or not facts.usual.is_reliable:
        return
    most = timedelta(seconds=facts.usual.p90)
    if length > most:
        yield f":turtle: Late: 90 % end within {duration(most)}, this takes longer."


def uncertain(operation: Operation, phase: Uncertain, facts: CardFacts) -> Iterator[str]:
    """Yield what was sent and when, and who may decide from when on."""
    step = step_name(operation, phase.step)
    yield (
        f"{WARNING} The answer to the call of *{step}* was lost, so it may have been executed. "
        "Nothing is sent again; the target stays locked while Slipway reads what the call started."
    )
    quoted = f", request id {code(phase.request_id)}" if phase.request_id else ""
    why = worded(phase.reason) or "no reason is known"
    yield stopped(f"{SENT} Sent {moment(phase.sent_at)}{quoted}: {why}")
    if phase.said:
        said = ", ".join(mention(each) for each in phase.said)
        left = operation.deciders - len(phase.said)
        yield f":+1: Not executed, says {said}: {left} more of the approvers must say so."
    elif facts.now >= phase.decide_after:
        who = "an approver" if operation.deciders == 1 else f"{operation.deciders} approvers"
        yield f"If the cloud's console shows no trace of it, {who} may press *Not executed*."
    else:
        yield f"From {moment(phase.decide_after)} on, an approver may decide: *Not executed*."


def _stalled(operation: Operation, phase: Stalled) -> Iterator[str]:
    task = operation.steps[phase.step].remote_task if phase.step < len(operation.steps) else None
    named = f" {code(task)}" if task else ""
    step = step_name(operation, phase.step)
    why = stopped(worded(phase.reason))
    yield f"{WARNING} The remote task{named} of *{step}* gave no end: {why}"
    yield (
        f"Stalled since {moment(phase.since)}. It may still be running there: look into the "
        "cloud's console, then press *Keep waiting* or *Look again*."
    )


def _failed(operation: Operation, phase: Failed) -> Iterator[str]:
    yield f"[{escaped(phase.code, 60)}] {stopped(worded(phase.reason))}".rstrip()
    if phase.surfaced:
        yield (
            f":rotating_light: It was executed after all: the cloud shows remote task "
            f"{code(phase.surfaced)}. Ask for the target's status to see what runs."
        )
    if not operation.was_sent:
        yield NOTHING_SENT
        return
    broken = [step for step in operation.steps if step.phase == "failed"]
    if broken and broken[-1].remote_task is None and phase.code != "not_executed":
        yield f"The API refused the call of *{escaped(broken[-1].name, 60)}*: it changed nothing."
    if broken and broken[-1].request_id:
        yield f"Request id {code(broken[-1].request_id)} for a ticket to the vendor."


def _of_ways(operation: Operation, facts: CardFacts) -> Iterator[str]:
    if facts.gone_on_with:
        yield f"{GONE_ON} Gone on with {code(facts.gone_on_with)}."
    for way in ways_on(operation, facts):
        yield way_line(way)


def way_line(way: RecoveryOption) -> str:
    """Return what a way on is called, and what it does."""
    return stopped(f"{GONE_ON} *{escaped(called(way))}*: {worded(way.explanation, _WAY_MAX)}")


def _of_rollback(operation: Operation, facts: CardFacts) -> Iterator[str]:
    if facts.rolled_back_by:
        yield f"{ROLLBACK} Rolled back by {code(facts.rolled_back_by)}."
        return
    reason = worded(facts.no_rollback_reason)
    if reason and operation.changed_what_runs and not facts.rollback_supported:
        yield f"No roll back: {stopped(reason)}"
