"""What every transition is made of."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from bot.core.effects import Effect, ReleaseLock
from bot.core.errors import IllegalEventError
from bot.core.events import Event
from bot.core.operation import FinalPhase, OpenPhase, Operation, Running, Step
from bot.core.plan import Plan

T = TypeVar("T")


class Next(NamedTuple):
    """What an event made of an operation."""

    operation: Operation
    effects: tuple[Effect, ...]


def ended(operation: Operation, phase: FinalPhase) -> Next:
    """End it: where it had its target, that is free."""
    effects = (ReleaseLock(),) if operation.has_target else ()
    return Next(in_phase(operation, phase), effects)


def in_phase(
    operation: Operation,
    phase: OpenPhase | FinalPhase,
) -> Operation:
    """Return *operation* in another phase."""
    return operation.model_copy(update={"phase": phase})


def watching(operation: Operation, step: int) -> Operation:
    """Return *operation* with the remote task of *step* watched."""
    return in_phase(operation, Running(step=step, stage="watching"))


def with_plan(operation: Operation, plan: Plan) -> Operation:
    """Return *operation* with a plan, of which nothing was done yet."""
    steps = tuple(Step(name=planned.name) for planned in plan.steps)
    return operation.model_copy(update={"plan": plan, "steps": steps})


def inserted(steps: tuple[T, ...], index: int, more: Sequence[T]) -> tuple[T, ...]:
    """Return *steps* with *more* before the one at *index*."""
    return (*steps[:index], *more, *steps[index:])


def with_step(operation: Operation, index: int, **changes: object) -> Operation:
    """Return *operation* with *changes* in one of its steps."""
    changed = operation.steps[index].model_copy(update=changes)
    steps = (*operation.steps[:index], changed, *operation.steps[index + 1 :])
    return operation.model_copy(update={"steps": steps})


def step_of(operation: Operation, index: int) -> Step:
    """Return how far the step at *index* has come."""
    if index >= len(operation.steps):
        raise IllegalEventError(operation.phase.kind, "permit_granted", "there is no plan yet")
    return operation.steps[index]


def require_step(operation: Operation, step: int, event: Event) -> None:
    """Refuse *event* where it is about another step."""
    if getattr(event, "step", step) != step:
        raise refusal(operation, event, f"step {step} is under way")


def require_attempt(operation: Operation, event: Event, step: int, attempt: int) -> None:
    """Refuse *event* where it is about another attempt."""
    if step_of(operation, step).attempt != attempt:
        raise refusal(operation, event, f"attempt {attempt} is not the present one")


def refusal(operation: Operation, event: Event, why: str = "") -> IllegalEventError:
    """Return the error that says that *event* cannot be here."""
    return IllegalEventError(operation.phase.kind, event.kind, why)
