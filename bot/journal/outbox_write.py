"""What effects want Slack to show, as rows of the outbox."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from sqlalchemy import Connection, and_, bindparam, case, exists, insert, not_, select, update

from bot.core.effects import Effect, RefreshCard, RefreshPrevious, Reply, Urgency
from bot.core.operation import Operation
from bot.core.records import ChannelId, OperationId, UserId
from bot.core.rows import OutboxKind
from bot.journal.audit import storable
from bot.journal.schema import operations, outbox, permits

CARD_WAIT: Final = timedelta(seconds=1)  # so that the plan is in the first post
URGENCIES: Final[tuple[Urgency, ...]] = get_args(Urgency)
DECISIVE: Final = 0

_ROW: Final[dict[str, Any]] = {
    "operation_id": None,
    "sequence": 0,
    "shown": 0,
    "touched": 0,
    "user": "",
    "text": "",
    "urgency": DECISIVE,
    "broadcast": False,
    "ts": None,
    "ready_at": None,
    "held_until": None,
    "claimed_until": None,
    "settled_at": None,
    "attempts": 0,
    "claims": 0,
    "in_doubt": False,
    "done": False,
    "error": "",
}
_INSERT: Final = insert(outbox)

_AT: Final = bindparam("now", type_=outbox.c.due_at.type)
_URGENCY: Final = bindparam("new_urgency", type_=outbox.c.urgency.type)
_RESTED: Final = case(
    (and_(outbox.c.ready_at > _AT, _URGENCY > DECISIVE), outbox.c.ready_at), else_=_AT
)
_EARLIEST: Final = case((outbox.c.held_until > _RESTED, outbox.c.held_until), else_=_RESTED)
_WANT: Final = update(outbox).values(
    urgency=case(
        (and_(not_(outbox.c.done), outbox.c.urgency < _URGENCY), outbox.c.urgency), else_=_URGENCY
    ),
    due_at=case(
        (and_(not_(outbox.c.done), outbox.c.due_at < _EARLIEST), outbox.c.due_at), else_=_EARLIEST
    ),
    done=False,
)
_REFRESH: Final = _WANT.values(sequence=bindparam("new_sequence")).where(
    outbox.c.id == bindparam("card")
)
_BEFORE: Final = (
    select(operations.c.id)
    .where(
        operations.c.target == bindparam("target"),
        operations.c.id != bindparam("present"),
        operations.c.finished_at.is_not(None),
        exists().where(permits.c.operation_id == operations.c.id),
    )
    .order_by(operations.c.fence.desc())
    .limit(1)
    .scalar_subquery()
)
_TOUCH: Final = _WANT.values(touched=outbox.c.touched + 1).where(
    outbox.c.operation_id == _BEFORE, outbox.c.kind == "card"
)


def card_id(operation_id: OperationId) -> str:
    """Return the id of an operation's one card."""
    return f"card:{operation_id}"


def begin(
    connection: Connection, operation: Operation, at: datetime, effects: Sequence[Effect]
) -> None:
    """Want what the first event of *operation* wants; its card waits for the plan a little."""
    for effect in effects:
        match effect:
            case RefreshCard(urgency=urgency):
                _insert_card(connection, operation, urgency, at, at + CARD_WAIT)
            case _:
                _want(connection, operation, at, effect)


def want(
    connection: Connection, operation: Operation, at: datetime, effects: Sequence[Effect]
) -> None:
    """Want what *effects* say; those that are not Slack's are somebody else's."""
    for effect in effects:
        _want(connection, operation, at, effect)


def whisper(
    connection: Connection,
    whisper_id: str,
    at: datetime,
    channel: ChannelId,
    user: UserId,
    text: str,
    operation_id: OperationId | None,
) -> None:
    """Want *text* to be shown to *user* alone."""
    row = _row(f"whisper:{whisper_id}", "whisper", at, channel)
    told = {"user": user, "text": storable(text), "operation_id": operation_id}
    connection.execute(_INSERT, {**row, **told})


def _want(connection: Connection, operation: Operation, at: datetime, effect: Effect) -> None:
    match effect:
        case RefreshCard(urgency=urgency):
            _refresh(connection, operation, urgency, at)
        case Reply():
            _reply(connection, operation, effect, at)
        case RefreshPrevious():
            connection.execute(
                _TOUCH,
                {
                    "now": at,
                    "new_urgency": URGENCIES.index("notable"),
                    "target": operation.target,
                    "present": operation.id,
                },
            )
        case _:
            pass


def _refresh(connection: Connection, operation: Operation, urgency: Urgency, at: datetime) -> None:
    wanted = {
        "card": card_id(operation.id),
        "now": at,
        "new_urgency": URGENCIES.index(urgency),
        "new_sequence": operation.sequence,
    }
    if connection.execute(_REFRESH, wanted).rowcount == 0:
        _insert_card(connection, operation, urgency, at, at)


def _insert_card(
    connection: Connection, operation: Operation, urgency: Urgency, at: datetime, due_at: datetime
) -> None:
    row = _row(card_id(operation.id), "card", at, operation.channel)
    wanted = {
        "operation_id": operation.id,
        "sequence": operation.sequence,
        "urgency": URGENCIES.index(urgency),
        "due_at": due_at,
    }
    connection.execute(_INSERT, {**row, **wanted})


def _reply(connection: Connection, operation: Operation, effect: Reply, at: datetime) -> None:
    row = _row(f"reply:{operation.id}:{operation.sequence}", "reply", at, operation.channel)
    wanted = {
        "operation_id": operation.id,
        "sequence": operation.sequence,
        "urgency": URGENCIES.index(effect.urgency),
        "broadcast": effect.broadcast,
    }
    connection.execute(_INSERT, {**row, **wanted})


def _row(row_id: str, kind: OutboxKind, at: datetime, channel: ChannelId) -> dict[str, Any]:
    return {
        **_ROW, "id": row_id, "kind": kind, "channel": channel, "created_at": at, "due_at": at
    }  # fmt: skip
