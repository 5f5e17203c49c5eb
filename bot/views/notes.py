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
from bot.views.text import escaped
from bot.views.words import Locale, Marked, said, say
from bot.views.words.naming import (
    ALARM,
    CONTINUED,
    LATE,
    ROLLBACK,
    SENT,
    WAITING,
    WARNING,
    YES,
    step_name,
)

LATELY: Final = timedelta(hours=1)  # what was done so shortly before belongs to the decision
_BY_PEOPLE: Final = "not_executed"  # the code where the API did not say that it failed


def notes(operation: Operation, facts: CardFacts, locale: Locale) -> tuple[str, ...]:
    """Return what one must know about *operation* now, the weightiest first."""
    return (
        *_warned(operation, facts, locale),
        *held(operation, locale),
        *awaited(operation, locale),
        *_behind(operation, facts, locale),
        *_of_phase(operation, facts, locale),
        *_of_recovery(operation, facts, locale),
        *_of_rollback(operation, facts, locale),
    )


def _behind(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield what was rolled back just before a rollback, for whoever approves it."""
    done = facts.undone
    if done is not None and operation.created_at - done.at < LATELY:
        yield f"{WARNING} {say('note.behind', locale, target=operation.target, **dict(done))}"


def _warned(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    if facts.warned is not None and not operation.is_final:
        yield f"{WARNING} {said(facts.warned, locale).says}"


def held(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield what keeps its next permit back, and since when."""
    if operation.held is not None:
        words = say("note.held", locale, since=operation.held.since, why=operation.held.reason)
        yield f"{WAITING} {words}"


def awaited(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield whose answer is waited for, since when, why, and until when."""
    if operation.awaits is None:
        return
    phase = operation.phase
    until = phase.expires_at if isinstance(phase, AwaitingApproval) else operation.deadline_at
    words = say(
        "note.awaits",
        locale,
        connection=operation.awaits.connection,
        since=operation.awaits.since,
        because=operation.awaits.reason,
        until=until,
        was_sent=operation.was_sent,
    )
    yield f"{WARNING} {words}"


def _of_phase(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    match operation.phase:
        case AwaitingApproval() | Queued():
            why = operation.plan.no_way_back or facts.no_rollback_reason
            if why and operation.plan.is_made:
                yield f"{WARNING} {say('note.no_way_back', locale, why=why)}"
        case Succeeded(said_by=people):
            if people:
                yield f"{YES} {say('note.by_word', locale, who=people)}"
        case Running(step=step, ways=ways) if ways:
            waits = say("note.waits", locale, detail=operation.steps[step].detail)
            yield f"{WAITING} {waits}"
        case Running():
            yield from _late(operation, facts, locale)
        case Uncertain() as phase:
            yield from uncertain(operation, phase, facts, locale)
        case Stalled() as phase:
            yield from _stalled(operation, phase, locale)
        case Failed() as phase:
            yield from _failed(operation, phase, locale)
        case Rejected(by=by, reason=reason):
            key = "note.rejected" if reason.strip() else "note.rejected_without_reason"
            yield say(key, locale, by=by, why=reason)
            yield say("note.nothing_sent", locale)
        case Expired():
            yield say("note.expired", locale)
        case Cancelled(by=by, reason=reason):
            yield say("note.cancelled", locale, by=by, why=reason)
            yield say("note.nothing_sent", locale)
        case _:
            assert_never(operation.phase)


def _late(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    length = elapsed(operation, facts.now)
    if length is None or facts.usual is None or not facts.usual.is_reliable:
        return
    most = timedelta(seconds=facts.usual.p90)
    if length > most:
        yield f"{LATE} {say('note.late', locale, most=most)}"


def uncertain(
    operation: Operation, phase: Uncertain, facts: CardFacts, locale: Locale
) -> Iterator[str]:
    """Yield what was sent and when, and who may decide from when on."""
    step = step_name(operation, phase.step, locale)
    yield f"{WARNING} {say('note.answer_lost', locale, step=step)}"
    sent = say("note.sent", locale, at=phase.sent_at, request=phase.request_id, why=phase.reason)
    yield f"{SENT} {sent}"
    needed = operation.deciders
    if phase.said:
        left = needed - len(phase.said)
        yield f"{YES} {say('note.said_not_executed', locale, said=phase.said, left=left)}"
    if phase.said_executed:
        people, left = phase.said_executed, needed - len(phase.said_executed)
        yield f"{YES} {say('note.said_executed', locale, said=people, left=left)}"
    if phase.said or phase.said_executed:
        return
    if facts.now >= phase.decide_after:
        yield say("note.may_decide", locale, deciders=operation.deciders)
    else:
        yield say("note.decide_later", locale, at=phase.decide_after)


def _stalled(operation: Operation, phase: Stalled, locale: Locale) -> Iterator[str]:
    task = operation.steps[phase.step].remote_task if phase.step < len(operation.steps) else None
    step = step_name(operation, phase.step, locale)
    stalled = say("note.stalled", locale, task=task, step=step, why=phase.reason)
    yield f"{WARNING} {stalled}"
    yield say("note.stalled_since", locale, since=phase.since)


def _failed(operation: Operation, phase: Failed, locale: Locale) -> Iterator[str]:
    yield say("note.failed", locale, why=phase.reason, code=phase.code)
    if phase.surfaced:
        late = say("note.surfaced", locale, task=phase.surfaced, target=operation.target)
        yield f"{ALARM} {late}"
    if not operation.was_sent:
        yield say("note.nothing_sent", locale)
        return
    broken = [step for step in operation.steps if step.phase == "failed"]
    if broken and broken[-1].remote_task is None and phase.code != _BY_PEOPLE:
        yield say("note.call_rejected", locale, step=broken[-1].name)
    if broken and broken[-1].request_id:
        yield say("note.request", locale, request=broken[-1].request_id)


def _of_recovery(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    if facts.gone_on_with:
        yield f"{CONTINUED} {say('note.continued_by', locale, operation=facts.gone_on_with)}"
    for option in ways_on(operation, facts):
        yield recovery_line(option, locale)


def recovery_line(option: RecoveryOption, locale: Locale) -> str:
    """Return what a recovery option is called, and what it does."""
    name = Marked(escaped(called(option, locale)))
    words = say("note.recovery", locale, option=name, explanation=option.explanation)
    return f"{CONTINUED} {words}"


def _of_rollback(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    if facts.rolled_back_by:
        yield f"{ROLLBACK} {say('note.rolled_back_by', locale, operation=facts.rolled_back_by)}"
        return
    reason = facts.no_rollback_reason
    if reason and operation.changed_what_runs:
        yield say("note.no_rollback", locale, why=reason)
