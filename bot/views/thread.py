"""The thread: an event of an operation as a reply, where there is something to say."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress
from typing import Final, TypeGuard, assert_never

from bot.core import events as ev
from bot.core.codes import Value
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, BreakGlass, Operation, RecoveryOption
from bot.core.records import SLIPWAY, is_person
from bot.core.rules import Recover
from bot.core.surfaces import ACTED_ON, calls_for_review, is_acted_on
from bot.core.verbs.review import REVIEW
from bot.views.buttons import WAYS_MAX, CardFacts, accessory, buttons
from bot.views.card_ends import cause
from bot.views.card_time import usual
from bot.views.countdown import in_reply, of_countdown
from bot.views.layout import Button, Line
from bot.views.notes import outcome, recovery_line
from bot.views.steps import elapsed
from bot.views.task_lines import finding_lines, findings
from bot.views.text import capitalised, fallback_text
from bot.views.thread_writer import ThreadWriter
from bot.views.words import Locale, Marked, brief, say, sentences, worded
from bot.views.words.naming import (
    ALARM,
    CONTINUED,
    EXPIRED,
    FAILED,
    FOUND,
    INFO,
    LATE,
    NOTHING_DONE,
    REFUSED,
    ROLLBACK,
    RUNNING,
    SENT,
    STALLED,
    SUCCEEDED,
    WAITING,
    WARNING,
    WITHDRAWN,
    YES,
    arrow,
    continued,
    phase_word,
    step_word,
)

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
_SYMBOLS: Final = {"approval_lapsed": EXPIRED, "held_back": WAITING}
_FINDINGS_ROOM: Final = 9_500  # characters; all blocks of a message have 13,000


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
    line = _worded(ThreadWriter(operation, locale, _ways(facts), seen), event)
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


def _worded(thread: ThreadWriter, event: Event) -> Line | None:
    match event:
        case ev.Requested() if thread.operation.break_glass is not None:
            return _broken(thread, thread.operation.break_glass)
        case ev.Reviewed(by=by, verdict=verdict, note=note):
            return thread.line(YES, thread.say(verdict, by=by, note=note))
        case ev.ReviewReminded() | ev.ApprovalReminded():
            return _reminded(thread, event)
        case ev.Planned():
            return _wanted(thread)
        case ev.Requested() | ev.AnswerAwaited() | ev.PermitGranted():
            return None
        case (
            ev.PlanRefused()
            | ev.ApprovalGiven()
            | ev.ApprovalsVoided()
            | ev.ApprovalRefused()
            | ev.Withdrawn()
            | ev.PlanExtended()
        ):
            return _before_sending(thread, event)
        case ev.TurnCame() | ev.TurnOffered() | ev.TurnLapsed() | ev.SteppedAside():
            return _of_turn(thread, event)
        case ev.NotAccepted() | ev.TaskAccepted() | ev.CallRefused() | ev.AnswerLost():
            return _of_call(thread, event)
        case (
            ev.TaskAdopted()
            | ev.SettleTimePassed()
            | ev.NotExecutedSaid()
            | ev.NotExecuted()
            | ev.ExecutedSaid()
            | ev.Executed()
            | ev.ExecutedLate()
        ):
            return _of_doubt(thread, event)
        case ev.WatchStalled() | ev.WaitExtended() | ev.RanLate() | ev.SeemedStuck():
            return _of_patience(thread, event)
        case ev.TaskSeen() | ev.StepSucceeded() | ev.StepFailed():
            return _of_task(thread, event)
        case ev.RollbackHeld() | ev.RollbackBegun() | ev.RollbackForgone():
            return of_countdown(thread, event)
        case ev.TaskWaits() | ev.DecisionAwaited() | ev.StepAdded() | ev.TakenBack():
            return _of_choice(thread, event)
        case _:
            return _by_its_kind(thread, event)


def _wanted(thread: ThreadWriter) -> Line | None:
    """Call those who can open the gate; what needs none, or went on, calls nobody."""
    operation = thread.operation
    if not operation.approvals_needed:
        return None
    needed = operation.approvals_needed
    words = thread.say("approval_wanted", subject=thread.subject, needed=needed)
    return thread.line(WAITING, words, continued(operation, thread.locale))


def _broken(thread: ThreadWriter, broken: BreakGlass) -> Line:
    """Say aloud who broke the glass, why, and over what; *to_decide* calls who reviews it."""
    operation = thread.operation
    told = {"subject": thread.subject, "by": operation.requester, "why": operation.reason}
    below = tuple(
        f"• {say('note.passed_over', thread.locale, why=each.why)}" for each in broken.passed
    )
    due = thread.say("review_until", due=broken.due)
    if broken.review is not None:
        due = thread.say(broken.review.verdict, by=broken.review.by, note=broken.review.note)
    elif not operation.needs_review:
        due = thread.say("nothing_sent")
    return thread.line(ALARM, thread.say("glass_broken", **told), due, below=below)


def _reminded(thread: ThreadWriter, event: ev.ReviewReminded | ev.ApprovalReminded) -> Line:
    if isinstance(event, ev.ReviewReminded):
        is_late = event.at >= event.due
        words = thread.say("review_overdue" if is_late else "review_reminded", **dict(event))
        return thread.line(ALARM if is_late else WAITING, words)
    return thread.line(WAITING, thread.say("approval_reminded", **dict(event)))


def _by_its_kind(thread: ThreadWriter, event: Event) -> Line:
    """Word an event whose phrase, which bears its name, needs nothing but what it says itself."""
    symbol = _SYMBOLS.get(event.kind, INFO)
    return thread.line(symbol, thread.say(event.kind, **dict(event)))


def _before_sending(
    thread: ThreadWriter,
    event: ev.PlanRefused
    | ev.ApprovalGiven
    | ev.ApprovalsVoided
    | ev.ApprovalRefused
    | ev.Withdrawn
    | ev.PlanExtended,
) -> Line:
    unsent = thread.say("nothing_sent")
    match event:
        case ev.PlanRefused(code=code, reason=why):
            symbol = FAILED if thread.operation.was_sent else NOTHING_DONE
            word = capitalised(phase_word(thread.operation, thread.locale))
            told = thread.say("plan_refused", word=word, why=why, code=code)
            return thread.line(symbol, told, "" if thread.operation.was_sent else unsent)
        case ev.ApprovalGiven():
            return thread.line(YES, _approved(thread, event))
        case ev.ApprovalsVoided():
            return _voided(thread, event)
        case ev.ApprovalRefused(by=by, reason=why):
            key = "rejected" if why.strip() else "rejected_without_reason"
            return thread.line(REFUSED, thread.say(key, by=by, why=why), unsent)
        case ev.Withdrawn(by=by, reason=why):
            return thread.line(WITHDRAWN, thread.say("cancelled", by=by, why=why), unsent)
        case ev.PlanExtended(steps=steps, reason=why):
            names = [step_word(each, thread.locale) for each in steps]
            return thread.line(WAITING, thread.say("extended", steps=names, why=why))
        case _:
            assert_never(event)


def _of_turn(
    thread: ThreadWriter,
    event: ev.TurnCame | ev.TurnOffered | ev.TurnLapsed | ev.SteppedAside,
) -> Line:
    who, named = thread.operation.requester, thread.name
    match event:
        case ev.TurnCame(by=by) if by != SLIPWAY:
            return thread.line(YES, thread.say("turn_taken", by=by, named=named))
        case ev.TurnCame():
            return thread.line(FOUND, thread.say("turn_came", requester=who, named=named))
        case ev.TurnOffered(until=until):
            words = thread.say("turn_offered", requester=who, named=named, until=until)
            return thread.line(WAITING, words)
        case ev.TurnLapsed():
            return thread.line(EXPIRED, thread.say("turn_lapsed", requester=who))
        case ev.SteppedAside(by=by, rollback=rollback):
            words = thread.say("stepped_aside", by=by, rollback=rollback)
            return thread.line(ROLLBACK, words)
        case _:
            assert_never(event)


def _approved(thread: ThreadWriter, event: ev.ApprovalGiven) -> Marked:
    """Say which of the needed approvals it was, as long as it still counts."""
    operation = thread.operation
    given = [each.by for each in operation.approvals if each.digest == event.digest]
    place = given.index(event.by) + 1 if event.by in given else None
    needed = operation.approvals_needed
    is_last = place is not None and place >= needed
    key = "approved_last" if is_last else "approved"
    told = {"by": event.by, "of": event.behalf, "place": place, "needed": needed}
    return thread.say(key, **told)


def _voided(thread: ThreadWriter, event: ev.ApprovalsVoided) -> Line:
    now = arrow(event.plan.before, event.plan.after, thread.locale)
    key = "approvals_voided" if thread.operation.approvals_needed else "plan_changed"
    would_be = thread.say("would_be", change=now) if now else ""
    return thread.line(WARNING, thread.say(key, why=event.reason), would_be)


def _of_call(
    thread: ThreadWriter,
    event: ev.NotAccepted | ev.TaskAccepted | ev.CallRefused | ev.AnswerLost,
) -> Line:
    match event:
        case ev.NotAccepted(reason=why, retry_at=retry_at):
            words = thread.say("not_accepted", step=thread.title(event.step), why=why)
            return thread.line(WAITING, words, thread.say("retrying", at=retry_at))
        case ev.TaskAccepted(task=task, detail=detail):
            words = thread.say("accepted", step=thread.title(event.step), task=task)
            shown, request = worded(detail, thread.locale), thread.request(event.request_id)
            return thread.line(SENT, words, shown, request)
        case ev.CallRefused(code=code, reason=why):
            words = thread.say("call_rejected", named=thread.name, step=thread.step(event.step))
            request = thread.request(event.request_id)
            shown = thread.rejection(why, code)
            return thread.line(FAILED, words, shown, request)
        case ev.AnswerLost():
            return _lost(thread, event)
        case _:
            assert_never(event)


def _lost(thread: ThreadWriter, event: ev.AnswerLost) -> Line:
    words = thread.say(
        "answer_lost",
        named=thread.name,
        step=thread.step(event.step),
        sent=event.sent_at,
        why=event.reason,
    )
    checking = thread.say("checking", at=event.decide_after)
    return thread.line(WARNING, words, checking, thread.request(event.request_id))


def _of_doubt(
    thread: ThreadWriter,
    event: ev.TaskAdopted
    | ev.SettleTimePassed
    | ev.NotExecutedSaid
    | ev.NotExecuted
    | ev.ExecutedSaid
    | ev.Executed
    | ev.ExecutedLate,
) -> Line:
    match event:
        case ev.TaskAdopted(step=step, task=task, evidence=evidence):
            words = thread.say("adopted", step=thread.step(step), task=task)
            shown = worded(evidence, thread.locale)
            return thread.line(FOUND, words, shown, thread.say("watching"))
        case ev.SettleTimePassed(reason=why):
            words = thread.say("no_trace", why=why)
            return thread.line(WARNING, words, thread.say("may_decide"))
        case ev.NotExecutedSaid(by=by, said=said, needed=needed):
            words = thread.say("said_not_executed", by=by, said=said, needed=needed)
            return thread.line(YES, words, thread.say("must_confirm", left=needed - said))
        case ev.NotExecuted(by=by):
            words = thread.say("not_executed", named=thread.name, by=by)
            return thread.line(FAILED, words, thread.say("unlocked"))
        case ev.ExecutedSaid(by=by, said=said, needed=needed):
            words = thread.say("said_executed", by=by, said=said, needed=needed)
            return thread.line(YES, words, thread.say("must_confirm", left=needed - said))
        case ev.Executed(by=by):
            words = thread.say("executed", named=thread.name, by=by)
            return thread.line(SUCCEEDED, words, thread.say("unlocked"))
        case ev.ExecutedLate(task=task, evidence=evidence):
            words = thread.say("executed_late", named=thread.name, task=task)
            untracked = thread.say("not_tracked", target=thread.operation.target)
            return thread.line(ALARM, words, worded(evidence, thread.locale), untracked)
        case _:
            assert_never(event)


def _of_patience(
    thread: ThreadWriter, event: ev.WatchStalled | ev.WaitExtended | ev.RanLate | ev.SeemedStuck
) -> Line:
    match event:
        case ev.WatchStalled(step=step, reason=why):
            words = thread.say("stalled", named=thread.name, step=thread.step(step), why=why)
            return thread.line(STALLED, words, thread.say("may_still_run"))
        case ev.WaitExtended(by=by, extra=extra):
            until = thread.say("wait_until", until=event.at + extra)
            return thread.line(WAITING, thread.say("wait_extended", by=by, extra=extra), until)
        case ev.RanLate(step=step, usual=told):
            length = Marked(usual(told, thread.locale))
            words = thread.say("ran_late", named=thread.name, usual=length)
            return thread.line(LATE, words, *thread.look_at(step))
        case ev.SeemedStuck(step=step, usual=told, moved_at=moved):
            at, most = thread.step(step), told.stuck_after
            words = thread.say("seemed_stuck", named=thread.name, step=at, moved=moved, most=most)
            return thread.line(LATE, words, *thread.look_at(step))
        case _:
            assert_never(event)


def _of_choice(
    thread: ThreadWriter, event: ev.TaskWaits | ev.DecisionAwaited | ev.StepAdded | ev.TakenBack
) -> Line:
    match event:
        case ev.TaskWaits(detail=detail, ways=ways):
            who = thread.operation.requester
            words = thread.say("waits", named=thread.name, detail=detail, who=who)
            return thread.line(WAITING, words, below=_recoveries(thread, ways[:WAYS_MAX]))
        case ev.DecisionAwaited(since=since):
            who = thread.operation.requester
            words = thread.say("decision_awaited", named=thread.name, since=since, who=who)
            return thread.line(WAITING, words)
        case ev.StepAdded(by=by, label=label, reason=why):
            words = thread.say("step_added", by=by, option=worded(label, thread.locale), why=why)
            return thread.line(CONTINUED, words)
        case ev.TakenBack(by=by):
            words = thread.say("taken_back", named=thread.name, by=by)
            return thread.line(ROLLBACK, words, thread.say("own_card"))
        case _:
            assert_never(event)


def _of_task(
    thread: ThreadWriter, event: ev.TaskSeen | ev.StepSucceeded | ev.StepFailed
) -> Line | None:
    match event:
        case ev.TaskSeen(note=None, quarter=0):
            return None
        case ev.TaskSeen(note=None, detail=detail, quarter=passed):
            at, seen = thread.title(event.step), brief(detail, thread.locale)
            words = thread.say("quarter", step=at, quarter=passed, seen=seen)
            return thread.line(RUNNING, words)
        case ev.TaskSeen(note=note):
            return thread.line(INFO, thread.say("seen", step=thread.title(event.step), note=note))
        case ev.StepSucceeded():
            return _succeeded(thread, event)
        case ev.StepFailed(reason=why):
            length = elapsed(thread.operation, event.at)
            at = thread.step(event.step)
            first, whole = cause(why, thread.locale), brief(why, thread.locale)
            words = thread.say("failed", subject=thread.subject, step=at, length=length, why=first)
            rest = Marked() if first == whole else whole
            return thread.line(FAILED, words, rest, below=_found(thread, event))
        case _:
            assert_never(event)


def _succeeded(thread: ThreadWriter, event: ev.StepSucceeded) -> Line:
    operation, shown = thread.operation, brief(event.detail, thread.locale)
    if event.step + 1 >= len(operation.plan.steps):
        length = elapsed(operation, event.at)
        words = thread.say("succeeded", subject=thread.subject, length=length)
        return thread.line(SUCCEEDED, words, shown)
    steps = operation.steps
    started = steps[event.step].started_at if event.step < len(steps) else None
    words = thread.say(
        "step_succeeded",
        step=thread.title(event.step),
        length=event.at - started if started else None,
        next=thread.step(event.step + 1),
    )
    return thread.line(SUCCEEDED, words, shown)


def _found(thread: ThreadWriter, event: ev.StepFailed) -> tuple[str, ...]:
    """Return all findings that a message has room for, and what may be done about them."""
    found = findings(event.tasks)
    lines = finding_lines(found, room=_FINDINGS_ROOM)
    more = len(found) - len(lines)
    rest = thread.say("more_findings", more=more, operation=thread.operation.id) if more else ""
    return (*lines, *((rest,) if rest else ()), *_recoveries(thread, event.ways[:WAYS_MAX]))


def _recoveries(thread: ThreadWriter, ways: Sequence[RecoveryOption]) -> tuple[str, ...]:
    """Return what each of the *ways* does that is still open."""
    is_open = (thread.ways is None or each.name in thread.ways for each in ways)
    return tuple(recovery_line(each, thread.locale) for each in compress(ways, is_open))
