"""The thread: an event of an operation as a reply, where there is something to say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, assert_never

from bot.core import events as ev
from bot.core.events import Event
from bot.core.operation import Operation
from bot.views.buttons import WAYS_MAX
from bot.views.layout import Line
from bot.views.notes import NOTHING_SENT, way_line
from bot.views.steps import elapsed
from bot.views.task_lines import finding_lines, findings
from bot.views.text import (
    REASON_MAX,
    code,
    duration,
    escaped,
    fallback_text,
    mention,
    mentions,
    moment,
    stopped,
)
from bot.views.words import spelled, worded
from bot.views.words.naming import (
    FAILED,
    INFO,
    REFUSED,
    SENT,
    STALLED,
    SUCCEEDED,
    WAITING,
    WARNING,
    WITHDRAWN,
    arrow,
    named,
    step_name,
    subject,
)

_FOR_APPROVERS: Final = (ev.AnswerLost, ev.SettleTimePassed, ev.WatchStalled, ev.ExecutedLate)
_WAY_ON: Final = "The card says what can be done now"
_FINDINGS_ROOM: Final = 9_500  # characters; all blocks of a message have 13,000


def reply(operation: Operation, event: Event, approvers: Sequence[str] = ()) -> Line | None:
    """Word *event* for the thread; None where nothing is said.

    Where people have to decide, *approvers* are called: ids of users and groups.

    *operation* is the newest state and may be further on than the event: it gives names only.
    """
    line = _worded(operation, event)
    if line is None or not approvers or not isinstance(event, _FOR_APPROVERS):
        return line
    called = f"To decide: {mentions(approvers)}"
    text = fallback_text(f"{line.text} {called}")
    return line.model_copy(update={"text": text, "details": (*line.details, called)})


def _worded(operation: Operation, event: Event) -> Line | None:
    match event:
        case ev.Requested() | ev.Planned() | ev.PermitGranted():
            return None
        case (
            ev.PlanRefused()
            | ev.ApprovalGiven()
            | ev.ApprovalsVoided()
            | ev.ApprovalRefused()
            | ev.ApprovalLapsed()
            | ev.Withdrawn()
            | ev.PlanExtended()
        ):
            return _before_sending(operation, event)
        case ev.NotAccepted() | ev.TaskAccepted() | ev.CallRefused() | ev.AnswerLost():
            return _of_call(operation, event)
        case (
            ev.TaskAdopted()
            | ev.SettleTimePassed()
            | ev.NotExecutedSaid()
            | ev.NotExecuted()
            | ev.ExecutedLate()
        ):
            return _of_doubt(operation, event)
        case ev.WatchStalled() | ev.WaitExtended():
            return _of_patience(operation, event)
        case ev.TaskSeen() | ev.StepSucceeded() | ev.StepFailed():
            return _of_task(operation, event)
        case _:
            assert_never(event)


def together(lines: Sequence[Line]) -> Line:
    """Return *lines*, which are not none and come one after the other, as one reply."""
    *earlier, last = lines
    told = [
        words
        for line in earlier
        for words in (line.words, *line.below, " · ".join(line.details))
        if words
    ]
    told += [last.words, *last.below]
    text = fallback_text("\n".join(line.text for line in lines))
    return Line(text=text, words=told[0], below=tuple(told[1:]), details=last.details)


def _before_sending(
    operation: Operation,
    event: ev.PlanRefused
    | ev.ApprovalGiven
    | ev.ApprovalsVoided
    | ev.ApprovalRefused
    | ev.ApprovalLapsed
    | ev.Withdrawn
    | ev.PlanExtended,
) -> Line:
    match event:
        case ev.PlanRefused(code=why, reason=reason):
            words = f"{FAILED} *failed* [{escaped(why, 60)}] {worded(reason)}".rstrip()
            return _line(operation, words, NOTHING_SENT)
        case ev.ApprovalGiven(by=by):
            return _line(operation, f":+1: approved by {mention(by)}{_place(operation, event)}")
        case ev.ApprovalsVoided(reason=reason, plan=plan):
            now = arrow(plan.before, plan.after)
            what = "approvals voided" if operation.approvals_needed else "the plan changed"
            words = f"{WARNING} *{what}*: {worded(reason, REASON_MAX)}"
            return _line(operation, words, now and f"Now it would be {now}")
        case ev.ApprovalRefused(by=by, reason=reason):
            why = worded(reason, REASON_MAX) or "no reason given"
            words = f"{REFUSED} *rejected* by {mention(by)}: {why}"
            return _line(operation, words, NOTHING_SENT)
        case ev.ApprovalLapsed():
            return _line(operation, ":zzz: *expired*: nobody decided in time", NOTHING_SENT)
        case ev.Withdrawn(by=by, reason=reason):
            why = f": {worded(reason, REASON_MAX)}" if reason else ""
            words = f"{WITHDRAWN} *cancelled* by {mention(by)}{why}"
            return _line(operation, words, NOTHING_SENT)
        case ev.PlanExtended(steps=steps, reason=reason):
            names = ", ".join(worded(each.name) for each in steps)
            words = f"{WAITING} before it goes on: *{names}*, because {worded(reason)}"
            return _line(operation, words)
        case _:
            assert_never(event)


def _of_call(
    operation: Operation,
    event: ev.NotAccepted | ev.TaskAccepted | ev.CallRefused | ev.AnswerLost,
) -> Line:
    step = step_name(operation, event.step)
    match event:
        case ev.NotAccepted(reason=reason, retry_at=retry_at):
            words = f"{WAITING} *{step}* was not accepted: {worded(reason)}"
            return _line(
                operation, words, f"Nothing was executed; it is sent again {moment(retry_at)}"
            )
        case ev.TaskAccepted(task=task, detail=detail):
            words = f"{SENT} *{step}* sent and accepted as remote task {code(task)}"
            return _line(operation, words, worded(detail), _request(event.request_id))
        case ev.CallRefused(code=why, reason=reason):
            words = f"{FAILED} *{named(operation)} failed* at {step}: the API refused the call"
            said = f"[{escaped(why, 60)}] {worded(reason)}".rstrip()
            return _line(operation, words, said, _request(event.request_id), _WAY_ON)
        case ev.AnswerLost(reason=reason, sent_at=sent_at, decide_after=decide_after):
            words = (
                f"{WARNING} *{named(operation)} is uncertain* at {step}: the call left "
                f"{moment(sent_at)}, and no usable answer came: {worded(reason)}"
            )
            now = (
                "Nothing is sent again; Slipway reads what it may have started; people may decide "
                f"from {moment(decide_after)} on"
            )
            return _line(operation, words, now, _request(event.request_id))
        case _:
            assert_never(event)


def _of_doubt(
    operation: Operation,
    event: ev.TaskAdopted
    | ev.SettleTimePassed
    | ev.NotExecutedSaid
    | ev.NotExecuted
    | ev.ExecutedLate,
) -> Line:
    match event:
        case ev.TaskAdopted(step=step, task=task, evidence=evidence):
            name = step_name(operation, step)
            words = f":mag: the lost call of *{name}* had started remote task {code(task)}"
            return _line(operation, words, worded(evidence), "It is watched from now on")
        case ev.SettleTimePassed(reason=reason):
            words = f"{WARNING} *no trace of the lost call was found*: {worded(reason)}"
            now = "An approver may look into the cloud's console and press *Not executed*"
            return _line(operation, words, now)
        case ev.NotExecutedSaid(by=by, said=said, needed=needed):
            words = (
                f":+1: {mention(by)} says that the lost call *was not executed* "
                f"({said} of {needed})"
            )
            return _line(operation, words, "It takes another approver to say so, too")
        case ev.NotExecuted(by=by):
            words = (
                f"{FAILED} *{named(operation)} failed*: {mention(by)} decided that the lost call "
                "was not executed"
            )
            return _line(operation, words, "The target is free again")
        case ev.ExecutedLate(task=task, evidence=evidence):
            words = (
                f":rotating_light: *the lost call of {named(operation)} was executed after all*: "
                f"the cloud shows remote task {code(task)}"
            )
            now = "Slipway does not watch it: ask for the target's status to see what runs"
            return _line(operation, words, worded(evidence), now)
        case _:
            assert_never(event)


def _of_patience(operation: Operation, event: ev.WatchStalled | ev.WaitExtended) -> Line:
    match event:
        case ev.WatchStalled(step=step, reason=reason):
            name = step_name(operation, step)
            words = f"{STALLED} *{named(operation)} is stalled* at {name}: {worded(reason)}"
            return _line(operation, words, "It may still be running there; people decide")
        case ev.WaitExtended(by=by, extra=extra):
            words = f"{WAITING} {mention(by)} waits on, for {duration(extra)} more"
            return _line(operation, words, f"Until {moment(event.at + extra)}")
        case _:
            assert_never(event)


def _of_task(
    operation: Operation, event: ev.TaskSeen | ev.StepSucceeded | ev.StepFailed
) -> Line | None:
    step = step_name(operation, event.step)
    match event:
        case ev.TaskSeen(note=note):
            if not spelled(note).strip():
                return None
            return _line(operation, f"{INFO} *{step}*: {worded(note)}")
        case ev.StepSucceeded(detail=detail):
            if event.step + 1 >= len(operation.plan.steps):
                time = _time(operation, event.at, "in")
                words = f"{SUCCEEDED} *{subject(operation)} succeeded*{time}"
                return _line(operation, words, worded(detail))
            time = _step_time(operation, event)
            words = f"{SUCCEEDED} *{step}* succeeded{time}, next: {_next(operation, event)}"
            return _line(operation, words, worded(detail))
        case ev.StepFailed(reason=reason):
            time = _time(operation, event.at, "after")
            words = f"{FAILED} *{subject(operation)} failed* at {step}{time}: {worded(reason)}"
            return _line(operation, words, _WAY_ON, below=_told(operation, event))
        case _:
            assert_never(event)


def _told(operation: Operation, event: ev.StepFailed) -> tuple[str, ...]:
    """Return all findings that a message has room for, and what may be done about them."""
    found = findings(event.tasks)
    elsewhere = f"in `slipway operations show --json {operation.id}`"
    lines = finding_lines(found, most=len(found), room=_FINDINGS_ROOM, elsewhere=elsewhere)
    return (*lines, *(way_line(way) for way in event.ways[:WAYS_MAX]))


def _line(operation: Operation, words: str, *details: str, below: tuple[str, ...] = ()) -> Line:
    small = tuple(detail for detail in details if detail)
    names_target = named(operation) in words
    start = words if names_target else f"{named(operation)}: {words}"
    first = " ".join((stopped(start), *map(stopped, small), operation.id))
    text = fallback_text("\n".join((first, *below)))
    return Line(text=text, words=words, below=below, details=small)


def _place(operation: Operation, event: ev.ApprovalGiven) -> str:
    """Return which of the needed approvals it was, as long as it still counts."""
    given = [each.by for each in operation.approvals if each.digest == event.digest]
    if event.by not in given:
        return ""
    place, needed = given.index(event.by) + 1, operation.approvals_needed
    return f" ({place} of {needed})" + (": *the gate is open*" if place >= needed else "")


def _next(operation: Operation, event: ev.StepSucceeded) -> str:
    return step_name(operation, event.step + 1)


def _time(operation: Operation, until: datetime, word: str) -> str:
    length = elapsed(operation, until)
    return "" if length is None else f" {word} {duration(length)}"


def _step_time(operation: Operation, event: ev.StepSucceeded) -> str:
    steps = operation.steps
    started = steps[event.step].started_at if event.step < len(steps) else None
    return "" if started is None else f" in {duration(event.at - started)}"


def _request(request_id: str) -> str:
    return f"Request id {code(request_id)}" if request_id else ""
