"""Version 0003: what Slack shows is a register of surfaces and a queue; facts that Redis had.

The old outbox was register and queue in one, and deliveries knew operations alone: both are
replaced, and all that they say is carried over. A process of the version before stops with
"run slipway migrate" once it writes; it cannot fill a queue that nobody empties.
"""

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
_OLD: Final = sa.table(
    "outbox_0002",
    *(
        sa.column(name, kind)
        for name, kind in {
            "id": sa.Text,
            "kind": sa.Text,
            "operation_id": sa.Text,
            "sequence": sa.Integer,
            "shown": sa.Integer,
            "touched": sa.Integer,
            "channel": sa.Text,
            "user": sa.Text,
            "text": sa.Text,
            "urgency": sa.Integer,
            "broadcast": sa.Boolean,
            "ts": sa.Text,
            "created_at": Utc,
            "due_at": Utc,
            "ready_at": Utc,
            "held_until": Utc,
            "attempts": sa.Integer,
            "claimed_until": Utc,
            "in_doubt": sa.Boolean,
            "done": sa.Boolean,
            "error": sa.Text,
            "settled_at": Utc,
        }.items()
    ),
)
_OPERATIONS: Final = sa.table("operations", sa.column("id", sa.Text), sa.column("finished_at", Utc))
_SURFACES: Final = (
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject_kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, sa.ForeignKey("surfaces.id")),
    sa.Column("ts", sa.Text),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("shown", sa.Integer, nullable=False),
    sa.Column("touched", sa.Integer, nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("shown_at", Utc),
    sa.Column("rests_until", Utc),
)
_QUEUE: Final = (
    sa.Column("surface", sa.Text, sa.ForeignKey("surfaces.id"), primary_key=True),
    sa.Column("lane", sa.Text, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("broadcast", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.Column("wanted_at", Utc, nullable=False),
    sa.Column("due_at", Utc, nullable=False),
    sa.Column("held_until", Utc),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("claim", sa.Text),
    sa.Column("claimed_until", Utc),
    sa.Column("in_doubt", sa.Boolean, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
)


def upgrade() -> None:
    """Add the tables and carry over what the old ones say."""
    _indexes()
    _facts()
    _step_times()
    _requests()
    _surfaces()


def _indexes() -> None:
    """Let each statement find its rows: an index of some rows is used where they are named."""
    op.add_column("operations", sa.Column("sent_at", Utc))
    op.execute(
        "UPDATE operations SET sent_at = (SELECT min(granted_at) FROM permits "
        "WHERE operation_id = operations.id)"
    )
    for name in ("operations_by_age", "operations_open"):
        op.drop_index(name, "operations")
    op.create_index("operations_by_age", "operations", ["created_at", "fence"])
    _index(
        "operations_open", "operations", ["created_at", "id", "requester"], "finished_at IS NULL"
    )
    _index("operations_sent", "operations", ["target", "fence"], "sent_at IS NOT NULL")
    _index("operations_ended", "operations", ["target", "fence"], "finished_at IS NOT NULL")
    _index("permits_denied", "permits", ["at"], "outcome = 'not_executed'")


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    some = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=some, postgresql_where=some)


def _facts() -> None:
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
    op.create_table(
        "subscriptions",
        sa.Column("subject_kind", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("at", Utc, nullable=False),
    )


def _requests() -> None:
    table = op.create_table(
        "requests",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("subject_kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("at", Utc, nullable=False),
    )
    old = sa.table(
        "deliveries",
        sa.column("key", sa.Text),
        sa.column("operation_id", sa.Text),
        sa.column("at", Utc),
    )
    kept = sa.select(old.c.key, sa.literal("operation"), old.c.operation_id, old.c.at)
    op.execute(table.insert().from_select(["key", "subject_kind", "subject", "at"], kept))
    op.drop_table("deliveries")


def _surfaces() -> None:
    for name in ("outbox_of_operation", "outbox_by_message", "outbox_undone"):
        op.drop_index(name, "outbox")
    op.rename_table("outbox", "outbox_0002")
    register = op.create_table("surfaces", *_SURFACES)
    op.create_index("surfaces_of_subject", "surfaces", ["subject_kind", "subject", "kind"])
    op.create_index("surfaces_by_message", "surfaces", ["channel", "ts"])
    op.create_index("surfaces_in_thread", "surfaces", ["parent", "wanted"])
    queue = op.create_table("outbox", *_QUEUE)
    op.create_index("outbox_by_lane", "outbox", ["lane", "due_at"])
    _carry_cards_and_replies(register, queue)
    _carry_whispers(register, queue)
    op.drop_table("outbox_0002")


def _carry_cards_and_replies(register: sa.Table, queue: sa.Table) -> None:
    card = sa.literal("operation_card:") + _OLD.c.operation_id + ":" + _OLD.c.channel
    sequence = sa.cast(_OLD.c.sequence, sa.Text)
    reply = (
        sa.literal("operation_reply:") + _OLD.c.operation_id + ":" + _OLD.c.channel + ":" + sequence
    )
    ended = sa.exists().where(
        _OPERATIONS.c.id == _OLD.c.operation_id, _OPERATIONS.c.finished_at.is_not(None)
    )
    posts = sa.literal("chat.postMessage:") + _OLD.c.channel
    is_posted = _OLD.c.ts.is_not(None)
    _carry(
        (register, queue),
        "card",
        (card, sa.null()),
        lane=sa.case((is_posted, "chat.update"), else_=posts),
        rank=sa.case((is_posted, 2), else_=1),
    )
    _carry((register, queue), "reply", (reply, card), lane=posts, rank=sa.case((ended, 0), else_=2))


def _carry(
    tables: tuple[sa.Table, sa.Table],
    kind: str,
    ids: tuple[Any, Any],
    *,
    lane: Any,
    rank: Any,
) -> None:
    """Carry the rows of a kind into the register, and those that are not done into the queue."""
    register, queue = tables
    surface, parent = ids
    is_done = sa.case((_OLD.c.done, _OLD.c.sequence), else_=_OLD.c.shown)
    shown = is_done if kind == "reply" else _OLD.c.shown
    shows = {
        "id": surface,
        "kind": sa.literal(f"operation_{kind}"),
        "subject_kind": sa.literal("operation"),
        "subject": _OLD.c.operation_id,
        "channel": _OLD.c.channel,
        "user": sa.literal(""),
        "parent": parent,
        "ts": _OLD.c.ts,
        "wanted": _OLD.c.sequence,
        "shown": shown,
        "touched": _OLD.c.touched,
        "created_at": _OLD.c.created_at,
        "shown_at": _OLD.c.settled_at,
        "rests_until": _OLD.c.ready_at,
    }
    waits = {
        "surface": surface,
        "lane": lane,
        "rank": rank,
        "urgency": _OLD.c.urgency,
        "broadcast": _OLD.c.broadcast,
        "body": sa.literal("{}"),
        "since": sa.func.coalesce(_OLD.c.settled_at, _OLD.c.created_at),
        "wanted_at": _OLD.c.due_at,
        "due_at": _OLD.c.due_at,
        "held_until": _OLD.c.held_until,
        "attempts": _OLD.c.attempts,
        "claimed_until": _OLD.c.claimed_until,
        "in_doubt": _OLD.c.in_doubt,
        "error": _OLD.c.error,
    }
    of_kind = _OLD.c.kind == kind
    found = sa.select(*shows.values()).where(of_kind)
    op.execute(register.insert().from_select(list(shows), found))
    undone = sa.select(*waits.values()).where(of_kind, sa.not_(_OLD.c.done))
    op.execute(queue.insert().from_select(list(waits), undone))


def _carry_whispers(register: sa.Table, queue: sa.Table) -> None:
    """Carry the whispers that were not shown; those that were stand nowhere."""
    undone = sa.select(_OLD).where(_OLD.c.kind == "whisper", sa.not_(_OLD.c.done))
    for row in op.get_bind().execute(undone).mappings().all():
        about = (
            ("operation", row["operation_id"]) if row["operation_id"] else ("person", row["user"])
        )
        shows = {
            "id": row["id"],
            "kind": "whisper",
            "subject_kind": about[0],
            "subject": about[1],
            "channel": row["channel"],
            "user": row["user"],
            "wanted": 0,
            "shown": 0,
            "touched": 0,
            "created_at": row["created_at"],
        }
        waits = {
            "surface": row["id"],
            "lane": "chat.postEphemeral",
            "rank": 1,
            "body": json.dumps({"text": row["text"]}),
            "since": row["created_at"],
            "wanted_at": row["due_at"],
            **{
                name: row[name]
                for name in ("urgency", "broadcast", "due_at", "held_until", "attempts")
            },
            **{name: row[name] for name in ("claimed_until", "in_doubt", "error")},
        }
        op.bulk_insert(register, [shows])
        op.bulk_insert(queue, [waits])


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
