"""Version 0004: what slipway.yaml said is a fact that all processes share."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0004"
down_revision: Final = "0003"


def upgrade() -> None:
    """Add the table; the first process that starts fills it."""
    op.create_table(
        "configurations",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
    )
