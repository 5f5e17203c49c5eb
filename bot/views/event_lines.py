"""Each event of an operation in words, as a line of its thread."""

from collections.abc import Sequence
from itertools import compress
from typing import Final, assert_never

from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import BreakGlass, RecoveryOption
from bot.core.records import SLIPWAY
from bot.views.buttons import WAYS_MAX
from bot.views.card_ends import cause
from bot.views.card_time import usual
from bot.views.countdown import of_countdown
from bot.views.layout import Line
from bot.views.notes import recovery_line
from bot.views.steps import elapsed
from bot.views.task_lines import finding_lines, findings
from bot.views.text import capitalised
from bot.views.thread_writer import ThreadWriter
from bot.views.words import Marked, brief, say, worded
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

_SYMBOLS: Final = {"approval_lapsed": EXPIRED, "held_back": WAITING}
_FINDINGS_ROOM: Final = 9_500  # characters; all blocks of a message have 13,000


def event_line(thread: ThreadWriter, event: Event) -> Line | None:
    """Return what *event* is told as; None where nothing is said."""
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
