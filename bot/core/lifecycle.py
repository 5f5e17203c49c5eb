"""The one table of transitions: what an event makes of an operation, and what follows from it."""

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar, assert_never

from bot.core import events as ev
from bot.core.codes.operations import NotExecuted, TakenBack
from bot.core.effects import (
    Effect,
    LookAgain,
    ReleaseLock,
    RingDoorbell,
)
from bot.core.errors import IllegalEventError
from bot.core.events import Event
from bot.core.operation import (
    Approval,
    AwaitingApproval,
    Cancelled,
    Expired,
    Failed,
    FinalPhase,
    Hold,
    Operation,
    Queued,
    Rejected,
    Running,
    Stalled,
    Step,
    Succeeded,
    Uncertain,
)
from bot.core.plan import Plan

T = TypeVar("T")

VOIDS_MAX: Final = 5  # of an operation that needs no approval: then people are asked
DETOURS_MAX: Final = 5  # of one operation: what has to be put off again and again gets nowhere


class Next(NamedTuple):
    """What an event made of an operation."""

    operation: Operation
    effects: tuple[Effect, ...]


def transition(operation: Operation, event: Event) -> Next:
    """Return what *event* makes of *operation*; its sequence rises by one.

    Raises:
        IllegalEventError: the present phase does not accept this event.
    """
    counted = _counted(operation, event)
    match operation.phase:
        case Queued() | Running(stage="ready") if isinstance(event, ev.HeldBack):
            return _held_back(operation, counted, event)
        case AwaitingApproval() | Queued() | Running(stage="ready") if isinstance(
            event, ev.AnswerAwaited
        ):
            return _awaiting_answer(operation, counted, event)
        case AwaitingApproval() as phase:
            return _while_awaiting(counted, phase, event)
        case Queued():
            return _while_queued(counted, event)
        case Running() as phase:
            return _while_running(counted, phase, event)
        case Uncertain() as phase:
            return _while_uncertain(counted, phase, event)
        case Stalled() as phase:
            return _while_stalled(counted, phase, event)
        case Failed(doubt=Uncertain(), surfaced="") as phase if isinstance(event, ev.ExecutedLate):
            return _surfaced(counted, phase, event)
        case Succeeded() | Failed() | Rejected() | Expired() | Cancelled():
            raise _refusal(operation, event)
        case _:
            assert_never(operation.phase)


def _counted(operation: Operation, event: Event) -> Operation:
    """Return *operation* one event later: whatever happens ends what it waited for.

    The time in which it was held does not count against its deadline.
    """
    changed: dict[str, object] = {"sequence": operation.sequence + 1, "awaits": None, "held": None}
    if operation.held and operation.deadline_at and not isinstance(event, ev.HeldBack):
        changed["deadline_at"] = operation.deadline_at + (event.at - operation.held.since)
    return operation.model_copy(update=changed)


def _held_back(operation: Operation, counted: Operation, event: ev.HeldBack) -> Next:
    held = operation.held
    if held is not None and held.reason == event.reason:
        raise _refusal(operation, event, "it is known already")
    hold = Hold(since=held.since if held else event.at, reason=event.reason)
    return Next(counted.model_copy(update={"held": hold}), ())


def _awaiting_answer(operation: Operation, counted: Operation, event: ev.AnswerAwaited) -> Next:
    """Keep what is waited for; a plan that people can decide on waits for them alone."""
    is_peoples = isinstance(operation.phase, AwaitingApproval) and operation.plan.is_made
    if operation.awaits is not None or is_peoples:
        raise _refusal(operation, event, "it is known already, or nothing is read now")
    return Next(counted.model_copy(update={"awaits": event.awaited}), ())


def begun(operation: Operation) -> Next:
    """Return the effects of an operation that was just requested."""
    return Next(operation.model_copy(update={"sequence": 1}), (RingDoorbell(),))


def may_detour(operation: Operation, step: int) -> bool:
    """Return whether steps may be put in before *step*.

    It follows another one and was not tried: a permit is kept by the number of its step.
    """
    is_fresh = 0 < step < len(operation.steps) and operation.steps[step].attempt == 0
    return is_fresh and operation.detours < DETOURS_MAX


def _while_awaiting(operation: Operation, phase: AwaitingApproval, event: Event) -> Next:
    match event:
        case ev.Planned(plan=plan):
            return _planned(operation, event, plan)
        case ev.PlanRefused(code=code, reason=reason):
            return _ended(operation, Failed(at=event.at, code=code, reason=reason))
        case ev.ApprovalGiven():
            if event.at >= phase.expires_at:
                raise _refusal(operation, event, "the time to approve is over")
            return _approved(operation, event)
        case ev.ApprovalRefused(reason=reason):
            return _ended(operation, Rejected(at=event.at, by=event.by, reason=reason))
        case ev.ApprovalLapsed():
            if event.at < phase.expires_at:
                raise _refusal(operation, event, "there is still time to approve")
            return _ended(operation, Expired(at=event.at))
        case ev.ApprovalsVoided():
            return _voided(operation, event)
        case ev.Withdrawn():
            return _withdrawn(operation, event)
        case _:
            raise _refusal(operation, event)


def _while_queued(operation: Operation, event: Event) -> Next:
    match event:
        case ev.Planned(plan=plan):
            return _planned(operation, event, plan)
        case ev.PlanRefused(code=code, reason=reason):
            return _ended(operation, Failed(at=event.at, code=code, reason=reason))
        case ev.ApprovalsVoided():
            return _voided(operation, event)
        case ev.Withdrawn():
            return _withdrawn(operation, event)
        case ev.PermitGranted():
            return _permitted(operation, event, step=0)
        case _:
            raise _refusal(operation, event)


def _while_running(operation: Operation, phase: Running, event: Event) -> Next:
    _require_step(operation, phase.step, event)
    match (phase.stage, event):
        case ("ready", ev.PermitGranted()):
            return _permitted(operation, event, step=phase.step)
        case ("ready", ev.PlanRefused(code=code, reason=reason)):
            return _ended(operation, Failed(at=event.at, code=code, reason=reason))
        case ("ready", ev.PlanExtended()):
            return _extended(operation, event)
        case ("submitting", ev.TaskAccepted()):
            return _accepted(operation, event)
        case ("submitting", ev.NotAccepted()):
            return _postponed(operation, event)
        case ("submitting", ev.CallRefused()):
            return _refused(operation, event)
        case ("submitting", ev.AnswerLost()):
            return _lost(operation, event)
        case ("watching", ev.TaskSeen()):
            return _seen(operation, event)
        case ("watching", ev.TaskWaits()):
            return _waiting(operation, event)
        case ("watching", ev.StepAdded()):
            return _gone_on(operation, phase, event)
        case ("watching", ev.TakenBack()):
            return _taken_back(operation, phase, event)
        case ("watching", ev.StepSucceeded()):
            return _step_succeeded(operation, event)
        case ("watching", ev.StepFailed()):
            return _step_failed(operation, event)
        case ("watching", ev.WatchStalled(reason=reason)):
            stalled = Stalled(step=phase.step, since=event.at, reason=reason)
            marked = _with_step(operation, phase.step, phase="stalled", detail=reason)
            return Next(_in(marked, stalled), (LookAgain(),))
        case _:
            raise _refusal(operation, event)


def _while_uncertain(operation: Operation, phase: Uncertain, event: Event) -> Next:
    _require_step(operation, phase.step, event)
    match event:
        case ev.TaskAccepted():  # the answer of a worker that was only thought dead
            return _accepted(operation, event)
        case ev.CallRefused():
            return _refused(operation, event)
        case ev.TaskAdopted(task=task, evidence=evidence):
            watched = _with_step(
                operation, phase.step, phase="watching", remote_task=task, detail=evidence
            )
            return Next(_watching(watched, phase.step), (LookAgain(),))
        case ev.SettleTimePassed():
            if phase.is_settled or event.at < phase.decide_after:
                raise _refusal(operation, event, "it is known already, or too early")
            return Next(_in(operation, phase.model_copy(update={"is_settled": True})), ())
        case ev.NotExecutedSaid():
            _require_another_decider(operation, phase, event)
            said = phase.model_copy(update={"said": (*phase.said, event.by)})
            if len(said.said) >= operation.deciders:
                raise _refusal(operation, event, "nobody else has to say so")
            return Next(_in(operation, said), ())
        case ev.NotExecuted():
            _require_another_decider(operation, phase, event)
            if len(phase.said) + 1 < operation.deciders:
                raise _refusal(operation, event, f"it takes {operation.deciders} people")
            return _not_executed(operation, phase, event)
        case _:
            raise _refusal(operation, event)


def _require_another_decider(operation: Operation, phase: Uncertain, event: Event) -> None:
    if event.at < phase.decide_after:
        raise _refusal(operation, event, "the lost call may still surface")
    if event.by in phase.said:
        raise _refusal(operation, event, "this person said so before")


def _not_executed(operation: Operation, phase: Uncertain, event: Event) -> Next:
    """End it, and go on looking for a while: nobody can be sure."""
    reason = NotExecuted().reason
    marked = _with_step(operation, phase.step, phase="failed", finished_at=event.at)
    failed = Failed(at=event.at, code="not_executed", reason=reason, doubt=phase)
    ended = _ended(marked, failed)
    return Next(ended.operation, (*ended.effects, LookAgain()))


def _surfaced(operation: Operation, phase: Failed, event: ev.ExecutedLate) -> Next:
    """Keep what came to light; the operation stays failed, and is not watched: people look."""
    told = phase.model_copy(update={"surfaced": event.task})
    return Next(_in(operation, told), ())


def _while_stalled(operation: Operation, phase: Stalled, event: Event) -> Next:
    _require_step(operation, phase.step, event)
    match event:
        case ev.WaitExtended(extra=extra):
            longer = _with_step(operation, phase.step, phase="watching").model_copy(
                update={"deadline_at": event.at + extra}
            )
            return Next(_watching(longer, phase.step), (LookAgain(),))
        case ev.StepSucceeded():
            return _step_succeeded(operation, event)
        case ev.StepFailed():
            return _step_failed(operation, event)
        case _:
            raise _refusal(operation, event)


def _planned(operation: Operation, event: ev.Planned, plan: Plan) -> Next:
    if operation.plan.is_made:
        raise _refusal(operation, event, "the plan is made already")
    if not plan.is_made:
        raise _refusal(operation, event, "nothing was observed")
    is_free = isinstance(operation.phase, Queued)
    return Next(_with_plan(operation, plan), (RingDoorbell(),) if is_free else ())


def _approved(operation: Operation, event: ev.ApprovalGiven) -> Next:
    if not operation.plan.is_made or event.digest != operation.plan.digest:
        raise _refusal(operation, event, "another plan was approved")
    if any(given.by == event.by for given in operation.approvals):
        raise _refusal(operation, event, "this person approved before")
    approval = Approval(by=event.by, at=event.at, digest=event.digest)
    approved = operation.model_copy(update={"approvals": (*operation.approvals, approval)})
    if len(approved.approvals) < operation.approvals_needed:
        return Next(approved, ())
    return Next(_in(approved, Queued()), (RingDoorbell(),))


def _voided(operation: Operation, event: ev.ApprovalsVoided) -> Next:
    if not (operation.plan.is_made and event.plan.is_made):
        raise _refusal(operation, event, "there is no plan to compare")
    renewed = _with_plan(operation, event.plan).model_copy(
        update={"approvals": (), "round": operation.round + 1}
    )
    needed = operation.approvals_needed or int(operation.round >= VOIDS_MAX)
    if needed == 0:
        return Next(_in(renewed, Queued()), (RingDoorbell(),))
    gate = AwaitingApproval(expires_at=event.at + operation.approval_window)
    asked = renewed.model_copy(update={"approvals_needed": needed})
    return Next(_in(asked, gate), ())


def _withdrawn(operation: Operation, event: ev.Withdrawn) -> Next:
    return _ended(operation, Cancelled(at=event.at, by=event.by, reason=event.reason))


def _permitted(operation: Operation, event: ev.PermitGranted, *, step: int) -> Next:
    if event.step != step or event.attempt != _step(operation, step).attempt + 1:
        raise _refusal(operation, event, "the permit is for another step or attempt")
    sent = _with_step(
        operation,
        step,
        phase="submitting",
        attempt=event.attempt,
        started_at=_step(operation, step).started_at or event.at,
        permitted_at=event.at,
    )
    deadline = operation.deadline_at or event.at + operation.deadline
    running = Running(step=step, stage="submitting")
    return Next(_in(sent.model_copy(update={"deadline_at": deadline}), running), ())


def _extended(operation: Operation, event: ev.PlanExtended) -> Next:
    """Insert steps before one that was not sent; what was approved is still done after them."""
    if not may_detour(operation, event.step):
        raise _refusal(operation, event, "this step cannot be put off")
    detour = [each.model_copy(update={"is_detour": True}) for each in event.steps]
    planned = _inserted(operation.plan.steps, event.step, detour)
    steps = _inserted(operation.steps, event.step, [Step(name=each.name) for each in detour])
    plan = operation.plan.model_copy(update={"steps": planned})
    longer = operation.model_copy(
        update={"plan": plan, "steps": steps, "detours": operation.detours + 1}
    )
    return Next(longer, (RingDoorbell(),))


def _accepted(operation: Operation, event: ev.TaskAccepted) -> Next:
    _require_attempt(operation, event, event.step, event.attempt)
    watched = _with_step(
        operation,
        event.step,
        phase="watching",
        remote_task=event.task,
        request_id=event.request_id,
        detail=event.detail,
    )
    return Next(_watching(watched, event.step), (LookAgain(),))


def _postponed(operation: Operation, event: ev.NotAccepted) -> Next:
    _require_attempt(operation, event, event.step, event.attempt)
    said = (event.verdict,) if event.verdict else ()
    waiting = _with_step(
        operation,
        event.step,
        phase="pending",
        detail=event.reason,
        declined=(*_step(operation, event.step).declined, *said),
    )
    ready = Running(step=event.step, stage="ready")
    return Next(_in(waiting, ready), (LookAgain(at=event.retry_at),))


def _refused(operation: Operation, event: ev.CallRefused) -> Next:
    _require_attempt(operation, event, event.step, event.attempt)
    marked = _with_step(
        operation,
        event.step,
        phase="failed",
        finished_at=event.at,
        request_id=event.request_id,
        detail=event.reason,
    )
    return _ended(marked, Failed(at=event.at, code=event.code, reason=event.reason))


def _lost(operation: Operation, event: ev.AnswerLost) -> Next:
    _require_attempt(operation, event, event.step, event.attempt)
    marked = _with_step(
        operation,
        event.step,
        phase="uncertain",
        request_id=event.request_id,
        detail=event.reason,
    )
    uncertain = Uncertain(
        step=event.step,
        since=event.at,
        sent_at=event.sent_at,
        reason=event.reason,
        request_id=event.request_id,
        decide_after=event.decide_after,
    )
    return Next(_in(marked, uncertain), (LookAgain(at=event.at),))


def _seen(operation: Operation, event: ev.TaskSeen) -> Next:
    notes = _step(operation, event.step).notes
    shown = _with_step(
        operation,
        event.step,
        detail=event.detail,
        tasks=event.tasks,
        notes=(*notes, event.note) if event.note else notes,
        finished_at=None,
    )
    return Next(_watching(shown, event.step), ())


def _waiting(operation: Operation, event: ev.TaskWaits) -> Next:
    """Keep what people may choose from; what the step itself did has come to its end."""
    ended = _step(operation, event.step).finished_at or event.at
    shown = _with_step(
        operation, event.step, detail=event.detail, tasks=event.tasks, finished_at=ended
    )
    return Next(_in(shown, Running(step=event.step, stage="watching", ways=event.ways)), ())


def _gone_on(operation: Operation, phase: Running, event: ev.StepAdded) -> Next:
    """Add the chosen step behind the present one, which is done; it has a deadline of its own.

    What was approved stands, and covers it: it brings out no other change.
    """
    option = next((each for each in phase.ways if each.name == event.option), None)
    if option is None or option.step is None:
        raise _refusal(operation, event, "nothing of the kind is offered")
    done = _with_step(operation, phase.step, phase="succeeded")
    at, added = phase.step + 1, option.step.model_copy(update={"is_detour": True})
    longer = done.model_copy(
        update={
            "plan": done.plan.model_copy(update={"steps": _inserted(done.plan.steps, at, [added])}),
            "steps": _inserted(done.steps, at, [Step(name=added.name)]),
            "round": operation.round + 1,
            "deadline_at": event.at + operation.deadline,
        }
    )
    return Next(_in(longer, Running(step=at, stage="ready")), (RingDoorbell(),))


def _taken_back(operation: Operation, phase: Running, event: ev.TakenBack) -> Next:
    """End it, so that its rollback finds the target free; should none come, the ways stay open."""
    if not phase.ways:
        raise _refusal(operation, event, "it waits for nobody")
    marked = _with_step(operation, phase.step, phase="failed", finished_at=event.at)
    reason = TakenBack(by=event.by).reason
    failed = Failed(at=event.at, code=reason.code, reason=reason, ways=phase.ways)
    return _ended(marked, failed)


def _step_succeeded(operation: Operation, event: ev.StepSucceeded) -> Next:
    done = _with_step(
        operation,
        event.step,
        phase="succeeded",
        finished_at=event.at,
        detail=event.detail,
        tasks=event.tasks or _step(operation, event.step).tasks,
    )
    if event.step + 1 == len(operation.plan.steps):
        return _ended(done, Succeeded(at=event.at))
    ready = Running(step=event.step + 1, stage="ready")
    return Next(_in(done, ready), (RingDoorbell(),))


def _step_failed(operation: Operation, event: ev.StepFailed) -> Next:
    marked = _with_step(
        operation,
        event.step,
        phase="failed",
        finished_at=event.at,
        detail=event.reason,
        tasks=event.tasks or _step(operation, event.step).tasks,
    )
    failed = Failed(at=event.at, code="task_failed", reason=event.reason, ways=event.ways)
    return _ended(marked, failed)


def _ended(operation: Operation, phase: FinalPhase) -> Next:
    return Next(_in(operation, phase), (ReleaseLock(),))


def _in(
    operation: Operation,
    phase: AwaitingApproval | Queued | Running | Uncertain | Stalled | FinalPhase,
) -> Operation:
    return operation.model_copy(update={"phase": phase})


def _watching(operation: Operation, step: int) -> Operation:
    return _in(operation, Running(step=step, stage="watching"))


def _with_plan(operation: Operation, plan: Plan) -> Operation:
    steps = tuple(Step(name=planned.name) for planned in plan.steps)
    return operation.model_copy(update={"plan": plan, "steps": steps})


def _inserted(steps: tuple[T, ...], index: int, more: Sequence[T]) -> tuple[T, ...]:
    return (*steps[:index], *more, *steps[index:])


def _with_step(operation: Operation, index: int, **changes: object) -> Operation:
    changed = operation.steps[index].model_copy(update=changes)
    steps = (*operation.steps[:index], changed, *operation.steps[index + 1 :])
    return operation.model_copy(update={"steps": steps})


def _step(operation: Operation, index: int) -> Step:
    if index >= len(operation.steps):
        raise IllegalEventError(operation.phase.kind, "permit_granted", "there is no plan yet")
    return operation.steps[index]


def _require_step(operation: Operation, step: int, event: Event) -> None:
    if getattr(event, "step", step) != step:
        raise _refusal(operation, event, f"step {step} is under way")


def _require_attempt(operation: Operation, event: Event, step: int, attempt: int) -> None:
    if _step(operation, step).attempt != attempt:
        raise _refusal(operation, event, f"attempt {attempt} is not the present one")


def _refusal(operation: Operation, event: Event, why: str = "") -> IllegalEventError:
    return IllegalEventError(operation.phase.kind, event.kind, why)
