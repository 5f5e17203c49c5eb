"""The one place where what a database says becomes an error of ours."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeoutError,
)

from bot.core.errors import JournalUnavailableError, SchemaError

_OURS: Final = (IntegrityError, DataError, NotSupportedError, ProgrammingError)
_UNDEFINED: Final = frozenset({"42P01", "42703"})  # PostgreSQL: no such table, no such column
_ITS_SIDE: Final = frozenset({"42501", "3F000"})  # PostgreSQL: no right to that, no schema for it
_MISSING: Final = ("no such table", "no such column")  # SQLite's words for the same
_PRIMARY: Final = 0xFF  # the part of an SQLite result code that names the kind
_EXIT: Final = 1


@contextmanager
def mapped() -> Iterator[None]:
    """Turn what the database could not do into JournalUnavailableError or SchemaError.

    Errors that only a fault of ours explains are let through.
    """
    try:
        yield
    except (PoolTimeoutError, DisconnectionError) as error:
        raise JournalUnavailableError(_words(error)) from error
    except DBAPIError as error:
        if _is_of_another_schema(error):
            msg = f"{_words(error)}: run slipway migrate"
            raise SchemaError(msg) from error
        if _is_ours(error):
            raise
        raise JournalUnavailableError(_words(error)) from error
    except sqlite3.Error as error:  # while a connection is being opened, nothing wraps them
        raise JournalUnavailableError(_words(error)) from error


@contextmanager
def ending_on_a_broken_disk() -> Iterator[None]:
    """End the process where SQLite could not write or sync.

    SQLite would go on committing afterwards, over pages that the disk may have lost. Only what a
    new process reads back is trusted. (PostgreSQL ends itself.)
    """
    try:
        yield
    except DBAPIError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0)
        if code & _PRIMARY != sqlite3.SQLITE_IOERR:
            raise
        sys.stderr.write(f"slipway: the journal's disk is broken ({error.orig}): ending\n")
        sys.stderr.flush()
        os._exit(_EXIT)


def _is_of_another_schema(error: DBAPIError) -> bool:
    if getattr(error.orig, "sqlstate", None) in _UNDEFINED:
        return True
    is_sqlite = isinstance(error.orig, sqlite3.Error)
    return is_sqlite and str(error.orig).startswith(_MISSING)


def _is_ours(error: DBAPIError) -> bool:
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _ITS_SIDE:
        return False
    return isinstance(error, _OURS) or not isinstance(error, (DatabaseError, InterfaceError))


def _words(error: Exception) -> str:
    said = error.orig if isinstance(error, DBAPIError) else error
    lines = str(said).strip().splitlines() or [type(said).__name__]
    return f"the journal: {lines[0][:300]}"
