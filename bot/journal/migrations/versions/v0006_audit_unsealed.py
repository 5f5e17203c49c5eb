"""Version 0006: who writes to the audit does not queue at its head; a sealer chains afterwards."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0006"
down_revision: Final = "0005"


def upgrade() -> None:
    """Add the table; the chain of before stays as it is, and goes on from its head."""
    op.create_table(
        "audit_unsealed",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", Utc, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
