"""Rolls back what failed, where the policy says so and nobody said no in time."""

from contextlib import suppress
from typing import Final

from bot.core import events as ev
from bot.core.codes import Reason
from bot.core.errors import ConflictError, IllegalEventError
from bot.core.operation import Failed, Operation
from bot.core.ports import LimitReached, Limits, QueueFull, TargetLocked
from bot.core.records import SLIPWAY, Moment, OperationId
from bot.core.rules import Change, Facts, Finding, RollBack, decide, record_of
from bot.core.wanted import Asker, in_the_way, operation_of, rollback_id
from bot.journal.audit_entries import entry_of_decision
from bot.journal.entering import Entered, NewOperation
from workers.context import WorkerContext

# By these nothing is decided: what Slack does not tell now, and a drain, which ends by itself.
_PASSING: Final = frozenset({"membership", "drain"})
_MOOT: Final = frozenset({"way_back", "newest"})  # by these people have acted on the failure


def roll_back_by_itself(context: WorkerContext, failed: Operation, now: Moment) -> None:
    """Begin the rollback of *failed*, or say why not; where it cannot be told yet, do nothing.

    It is the same operation whoever begins it, so two sweepers begin one, and one that died
    between both writes has begun it.

    Raises:
        ConflictError: somebody else moved it on.
        IllegalEventError: likewise.
    """
    began = rollback_id(failed.id)
    if context.journal.operations.find(began) is not None:
        _mark(context, failed, began, now)
        return
    press = RollBack(operation=failed.id)
    facts = context.facts.of_press(press, failed, SLIPWAY, is_on_card=True)
    facts = facts.model_copy(update={"is_draining": context.journal.drain.is_on(now)})
    found = decide(press, facts).decisive
    wanted = press.becomes(failed, SLIPWAY, now)
    if found is None:
        facts = context.facts.of_change(wanted, SLIPWAY, failed.channel)
        found = decide(wanted, facts).decisive
    if found is not None:
        _forgo(context, failed, found, now)
        return
    made = _begin(context, wanted, facts, failed)
    reason = _in_the_way(made)
    if reason is not None:
        context.engine.apply_to(failed, ev.RollbackForgone(at=now, reason=reason))
    elif not isinstance(made, LimitReached):
        _mark(context, failed, began, now)


def _mark(context: WorkerContext, failed: Operation, began: OperationId, now: Moment) -> None:
    """Say on *failed* that its rollback began; withdraw that where somebody has just said no."""
    try:
        context.engine.apply_to(failed, ev.RollbackBegun(at=now, rollback=began))
    except (ConflictError, IllegalEventError):
        present = context.journal.operations.load(failed.id)
        if isinstance(present.phase, Failed) and _is_held(present.phase):
            with suppress(ConflictError, IllegalEventError):  # something was sent already
                context.engine.apply(began, ev.Withdrawn(at=now, by=SLIPWAY))
        raise


def _is_held(phase: Failed) -> bool:
    return phase.countdown is not None and phase.countdown.held_by is not None


def _forgo(context: WorkerContext, failed: Operation, found: Finding, now: Moment) -> None:
    if found.rule in _PASSING or found.why is None:
        return
    is_moot = found.verdict == "moot" or found.rule in _MOOT
    forgone = ev.RollbackForgone(at=now, reason=found.why, is_moot=is_moot)
    context.engine.apply_to(failed, forgone)


def _begin(context: WorkerContext, wanted: Change, facts: Facts, failed: Operation) -> Entered:
    target, policy = facts.target, facts.policy
    if target is None or policy is None:
        msg = f"the rollback of {failed.id} was allowed without its target or policy"
        raise ValueError(msg)
    asker = Asker(rollback_id(failed.id), SLIPWAY, failed.channel)
    operation = operation_of(wanted, target, policy, facts, asker)
    decided = record_of(wanted, facts, decide(wanted, facts))
    noted = entry_of_decision(decided, at=facts.now, by=SLIPWAY, subject=operation.id)
    wants = NewOperation(operation, f"after {failed.id}", Limits(), noted=noted)
    made, _ = context.engine.begin(wants)
    return made


def _in_the_way(made: Entered) -> Reason | None:
    """Return which operation has the target; None: it was begun, or has to be tried again."""
    match made:
        case TargetLocked(holder=holder) | QueueFull(holder=holder):
            return in_the_way(holder).reason
        case _:
            return None
