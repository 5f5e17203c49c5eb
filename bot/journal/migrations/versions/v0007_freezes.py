"""Version 0007: locks may end by themselves or only warn; freezes and a halt by command."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0007"
down_revision: Final = "0006"


def upgrade() -> None:
    """Add columns and a table; locks that are there hold until somebody unlocks them."""
    op.add_column("target_locks", sa.Column("until", Utc))
    warns = sa.Column("is_warning", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("target_locks", warns)
    op.create_table(
        "freezes",
        sa.Column("scope", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", Utc),
    )
