"""Operations and events as rows, and back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Row

from bot.core.errors import UnknownFormatError
from bot.core.events import Event
from bot.core.operation import (
    AwaitingApproval,
    Operation,
    Phase,
    Running,
    Stalled,
    Uncertain,
    Waiting,
)
from bot.core.records import Moment, OperationId
from bot.core.reminders import remind_at, review_by
from bot.core.rows import OpenOperation, UnreadableEvent, UnreadableOperation

FORMATS: Final = tuple(range(1, 23))  # that this version reads
FORMAT: Final = FORMATS[-1]
WRITTEN: Final = 21  # the lowest whose operations and events have the shapes of the last
_NOWHERE: Final[dict[str, Any]] = {
    "stage": None,
    "sequence": 0,
    "updated_at": datetime(1970, 1, 1, tzinfo=UTC),
    "expires_at": None,
    "is_planned": False,
    "is_foreign": True,
}
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
        "expires_at": _expires_at(phase),
        "is_planned": operation.plan.is_made,
        "remind_at": remind_at(operation),
        "review_by": review_by(operation),
        "sent_at": _sent_at(operation),
        "format": operation.format,
        "record": operation.model_dump_json(),
    }


def _expires_at(phase: Phase) -> Moment | None:
    """Return until when people may decide, where that has an end."""
    match phase:
        case AwaitingApproval(expires_at=at) | Waiting(starts_by=at):
            return at
        case _:
            return None


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
    if form not in FORMATS:
        msg = f"{operation_id} has format {form}, this Slipway reads {FORMATS[0]} to {FORMATS[-1]}"
        raise UnknownFormatError(msg, operation_id=operation_id)
    try:
        return Operation.model_validate_json(record)
    except ValidationError as error:
        msg = f"the record of {operation_id} cannot be read ({error.error_count()} faults)"
        raise UnknownFormatError(msg, operation_id=operation_id) from error


def unreadable_from(row: Row[Any]) -> UnreadableOperation:
    """Return what the columns tell of an operation whose record cannot be read."""
    return UnreadableOperation(
        id=row.id,
        target=_word(row.target),
        action=_word(row.action),
        phase=_word(row.phase),
        requester=_word(row.requester),
        created_at=row.created_at,
        is_open=row.is_open,
        is_newer=isinstance(row.format, int) and row.format > FORMAT,
    )


def open_from(columns: Mapping[str, Any]) -> OpenOperation:
    """Return where an open operation stands; one with damaged columns is not for this version."""
    try:
        return OpenOperation.model_validate(columns)
    except ValidationError:
        named = {name: _word(columns[name]) for name in ("id", "target", "requester", "phase")}
        return OpenOperation.model_validate({**_NOWHERE, **named})


def event_from(row: Row[int, Moment, str, str, str]) -> Event | UnreadableEvent:
    """Return the event of a row, or what its columns tell where it cannot be read."""
    try:
        return _EVENT.validate_json(row.body)
    except ValidationError:
        return UnreadableEvent(at=row.at, kind=_word(row.kind), by=_word(row.by))


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
