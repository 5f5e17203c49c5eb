"""The first schema: operations, events, permits, locks, deliveries, outbox and audit."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Create the tables, and the origin of the audit chain."""
    _operations()
    _events()
    _permits()
    _locks()
    _outbox()
    _audit()


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("stage", sa.Text),
        sa.Column("step", sa.Integer),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("requester", sa.Text, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("updated_at", Utc, nullable=False),
        sa.Column("finished_at", Utc),
        sa.Column("expires_at", Utc),
        sa.Column("is_planned", sa.Boolean, nullable=False),
        sa.Column("rollback_of", sa.Text),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("operations_of_target", "operations", ["target", "fence"], unique=True)
    op.create_index("operations_by_age", "operations", ["created_at"])
    op.create_index("operations_rolling_back", "operations", ["rollback_of"])
    is_open = sa.text("finished_at IS NULL")
    op.create_index(
        "operations_open",
        "operations",
        ["requester"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("operation_id", sa.Text, sa.ForeignKey("operations.id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def _permits() -> None:
    op.create_table(
        "permits",
        sa.Column("operation_id", sa.Text, sa.ForeignKey("operations.id"), primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("attempt", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("granted_at", Utc, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("at", Utc),
    )


def _locks() -> None:
    op.create_table(
        "locks",
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("operation_id", sa.Text),
        sa.Column("fence", sa.Integer, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("operation_id", sa.Text, sa.ForeignKey("operations.id"), nullable=False),
        sa.Column("at", Utc, nullable=False),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("operation_id", sa.Text, sa.ForeignKey("operations.id")),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("touched", sa.Integer, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("broadcast", sa.Boolean, nullable=False),
        sa.Column("ts", sa.Text),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("due_at", Utc, nullable=False),
        sa.Column("ready_at", Utc),
        sa.Column("held_until", Utc),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claims", sa.Integer, nullable=False),
        sa.Column("claimed_until", Utc),
        sa.Column("in_doubt", sa.Boolean, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("settled_at", Utc),
    )
    op.create_index("outbox_of_operation", "outbox", ["operation_id", "kind", "sequence"])
    op.create_index("outbox_by_message", "outbox", ["channel", "ts"])
    undone = sa.text("NOT done")
    op.create_index(
        "outbox_undone", "outbox", ["due_at"], sqlite_where=undone, postgresql_where=undone
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "hash": "0" * 64}])
