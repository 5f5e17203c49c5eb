"""Version 0012: approvals may be given in somebody's place."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0012"
down_revision: Final = "0011"


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "delegations",
        sa.Column("delegator", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, primary_key=True),
        sa.Column("delegate", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
        sa.Column("until", Utc, nullable=False),
    )
