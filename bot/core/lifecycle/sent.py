"""From the first permit on: what is sent, watched, uncertain or stalled."""

from typing import Final

from bot.core import events as ev
from bot.core.codes.operations import Restored, TakenBack
from bot.core.effects import LookAgain, RingDoorbell
from bot.core.events import Event
from bot.core.expectation import Expectation
from bot.core.lifecycle.next import (
    Next,
    ended,
    in_phase,
    inserted,
    refusal,
    require_attempt,
    require_step,
    step_of,
    watching,
    with_step,
)
from bot.core.operation import (
    Failed,
    Operation,
    Running,
    Stalled,
    Step,
    Succeeded,
    Uncertain,
)

DETOURS_MAX: Final = 5  # of one operation: what has to be put off again and again gets nowhere


def may_detour(operation: Operation, step: int) -> bool:
    """Return whether steps may be put in before *step*.

    It follows another one and was not tried: a permit is kept by the number of its step.
    """
    is_fresh = 0 < step < len(operation.steps) and operation.steps[step].attempt == 0
    return is_fresh and operation.detours < DETOURS_MAX


def while_running(operation: Operation, phase: Running, event: Event) -> Next:
    """Return what *event* makes of what is sent or watched."""
    require_step(operation, phase.step, event)
    match (phase.stage, event):
        case ("ready", ev.PermitGranted()):
            return permitted(operation, event, step=phase.step)
        case ("ready", ev.PlanRefused(code=code, reason=reason)):
            return ended(operation, Failed(at=event.at, code=code, reason=reason))
        case ("ready", ev.PlanExtended()):
            return _extended(operation, event)
        case ("submitting", ev.TaskAccepted()):
            return accepted(operation, event)
        case ("submitting", ev.NotAccepted()):
            return _postponed(operation, event)
        case ("submitting", ev.CallRefused()):
            return refused(operation, event)
        case ("submitting", ev.AnswerLost()):
            return _lost(operation, event)
        case ("ready" | "watching", ev.AnswerLost()):
            return doubted(operation, event)
        case ("watching", ev.TaskSeen()):
            return _seen(operation, event)
        case ("watching", ev.RanLate() | ev.SeemedStuck()):
            return _overtime(operation, phase, event)
        case ("watching", ev.TaskWaits()):
            return _waiting(operation, event)
        case ("watching", ev.DecisionAwaited()):
            return _reminded(operation, phase, event)
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
            marked = with_step(operation, phase.step, phase="stalled", detail=reason)
            return Next(in_phase(marked, stalled), (LookAgain(),))
        case _:
            raise refusal(operation, event)


def while_stalled(operation: Operation, phase: Stalled, event: Event) -> Next:
    """Return what *event* makes of what people have to decide on."""
    require_step(operation, phase.step, event)
    match event:
        case ev.WaitExtended(extra=extra):
            longer = with_step(operation, phase.step, phase="watching").model_copy(
                update={"deadline_at": event.at + extra}
            )
            return Next(watching(longer, phase.step), (LookAgain(),))
        case ev.StepSucceeded():
            return _step_succeeded(operation, event)
        case ev.StepFailed():
            return _step_failed(operation, event)
        case _:
            raise refusal(operation, event)


def permitted(operation: Operation, event: ev.PermitGranted, *, step: int) -> Next:
    """Keep that the call of *step* may leave once; the first permit sets the deadline."""
    if event.step != step or event.attempt != step_of(operation, step).attempt + 1:
        raise refusal(operation, event, "the permit is for another step or attempt")
    sent = with_step(
        operation,
        step,
        phase="submitting",
        attempt=event.attempt,
        started_at=step_of(operation, step).started_at or event.at,
        permitted_at=event.at,
    )
    deadline = operation.deadline_at or event.at + operation.deadline
    running = Running(step=step, stage="submitting")
    expected = operation.expected
    if expected is None and event.expected is not None and step == 0:
        expected = Expectation(usual=event.expected, since=event.at, moved_at=event.at)
    begun = sent.model_copy(update={"deadline_at": deadline, "expected": expected})
    return Next(in_phase(begun, running), ())


def _overtime(operation: Operation, phase: Running, event: ev.RanLate | ev.SeemedStuck) -> Next:
    """Keep that it was told, once."""
    known = operation.expected
    told = "was_late" if isinstance(event, ev.RanLate) else "was_stuck"
    if known is None or phase.ways or getattr(known, told):
        raise refusal(operation, event, "nothing was expected of it, or that is known already")
    expected = known.model_copy(update={told: True})
    return Next(operation.model_copy(update={"expected": expected}), (LookAgain(),))


def _extended(operation: Operation, event: ev.PlanExtended) -> Next:
    """Insert steps before one that was not sent; what was approved is still done after them."""
    if not may_detour(operation, event.step):
        raise refusal(operation, event, "this step cannot be put off")
    detour = [each.model_copy(update={"is_detour": True}) for each in event.steps]
    planned = inserted(operation.plan.steps, event.step, detour)
    steps = inserted(operation.steps, event.step, [Step(name=each.name) for each in detour])
    plan = operation.plan.model_copy(update={"steps": planned})
    longer = operation.model_copy(
        update={
            "plan": plan,
            "steps": steps,
            "detours": operation.detours + 1,
            "expected": None,  # there is more to do than was thought
        }
    )
    return Next(longer, (RingDoorbell(),))


def accepted(operation: Operation, event: ev.TaskAccepted) -> Next:
    """Watch the remote task that the API named."""
    require_attempt(operation, event, event.step, event.attempt)
    watched = with_step(
        operation,
        event.step,
        phase="watching",
        remote_task=event.task,
        request_id=event.request_id,
        detail=event.detail,
    )
    return Next(watching(watched, event.step), (LookAgain(),))


def _postponed(operation: Operation, event: ev.NotAccepted) -> Next:
    require_attempt(operation, event, event.step, event.attempt)
    said = (event.verdict,) if event.verdict else ()
    waiting = with_step(
        operation,
        event.step,
        phase="pending",
        detail=event.reason,
        declined=(*step_of(operation, event.step).declined, *said),
    )
    ready = Running(step=event.step, stage="ready")
    return Next(in_phase(waiting, ready), (LookAgain(at=event.retry_at),))


def refused(operation: Operation, event: ev.CallRefused) -> Next:
    """End it in the words of the API, which declined the call."""
    require_attempt(operation, event, event.step, event.attempt)
    marked = with_step(
        operation,
        event.step,
        phase="failed",
        finished_at=event.at,
        request_id=event.request_id,
        detail=event.reason,
    )
    return ended(marked, Failed(at=event.at, code=event.code, reason=event.reason))


def doubted(operation: Operation, event: ev.AnswerLost) -> Next:
    """Presume of a journal that was restored that this step and all after it were sent since.

    So none of them is ever sent again: each is looked for when its turn comes.
    """
    if event.reason.key != Restored.key or not operation.plan.is_made:
        raise refusal(operation, event, "the call was not sent, or its answer is known")
    for step in range(event.step, len(operation.steps)):
        tried = step_of(operation, step)
        operation = with_step(
            operation,
            step,
            phase="uncertain",
            attempt=tried.attempt or 1,
            started_at=tried.started_at or event.sent_at,
            permitted_at=tried.permitted_at or event.sent_at,
            detail=event.reason,
        )
    return _lost(operation, event)


def _lost(operation: Operation, event: ev.AnswerLost) -> Next:
    require_attempt(operation, event, event.step, event.attempt)
    marked = with_step(
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
    return Next(in_phase(marked, uncertain), (LookAgain(at=event.at),))


def _seen(operation: Operation, event: ev.TaskSeen) -> Next:
    notes = step_of(operation, event.step).notes
    shown = with_step(
        operation,
        event.step,
        detail=event.detail,
        tasks=event.tasks,
        notes=(*notes, event.note) if event.note else notes,
        finished_at=None,
        **({"quarter": event.quarter, "quarter_at": event.at} if event.quarter else {}),
    )
    return Next(watching(shown, event.step), ())


def _reminded(operation: Operation, phase: Running, event: ev.DecisionAwaited) -> Next:
    """Keep that people were reminded of what waits for them."""
    if not phase.ways:
        raise refusal(operation, event, "it waits for nobody")
    reminded = phase.model_copy(update={"reminded": phase.reminded + 1})
    return Next(in_phase(operation, reminded), (LookAgain(),))


def _waiting(operation: Operation, event: ev.TaskWaits) -> Next:
    """Keep what people may choose from; what the step itself did has come to its end."""
    finished = step_of(operation, event.step).finished_at or event.at
    shown = with_step(
        operation, event.step, detail=event.detail, tasks=event.tasks, finished_at=finished
    )
    waits = Running(step=event.step, stage="watching", ways=event.ways, waits_since=finished)
    return Next(in_phase(shown, waits), ())


def _gone_on(operation: Operation, phase: Running, event: ev.StepAdded) -> Next:
    """Add the chosen step behind the present one, which is done; it has a deadline of its own.

    What was approved stands, and covers it: it brings out no other change.
    """
    option = next((each for each in phase.ways if each.name == event.option), None)
    if option is None or option.step is None:
        raise refusal(operation, event, "nothing of the kind is offered")
    done = with_step(operation, phase.step, phase="succeeded")
    at, added = phase.step + 1, option.step.model_copy(update={"is_detour": True})
    longer = done.model_copy(
        update={
            "plan": done.plan.model_copy(update={"steps": inserted(done.plan.steps, at, [added])}),
            "steps": inserted(done.steps, at, [Step(name=added.name)]),
            "round": operation.round + 1,
            "deadline_at": event.at + operation.deadline,
            "expected": None,  # people have decided how long it takes
        }
    )
    return Next(in_phase(longer, Running(step=at, stage="ready")), (RingDoorbell(),))


def _taken_back(operation: Operation, phase: Running, event: ev.TakenBack) -> Next:
    """End it, so that its rollback finds the target free; should none come, the ways stay open."""
    if not phase.ways:
        raise refusal(operation, event, "it waits for nobody")
    marked = with_step(operation, phase.step, phase="failed", finished_at=event.at)
    reason = TakenBack(by=event.by).reason
    failed = Failed(at=event.at, code=reason.code, reason=reason, ways=phase.ways)
    return ended(marked, failed)


def _step_succeeded(operation: Operation, event: ev.StepSucceeded) -> Next:
    done = with_step(
        operation,
        event.step,
        phase="succeeded",
        finished_at=event.at,
        detail=event.detail,
        tasks=event.tasks or step_of(operation, event.step).tasks,
    )
    if event.step + 1 == len(operation.plan.steps):
        return ended(done, Succeeded(at=event.at))
    following = step_of(done, event.step + 1)
    if following.phase == "uncertain" and following.permitted_at is not None:
        doubt = Uncertain(
            step=event.step + 1,
            since=event.at,
            sent_at=following.permitted_at,
            reason=Restored().reason,
            decide_after=event.at,
        )
        return Next(in_phase(done, doubt), (LookAgain(at=event.at),))
    ready = Running(step=event.step + 1, stage="ready")
    return Next(in_phase(done, ready), (RingDoorbell(),))


def _step_failed(operation: Operation, event: ev.StepFailed) -> Next:
    marked = with_step(
        operation,
        event.step,
        phase="failed",
        finished_at=event.at,
        detail=event.reason,
        tasks=event.tasks or step_of(operation, event.step).tasks,
    )
    failed = Failed(at=event.at, code="task_failed", reason=event.reason, ways=event.ways)
    return ended(marked, failed)
