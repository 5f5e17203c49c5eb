"""The versions of the schema, and the way from each to the next."""

from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from bot.core.errors import SchemaError
from bot.journal.database import reading, writing

SCRIPTS: Final = Path(__file__).parent
_TURN: Final = 5_104_227_913  # PostgreSQL's lock that two migrating processes meet at


def wanted(scripts: Path = SCRIPTS) -> str:
    """Return the version of the schema that this Slipway reads and writes."""
    return _script(scripts).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """Return the version of the schema that is there; None: never migrated."""
    with reading(engine) as connection:
        return _present(connection)


def require_current(engine: Engine) -> None:
    """Make sure that the database has this version's schema.

    Raises:
        SchemaError: it has another one, or none.
    """
    there, want = current(engine), wanted()
    if there == want:
        return
    if there is not None and there not in _known(SCRIPTS):
        raise _from_the_future(there, want)
    has = f"has schema version {there}" if there else "has no schema yet"
    msg = f"the database {has}, this Slipway wants {want}: run slipway migrate"
    raise SchemaError(msg)


def migrate(engine: Engine, scripts: Path = SCRIPTS) -> str:
    """Bring the database to this version's schema, all of it or nothing; return the version.

    Raises:
        SchemaError: a newer Slipway migrated it before.
    """
    script = _script(scripts)
    with writing(engine) as connection:
        _take_turn(connection)
        there = _present(connection)
        want = script.get_current_head() or ""
        if there is not None and there not in _known(scripts):
            raise _from_the_future(there, want)
        if there != want:
            _upgrade(connection, script)
    return want


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
        "the other: start the newer Slipway that ran slipway migrate"
    )
