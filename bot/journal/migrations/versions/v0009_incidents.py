"""Version 0009: incidents, what happened in them, and what they freeze."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0009"
down_revision: Final = "0008"


def upgrade() -> None:
    """Add three tables."""
    op.create_table(
        "incidents",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("opened_at", Utc, nullable=False),
        sa.Column("closed_at", Utc),
        sa.Column("format", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("incidents_by_age", "incidents", ["opened_at", "id"])
    op.create_index("incidents_of_channel", "incidents", ["channel", "opened_at"])
    open_ones = "closed_at IS NULL"
    op.create_index(
        "incidents_open",
        "incidents",
        ["opened_at", "id"],
        sqlite_where=sa.text(open_ones),
        postgresql_where=sa.text(open_ones),
    )
    op.create_table(
        "incident_events",
        sa.Column("incident_id", sa.Text, sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "incident_freezes",
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("incident_id", sa.Text, sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("is_private", sa.Boolean, nullable=False),
        sa.Column("lead", sa.Text, nullable=False),
    )
