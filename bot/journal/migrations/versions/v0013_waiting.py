"""Version 0013: who waits for a target is found without looking at all that was done to it."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0013"
down_revision: Final = "0012"


def upgrade() -> None:
    """Add an index of those who wait; the tables stay as they are."""
    waiting = sa.text("phase = 'waiting'")
    op.create_index(
        "operations_waiting",
        "operations",
        ["target"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
