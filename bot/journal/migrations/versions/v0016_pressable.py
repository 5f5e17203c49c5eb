"""Version 0016: replies with buttons are known, and drawn anew as their operation goes on."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0016"
down_revision: Final = "0015"


def upgrade() -> None:
    """Add the column; replies that stand already keep the buttons that they have."""
    column: sa.Column[bool] = sa.Column(
        "pressable", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("surfaces", column)
