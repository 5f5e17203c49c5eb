"""The journal's tables, the same on SQLite and PostgreSQL."""

from collections.abc import Callable
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
    false,
    text,
)
from typing_extensions import override

_TEXT_LENGTH: Final = len("2026-12-01 00:00:00.000000")


class Utc(TypeDecorator[datetime]):
    """A moment: a naive one is refused, any other is stored and comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _in_utc(value)

    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Write SQLite's text in one step: rows have several, and two steps take thrice as long."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    @override
    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Any] | None:
        """Read what is no moment, which SQLite may hold where a row is damaged, as none."""
        read = super().result_processor(dialect, coltype)
        if read is None or dialect.name != "sqlite":
            return read

        def tolerant(value: Any) -> Any:
            try:
                return read(value)
            except (TypeError, ValueError):
                return None

        return tolerant

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        # SQLite keeps no offset; what was bound was UTC.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.tzinfo is None:
        msg = f"a moment without its zone: {moment.isoformat()}"
        raise ValueError(msg)
    return moment.astimezone(UTC)


def _as_text(moment: datetime | None) -> str | None:
    """Return a moment as SQLite keeps it: to the microsecond, in UTC, without an offset."""
    return None if moment is None else _in_utc(moment).isoformat(" ", "microseconds")[:_TEXT_LENGTH]


def _where(words: str) -> dict[str, Any]:
    """Make an index of some rows alone; a statement must say *words* as they stand to use it."""
    return {"sqlite_where": text(words), "postgresql_where": text(words)}


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
    Column("expires_at", Utc),  # of the gate, or of the time in which it may be started
    Column("is_planned", Boolean, nullable=False),
    Column("remind_at", Utc),  # when people are to be reminded of it next
    Column("review_by", Utc),  # when its review has to be there; NULL: it needs none, or has it
    Column("sent_at", Utc),  # its first permit; NULL: nothing was sent
    Column("rollback_of", Text),
    Column("follows", Text),
    Column("format", Integer, nullable=False),
    Column("record", Text, nullable=False),
    Index("operations_of_target", "target", "fence", unique=True),
    Index("operations_by_age", "created_at", "fence"),
    Index("operations_rolling_back", "rollback_of"),
    Index("operations_following", "follows"),
    Index("operations_waiting", "target", **_where("phase = 'waiting'")),
    Index("operations_open", "created_at", "id", "requester", **_where("finished_at IS NULL")),
    Index("operations_sent", "target", "fence", **_where("sent_at IS NOT NULL")),
    Index("operations_to_remind", "remind_at", **_where("remind_at IS NOT NULL")),
    Index("operations_to_review", "review_by", **_where("review_by IS NOT NULL")),
    Index("operations_ended", "target", "fence", **_where("finished_at IS NOT NULL")),
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
    Index("permits_denied", "at", **_where("outcome = 'not_executed'")),
)

locks: Final = Table(
    "locks",
    metadata,
    Column("target", Text, primary_key=True),
    Column("operation_id", Text),  # NULL: free
    Column("fence", Integer, nullable=False),
)

requests: Final = Table(
    "requests",
    metadata,
    Column("key", Text, primary_key=True),  # what Slack calls the delivery
    Column("subject_kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # what it became
    Column("at", Utc, nullable=False),
    Index("requests_of_subject", "subject_kind", "subject"),
)

surfaces: Final = Table(
    "surfaces",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("user", Text, nullable=False),  # who alone sees it; "": everybody in the channel
    Column("parent", Text, ForeignKey("surfaces.id")),  # the message whose thread it is in
    Column("ts", Text),  # NULL: not posted yet
    Column("wanted", Integer, nullable=False),  # newest sequence; of a reply: its event's
    Column("shown", Integer, nullable=False),  # newest sequence shown; 0: none yet
    Column("touched", Integer, nullable=False),  # wishes to show the same sequence again
    # Of a reply: it has buttons, which are drawn anew as its operation goes on.
    Column("pressable", Boolean, nullable=False, server_default=false()),
    Column("created_at", Utc, nullable=False),
    Column("shown_at", Utc),
    Column("rests_until", Utc),  # not updated earlier, unless decisive: it was just shown
    Index("surfaces_of_subject", "subject_kind", "subject", "kind"),
    Index("surfaces_by_message", "channel", "ts"),
    Index("surfaces_in_thread", "parent", "wanted"),
)

# A row is there as long as Slack does not show what its surface wants.
outbox: Final = Table(
    "outbox",
    metadata,
    Column("surface", Text, ForeignKey("surfaces.id"), primary_key=True),
    Column("lane", Text, nullable=False),  # what Slack counts together with it
    Column("rank", Integer, nullable=False),  # what goes first: see `outbox_write`
    Column("urgency", Integer, nullable=False),  # 0 goes first
    Column("broadcast", Boolean, nullable=False),
    Column("body", Text, nullable=False),  # JSON: what is drawn from no record
    Column("since", Utc, nullable=False),  # since when it shows nothing, or what it shows
    Column("wanted_at", Utc, nullable=False),  # when it first could have been shown
    Column("due_at", Utc, nullable=False),
    Column("held_until", Utc),  # not earlier: a try was postponed
    Column("attempts", Integer, nullable=False),  # since the last success
    Column("claim", Text),  # the present try's
    Column("claimed_until", Utc),
    Column("in_doubt", Boolean, nullable=False),
    Column("error", Text, nullable=False),
    Index("outbox_by_lane", "lane", "due_at"),
)

subscriptions: Final = Table(
    "subscriptions",
    metadata,
    Column("subject_kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),  # of the surfaces that are wanted
    Column("channel", Text, primary_key=True),
    Column("at", Utc, nullable=False),
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
    Index("audit_of_subject", "subject", "sequence"),
)

# What the chain does not cover yet: everybody adds to it, and waits for nobody.
audit_unsealed: Final = Table(
    "audit_unsealed",
    metadata,
    Column("id", Integer, primary_key=True),  # in the order in which it was added
    Column("at", Utc, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_autoincrement=True,  # a number is never given twice
)

audit_head: Final = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("sequence", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)

# The record that the chain begins after, since all before it has left.
audit_checkpoint: Final = Table(
    "audit_checkpoint",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("sequence", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("at", Text, nullable=False),  # as it was signed
    Column("key", Text, nullable=False),
    Column("signature", Text, nullable=False),
)

# Who may work on this schema besides its own version: whoever knows this older one.
schema_readers: Final = Table(
    "schema_readers",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("oldest", Text, nullable=False),
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

configurations: Final = Table(
    "configurations",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("content", Text, nullable=False),  # without secrets: variables stand as `${NAME}`
    Column("at", Utc, nullable=False),
)
