"""While nobody knows whether a call was executed: it is read back, and people decide."""

from bot.core import events as ev
from bot.core.codes.operations import NotExecuted
from bot.core.effects import LookAgain
from bot.core.events import Event
from bot.core.lifecycle.next import (
    Next,
    ended,
    in_phase,
    refusal,
    require_step,
    watching,
    with_step,
)
from bot.core.lifecycle.sent import accepted, refused
from bot.core.operation import Failed, Operation, Succeeded, Uncertain


def while_uncertain(operation: Operation, phase: Uncertain, event: Event) -> Next:
    """Return what *event* makes of a call whose answer was lost."""
    require_step(operation, phase.step, event)
    match event:
        case ev.TaskAccepted():  # the answer of a worker that was only thought dead
            return accepted(operation, event)
        case ev.CallRefused():
            return refused(operation, event)
        case ev.TaskAdopted(task=task, evidence=evidence):
            watched = with_step(
                operation, phase.step, phase="watching", remote_task=task, detail=evidence
            )
            return Next(watching(watched, phase.step), (LookAgain(),))
        case ev.SettleTimePassed():
            if phase.is_settled or event.at < phase.decide_after:
                raise refusal(operation, event, "it is known already, or too early")
            return Next(in_phase(operation, phase.model_copy(update={"is_settled": True})), ())
        case ev.NotExecutedSaid():
            _require_another_decider(operation, phase, event)
            said = phase.model_copy(update={"said": (*phase.said, event.by)})
            if len(said.said) >= operation.deciders:
                raise refusal(operation, event, "nobody else has to say so")
            return Next(in_phase(operation, said), ())
        case ev.NotExecuted():
            _require_another_decider(operation, phase, event)
            if len(phase.said) + 1 < operation.deciders:
                raise refusal(operation, event, f"it takes {operation.deciders} people")
            return _not_executed(operation, phase, event)
        case ev.ExecutedSaid():
            _require_another_decider(operation, phase, event)
            heard = (*phase.said_executed, event.by)
            if len(heard) >= operation.deciders:
                raise refusal(operation, event, "nobody else has to say so")
            told = phase.model_copy(update={"said_executed": heard})
            return Next(in_phase(operation, told), ())
        case ev.Executed():
            _require_another_decider(operation, phase, event)
            return _executed(operation, phase, event)
        case _:
            raise refusal(operation, event)


def _require_another_decider(operation: Operation, phase: Uncertain, event: Event) -> None:
    if event.at < phase.decide_after:
        raise refusal(operation, event, "the lost call may still surface")
    if event.by in {*phase.said, *phase.said_executed}:
        raise refusal(operation, event, "this person said so before")


def _not_executed(operation: Operation, phase: Uncertain, event: Event) -> Next:
    """End it, and go on looking for a while: nobody can be sure."""
    reason = NotExecuted().reason
    marked = with_step(operation, phase.step, phase="failed", finished_at=event.at)
    failed = Failed(at=event.at, code="not_executed", reason=reason, doubt=phase)
    done = ended(marked, failed)
    return Next(done.operation, (*done.effects, LookAgain()))


def _executed(operation: Operation, phase: Uncertain, event: Event) -> Next:
    """End it by people's word, which can be given of the last step alone: others need its task."""
    heard = (*phase.said_executed, event.by)
    if len(heard) < operation.deciders:
        raise refusal(operation, event, f"it takes {operation.deciders} people")
    if phase.step + 1 < len(operation.steps):
        raise refusal(operation, event, "there are steps after it")
    marked = with_step(operation, phase.step, phase="succeeded", finished_at=event.at)
    return ended(marked, Succeeded(at=event.at, said_by=heard))


def surfaced(operation: Operation, phase: Failed, event: ev.ExecutedLate) -> Next:
    """Keep what came to light; the operation stays failed, and is not watched: people look."""
    told = phase.model_copy(update={"surfaced": event.task})
    return Next(in_phase(operation, told), ())
