"""Operations and events as rows, and back."""

from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from bot.core.errors import UnknownFormatError
from bot.core.events import Event
from bot.core.operation import AwaitingApproval, Operation, Running, Stalled, Uncertain
from bot.core.records import Moment, OperationId

FORMAT: Final = 1
_EVENT: Final[TypeAdapter[Event]] = TypeAdapter(Event)


def state(operation: Operation, at: Moment) -> dict[str, Any]:
    """Return the columns of *operation* that an event may change."""
    phase = operation.phase
    return {
        "phase": phase.kind,
        "stage": phase.stage if isinstance(phase, Running) else None,
        "step": phase.step if isinstance(phase, Running | Uncertain | Stalled) else None,
        "sequence": operation.sequence,
        "updated_at": at,
        "finished_at": operation.finished_at,
        "expires_at": phase.expires_at if isinstance(phase, AwaitingApproval) else None,
        "is_planned": operation.plan.is_made,
        "sent_at": _sent_at(operation),
        "record": operation.model_dump_json(),
    }


def _sent_at(operation: Operation) -> Moment | None:
    """Return when its first permit was granted."""
    moments = [each.started_at for each in operation.steps if each.attempt and each.started_at]
    return min(moments, default=None)


def identity(operation: Operation) -> dict[str, Any]:
    """Return the columns of *operation* that never change, but for its fence."""
    return {
        "id": operation.id,
        "target": operation.target,
        "system": operation.system,
        "action": operation.action,
        "requester": operation.requester,
        "created_at": operation.created_at,
        "rollback_of": operation.rollback_of,
        "follows": operation.follows,
        "format": operation.format,
    }


def event_row(operation: Operation, event: Event) -> dict[str, Any]:
    """Return the row of *event*, which brought *operation* to its sequence."""
    return {
        "operation_id": operation.id,
        "sequence": operation.sequence,
        "at": event.at,
        "kind": event.kind,
        "by": event.by,
        "body": event.model_dump_json(),
    }


def operation_from(operation_id: OperationId, form: int, record: str) -> Operation:
    """Return the operation of a row.

    Raises:
        UnknownFormatError: this version cannot read it.
    """
    if form != FORMAT:
        msg = f"{operation_id} has format {form}, this Slipway reads {FORMAT}"
        raise UnknownFormatError(msg)
    try:
        return Operation.model_validate_json(record)
    except ValidationError as error:
        msg = f"the record of {operation_id} cannot be read ({error.error_count()} faults)"
        raise UnknownFormatError(msg) from error


def event_from(operation_id: OperationId, sequence: int, body: str) -> Event:
    """Return the event of a row.

    Raises:
        UnknownFormatError: this version cannot read it.
    """
    try:
        return _EVENT.validate_json(body)
    except ValidationError as error:
        msg = f"event {sequence} of {operation_id} cannot be read ({error.error_count()} faults)"
        raise UnknownFormatError(msg) from error
