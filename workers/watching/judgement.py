"""One look at an operation that waits for its cloud: the decisions; the poller reads."""

from datetime import datetime, timedelta
from typing import Any, Final, assert_never

from bot.core import events as ev
from bot.core import looks
from bot.core.codes import Reason
from bot.core.codes.clouds import MayNotLook
from bot.core.codes.operations import KnownTask, Overdue, TargetUnwatched
from bot.core.errors import CloudError, CloudRefusedError
from bot.core.events import Event
from bot.core.expectation import Estimate
from bot.core.flow import Flow
from bot.core.operation import Failed, Operation, Running, Stalled, Step, Uncertain
from bot.core.plan import Observation
from bot.core.progress import quarter
from bot.core.rows import OpenOperation
from bot.core.system import (
    Adopted,
    NothingFound,
    PollResult,
    Recovery,
    RemoteTask,
    SentStep,
    System,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.core.target import Target

SOONEST: Final = timedelta(seconds=1)
LATEST: Final = timedelta(seconds=10)
LATEST_WAITING: Final = timedelta(minutes=1)  # for people, who may also act in the cloud's console
LATEST_UNCERTAIN: Final = timedelta(minutes=5)
AFTERCARE: Final = timedelta(hours=2)  # of a call that people said was not executed
PROGRESS_REST: Final = timedelta(seconds=3)  # between two changes that only the card shows
QUARTER_REST: Final = timedelta(minutes=1)  # between two replies that tell progress
REMIND_FIRST: Final = timedelta(minutes=30)  # after which people are told again that it waits
REMIND_AGAIN: Final = timedelta(hours=4)
PATIENCE_UNKNOWN: Final = timedelta(minutes=5)  # a task that the API does not show (yet)


def look(operation: Operation, target: Target, system: System[Any]) -> Flow[PollResult | Recovery]:
    """Return the flow that reads what *operation* waits for.

    Raises:
        ValueError: it waits for nothing in the cloud.
    """
    observed = operation.plan.observed
    match operation.phase:
        case Running(step=step, stage="watching") | Stalled(step=step):
            state = operation.steps[step]
            task = RemoteTask(id=state.remote_task or "", detail=state.detail)
            return system.watch(target.settings, work(operation, step), task)
        case Uncertain() as doubt if observed is not None:
            sent = _sent(operation, doubt, observed, system.spec.settle)
            known = operation.steps[doubt.step].remote_task
            if known:
                return _known_task(target, system, sent, known)
            return system.recover(target.settings, sent)
        case Failed(at=at, doubt=Uncertain() as doubt) if observed is not None:
            sent = _sent(operation, doubt, observed, at + AFTERCARE - doubt.sent_at)
            return system.recover(target.settings, sent)
        case _:
            msg = f"{operation.id} waits for nothing in the cloud"
            raise ValueError(msg)


def _known_task(
    target: Target, system: System[Any], sent: SentStep, known: str
) -> Flow[PollResult | Recovery]:
    """Adopt the task that was known before a restore, where the API knows it, too."""
    task = RemoteTask(id=known)
    seen = yield from system.watch(target.settings, sent.work, task)
    if isinstance(seen, TaskNotFound):
        return (yield from system.recover(target.settings, sent))
    return Adopted(task=task, evidence=KnownTask(task=known).reason)


def _sent(
    operation: Operation, doubt: Uncertain, observed: Observation, settle: timedelta
) -> SentStep:
    return SentStep(
        work=work(operation, doubt.step),
        observed=observed,
        permitted_at=doubt.sent_at,
        settle=settle,
    )


def work(operation: Operation, step: int) -> Work:
    """Return the planned step with what was learnt on the way to it."""
    earlier = operation.steps[:step]
    return Work(
        step=operation.plan.steps[step],
        earlier=tuple(RemoteTask(id=each.remote_task or "") for each in earlier),
        declined=operation.steps[step].declined,
        permitted_at=operation.steps[step].permitted_at,
        seen=operation.steps[step].detail,
    )


def happened(
    operation: Operation,
    seen: PollResult | Recovery,
    now: datetime,
    moved_at: datetime | None = None,
) -> Event | None:
    """Return the event that the reading means; None: nothing new, and nothing is written.

    Args:
        operation: what is watched.
        seen: what its cloud tells of it.
        now: the present moment.
        moved_at: when it moved last as far as the reader knows, who may have begun just now.
    """
    match operation.phase:
        case Running(step=step) | Uncertain(step=step) | Stalled(step=step):
            pass
        case Failed(doubt=Uncertain(step=step), surfaced="") if isinstance(seen, Adopted):
            return ev.ExecutedLate(at=now, step=step, task=seen.task.id, evidence=seen.evidence)
        case _:
            return None
    match seen:
        case TaskRunning():
            return _progress(operation, step, seen, now, moved_at)
        case TaskSucceeded(detail=detail, tasks=tasks):
            return ev.StepSucceeded(at=now, step=step, detail=detail, tasks=tasks)
        case TaskFailed(reason=reason, tasks=tasks, ways=ways):
            return ev.StepFailed(at=now, step=step, reason=reason, tasks=tasks, ways=ways)
        case TaskNotFound(reason=reason):
            return _vanished(operation, step, reason, now)
        case Adopted(task=task, evidence=evidence):
            return ev.TaskAdopted(at=now, step=step, task=task.id, evidence=evidence)
        case NothingFound(reason=reason):
            return _settled(operation, reason, now)
        case _:
            assert_never(seen)


def unreadable(operation: Operation, error: CloudError, now: datetime) -> Event | None:
    """Return the event that a failed reading means: a passed deadline, or a right that is gone."""
    match operation.phase:
        case Running(step=step, stage="watching"):
            pass
        case _:
            return None
    late = _late(operation, step, now)
    if late:
        return late
    if isinstance(error, CloudRefusedError) and error.verdict in {"refused", "misdirected"}:
        reason = MayNotLook(because=error.reason).reason
        return ev.WatchStalled(at=now, step=step, reason=reason)
    return None


def unwatched(operation: Operation, now: datetime) -> Event | None:
    """Return that nothing can be read any more: how to, left slipway.yaml with the target."""
    match operation.phase:
        case Running(step=step, stage="watching"):
            reason = TargetUnwatched(target=operation.target).reason
            return ev.WatchStalled(at=now, step=step, reason=reason)
        case _:
            return None


def overtime(operation: Operation, now: datetime) -> Event | None:
    """Return that it runs late, or seems stuck, where nobody was told yet."""
    expected, phase = operation.expected, operation.phase
    if isinstance(phase, Running) and phase.ways:
        return _reminder(phase, now)
    if expected is None or not isinstance(phase, Running) or phase.stage != "watching":
        return None
    if operation.is_stuck(now) and not expected.was_stuck:
        moved_at, usual = expected.moved_at, expected.usual
        return ev.SeemedStuck(at=now, step=phase.step, usual=usual, moved_at=moved_at)
    if operation.is_late(now) and not (expected.was_late or expected.was_stuck):
        return ev.RanLate(at=now, step=phase.step, usual=expected.usual)
    return None


def _reminder(phase: Running, now: datetime) -> Event | None:
    """Return that people are reminded of a decision that waits for them."""
    if phase.waits_since is None:
        return None
    due = phase.waits_since + REMIND_FIRST + phase.reminded * REMIND_AGAIN
    if now < due:
        return None
    return ev.DecisionAwaited(at=now, step=phase.step, since=phase.waits_since)


def next_look(
    operation: Operation,
    now: datetime,
    least: timedelta = timedelta(0),
    usual: Estimate | None = None,
) -> datetime:
    """Return when to look again: often where an end is likely, and else by the time waited so far.

    Args:
        operation: what is watched.
        now: the present moment.
        least: the least pause that its API's limits leave to each of those that are watched there.
        usual: how long its present step took before, as far as that is known.
    """
    return max(_wanted_look(operation, now, usual), now + least)


def _wanted_look(operation: Operation, now: datetime, usual: Estimate | None) -> datetime:
    match operation.phase:
        case Running(step=step, ways=ways):
            waited = now - (operation.steps[step].started_at or now)
            if ways:
                return now + _clamped(waited / 6, LATEST_WAITING)
            return now + timedelta(seconds=looks.pause(waited.total_seconds(), usual))
        case Uncertain(since=since, decide_after=decide_after, is_settled=is_settled):
            later = now + _clamped((now - since) / 6, LATEST_UNCERTAIN)
            return later if is_settled else min(later, max(decide_after, now + SOONEST))
        case Stalled(since=since) | Failed(at=since):
            return now + _clamped((now - since) / 6, LATEST_UNCERTAIN)
        case _:
            return now + LATEST


def is_over(operation: Operation, now: datetime) -> bool:
    """Whether there is nothing left to look at: not even for what may surface late."""
    match operation.phase:
        case Failed(doubt=Uncertain(), surfaced="", at=at):
            return now - at > AFTERCARE
        case _:
            return operation.is_final


def waits_for_cloud(each: OpenOperation) -> bool:
    """Whether the poller looks at it."""
    return each.phase in {"uncertain", "stalled"} or each.stage == "watching"


def _settled(operation: Operation, reason: Reason, now: datetime) -> Event | None:
    match operation.phase:
        case Uncertain(decide_after=due, is_settled=False) if now >= due:
            return ev.SettleTimePassed(at=now, reason=reason)
        case _:
            return None


def _progress(
    operation: Operation, step: int, seen: TaskRunning, now: datetime, moved_at: datetime | None
) -> Event | None:
    if not isinstance(operation.phase, Running):
        return None
    shown = operation.steps[step]
    if seen.ways:  # people have all the time they want: the deadline is the cloud's
        is_known = seen.ways == operation.phase.ways and seen.detail == shown.detail
        return None if is_known else _waits(step, seen, now)
    late = _late(operation, step, now)
    if late:
        return late
    note = None if seen.note in shown.notes else seen.note
    is_same = (seen.detail, seen.tasks) == (shown.detail, shown.tasks)
    is_news = note is not None or bool(operation.phase.ways)
    if is_same and not is_news:
        return None
    passed = _quarter(shown, seen, now)
    if not (is_news or passed) and now - _moved_at(operation, step, moved_at) < PROGRESS_REST:
        return None
    return ev.TaskSeen(
        at=now, step=step, detail=seen.detail, tasks=seen.tasks, note=note, quarter=passed
    )


def _moved_at(operation: Operation, step: int, known: datetime | None) -> datetime:
    """Return when it moved last: its card is not drawn again so soon, and what is seen may wait."""
    expected, state = operation.expected, operation.steps[step]
    told = (known, expected.moved_at if expected else None, state.permitted_at, state.quarter_at)
    return max(each for each in (*told, operation.created_at) if each is not None)


def _quarter(step: Step, seen: TaskRunning, now: datetime) -> int:
    """Return which quarter the thread is to be told of, if any: of long steps, and not often."""
    passed = quarter(seen.detail)
    last = step.quarter_at or step.started_at
    is_due = last is not None and now - last >= QUARTER_REST
    return passed if passed > step.quarter and is_due else 0


def _waits(step: int, seen: TaskRunning, now: datetime) -> Event:
    return ev.TaskWaits(at=now, step=step, detail=seen.detail, tasks=seen.tasks, ways=seen.ways)


def _late(operation: Operation, step: int, now: datetime) -> Event | None:
    if operation.deadline_at is None or now < operation.deadline_at:
        return None
    overdue = Overdue(deadline=operation.deadline.total_seconds()).reason
    return ev.WatchStalled(at=now, step=step, reason=overdue)


def _vanished(operation: Operation, step: int, reason: Reason, now: datetime) -> Event | None:
    if not isinstance(operation.phase, Running):
        return None
    since = _watched_since(operation, step)
    if since is not None and now - since < PATIENCE_UNKNOWN:
        return None  # just accepted, or people wait on: the API may show it a little later
    return ev.WatchStalled(at=now, step=step, reason=reason)


def _watched_since(operation: Operation, step: int) -> datetime | None:
    """Return when the step began, or when somebody decided to wait on for it."""
    started = operation.steps[step].started_at
    if started is None or operation.deadline_at is None:
        return started
    return max(started, operation.deadline_at - operation.deadline)


def _clamped(wanted: timedelta, latest: timedelta) -> timedelta:
    return max(SOONEST, min(wanted, latest))
