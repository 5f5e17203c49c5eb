"""The journal's tables, the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from typing_extensions import override


class Utc(TypeDecorator[datetime]):
    """A moment: a naive one is refused, any other is stored and comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a moment without its zone: {value.isoformat()}"
            raise ValueError(msg)
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        # SQLite keeps no offset; what was bound was UTC.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


metadata: Final = MetaData()

operations: Final = Table(
    "operations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("fence", Integer, nullable=False),  # of its lock: rises with each of a target
    Column("system", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("stage", Text),
    Column("step", Integer),
    Column("sequence", Integer, nullable=False),
    Column("requester", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("finished_at", Utc),  # NULL: open
    Column("expires_at", Utc),  # of the gate
    Column("is_planned", Boolean, nullable=False),
    Column("rollback_of", Text),
    Column("follows", Text),
    Column("format", Integer, nullable=False),
    Column("record", Text, nullable=False),
    Index("operations_of_target", "target", "fence", unique=True),
    Index("operations_by_age", "created_at"),
    Index("operations_rolling_back", "rollback_of"),
    Index("operations_following", "follows"),
    Index(
        "operations_open",
        "requester",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
)

events: Final = Table(
    "events",
    metadata,
    Column("operation_id", Text, ForeignKey("operations.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("body", Text, nullable=False),
)

permits: Final = Table(
    "permits",
    metadata,
    # The primary key is the promise: the database grants each attempt once.
    Column("operation_id", Text, ForeignKey("operations.id"), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("granted_at", Utc, nullable=False),
    Column("outcome", Text),  # the kind of the event that told it; NULL: not known
    Column("at", Utc),
)

locks: Final = Table(
    "locks",
    metadata,
    Column("target", Text, primary_key=True),
    Column("operation_id", Text),  # NULL: free
    Column("fence", Integer, nullable=False),
)

deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("operation_id", Text, ForeignKey("operations.id"), nullable=False),
    Column("at", Utc, nullable=False),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("operation_id", Text, ForeignKey("operations.id")),
    Column("sequence", Integer, nullable=False),  # newest wanted
    Column("shown", Integer, nullable=False),  # newest shown; 0: none yet
    Column("touched", Integer, nullable=False),  # wishes to show the same sequence again
    Column("channel", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("urgency", Integer, nullable=False),  # 0 goes first
    Column("broadcast", Boolean, nullable=False),
    Column("ts", Text),
    Column("created_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("ready_at", Utc),  # not earlier, unless decisive: the last update was just shown
    Column("held_until", Utc),  # not earlier: a try was postponed
    Column("attempts", Integer, nullable=False),  # since the last success
    Column("claims", Integer, nullable=False),  # in all; the present one's number
    Column("claimed_until", Utc),
    Column("in_doubt", Boolean, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("error", Text, nullable=False),
    Column("settled_at", Utc),  # last shown, or given up
    Index("outbox_of_operation", "operation_id", "kind", "sequence"),
    Index("outbox_by_message", "channel", "ts"),
    Index(
        "outbox_undone",
        "due_at",
        sqlite_where=text("NOT done"),
        postgresql_where=text("NOT done"),
    ),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

audit_head: Final = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("sequence", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)

step_times: Final = Table(
    "step_times",
    metadata,
    Column("operation_id", Text, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("system", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("at", Utc, nullable=False),  # when it succeeded
    Index("step_times_of_step", "target", "action", "name", "at"),
)

notices: Final = Table(
    "notices",
    metadata,
    Column("subject_kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("notice", Text, primary_key=True),
    Column("at", Utc, nullable=False),
)

drain: Final = Table(
    "drain",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("holder", Text, nullable=False),
    Column("seen_at", Utc, nullable=False),  # the holder's last sign of life
)
