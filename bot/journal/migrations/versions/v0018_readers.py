"""Version 0018: the database says which versions may work on it besides its own."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0018"
down_revision: Final = "0017"


def upgrade() -> None:
    """Add the table; `slipway migrate` writes its one row."""
    op.create_table(
        "schema_readers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("oldest", sa.Text, nullable=False),
    )
