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
    Waiting,
)
from bot.core.queue import Line, Spot
from bot.core.rows import UnreadableOperation
from bot.views.buttons import CardFacts, called, no_way_back
from bot.views.countdown import on_card
from bot.views.task_lines import finding_lines, findings
from bot.views.text import code, escaped
from bot.views.words import Locale, Marked, said, say, stopped, when
from bot.views.words.naming import (
    ALARM,
    CONTINUED,
    ROLLBACK,
    WAITING,
    WARNING,
    YES,
    continued,
    step_word,
    subject,
)

FINDINGS_MAX: Final = 3  # findings that are shown; Details has all
_FINDINGS_ROOM: Final = 1_200  # characters of them
LATELY: Final = timedelta(hours=1)  # what was done so shortly before belongs to the decision
_BY_PEOPLE: Final = "not_executed"  # the code where the API did not say that it failed


def notes(operation: Operation, facts: CardFacts, locale: Locale) -> tuple[str, ...]:
    """Return what one must know about *operation* now, the weightiest first."""
    return (
        *_broken(operation, locale),
        *_warned(operation, facts, locale),
        *held(operation, locale),
        *_coming(operation, facts, locale),
        *awaited(operation, locale),
        *in_line(operation, facts.line, locale),
        *_continues(operation, locale),
        *_behind(operation, facts, locale),
        *_of_phase(operation, facts, locale),
        *outcome(facts, locale),
    )


def in_line(operation: Operation, line: Line | None, locale: Locale) -> Iterator[str]:
    """Yield where it waits for its turn, behind whom, and what it stepped aside for."""
    phase = operation.phase
    if not isinstance(phase, Waiting):
        return
    if phase.starts_by is not None:
        who, until = operation.requester, phase.starts_by
        yield f"{WAITING} {say('note.offered', locale, who=who, until=until)}"
    spot = line.of(operation.id) if line else None
    if line is not None and spot is not None and phase.starts_by is None:
        yield f"{WAITING} {place(line, spot, locale)}"
    if phase.behind is not None:
        yield f"{ROLLBACK} {say('note.stepped_aside', locale, rollback=phase.behind)}"


def place(line: Line, spot: Spot, locale: Locale) -> Marked:
    """Return where somebody stands in a line, and when it is expected to start."""
    told = {"target": spot.operation.target, "position": spot.position, "at": spot.expected_start}
    match line.holder:
        case Operation(requester=by) as ahead:
            told |= {"holder": subject(ahead, locale), "by": by}
        case UnreadableOperation(id=unread):
            told |= {"holder": Marked(code(unread)), "by": None}
        case None:
            told |= {"holder": None, "by": None}
    return say("note.in_line", locale, **told)


def _continues(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield what it continues, and what it skips of that, while people decide."""
    words = continued(operation, locale)
    if words and not operation.was_sent and not operation.is_final:
        yield f"{CONTINUED} {stopped(words, locale)}"


def _behind(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield what was rolled back just before a rollback, for whoever approves it."""
    done = facts.undone
    if done is not None and operation.created_at - done.at < LATELY:
        yield f"{WARNING} {say('note.behind', locale, target=operation.target, **dict(done))}"


def _broken(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield that the glass was broken, what was passed over, and what its review says."""
    broken = operation.break_glass
    if broken is None:
        return
    yield f"{ALARM} {say('note.glass_broken', locale, by=operation.requester)}"
    for each in broken.passed:
        yield f"• {say('note.passed_over', locale, why=each.why)}"
    if broken.review is not None:
        yield say(f"note.{broken.review.verdict}", locale, **dict(broken.review))
    elif operation.needs_review:
        yield say("note.review_due", locale, due=broken.due)


def _warned(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    if facts.warned is not None and not operation.is_final:
        yield f"{WARNING} {said(facts.warned, locale).says}"


def _coming(operation: Operation, facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield what will hold it back once people have approved it, or its turn has come."""
    is_open = isinstance(operation.phase, Waiting | AwaitingApproval)
    if facts.holds is not None and operation.held is None and is_open:
        yield f"{WAITING} {say('note.will_be_held', locale, why=facts.holds)}"


def held(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield what keeps its next permit back, and since when."""
    if operation.held is not None:
        words = say("note.held", locale, why=operation.held.reason)
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
        case Waiting():
            pass
        case AwaitingApproval() | Queued() | Running():
            why = no_way_back(operation, facts)
            if why and operation.plan.is_made:
                yield f"{WARNING} {say('note.no_way_back', locale, why=why)}"
        case Succeeded(said_by=people):
            if people:
                yield f"{YES} {say('note.by_word', locale, who=people)}"
        case Uncertain() as phase:
            yield from uncertain(operation, phase, facts, locale)
        case Stalled():
            yield say("note.stalled", locale)
        case Failed() as phase:
            yield from _failed(operation, phase, locale)
            yield from on_card(operation, phase, facts, locale)
        case Rejected() | Expired() | Cancelled():
            pass
        case _:
            assert_never(operation.phase)


def uncertain(
    operation: Operation, phase: Uncertain, facts: CardFacts, locale: Locale
) -> Iterator[str]:
    """Yield what becomes of a lost call, and who may decide from when on."""
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
        yield say("note.decide_later", locale, at=when(phase.decide_after, facts.now))


def _failed(operation: Operation, phase: Failed, locale: Locale) -> Iterator[str]:
    if phase.surfaced:
        late = say("note.surfaced", locale, task=phase.surfaced, target=operation.target)
        yield f"{ALARM} {late}"
    steps = zip(operation.plan.steps, operation.steps, strict=False)
    broken = [(planned, step) for planned, step in steps if step.phase == "failed"]
    if broken and broken[-1][1].remote_task is None and phase.code != _BY_PEOPLE:
        yield say("note.call_rejected", locale, step=step_word(broken[-1][0], locale))


def finding_summary(operation: Operation, locale: Locale) -> Iterator[str]:
    """Yield the worst of what the step that failed complains of; Details has them all."""
    broken = [step for step in operation.steps if step.phase == "failed"]
    found = findings(broken[-1].tasks) if broken else ()
    if not found:
        return
    lines = finding_lines(found[:FINDINGS_MAX], room=_FINDINGS_ROOM)
    more = len(found) - len(lines)
    yield from lines
    if more:
        yield say("card.more_findings", locale, more=more)


def outcome(facts: CardFacts, locale: Locale) -> Iterator[str]:
    """Yield what became of it after its end: what continues it, and what rolls it back."""
    if facts.gone_on_with:
        key = "note.continued_by" if facts.is_gone_on else "note.continuation_asked"
        yield f"{CONTINUED} {say(key, locale, operation=facts.gone_on_with)}"
    if facts.rolled_back_by:
        key = "note.rolled_back_by" if facts.is_rolled_back else "note.rollback_asked"
        yield f"{ROLLBACK} {say(key, locale, operation=facts.rolled_back_by)}"


def recovery_line(option: RecoveryOption, locale: Locale) -> str:
    """Return what a recovery option is called, and what it does."""
    name = Marked(escaped(called(option, locale)))
    words = say("note.recovery", locale, option=name, explanation=option.explanation)
    return f"{CONTINUED} {words}"
