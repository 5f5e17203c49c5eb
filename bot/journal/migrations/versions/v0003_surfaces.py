"""Version 0003: how long steps took, what people were told once, whether nothing new begins."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from bot.journal.schema import Utc

revision: Final = "0003"
down_revision: Final = "0002"

_BATCH: Final = 500  # operations that are read at once


def upgrade() -> None:
    """Add the tables; what steps took is read from the records that are there."""
    _step_times()
    op.create_table(
        "notices",
        sa.Column("subject_kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("notice", sa.Text, primary_key=True),
        sa.Column("at", Utc, nullable=False),
    )
    op.create_table(
        "drain",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
    )


def _step_times() -> None:
    table = op.create_table(
        "step_times",
        sa.Column("operation_id", sa.Text, primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("at", Utc, nullable=False),
    )
    op.create_index("step_times_of_step", "step_times", ["target", "action", "name", "at"])
    for rows in _taken(op.get_bind()):
        op.bulk_insert(table, rows)


def _taken(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """Yield what the steps of the operations took, a batch after the other."""
    question = sa.text(
        "SELECT id, system, target, action, record FROM operations "
        "WHERE id > :after ORDER BY id LIMIT :most"
    )
    after = ""
    while found := connection.execute(question, {"after": after, "most": _BATCH}).all():
        after = found[-1].id
        rows = [each for row in found for each in _of(row)]
        if rows:
            yield rows


def _of(row: Any) -> Iterator[dict[str, Any]]:
    """Yield the times of one operation; a record that nobody can read tells nothing."""
    try:
        steps = list(enumerate(json.loads(row.record)["steps"]))
        known = [(number, step["name"], *_moments(step)) for number, step in steps if _done(step)]
    except (ValueError, KeyError, TypeError):
        return
    for number, name, began, ended in known:
        yield {
            "operation_id": row.id,
            "step": number,
            "system": row.system,
            "target": row.target,
            "action": row.action,
            "name": name,
            "seconds": (ended - began).total_seconds(),
            "at": ended,
        }


def _done(step: dict[str, Any]) -> bool:
    has_times = bool(step.get("started_at") and step.get("finished_at"))
    return step.get("phase") == "succeeded" and has_times


def _moments(step: dict[str, Any]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(step["started_at"]), datetime.fromisoformat(step["finished_at"])
