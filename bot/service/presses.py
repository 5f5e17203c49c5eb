"""Presses: what a button does, or the word for it, decided on the present state."""

from typing import Final

from bot.core.codes import Denied
from bot.core.codes.rules import LookingAgain
from bot.core.codes.service import TryAgain
from bot.core.errors import ConflictError, IllegalEventError
from bot.core.operation import Operation, RecoveryOption
from bot.core.outcomes import Caller, DetailsWanted, Done, FormWanted, Outcome, Recorded, Unchanged
from bot.core.rules import Change, Decision, Press, Recover, decide
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
    """Return what the press opens, or why it opens nothing; None: it needs no form."""
    if wanted.opens == "nothing":
        return None
    operation, decision = _decided(context, wanted, by)
    option = _option(wanted, operation)
    if option is not None and not option.wants_reason:
        return None
    stopped = context.stopped(decision, by, operation)
    if stopped is not None or operation is None:
        return stopped
    if wanted.opens == "details":
        return DetailsWanted(operation=operation)
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
    return operation.option(wanted.option)


def _done(
    context: ServiceContext, wanted: Press, operation: Operation, by: Caller, delivery: str
) -> Outcome:
    becomes = wanted.becomes(operation, by.user, context.clock())
    if becomes is None:
        context.engine.look_now(operation.id)
        return Unchanged(operation=operation, why=LookingAgain().reason)
    if not isinstance(becomes, Change):
        return Done(operation=context.engine.apply_to(operation, becomes))
    outcome = change(context, becomes, by=by, delivery=delivery)
    return Done(operation=outcome.operation) if isinstance(outcome, Recorded) else outcome


def _crowded(context: ServiceContext, wanted: Press, by: Caller) -> Denied:
    return context.denied(by, wanted.operation, Denied.of(TryAgain()))
