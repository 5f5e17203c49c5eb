"""Version 0017: the ends of incidents are found without reading everything that happened."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0017"
down_revision: Final = "0016"


def upgrade() -> None:
    """Add an index of the closings alone."""
    closed = sa.text("kind = 'closed'")
    op.create_index(
        "incident_closings",
        "incident_events",
        ["at"],
        sqlite_where=closed,
        postgresql_where=closed,
    )
