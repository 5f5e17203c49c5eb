"""Version 0005: people may lock a target."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0005"
down_revision: Final = "0004"


def upgrade() -> None:
    """Add the table; nothing is locked yet."""
    op.create_table(
        "target_locks",
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
