"""The doorbell's job: take an operation as far as it goes now. Safe to repeat at any time."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core import events as ev
from bot.core.commands import under_prefix
from bot.core.errors import (
    CloudError,
    CloudHeldError,
    CloudRefusedError,
    ConflictError,
    DirectoryError,
    IllegalEventError,
    PermitTakenError,
    SlackError,
    SlipwayError,
    UnknownFormatError,
)
from bot.core.operation import AwaitingApproval, Operation, Queued, Running
from bot.core.records import Denied, OperationId
from bot.systems import system as system_named
from bot.views.answers import answer
from workers.paced import Paced
from workers.planning import Draw, draw, present_state
from workers.ports import Desk
from workers.submitting import submit

log = logging.getLogger("slipway.jobs")

PLAN_AGAIN: Final = timedelta(seconds=10)  # after a cloud that gave no answer


def advance(desk: Desk, operation_id: OperationId) -> None:
    """Plan it, check it once more, send its next step: whatever comes next, until it must wait."""
    with desk.claims.hold(operation_id) as is_ours:
        if not is_ours:
            return
        desk = replace(desk, cloud=Paced(desk.cloud, desk.pacing.turn(operation_id)))
        try:
            while _advance_once(desk, desk.journal.load(operation_id)) and not desk.is_ending():
                pass
        except UnknownFormatError as error:
            # the sweeper says so to people
            log.info("advance.foreign", extra={"operation_id": operation_id, "why": str(error)})
        except (ConflictError, IllegalEventError, PermitTakenError) as error:
            # somebody else moved it on in between: their doorbell goes on from there
            log.info("advance.overtaken", extra={"operation_id": operation_id, "why": str(error)})


def _advance_once(desk: Desk, operation: Operation) -> bool:
    """Do the next thing; return whether there may be more to do."""
    match operation.phase:
        case AwaitingApproval() | Queued() if not operation.plan.is_made:
            return _plan(desk, operation) and isinstance(operation.phase, Queued)
        case Queued():
            return _start(desk, operation)
        case Running(stage="ready"):
            return submit(desk, operation)
        case Running(step=step, stage="submitting"):
            _presume_lost(desk, operation, step)
            return False
        case _:
            return False


def _plan(desk: Desk, operation: Operation) -> bool:
    """Read the live state and make the plan; return whether it is made."""
    target = desk.places().targets.get(operation.target)
    if target is None:
        _apply(desk, operation, _withdrawn(desk, f"{operation.target} is not in slipway.yaml"))
        return False
    try:
        drawn = draw(desk, operation, target)
    except CloudError as error:
        _no_plan(desk, operation, error)
        return False
    if isinstance(drawn, Denied):
        _apply(desk, operation, _plan_refused(desk, drawn.code, drawn.reason))
        named = under_prefix(drawn, desk.places().prefix)
        words = answer(named, recorded_nothing=False).text  # with the way out, which a card lacks
        desk.journal.whisper(operation.channel, operation.requester, words, operation.id)
        return False
    _apply(desk, operation, ev.Planned(at=desk.clock(), plan=drawn.plan))
    return True


def _no_plan(desk: Desk, operation: Operation, error: CloudError) -> None:
    if isinstance(error, CloudRefusedError):
        code = "not_found" if error.verdict == "not_found" else "cloud_refused"
        reason = " ".join(filter(None, (error.code, error.why)))
        _apply(desk, operation, _plan_refused(desk, code, reason))
        return
    log.warning("plan.waits", extra={"operation_id": operation.id, "why": str(error)})
    _again(desk, operation, error)


def _again(desk: Desk, operation: Operation, error: SlipwayError) -> None:
    """Come back in a while; where the worker ends, the sweeper rings for it, here or elsewhere."""
    wait = timedelta(seconds=error.wait) if isinstance(error, CloudHeldError) else PLAN_AGAIN
    if not desk.is_ending():
        desk.schedule.put(operation.id, desk.clock() + wait)


def _start(desk: Desk, operation: Operation) -> bool:
    """Check rights and live state right before the first permit; then send."""
    try:
        state = present_state(desk, operation)
    except (CloudError, DirectoryError, SlackError) as error:
        log.warning("start.waits", extra={"operation_id": operation.id, "why": str(error)})
        _again(desk, operation, error)
        return False
    match state:
        case Draw(plan=plan, differs=why) if why:
            event = ev.ApprovalsVoided(at=desk.clock(), plan=plan, reason=why)
            _apply(desk, operation, event)
            return operation.approvals_needed == 0
        case Draw():
            return submit(desk, operation)
        case Denied(code="not_allowed" | "frozen", reason=reason):
            _apply(desk, operation, _withdrawn(desk, reason))
            return False
        case Denied(code=code, reason=reason):
            _apply(desk, operation, _plan_refused(desk, code, reason))
            return False


def _presume_lost(desk: Desk, operation: Operation, step: int) -> None:
    """A permit without outcome whose holder is silent: the call may have left. Never resend."""
    now = desk.clock()
    state = operation.steps[step]
    settle = system_named(operation.system).spec.settle
    event = ev.AnswerLost(
        at=now,
        step=step,
        attempt=state.attempt,
        reason="the worker that held the permit ended before it could record an answer",
        sent_at=state.permitted_at or now,
        decide_after=now + settle,
    )
    _apply(desk, operation, event)


def _withdrawn(desk: Desk, reason: str) -> ev.Withdrawn:
    return ev.Withdrawn(at=desk.clock(), reason=reason)


def _plan_refused(desk: Desk, code: str, reason: str) -> ev.PlanRefused:
    return ev.PlanRefused(at=desk.clock(), code=code, reason=reason)


def _apply(desk: Desk, operation: Operation, event: ev.Event) -> None:
    desk.engine.apply_to(operation, event)
