"""Migrations: all of one or nothing, and nobody works on another version's schema."""

import ast
import json
from pathlib import Path
from shutil import copytree
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, bindparam, insert, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core import events as ev
from bot.core.errors import JournalUnavailableError, SchemaError
from bot.core.ports import AlreadyDelivered
from bot.journal import columns, current, journal_on, migrate, migrations, require_current
from bot.journal.schema import Utc, metadata, operations
from tests.journal.builders import BOB, HOUR, NOON, an_id, an_operation, apply, create

NEWEST: Final = migrations.wanted()
NEXT: Final = f"{int(NEWEST) + 1:04}"
BREAKS: Final = """
from alembic import op
import sqlalchemy as sa

revision = "NEXT"
down_revision = "NEWEST"


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO half VALUES (1)")
    op.execute("INSERT INTO nowhere VALUES (1)")
"""


@pytest.fixture
def breaking(tmp_path: Path) -> Path:
    """The migrations, with one more that fails in its middle."""
    scripts = Path(copytree(migrations.SCRIPTS, tmp_path / "migrations"))
    text = BREAKS.replace("NEXT", NEXT).replace("NEWEST", NEWEST)
    (scripts / "versions" / f"v{NEXT}_breaks.py").write_text(text)
    return scripts


def test_a_migrated_database_has_the_schema(blank: Engine) -> None:
    """The migrations lead to exactly the tables that the code works with."""
    migrate(blank)

    with blank.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_is_migrating_once(blank: Engine) -> None:
    """A database of this version is left as it is."""
    first = migrate(blank)

    assert migrate(blank) == first == current(blank)
    require_current(blank)


def test_an_empty_database_is_not_migrated(blank: Engine) -> None:
    """A database without tables is refused, with the version that is wanted and what to do."""
    wanted = migrations.wanted()

    assert current(blank) is None
    with pytest.raises(SchemaError, match=f"no schema yet.*wants {wanted}: run slipway migrate"):
        require_current(blank)


def test_another_version_is_refused(blank: Engine) -> None:
    """A newer schema is named with its version, and is never changed."""
    migrate(blank)
    with blank.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE schema_readers SET oldest = '9998'"))

    for attempt in (require_current, migrate):
        with pytest.raises(SchemaError, match=f"version 9999, this Slipway wants {NEWEST}"):
            attempt(blank)
    assert current(blank) == "9999"


ADDS: Final = """
from alembic import op
import sqlalchemy as sa

revision = "NEXT"
down_revision = "NEWEST"


def upgrade():
    op.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.fixture
def following(tmp_path: Path) -> Path:
    """The migrations of the next version: one more, which adds."""
    scripts = Path(copytree(migrations.SCRIPTS, tmp_path / "migrations"))
    text = ADDS.replace("NEXT", NEXT).replace("NEWEST", NEWEST)
    (scripts / "versions" / f"v{NEXT}_adds.py").write_text(text)
    return scripts


def test_the_next_versions_schema_is_worked_on(blank: Engine, following: Path) -> None:
    """Who meets the next version's schema works on it, and migrates nothing."""
    migrate(blank)
    migrate(blank, following, before=NEWEST)

    require_current(blank)
    assert migrate(blank) == current(blank) == NEXT
    journal = journal_on(blank)
    create(journal, an_operation())
    assert journal.operations.load(an_id(1)) == an_operation()


def test_the_schema_after_the_next_is_refused(blank: Engine, following: Path) -> None:
    """Who says that only versions after ours may work on it, is believed."""
    migrate(blank)
    migrate(blank, following, before=NEXT)

    for attempt in (require_current, migrate):
        with pytest.raises(SchemaError, match=f"version {NEXT}, this Slipway wants {NEWEST}"):
            attempt(blank)


def test_what_came_after_the_release_before_only_adds() -> None:
    """Its processes work on this schema: tables are new, columns have a value by themselves."""
    after = [
        path
        for path in sorted((migrations.SCRIPTS / "versions").glob("v*.py"))
        if path.name[1:5] > migrations.RELEASE_BEFORE
    ]
    assert after
    for path in after:
        tree = ast.parse(path.read_text())
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            match ast.unparse(call.func):
                case "op.create_table" | "op.create_index":
                    pass
                case "op.add_column":
                    assert "server_default" in ast.unparse(tree), path
                case name:
                    assert not name.startswith(("op.", "connection.")), (path, name)


def test_a_failing_migration_leaves_nothing(blank: Engine, breaking: Path) -> None:
    """A migration that breaks in its middle leaves the database at no version at all."""
    with pytest.raises((SchemaError, SQLAlchemyError, JournalUnavailableError)):
        migrate(blank, breaking)

    assert inspect(blank).get_table_names() == []
    assert migrate(blank) == NEWEST


def test_an_older_version_is_brought_forward_whole(blank: Engine, breaking: Path) -> None:
    """A failing step from an older version leaves that version; require_current says which."""
    migrate(blank)

    with pytest.raises((SchemaError, SQLAlchemyError, JournalUnavailableError)):
        migrate(blank, breaking)

    assert current(blank) == NEWEST
    assert "half" not in inspect(blank).get_table_names()


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """The migrations as the first version had them."""
    scripts = Path(copytree(migrations.SCRIPTS, tmp_path / "first"))
    for path in (scripts / "versions").glob("v*.py"):
        if not path.name.startswith("v0001"):
            path.unlink()
    return scripts


def test_an_older_journal_keeps_its_operations(blank: Engine, first: Path) -> None:
    """What the first version recorded is read, moved and followed after the migration."""
    migrate(blank, first)
    with pytest.raises(SchemaError, match=r"version 0001.*run slipway migrate"):
        require_current(blank)
    operation = an_operation()
    row = {**columns.identity(operation), **columns.state(operation, NOON), "fence": 1}
    del row["follows"], row["sent_at"], row["remind_at"], row["review_by"]
    record = json.loads(row["record"])
    for later in ("follows", "detours"):
        del record[later]
    row["record"] = json.dumps(record)
    with blank.begin() as connection:
        connection.execute(insert(operations).values(row))

    migrate(blank)

    journal = journal_on(blank)
    assert journal.operations.load(an_id(1)) == operation
    assert journal.operations.follower_of(an_id(1)) is None
    apply(journal, an_id(1), ev.Withdrawn(at=NOON, by=BOB))
    create(journal, an_operation(2, target="billing", follows=an_id(1)))
    follower = journal.operations.follower_of(an_id(1))
    assert follower == an_id(2)


_OLD_OUTBOX: Final = """
INSERT INTO outbox (id, kind, operation_id, sequence, shown, touched, channel, "user", text,
    urgency, broadcast, ts, created_at, due_at, attempts, claims, in_doubt, done, error)
VALUES (:id, :kind, :of, :sequence, 0, 0, 'C0DEPLOYS', :who, :text, 0, false, :ts, :at, :at, 1, 1,
    true, :done, '')
"""


def test_an_older_outbox_becomes_a_register_and_a_queue(blank: Engine, first: Path) -> None:
    """On either database: what was shown is known, what was not waits on, in its order."""
    migrate(blank, first)
    operation = an_operation()
    row = {**columns.identity(operation), **columns.state(operation, NOON), "fence": 1}
    del row["follows"], row["sent_at"], row["remind_at"], row["review_by"]
    with blank.begin() as connection:
        connection.execute(insert(operations).values(row))
        old = {"of": an_id(1), "who": "", "text": "", "ts": None, "at": NOON, "sequence": 1}
        statement = text(_OLD_OUTBOX).bindparams(bindparam("at", type_=Utc))
        for each in (
            {"id": "card", "kind": "card", "ts": "100.1", "done": True},
            {"id": "reply", "kind": "reply", "sequence": 3, "done": False},
            {"id": "whisper", "kind": "whisper", "who": BOB, "text": "héllo", "done": False},
        ):
            connection.execute(statement, {**old, **each})
        request = {"key": "trigger-1", "of": an_id(1), "at": NOON}
        kept = text("INSERT INTO deliveries (key, operation_id, at) VALUES (:key, :of, :at)")
        connection.execute(kept.bindparams(bindparam("at", type_=Utc)), request)

    migrate(blank)

    journal = journal_on(blank)
    [card] = journal.surfaces.cards_of(an_id(1))
    assert (card.channel, card.ts) == ("C0DEPLOYS", "100.1")
    whisper, reply = journal.outbox.claim(NOON, 9, HOUR)
    assert (whisper.kind, whisper.user, whisper.body["text"]) == ("whisper", BOB, "héllo")
    assert (reply.kind, reply.wanted, reply.thread_ts) == ("operation_reply", 3, "100.1")
    assert (reply.in_doubt, reply.attempts) == (True, 1)
    again = create(journal, an_operation(2, target="billing"), delivery="trigger-1")
    assert isinstance(again, AlreadyDelivered)
    assert again.operation == operation


def test_working_without_a_schema_says_so(blank: Engine) -> None:
    """Whoever did not check is told to migrate, not that a table is missing."""
    journal = journal_on(blank)

    with pytest.raises(SchemaError, match="run slipway migrate"):
        journal.operations.load(an_id(1))


def test_a_percent_sign_in_a_path_is_only_that(blank: Engine, tmp_path: Path) -> None:
    """An installation folder with a percent sign is like any other."""
    scripts = Path(copytree(migrations.SCRIPTS, tmp_path / "100%(here)s"))

    assert migrate(blank, scripts) == NEWEST
