"""Version 0011: when people are reminded of an operation, and when its review has to be there."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0011"
down_revision: Final = "0010"


def upgrade() -> None:
    """Add two columns; a gate that is open at this moment is not reminded of."""
    op.add_column("operations", sa.Column("remind_at", Utc))
    op.add_column("operations", sa.Column("review_by", Utc))
    for name, column in (("remind", "remind_at"), ("review", "review_by")):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"operations_to_{name}",
            "operations",
            [column],
            sqlite_where=there,
            postgresql_where=there,
        )
