"""A copy of an SQLite journal while it runs, which knows that it is one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from bot.core.errors import ConfigurationError, JournalUnavailableError
from bot.journal.audit import Audit
from bot.journal.audit_chain import AuditReport
from bot.journal.database import open_engine, reading, writing
from bot.journal.errors import mapped

_COPY: Final = 1  # SQLite's `user_version`, which is for such marks, of a copy
_NOT_SQLITE: Final = (
    "SLIPWAY_DATABASE_URL: slipway backup copies SQLite; use PostgreSQL's own tools (pg_dump)"
)


def back_up(database: Engine, path: Path) -> AuditReport:
    """Copy the journal to a new file at *path*, as it is at one moment, and read the copy back.

    Raises:
        ConfigurationError: it is no SQLite, or there is a file already.
        JournalUnavailableError: it could not be copied, or the copy is not sound.
    """
    if not _is_sqlite(database):
        raise ConfigurationError([_NOT_SQLITE])
    if not path.name:
        raise ConfigurationError([f"{path}: wants the name of a new file"])
    part = path.with_name(f"{path.name}.part")
    try:
        _create(part if not path.exists() else path)
        with _gone_if_broken_off(part):
            with mapped():
                _copy(database, part)
            report = _read_back(part)
            with mapped():
                _keep_alone(part)
            _sync(part)
            part.replace(path)
    except OSError as error:  # a part that is there is another backup's, or of a killed one
        where, why = error.filename or path, error.strerror
        if not path.parent.is_dir():
            where, why = path, f"there is no folder {path.parent}"
        raise ConfigurationError([f"{where}: cannot be written ({why})"]) from error
    return report


@contextmanager
def _gone_if_broken_off(part: Path) -> Iterator[None]:
    """Leave no part of a copy that failed: the next one to the same place would fail by it."""
    try:
        yield
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def is_copy(database: Engine) -> bool:
    """Return whether the journal is a copy that nobody worked with yet."""
    if not _is_sqlite(database):
        return False
    with reading(database) as connection:
        return connection.exec_driver_sql("PRAGMA user_version").scalar() == _COPY


def accept_copy(database: Engine) -> None:
    """Let the copy be the journal from now on."""
    if _is_sqlite(database):
        with writing(database) as connection:
            connection.exec_driver_sql("PRAGMA user_version = 0")


def _is_sqlite(database: Engine) -> bool:
    return database.url.get_backend_name() == "sqlite"


def _create(path: Path) -> None:
    """Make an empty file that nobody else can read."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _copy(database: Engine, path: Path) -> None:
    with database.connect() as source, closing(sqlite3.connect(path)) as target:
        driver: Any = source.connection.driver_connection
        driver.backup(target)
        target.execute(f"PRAGMA user_version = {_COPY}")
        target.commit()


def _read_back(path: Path) -> AuditReport:
    with mapped(), closing(sqlite3.connect(path)) as copy:
        [said] = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        msg = f"the copy is not sound: {said}"
        raise JournalUnavailableError(msg)
    engine = open_engine(f"sqlite:///{path}")
    try:
        report = Audit(engine).verify()
    finally:
        engine.dispose()
    if report.count and report.faults:
        msg = f"the copy is not sound: {report.faults[0]}"
        raise JournalUnavailableError(msg)
    return report


def _keep_alone(path: Path) -> None:
    """Let the copy be one file: who opens it next to another journal's log is told so."""
    with closing(sqlite3.connect(path)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
