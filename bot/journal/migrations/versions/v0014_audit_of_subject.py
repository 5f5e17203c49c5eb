"""Version 0014: the audit is read by what it is about."""

from typing import Final

from alembic import op

revision: Final = "0014"
down_revision: Final = "0013"


def upgrade() -> None:
    """Add an index."""
    op.create_index("audit_of_subject", "audit", ["subject", "sequence"])
