"""Version 0010: what hooks delivered, and what they propose."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0010"
down_revision: Final = "0009"


def upgrade() -> None:
    """Add two tables; nothing that is there changes."""
    op.create_table(
        "proposals",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("hook", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("created_at", Utc, nullable=False),
        sa.Column("expires_at", Utc, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("proposals_of_target", "proposals", ["target", "phase"])
    op.create_index("proposals_open", "proposals", ["phase", "expires_at"])
    op.create_table(
        "hook_deliveries",
        sa.Column("hook", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("at", Utc, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("became", sa.Text),
        sa.Column("ignored", sa.Text),
    )
    op.create_index("hook_deliveries_by_age", "hook_deliveries", ["at"])
