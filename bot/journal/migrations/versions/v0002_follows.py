"""Version 0002: which failed operation an operation goes on with."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Add the column; what is there already follows nothing."""
    op.add_column("operations", sa.Column("follows", sa.Text))
    op.create_index("operations_following", "operations", ["follows"])
