"""Presses: what a button does, or the word for it, decided on the present state."""

from typing import Final, NamedTuple

from bot.core.codes import Denied
from bot.core.codes.rules import LookingAgain
from bot.core.codes.service import TryAgain
from bot.core.errors import ConflictError, IllegalEventError
from bot.core.operation import Operation, RecoveryOption
from bot.core.outcomes import (
    Caller,
    DetailsWanted,
    Done,
    FormWanted,
    Outcome,
    Recorded,
    ReviewWanted,
    Unchanged,
    Wish,
)
from bot.core.rules import (
    Change,
    Decided,
    Decision,
    Facts,
    Press,
    Recover,
    RollBack,
    decide,
    record_of,
    several,
)
from bot.core.surfaces import Subject
from bot.service.changes import change
from bot.service.context import ServiceContext
from bot.service.previews import preview_wanted

_TRIES: Final = 40  # a crowd may press at once; each loses only against one that won


def press(context: ServiceContext, wanted: Press, *, by: Caller, delivery: str) -> Outcome:
    """Do what was pressed, decided again where somebody else was faster."""
    for _ in range(_TRIES):
        judged = _decided(context, wanted, by)
        stopped = _stopped(context, judged, by)
        if stopped is not None or judged.operation is None:
            return stopped or _crowded(context, wanted, by)
        try:
            return _done(context, wanted, judged, by, delivery)
        except (ConflictError, IllegalEventError):
            continue
    return _crowded(context, wanted, by)


def form(
    context: ServiceContext, wanted: Press, *, by: Caller, in_menu: bool = False
) -> Outcome | None:
    """Return what the press opens, or why it opens nothing; None: it needs no form."""
    opens = wanted.opens if wanted.opens != "nothing" or not in_menu else wanted.opens_in_menu
    if opens == "nothing" or (opens == "preview" and not in_menu and not _shows(context, wanted)):
        return None
    judged = _decided(context, wanted, by)
    operation = judged.operation
    option = _option(wanted, operation)
    if option is not None and not option.wants_reason:
        return None
    stopped = _stopped(context, judged, by)
    if stopped is not None or operation is None:
        return stopped
    if opens == "details":
        return DetailsWanted(operation=operation, gates=several(operation, judged.facts))
    if opens == "preview":
        return preview_wanted(operation, judged.facts)
    if wanted.opens == "review":
        return ReviewWanted(operation=operation)
    return FormWanted(operation=operation, option=option)


def _shows(context: ServiceContext, wanted: Press) -> bool:
    """Whether the policy wants to be shown what the press would do; a menu always asks."""
    operation = context.journal.operations.find(wanted.operation)
    policy = context.catalogue().policies.get(operation.policy) if operation else None
    return policy is None or policy.rollback_preview


class _Judged(NamedTuple):
    """A press on the operation as it stands, what was decided, and what is kept of that."""

    operation: Operation | None
    decision: Decision
    decided: Decided
    facts: Facts


def _decided(context: ServiceContext, wanted: Press, by: Caller) -> _Judged:
    operation = context.journal.operations.find(wanted.operation)
    facts = context.facts.of_press(
        wanted,
        operation,
        by.user,
        is_on_card=_is_on_card(context, wanted, by),
        asked_in=by.channel or None,
    )
    decision = decide(wanted, facts)
    return _Judged(operation, decision, record_of(wanted, facts, decision), facts)


def _stopped(context: ServiceContext, judged: _Judged, by: Caller) -> Outcome | None:
    return context.stopped(judged.decision, by, judged.operation, judged.decided)


def _is_on_card(context: ServiceContext, wanted: Press, by: Caller) -> bool:
    """Whether the press was made on a card of the operation; typed words stand on none.

    A card that was just posted may be pressed before it is known which message it is.
    """
    if by.message_ts is None:
        return True
    surfaces, subject = context.journal.surfaces, Subject(kind="operation", id=wanted.operation)
    found = surfaces.surface_at(by.channel, by.message_ts)
    if found is None:
        return surfaces.may_show(by.channel, by.message_ts, subject)
    if found.kind == "incident_suspects":
        return isinstance(wanted, RollBack)
    return found.subject == subject


def _option(wanted: Press, operation: Operation | None) -> RecoveryOption | None:
    if not isinstance(wanted, Recover) or operation is None:
        return None
    return operation.option(wanted.option)


def _done(
    context: ServiceContext, wanted: Press, judged: _Judged, by: Caller, delivery: str
) -> Outcome:
    operation = judged.operation
    if operation is None:
        msg = "a press was allowed without its operation"
        raise ValueError(msg)
    allowed = context.allowed(by, operation.id, judged.decided)
    informed = wanted.informed(judged.facts)
    becomes = informed.becomes(operation, by.user, context.clock())
    if becomes is None:
        context.journal.audit.add(allowed)
        context.engine.look_now(operation.id)
        return Unchanged(operation=operation, why=LookingAgain().reason)
    if not isinstance(becomes, Change):
        return Done(operation=context.engine.apply_to(operation, becomes, noted=allowed))
    outcome = change(context, Wish(becomes, by, delivery))
    return Done(operation=outcome.operation) if isinstance(outcome, Recorded) else outcome


def _crowded(context: ServiceContext, wanted: Press, by: Caller) -> Denied:
    return context.denied(by, wanted.operation, Denied.of(TryAgain()))
