"""Version 0008: what names in slipway.yaml stand for."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0008"
down_revision: Final = "0007"


def upgrade() -> None:
    """Add a table; nothing has a name yet."""
    op.create_table(
        "names",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
    )
