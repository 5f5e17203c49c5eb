"""The thread: an event of an operation as a reply, where there is something to say."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeGuard

from bot.core import events as ev
from bot.core.codes import Value
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation
from bot.core.records import is_person
from bot.core.rules import Recover
from bot.core.surfaces import ACTED_ON, calls_for_review, is_acted_on
from bot.core.verbs.review import REVIEW
from bot.views.buttons import CardFacts, accessory, buttons
from bot.views.countdown import in_reply
from bot.views.event_lines import event_line
from bot.views.layout import Button, Line
from bot.views.notes import outcome
from bot.views.text import fallback_text
from bot.views.thread_writer import ThreadWriter
from bot.views.words import Locale, say, sentences

_FOR_APPROVERS: Final = (
    ev.AnswerLost,
    ev.SettleTimePassed,
    ev.WatchStalled,
    ev.ExecutedLate,
    ev.SeemedStuck,
    *(ev.Planned, ev.ApprovalsVoided),  # where people decide
    ev.Requested,  # of who broke the glass
)
_ACTED_ON: Final = tuple(each for kinds in ACTED_ON.values() for each in kinds)


def reply(
    operation: Operation,
    event: Event,
    locale: Locale,
    approvers: Sequence[str] = (),
    facts: CardFacts | None = None,
    seen: Value | None = None,
) -> Line | None:
    """Word *event* for the thread; None where nothing is said.

    Where people have to decide, *approvers* are called: ids of users and groups; and whoever asked
    for it, or approved it, where that is of interest.

    *operation* is the newest state and may be further on than the event: it gives names, and with
    *facts* the buttons, as long as it stands where the event brought it, and what became of a
    failure. *seen* is what the remote task showed last before the event.
    """
    locale = locale.knowing(facts.names) if facts else locale
    line = event_line(ThreadWriter(operation, locale, _ways(facts), seen), event)
    if line is None:
        return None
    called = tuple(_called(operation, event, approvers, locale))
    row = _row(operation, facts, locale) if facts and _is_current(operation, event) else ()
    if calls_for_review(event, operation):
        row = tuple(each for each in row if each.action_id == REVIEW.action_id())
    coming = tuple(in_reply(operation, facts, locale)) if facts and row else ()
    if facts and isinstance(event, ACTED_ON["failed"]):
        coming = (*coming, *outcome(facts, locale))
    text = fallback_text(sentences((line.text, *coming, *called), locale))
    told = {"details": (*line.details, *called), "below": (*line.below, *coming)}
    return line.model_copy(update={"text": text, **told, "buttons": row})


def tells_more(operation: Operation, event: Event) -> bool:
    """Whether the reply to *event* tells what can be done now, or what became of a failure."""
    return _is_current(operation, event) or isinstance(event, _ACTED_ON)


def seen(events: Mapping[int, Event], sequence: int) -> Value | None:
    """Return what the step of an event showed last before it; None where it is of no step."""
    step = getattr(events[sequence], "step", None)
    before = (events[number] for number in sorted(events, reverse=True) if number < sequence)
    found = (
        each.detail
        for each in before
        if isinstance(each, ev.TaskSeen | ev.TaskAccepted) and each.step == step
    )
    return next(found, None)


def _ways(facts: CardFacts | None) -> frozenset[str] | None:
    """Return the ways on that are open."""
    if facts is None:
        return None
    return frozenset(each.option for each in facts.offers if isinstance(each, Recover))


def _row(operation: Operation, facts: CardFacts, locale: Locale) -> tuple[Button, ...]:
    """Return the buttons of the card, also one that stands there beside its head."""
    beside = accessory(operation, facts, locale)
    return buttons(operation, facts, locale) or ((beside,) if beside else ())


def _called(
    operation: Operation, event: Event, approvers: Sequence[str], locale: Locale
) -> Iterator[str]:
    """Yield who must act, and who has waited to hear of it: nobody of what was one's own doing."""
    is_gate = isinstance(event, ev.Planned | ev.ApprovalsVoided)
    is_over = is_gate and not operation.approvals_needed
    if calls_for_review(event, operation):
        is_over = not operation.needs_review
    if approvers and isinstance(event, _FOR_APPROVERS) and not is_over:
        yield say("thread.to_decide", locale, who=approvers)
    known = {event.by, *approvers}
    told = [each for each in _concerned(operation, event) if each not in known and is_person(each)]
    if told:
        yield say("thread.to_know", locale, who=told)


def _concerned(operation: Operation, event: Event) -> tuple[str, ...]:
    match event:
        case ev.StepFailed() | ev.CallRefused() | ev.NotExecuted():
            return (operation.requester, *(each.by for each in operation.approvals))
        case ev.RollbackForgone():
            return (operation.requester, *(each.by for each in operation.approvals))
        case ev.StepSucceeded(step=step):
            is_last = step + 1 >= len(operation.plan.steps)
            return (operation.requester,) if is_last else ()
        case (
            ev.ApprovalRefused()
            | ev.ApprovalLapsed()
            | ev.Withdrawn()
            | ev.RanLate()
            | ev.RollbackBegun()
        ):
            return (operation.requester,)
        case ev.Planned() | ev.ApprovalsVoided() | ev.Requested():
            return ()
        case _ if isinstance(event, _FOR_APPROVERS):
            return (operation.requester,)
        case _:
            return ()


def _is_current(operation: Operation, event: Event) -> bool:
    """Whether *operation* stands where *event* brought it, so that its buttons belong here."""
    if isinstance(event, ev.TaskWaits | ev.DecisionAwaited) and not operation.waits_for_people:
        return False
    return is_acted_on(event, operation)


def fresh(operation: Operation, told: Mapping[int, Event]) -> frozenset[int]:
    """Return which of the events that one message tells are news: others have overtaken the rest.

    Those are calls to decide what was decided since, and all but the last of a step's progress.
    """
    kept: set[int] = set()
    later: list[Event] = []
    for sequence in sorted(told, reverse=True):
        if not (later and _is_overtaken(operation, told[sequence], later)):
            kept.add(sequence)
        later.append(told[sequence])
    return frozenset(kept)


def _is_overtaken(operation: Operation, event: Event, later: Sequence[Event]) -> bool:
    match event:
        case ev.Planned() | ev.ApprovalReminded():
            return not isinstance(operation.phase, AwaitingApproval)
        case ev.TaskSeen(note=None, step=step):
            return any(_shows_more(each) and each.step == step for each in later)
        case _:
            return False


def _shows_more(event: Event) -> TypeGuard[ev.TaskSeen | ev.StepSucceeded | ev.StepFailed]:
    """Whether it says how far a step has come, or how it ended; a note says something else."""
    if isinstance(event, ev.TaskSeen):
        return event.note is None
    return isinstance(event, ev.StepSucceeded | ev.StepFailed)


def together(lines: Sequence[Line]) -> Line:
    """Return *lines*, which are not none and come one after the other, as one reply."""
    *earlier, last = lines
    shown = [
        words
        for line in earlier
        for words in (line.words, *line.below, " · ".join(line.details))
        if words
    ]
    shown += [last.words, *last.below]
    text = fallback_text("\n".join(line.text for line in lines))
    return Line(
        text=text,
        words=shown[0],
        below=tuple(shown[1:]),
        details=last.details,
        buttons=next((each.buttons for each in reversed(lines) if each.buttons), ()),
    )
