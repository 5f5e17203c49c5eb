"""Ways on and back: what was done is gone on with, or undone, by a new operation."""

from typing import Final

from bot.core.codes import Denied
from bot.core.commands import REASON_MAX, SECRET_IN_REASON, Request, holds_secret
from bot.core.operation import Failed, Operation, RecoveryOption
from bot.core.outcomes import Caller, Done, FormWanted, Outcome, Press, Recorded, Unchanged
from bot.core.records import Asked, OperationId, Parameters
from bot.service.context import ServiceContext
from bot.service.presses import NO_SUCH, pressed
from bot.service.requests import After, allowed, request


def go_on(context: ServiceContext, press: Press) -> Outcome:
    """Go on with the card's operation by the way that was pressed, or let its reason be asked."""
    operation = pressed(context, press)
    if isinstance(operation, Denied):
        return operation
    way = _open_way(context, operation, press.value.rpartition(":")[2], press.caller)
    if not isinstance(way, RecoveryOption):
        return way
    if not way.wants_reason:
        return _begun(context, operation, way, _said(operation, way), press.caller, press.delivery)
    wanted = _wanted(operation, way, _said(operation, way))
    refused = allowed(context, wanted, by=press.caller)
    return refused if isinstance(refused, Denied) else FormWanted(operation=operation, way=way)


def roll_back(context: ServiceContext, press: Press) -> Outcome:
    """Ask for a new operation that returns to what ran before this one."""
    operation = pressed(context, press)
    if isinstance(operation, Denied):
        return operation
    undone = context.journal.operations.rollback_of(operation.id)
    if undone is not None:
        note = f"{undone.id} rolls it back already"
        return Unchanged(operation=undone, note=note)
    denial = _no_way_back(context, operation)
    if denial:
        return context.denied(press.caller, operation.id, denial)
    before = operation.plan.observed.revision if operation.plan.observed else None
    outcome = request(
        context,
        Request(
            asked=Asked(action="rollback", parameters=Parameters(revision=before)),
            target=operation.target,
            reason=f"rolls back {operation.id}",
        ),
        by=press.caller,
        delivery=press.delivery,
        after=After(rollback_of=operation.id),
    )
    return Done(operation=outcome.operation) if isinstance(outcome, Recorded) else outcome


def gone_on(
    context: ServiceContext,
    operation_id: OperationId,
    name: str,
    reason: str,
    *,
    by: Caller,
    delivery: str,
) -> Outcome:
    """Go on with it by the way called *name*, with the reason of the form."""
    operation = context.journal.operations.find(operation_id)
    if operation is None:
        return context.denied(by, operation_id, NO_SUCH)
    way = _open_way(context, operation, name, by)
    if not isinstance(way, RecoveryOption):
        return way
    if holds_secret(reason):
        return context.denied(by, operation.id, SECRET_IN_REASON)
    words = " ".join(reason.split())[:REASON_MAX]
    return _begun(context, operation, way, words, by, delivery)


def _open_way(
    context: ServiceContext, operation: Operation, name: str, by: Caller
) -> RecoveryOption | Denied | Unchanged:
    """Return the way of this name, as long as nothing else was done about the operation."""
    follower = context.journal.operations.follower_of(operation.id)
    if follower is not None:
        return Unchanged(operation=follower, note=f"{follower.id} goes on with {operation.id}")
    ways = operation.phase.ways if isinstance(operation.phase, Failed) else ()
    way = next((each for each in ways if each.name == name), None)
    if way is None:
        return context.denied(by, operation.id, _NO_WAY)
    denial = _moved(context, operation) or _not_newest(
        context, operation, f"/ops history {operation.target}"
    )
    return context.denied(by, operation.id, denial) if denial else way


def _not_newest(context: ServiceContext, operation: Operation, or_else: str) -> Denied | None:
    """Return the denial where something was done to the target since."""
    newer = context.journal.operations.standing(operation.target)
    if newer is None or newer.id == operation.id:
        return None
    done = "changed" if newer.is_final else "is changing"
    return Denied(
        code="not_newest",
        reason=f"{newer.id} {done} {operation.target} since",
        way_out=f"See what its card offers, or {or_else}",
        operation=newer.id,
    )


def _moved(context: ServiceContext, operation: Operation) -> Denied | None:
    """Return the denial where the target's name means something else than when it failed."""
    target = context.catalogue().targets.get(operation.target)
    is_there = (operation.system, operation.connection)
    if target is None or (target.system, target.connection) == is_there:
        return None
    return Denied(
        code="not_allowed",
        reason=f"{target.name} is on {target.connection} ({target.system}) now, "
        f"no longer on {operation.connection} ({operation.system})",
        way_out="Ask for the change again.",
        rule=f"targets.{target.name}",
    )


def _no_way_back(context: ServiceContext, operation: Operation) -> Denied | None:
    if not operation.changed_what_runs:
        return Denied(
            code="no_previous_revision" if operation.is_final else "in_progress",
            reason="there is nothing to roll back here",
            way_out=f"See /ops status {operation.id}",
        )
    return _not_newest(context, operation, f"/rollback {operation.target} <revision>")


def _begun(
    context: ServiceContext,
    operation: Operation,
    way: RecoveryOption,
    reason: str,
    by: Caller,
    delivery: str,
) -> Outcome:
    outcome = request(
        context,
        _wanted(operation, way, reason),
        by=by,
        delivery=delivery,
        after=After(follows=operation.id, rollback_of=operation.rollback_of),
    )
    return Done(operation=outcome.operation) if isinstance(outcome, Recorded) else outcome


def _wanted(operation: Operation, way: RecoveryOption, reason: str) -> Request:
    parameters = operation.parameters.model_copy(update={"way": way.name, "items": way.items})
    asked = Asked(action=operation.action, parameters=parameters)
    return Request(asked=asked, target=operation.target, reason=reason)


def _said(operation: Operation, way: RecoveryOption) -> str:
    """Return the reason where none is asked for: a policy may want one."""
    return f"{way.label}: goes on with {operation.id}"


_NO_WAY: Final = Denied(
    code="no_way_on",
    reason="this is no way to go on with the operation",
    way_out="Use the buttons that its card shows now.",
)
