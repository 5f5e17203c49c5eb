"""Presses: what a button does, or the word for it, decided on the present state."""

from typing import Final, assert_never

from bot.core import events as ev
from bot.core.codes import Denied
from bot.core.codes.rules import LookingAgain
from bot.core.codes.service import TryAgain
from bot.core.errors import ConflictError, IllegalEventError
from bot.core.events import Event
from bot.core.operation import Operation, RecoveryOption
from bot.core.outcomes import Caller, Done, FormWanted, Outcome, Recorded, Unchanged
from bot.core.records import Asked, Parameters
from bot.core.rules import (
    Approve,
    Cancel,
    Change,
    Decision,
    KeepWaiting,
    LookAgain,
    NotExecuted,
    Press,
    Recover,
    Reject,
    RollBack,
    decide,
    option_of,
    revision_before,
)
from bot.core.surfaces import Subject
from bot.service.changes import change
from bot.service.context import ServiceContext

_TRIES: Final = 40  # a crowd may press at once; each loses only against one that won


def press(context: ServiceContext, wanted: Press, *, by: Caller, delivery: str) -> Outcome:
    """Do what was pressed, decided again where somebody else was faster."""
    for _ in range(_TRIES):
        operation, decision = _decided(context, wanted, by)
        stopped = context.stopped(decision, by, operation)
        if stopped is not None or operation is None:
            return stopped or _crowded(context, wanted, by)
        try:
            return _done(context, wanted, operation, by, delivery)
        except (ConflictError, IllegalEventError):
            continue
    return _crowded(context, wanted, by)


def form(context: ServiceContext, wanted: Press, *, by: Caller) -> Outcome | None:
    """Return the form that the press opens, or why it opens none; None: it needs no form."""
    operation, decision = _decided(context, wanted, by)
    option = _option(wanted, operation)
    if not isinstance(wanted, Reject) and not (option and option.wants_reason):
        return None
    stopped = context.stopped(decision, by, operation)
    if stopped is not None or operation is None:
        return stopped
    return FormWanted(operation=operation, option=option)


def _decided(
    context: ServiceContext, wanted: Press, by: Caller
) -> tuple[Operation | None, Decision]:
    operation = context.journal.operations.find(wanted.operation)
    facts = context.facts.of_press(
        wanted, operation, by.user, is_on_card=_is_on_card(context, wanted, by)
    )
    return operation, decide(wanted, facts)


def _is_on_card(context: ServiceContext, wanted: Press, by: Caller) -> bool:
    """Whether the press was made on a card of the operation; typed words stand on none.

    A card that was just posted may be pressed before it is known which message it is; that may
    become known between the two looks here.
    """
    if by.message_ts is None:
        return True
    surfaces = context.journal.surfaces
    found = surfaces.surface_at(by.channel, by.message_ts)
    if found is not None:
        return found.subject == Subject(kind="operation", id=wanted.operation)
    cards = surfaces.cards_of(wanted.operation)
    return any(each.channel == by.channel and each.ts in {None, by.message_ts} for each in cards)


def _option(wanted: Press, operation: Operation | None) -> RecoveryOption | None:
    if not isinstance(wanted, Recover) or operation is None:
        return None
    return option_of(operation, wanted.option)


def _done(
    context: ServiceContext, wanted: Press, operation: Operation, by: Caller, delivery: str
) -> Outcome:
    match wanted:
        case RollBack() | Recover():
            new = _rollback(operation) if isinstance(wanted, RollBack) else _next(wanted, operation)
            outcome = change(context, new, by=by, delivery=delivery)
            return Done(operation=outcome.operation) if isinstance(outcome, Recorded) else outcome
        case LookAgain():
            context.engine.look_now(operation.id)
            return Unchanged(operation=operation, why=LookingAgain().reason)
        case Approve() | Reject() | Cancel() | NotExecuted() | KeepWaiting():
            event = _event(context, wanted, operation, by)
            return Done(operation=context.engine.apply_to(operation, event))
        case _:
            assert_never(wanted)


def _event(
    context: ServiceContext,
    wanted: Approve | Reject | Cancel | NotExecuted | KeepWaiting,
    operation: Operation,
    by: Caller,
) -> Event:
    now, who = context.clock(), by.user
    match wanted:
        case Approve():
            return ev.ApprovalGiven(at=now, by=who, digest=operation.plan.digest)
        case Reject(reason=reason):
            return ev.ApprovalRefused(at=now, by=who, reason=reason or "")
        case Cancel():
            return ev.Withdrawn(at=now, by=who)
        case KeepWaiting():
            return ev.WaitExtended(at=now, by=who, extra=operation.deadline)
        case NotExecuted():
            said = len(getattr(operation.phase, "said", ())) + 1
            if said < operation.deciders:
                needed = operation.deciders
                return ev.NotExecutedSaid(at=now, by=who, said=said, needed=needed)
            return ev.NotExecuted(at=now, by=who)
        case _:
            assert_never(wanted)


def _rollback(operation: Operation) -> Change:
    parameters = Parameters(revision=revision_before(operation))
    return Change(
        target=operation.target,
        asked=Asked(action="rollback", parameters=parameters),
        rollback_of=operation.id,
    )


def _next(wanted: Recover, operation: Operation) -> Change:
    option = option_of(operation, wanted.option)
    items = option.items if option else ()
    parameters = operation.parameters.model_copy(update={"way": wanted.option, "items": items})
    return Change(
        target=operation.target,
        asked=Asked(action=operation.action, parameters=parameters),
        reason=wanted.reason or "",
        follows=operation.id,
        rollback_of=operation.rollback_of,
    )


def _crowded(context: ServiceContext, wanted: Press, by: Caller) -> Denied:
    return context.denied(by, wanted.operation, Denied.of(TryAgain()))
