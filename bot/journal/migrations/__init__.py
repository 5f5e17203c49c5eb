"""The versions of the schema, and the way from each to the next."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, delete, insert, inspect, select, text

from bot.core.errors import SchemaError
from bot.journal.database import reading, writing
from bot.journal.schema import schema_readers

SCRIPTS: Final = Path(__file__).parent
RELEASE_BEFORE: Final = "0016"  # its schema; migrations after it only add, so it works on them too
_TURN: Final = 5_104_227_913  # PostgreSQL's lock that two migrating processes meet at


@cache
def wanted(scripts: Path = SCRIPTS) -> str:
    """Return the version of the schema that this Slipway reads and writes."""
    return _script(scripts).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """Return the version of the schema that is there; None: never migrated."""
    with reading(engine) as connection:
        return _present(connection)


def require_current(engine: Engine) -> str:
    """Return the database's schema, which this version works on: its own, or the next version's.

    Raises:
        SchemaError: it has another one, or none.
    """
    there, want = current(engine), wanted()
    if there == want:
        return want
    if there is None or there in _known(SCRIPTS):
        has = f"has schema version {there}" if there else "has no schema yet"
        msg = f"the database {has}, this Slipway wants {want}: run slipway migrate"
        raise SchemaError(msg)
    with reading(engine) as connection:
        if not _is_for_us(connection, SCRIPTS):
            raise _from_the_future(there, want)
    return there


def migrate(engine: Engine, scripts: Path = SCRIPTS, *, before: str = RELEASE_BEFORE) -> str:
    """Bring the database to this version's schema, all of it or nothing; return its version.

    What the next version migrated before is left as it is, since this one works on it.

    Raises:
        SchemaError: a newer Slipway than the next migrated it before.
    """
    script = _script(scripts)
    with writing(engine) as connection:
        _take_turn(connection)
        there = _present(connection)
        want = script.get_current_head() or ""
        if there is not None and there not in _known(scripts):
            if _is_for_us(connection, scripts):
                return there
            raise _from_the_future(there, want)
        if there != want:
            _upgrade(connection, script)
            _keep_readers(connection, before)
    return want


def _is_for_us(connection: Connection, scripts: Path) -> bool:
    """Whether whoever migrated a database to what we do not know says that we can work on it."""
    if not inspect(connection).has_table(schema_readers.name):
        return False
    oldest = connection.execute(select(schema_readers.c.oldest)).scalar_one_or_none()
    return oldest in _known(scripts)


def _keep_readers(connection: Connection, oldest: str) -> None:
    if inspect(connection).has_table(schema_readers.name):  # else: an older version's migrations
        connection.execute(delete(schema_readers))
        connection.execute(insert(schema_readers).values(id=1, oldest=oldest))


def _script(scripts: Path) -> ScriptDirectory:
    # Without a Config's `script_location`: that would interpolate every "%" of the path.
    return ScriptDirectory(str(scripts), version_locations=[str(scripts / "versions")])


def _known(scripts: Path) -> frozenset[str]:
    return frozenset(revision.revision for revision in _script(scripts).walk_revisions())


def _present(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _take_turn(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})


def _upgrade(connection: Connection, script: ScriptDirectory) -> None:
    def steps(revision: Any, _: MigrationContext) -> Any:
        return script._upgrade_revs("head", revision)  # noqa: SLF001 - as alembic.command does

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection)
        environment.run_migrations()


def _from_the_future(there: str, want: str) -> SchemaError:
    return SchemaError(
        f"the database has schema version {there}, this Slipway wants {want} and does not know "
        "the other: start the newer Slipway that ran slipway migrate, or the one before it"
    )
