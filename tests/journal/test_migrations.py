"""Migrations: all of one or nothing, and nobody works on another version's schema."""

import json
from pathlib import Path
from shutil import copytree
from typing import Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, insert, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from bot.core import events as ev
from bot.core.errors import JournalUnavailableError, SchemaError
from bot.journal import columns, current, journal_on, migrate, migrations, require_current
from bot.journal.schema import metadata, operations
from tests.journal.builders import BOB, NOON, an_id, an_operation, apply, create

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

    for attempt in (require_current, migrate):
        with pytest.raises(SchemaError, match=f"version 9999, this Slipway wants {NEWEST}"):
            attempt(blank)
    assert current(blank) == "9999"


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
    del row["follows"]
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
    assert follower is not None
    assert follower.id == an_id(2)


def test_working_without_a_schema_says_so(blank: Engine) -> None:
    """Whoever did not check is told to migrate, not that a table is missing."""
    journal = journal_on(blank)

    with pytest.raises(SchemaError, match="run slipway migrate"):
        journal.operations.load(an_id(1))


def test_a_percent_sign_in_a_path_is_only_that(blank: Engine, tmp_path: Path) -> None:
    """An installation folder with a percent sign is like any other."""
    scripts = Path(copytree(migrations.SCRIPTS, tmp_path / "100%(here)s"))

    assert migrate(blank, scripts) == NEWEST
