"""The doorbell's job: take an operation as far as it goes now. Safe to repeat at any time."""

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core import events as ev
from bot.core.codes import Denied, Reason
from bot.core.codes.operations import WorkerGone
from bot.core.errors import (
    CloudError,
    CloudRateLimitedError,
    CloudRefusedError,
    ConflictError,
    DirectoryError,
    IllegalEventError,
    PermitTakenError,
    QueueUnavailableError,
    SlackError,
    SlipwayError,
    UnknownFormatError,
)
from bot.core.operation import AwaitingApproval, Operation, Queued, Running, Waiting
from bot.core.ports import AuditEntry
from bot.core.records import SLIPWAY, OperationId
from bot.core.rules import Decided
from bot.core.surfaces import about, whispered
from bot.journal.audit_entries import entry_of_decision
from bot.systems import system as system_named
from bot.views.answers import whisper
from workers.advancing.holding import hold
from workers.advancing.planning import check, plan
from workers.advancing.submitting import submit
from workers.advancing.turns import give_turn
from workers.advancing.waiting import tell_of_waiting
from workers.context import WorkerContext
from workers.parking import park

log = logging.getLogger("slipway.jobs")

WITHDRAWING: Final = frozenset({"not_allowed", "unknown_target"})  # codes
PLAN_AGAIN: Final = timedelta(seconds=10)  # after a cloud that gave no answer


def advance(context: WorkerContext, operation_id: OperationId) -> None:
    """Plan it, check it once more, send its next step: whatever comes next, until it must wait.

    Whoever is rung while the claim is held finds it taken, and leaves; so it is looked at once more
    when the claim is free: what happened after the last look is not lost.
    """
    context = replace(context, cloud=context.cloud.for_operation(operation_id))
    while _advance_claimed(context, operation_id) and context.claims.was_wanted(operation_id):
        pass


def _advance_claimed(context: WorkerContext, operation_id: OperationId) -> bool:
    """Do all that comes next; return whether it was ours to do."""
    with context.claims.hold(operation_id) as is_ours:
        if not is_ours:
            return False
        try:
            goes_on = True
            while goes_on and not context.is_ending():
                goes_on = _advance_once(context, context.journal.operations.load(operation_id))
            if goes_on:  # this worker ends, and another one takes it on; else the sweeper rings
                with suppress(QueueUnavailableError):
                    context.ring(operation_id)
        except UnknownFormatError as error:
            park(context, [error.operation_id])
        except (ConflictError, IllegalEventError, PermitTakenError) as error:
            # somebody else moved it on in between: their doorbell goes on from there
            log.info("advance.conflict", extra={"operation_id": operation_id, "why": str(error)})
        return not context.is_ending()


def _advance_once(context: WorkerContext, operation: Operation) -> bool:
    """Do the next thing; return whether there may be more to do."""
    match operation.phase:
        case Waiting(starts_by=None):
            give_turn(context, operation.target)
            return not context.journal.operations.load(operation.id).is_in_line
        case AwaitingApproval() | Queued() if not operation.plan.is_made:
            planned = _planned(context, operation)
            return planned is not None and _goes_on(context, operation, planned)
        case Queued():
            return _send(context, operation, 0)
        case Running(step=step, stage="ready"):
            return _send(context, operation, step)
        case Running(step=step, stage="submitting"):
            _presume_lost(context, operation, step)
            return False
        case _:
            return False


def _planned(context: WorkerContext, operation: Operation) -> ev.Planned | None:
    """Read the live state and make the plan; None: there is none, which is recorded."""
    try:
        planned = plan(context, operation)
    except CloudError as error:
        _no_plan(context, operation, error)
        return None
    if isinstance(planned, Denied):
        _refuse(context, operation, planned)
        reader = context.readers.of(operation.requester)
        words = whisper(planned, reader)  # with the remedy, which a card lacks
        told = whispered(operation.requester, operation.channel, words, about(operation))
        context.journal.outbox.show(told, at=context.clock())
        return None
    return ev.Planned(at=context.clock(), plan=planned)


def _goes_on(context: WorkerContext, operation: Operation, planned: ev.Planned) -> bool:
    """Record the plan: for people to decide on, or, where nobody has to, with the first permit."""
    needs_nobody = isinstance(operation.phase, Queued)
    if needs_nobody and not context.is_ending():
        with context.engine.together(operation, planned) as (engine, made):
            return _send(replace(context, engine=engine), made, 0)
    _apply(context, operation, planned)
    return needs_nobody


def _no_plan(context: WorkerContext, operation: Operation, error: CloudError) -> None:
    if isinstance(error, CloudRefusedError):
        code = "not_found" if error.verdict == "not_found" else "cloud_refused"
        _apply(context, operation, _plan_refused(context, code, error.reason))
        return
    log.warning("plan.failed", extra={"operation_id": operation.id, "why": str(error)})
    tell_of_waiting(context, operation, error)
    _again(context, operation, error)


def _again(context: WorkerContext, operation: Operation, error: SlipwayError) -> None:
    """Come back in a while; where the worker ends, the sweeper rings for it, here or elsewhere."""
    wait = PLAN_AGAIN
    if isinstance(error, CloudRateLimitedError):
        wait = timedelta(seconds=error.retry_after)
    if not context.is_ending():
        context.schedule.put(operation.id, context.clock() + wait)


def _send(context: WorkerContext, operation: Operation, step: int) -> bool:
    """Decide right before the permit whether *step* may be sent; then send it."""
    try:
        checked = check(context, operation, step)
    except (CloudError, DirectoryError, SlackError) as error:
        log.warning("check.failed", extra={"operation_id": operation.id, "why": str(error)})
        tell_of_waiting(context, operation, error)
        _again(context, operation, error)
        return False
    if isinstance(checked, Denied):
        _refuse(context, operation, checked)
        return False
    found = checked.decision.decisive
    if found is None:
        return submit(context, operation, checked.decided)
    if found.verdict == "wait":
        hold(context, operation, found)
        return False
    if found.verdict == "void" and found.why and checked.live_plan:
        voided = ev.ApprovalsVoided(at=context.clock(), plan=checked.live_plan, reason=found.why)
        after = context.engine.apply_to(operation, voided, noted=_entry(context, checked.decided))
        return isinstance(after.phase, Queued)
    _refuse(context, operation, checked.decision.denied, checked.decided)
    return False


def _entry(context: WorkerContext, decided: Decided | None) -> AuditEntry | None:
    """Return what the audit keeps of what was decided before a permit."""
    if decided is None:
        return None
    of = decided.operation or decided.target
    return entry_of_decision(decided, at=context.clock(), by=SLIPWAY, subject=of)


def _refuse(
    context: WorkerContext,
    operation: Operation,
    denied: Denied | None,
    decided: Decided | None = None,
) -> None:
    """End what may not go on: as withdrawn where a right is gone and nothing was sent."""
    if denied is None:
        msg = f"{operation.id} was neither allowed nor refused"
        raise ValueError(msg)
    if denied.code in WITHDRAWING and not operation.was_sent and operation.plan.is_made:
        event: ev.Event = ev.Withdrawn(at=context.clock(), reason=denied.why)
    else:
        event = _plan_refused(context, denied.code, denied.why)
    context.engine.apply_to(operation, event, noted=_entry(context, decided))


def _presume_lost(context: WorkerContext, operation: Operation, step: int) -> None:
    """A permit without outcome whose holder is silent: the call may have left. Never resend."""
    now = context.clock()
    state = operation.steps[step]
    settle = system_named(operation.system).spec.settle
    event = ev.AnswerLost(
        at=now,
        step=step,
        attempt=state.attempt,
        reason=WorkerGone().reason,
        sent_at=state.permitted_at or now,
        decide_after=now + settle,
    )
    _apply(context, operation, event)


def _plan_refused(context: WorkerContext, code: str, reason: Reason) -> ev.PlanRefused:
    return ev.PlanRefused(at=context.clock(), code=code, reason=reason)


def _apply(context: WorkerContext, operation: Operation, event: ev.Event) -> None:
    context.engine.apply_to(operation, event)
