"""Sends a step's mutating call: permit first, once, and what its answer proves decides."""

import logging
import threading
from datetime import datetime, timedelta
from typing import Any, Final, assert_never

from bot.core import events as ev
from bot.core.codes import Reason
from bot.core.codes.clouds import AnswerLost, DeadlinePassed, PermitTooOld, SecondChange
from bot.core.codes.operations import NoProgress, Restored, TargetGone
from bot.core.errors import (
    CloudError,
    CloudRateLimitedError,
    CloudRefusedError,
    CloudUnavailableError,
    JournalUnavailableError,
    OutcomeUnknownError,
    UnreadableReplyError,
)
from bot.core.estimates import Estimate, whole
from bot.core.flow import Call, Reply
from bot.core.lifecycle import may_detour
from bot.core.operation import Operation, Running
from bot.core.records import SLIPWAY, Json
from bot.core.rules import Decided
from bot.core.system import Adopted, PrerequisiteSteps, RemoteTask, SentStep, System
from bot.core.target import Target
from bot.journal.audit_entries import answered, entry_of_decision
from bot.systems import system as system_named
from workers.advancing.waiting import tell_of_waiting
from workers.context import WorkerContext
from workers.watching.judgement import work

log = logging.getLogger("slipway.submitting")

PERMIT_SECONDS: Final = 5.0  # from the permit to the first byte; older ones are not used
ATTEMPTS_MAX: Final = 20  # proven not accepted so often: the operation ends, unsent
BUSY_AGAIN: Final = timedelta(seconds=20)
THROTTLED_AGAIN: Final = timedelta(seconds=60)
UNREACHED_AGAIN: Final = timedelta(seconds=5)
OTHER_FORM_AFTER: Final = timedelta(seconds=1)  # the system knows another call, or says so
READ_AGAIN: Final = timedelta(seconds=10)
RECORD_TRIES: Final = 12
RECORD_AGAIN: Final = 0.5  # seconds; a locked database has taken two more by itself


def submit(context: WorkerContext, operation: Operation, decided: Decided) -> bool:
    """Send the present step; return False, since what follows needs time."""
    target = context.catalogue().targets.get(operation.target)
    if target is None:
        gone = TargetGone(target=operation.target).reason
        refused = ev.PlanRefused(at=context.clock(), code=gone.code, reason=gone)
        context.engine.apply_to(operation, refused)
        return False
    sending = _Sending(context, operation, target, decided)
    flow = sending.system.submit(target.settings, work(operation, sending.step))
    try:
        outcome = context.cloud.drive(flow, sending.answer)
    except CloudError as error:
        _judge(sending, error)
        return False
    match outcome:
        case RemoteTask():
            sending.record(_accepted(sending, outcome))
            return False
        case PrerequisiteSteps():
            return put_off(context, sending.operation, sending.step, outcome)
        case _:
            assert_never(outcome)


class _Sending:
    """One attempt at one step: grants the permit when the mutating call is about to leave."""

    def __init__(
        self, context: WorkerContext, operation: Operation, target: Target, decided: Decided
    ) -> None:
        self.context = context
        self.operation = operation
        self.target = target
        self.decided = decided
        self.system: System[Any] = system_named(operation.system)
        self.step = operation.phase.step if isinstance(operation.phase, Running) else 0
        self.attempt = operation.steps[self.step].attempt + 1
        self.sent_at: datetime | None = None  # None: no permit was granted yet
        self.call = ""  # what was sent under it: method and path
        self.request_id = ""
        self.status: int | None = None  # of its answer

    def answer(self, call: Call) -> Reply:
        """Answer a call of the flow; the mutating one under a permit, granted when it has its room.

        Raises:
            OutcomeUnknownError: a second mutating call.
            CloudUnavailableError: nothing was sent, with a permit or without one.
        """
        cloud = self.context.cloud
        if not call.mutates:
            return cloud.send(self.target, call)
        if self.sent_at is not None:
            raise OutcomeUnknownError(doing=call.name, why=SecondChange())
        reply = cloud.send(self.target, call, on_admission=lambda: self._permit(call))
        self.request_id, self.status = reply.request_id, reply.status
        return reply

    def _permit(self, call: Call) -> None:
        """Record the permit; the call leaves right after, or never.

        It does not where it did before, in a past that the journal lost.
        """
        if self.context.witness.is_behind():
            raise CloudUnavailableError(doing=call.name, why=Restored())
        granted = self.context.monotonic()
        self.call = call.name
        self.sent_at = self.context.clock()
        permit = ev.PermitGranted(
            at=self.sent_at, step=self.step, attempt=self.attempt, expected=self._expected()
        )
        allowed = entry_of_decision(
            self.decided, at=self.sent_at, by=SLIPWAY, subject=self.operation.id
        )
        self.operation = self.context.engine.apply_to(self.operation, permit, noted=allowed)
        earlier = self.context.witness.sent_before(
            self.operation.id, self.step, self.attempt, self.sent_at
        )
        if earlier is not None:
            self.sent_at = earlier
            raise OutcomeUnknownError(doing=call.name, why=Restored())
        if self.context.monotonic() - granted > PERMIT_SECONDS:
            raise CloudUnavailableError(doing=call.name, why=PermitTooOld())

    def _expected(self) -> Estimate | None:
        """Return how long it all usually takes, for the first permit."""
        if self.step or self.attempt > 1:
            return None
        names = (each.name for each in self.operation.steps)
        times = self.context.journal.step_times.of(
            self.operation.target, self.operation.action, names
        )
        return whole(self.operation, times)

    def record(self, event: ev.Event) -> None:
        """Record the outcome, also where somebody presumed the answer lost meanwhile.

        A journal that is away is waited for: what the answer said is known nowhere else.
        """
        pause = threading.Event()
        for _ in range(RECORD_TRIES - 1):
            try:
                self._record(event)
            except JournalUnavailableError as error:
                extra = {"operation_id": self.operation.id, "why": str(error)}
                log.warning("submit.not_recorded", extra=extra)
                pause.wait(RECORD_AGAIN)
            else:
                return
        self._record(event)

    def _record(self, event: ev.Event) -> None:
        noted = answered(self.operation, self._told(), at=event.at) if self.sent_at else None
        self.operation = self.context.engine.apply(self.operation.id, event, noted=noted)

    def _told(self) -> dict[str, Json]:
        """Return what was sent, and how it was answered, where it was."""
        told: dict[str, Json] = {"call": self.call, "step": self.step, "attempt": self.attempt}
        told |= {"status": self.status} if self.status is not None else {}
        return told | ({"request_id": self.request_id} if self.request_id else {})


def put_off(
    context: WorkerContext, operation: Operation, step: int, detour: PrerequisiteSteps
) -> bool:
    """Put the detour's steps before *step*; where that gets nowhere any more, end. Nothing is sent.

    Return whether the operation goes on.
    """
    now, why = context.clock(), detour.reason
    if may_detour(operation, step):
        longer = ev.PlanExtended(at=now, step=step, steps=detour.steps, reason=why)
        context.engine.apply_to(operation, longer)
        return True
    stuck = NoProgress(because=why).reason
    context.engine.apply_to(operation, ev.PlanRefused(at=now, code=stuck.code, reason=stuck))
    return False


def _accepted(sending: _Sending, task: RemoteTask) -> ev.TaskAccepted:
    return ev.TaskAccepted(
        at=sending.context.clock(),
        step=sending.step,
        attempt=sending.attempt,
        task=task.id,
        request_id=sending.request_id,
        detail=task.detail,
    )


def _judge(sending: _Sending, error: CloudError) -> None:
    """Record what *error* proves."""
    if isinstance(error, CloudRefusedError):
        sending.status = error.status or None
    sending.request_id = getattr(error, "request_id", "") or sending.request_id
    if sending.sent_at is None:
        _unsent(sending, error)
        return
    match error:
        case CloudRefusedError(verdict="throttled"):
            wait = timedelta(seconds=error.retry_after) if error.retry_after else THROTTLED_AGAIN
            _not_accepted(sending, error, wait)
        case CloudRefusedError(verdict="busy"):
            _busy(sending, error)
        case CloudRefusedError(verdict="expired"):
            _not_accepted(sending, error, UNREACHED_AGAIN)
        case CloudRefusedError(verdict="unsupported"):
            _not_accepted(sending, error, OTHER_FORM_AFTER)
        case CloudRefusedError(verdict="refused" | "not_found" | "misdirected"):
            _refused(sending, error)
        case CloudUnavailableError():
            _not_accepted(sending, error, UNREACHED_AGAIN * sending.attempt)
        case OutcomeUnknownError() | UnreadableReplyError() | CloudRefusedError():
            _lost(sending, error)
        case _:
            _lost(sending, error)


def _unsent(sending: _Sending, error: CloudError) -> None:
    """A read before the mutating call gave no usable answer: nothing was sent."""
    context, operation = sending.context, sending.operation
    if isinstance(error, CloudRefusedError | UnreadableReplyError):
        code = (
            error.code if isinstance(error, CloudRefusedError) and error.code else "cloud_refused"
        )
        context.engine.apply_to(
            operation, ev.PlanRefused(at=context.clock(), code=code, reason=error.reason)
        )
        return
    if isinstance(error, CloudRateLimitedError):
        _wait_turn(context, operation, error)
        return
    log.warning("submit.failed", extra={"operation_id": operation.id, "why": str(error)})
    tell_of_waiting(context, operation, error)
    if not context.is_ending():  # else the sweeper rings for it, here or elsewhere
        context.schedule.put(operation.id, context.clock() + READ_AGAIN)


def _wait_turn(context: WorkerContext, operation: Operation, error: CloudRateLimitedError) -> None:
    """Come back when there is room; only a deadline that has passed ends it, unsent."""
    now, deadline = context.clock(), operation.deadline_at
    if deadline is not None and now >= deadline:
        over = DeadlinePassed(
            deadline=operation.deadline.total_seconds(), because=error.reason
        ).reason
        passed = ev.PlanRefused(at=now, code="deadline_passed", reason=over)
        context.engine.apply_to(operation, passed)
        return
    log.info("submit.rate_limited", extra={"operation_id": operation.id, "why": str(error)})
    due = now + timedelta(seconds=error.retry_after)
    if not context.is_ending():
        context.schedule.put(operation.id, min(due, deadline) if deadline else due)


def _busy(sending: _Sending, error: CloudError) -> None:
    """Another change runs there: read first, since it may be what our own call began.

    Where that cannot be told now, nothing is sent again: it is looked for as a lost call is.
    """
    observed = sending.operation.plan.observed
    if observed is not None and sending.sent_at is not None:
        first = sending.operation.steps[sending.step].started_at or sending.sent_at
        sent = SentStep(
            work=work(sending.operation, sending.step),
            observed=observed,
            permitted_at=first,  # an earlier call may have begun it, whatever it was answered
            settle=sending.sent_at - first + sending.system.spec.settle,
        )
        try:
            flow = sending.system.recover(sending.target.settings, sent)
            found = sending.context.cloud.ask(sending.target, flow)
        except CloudError as unread:
            known = {"operation_id": sending.operation.id, "why": str(unread)}
            log.info("recover.failed", extra=known)
            _lost(sending, error)
            return
        if isinstance(found, Adopted):
            task = found.task.model_copy(update={"detail": found.evidence})
            sending.record(_accepted(sending, task))
            return
        if found.may_be_ours:
            _lost(sending, error)
            return
    _not_accepted(sending, error, BUSY_AGAIN)


def _not_accepted(sending: _Sending, error: CloudError, wait: timedelta) -> None:
    now = sending.context.clock()
    deadline = sending.operation.deadline_at
    if sending.attempt >= ATTEMPTS_MAX or (deadline is not None and now + wait > deadline):
        _refused(sending, error)
        return
    sending.record(
        ev.NotAccepted(
            at=now,
            step=sending.step,
            attempt=sending.attempt,
            reason=error.reason,
            retry_at=now + wait,
            verdict=error.verdict if isinstance(error, CloudRefusedError) else None,
        )
    )


def _refused(sending: _Sending, error: CloudError) -> None:
    code = error.code if isinstance(error, CloudRefusedError) and error.code else "cloud_refused"
    request_id = error.request_id if isinstance(error, CloudRefusedError) else ""
    sending.record(
        ev.CallRefused(
            at=sending.context.clock(),
            step=sending.step,
            attempt=sending.attempt,
            code=code,
            reason=error.reason,
            request_id=request_id,
        )
    )


def _lost(sending: _Sending, error: CloudError) -> None:
    now = sending.context.clock()
    known = getattr(error, "request_id", "") or sending.request_id
    sending.record(
        ev.AnswerLost(
            at=now,
            step=sending.step,
            attempt=sending.attempt,
            reason=_why_lost(sending, error),
            sent_at=sending.sent_at or now,
            request_id=known,
            decide_after=now + sending.system.spec.settle,
        )
    )


def _why_lost(sending: _Sending, error: CloudError) -> Reason:
    if error.reason.key == Restored.key:
        return error.reason
    return AnswerLost(call=sending.call, because=error.reason).reason
