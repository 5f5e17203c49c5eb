"""The one place that builds database engines, and the turns in which they write."""

import os
import random
import sqlite3
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, cast

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor, ExceptionContext
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from bot.core.errors import ConfigurationError
from bot.deadline import patience
from bot.journal.errors import ending_on_a_broken_disk, mapped
from bot.journal.group_commit import GroupCommit

_BUSY: Final = 2_000  # milliseconds to wait for another process' write
_RETRY: Final = 0.001  # seconds, at most, between two attempts to begin
_CONNECT: Final = 3  # seconds
_STATEMENT: Final = 5_000  # milliseconds that one may take
_IDLE: Final = 10_000  # milliseconds that a transaction may stand still
_BEGINS: Final = {  # by what `_READS` says
    # Who has waited for a turn sees what those before it wrote, whatever the default is.
    None: "BEGIN ISOLATION LEVEL READ COMMITTED",
    "one": "BEGIN; SHOW transaction_read_only; SET TRANSACTION READ ONLY",
    "all": (
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SHOW transaction_read_only; "
        "SET TRANSACTION READ ONLY"
    ),
}
_YOUNG: Final = 1.0  # seconds in which a connection to who only reads is kept
_BORN: Final = "slipway_born"
_ONLY_READS: Final = "25006"  # PostgreSQL: cannot be done in a read-only transaction
_POSTGRES_NAMES: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_SQLITE_NAMES: Final = frozenset({"sqlite", "sqlite+pysqlite"})
_NO_ADDRESS: Final = "is no address of a database"
_WRITTEN: Final = ": in a password, @ is written %40, : %3A, / %2F and % %25"
_IN_MEMORY: Final = "names a database in memory: what is journalled must be on disk"
_MODE_AT: Final = 19  # of an SQLite file: the byte that says how it is read
_ONE_FILE: Final = 1  # with nothing beside it, as `bot.journal.backup` leaves a copy
_READS: Final = "slipway_reads"  # "one" statement, or "all" that see one state
TURNS: Final = "slipway_turns"


def open_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path`, `postgres://…` or `postgresql://…`.

    A forked child gets connections of its own without being asked to.

    Raises:
        ConfigurationError: the address is neither, or names a database in memory; or a copy of
            a journal has beside it what another one left.
    """
    address = _address(url)
    if _is_sqlite(address):
        _require_its_own_log(Path(address.database or ""))
    engine = _sqlite(address) if _is_sqlite(address) else _postgres(address)
    held = weakref.ref(engine)
    abandoned: list[Pool] = []  # kept, so that the child never closes what the parent goes on using

    def after_fork() -> None:
        child = held()
        if child is not None:
            abandoned.append(child.pool)
            child.dispose(close=False)
            turns_of(child).start_anew()

    os.register_at_fork(after_in_child=after_fork)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that may write; it is committed at the end, or leaves nothing.

    On SQLite it holds the database from its first moment, and threads that write at the same time
    share it: what one of them wrote, those after it see.
    """
    with mapped(), ending_on_a_broken_disk(), turns_of(engine).turn(engine) as connection:
        yield connection


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that writes as `writing` does, and leaves nothing."""
    alone = turns_of(engine).alone()
    with mapped(), alone, engine.connect() as connection, connection.begin() as turn:
        yield connection
        turn.rollback()


def turns_of(engine: Engine) -> GroupCommit:
    """Return in which turns the threads of this process write there."""
    turns: GroupCommit = engine.get_execution_options()[TURNS]
    return turns


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection for one read; it never waits for a writer."""
    with mapped(), engine.connect() as connection:
        yield connection.execution_options(**{_READS: "one"})


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which several reads see one state."""
    with mapped(), engine.connect() as connection:
        yield connection.execution_options(**{_READS: "all"})


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        why = f"{_NO_ADDRESS}{_WRITTEN}" if "://" in url and "@" in url else _NO_ADDRESS
        raise _refusal(why) from error
    if address.drivername in _POSTGRES_NAMES:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in _SQLITE_NAMES:
        why = f"wants sqlite:/// or postgresql://, not {address.drivername}://"
        raise _refusal(why)
    path = address.database or ""
    if path in {"", ":memory:"} or "mode=memory" in path or "mode" in address.query:
        raise _refusal(_IN_MEMORY)
    return address


def _refusal(why: str) -> ConfigurationError:
    return ConfigurationError([f"SLIPWAY_DATABASE_URL {why}"])


def _is_sqlite(address: URL) -> bool:
    return address.get_backend_name() == "sqlite"


def _require_its_own_log(path: Path) -> None:
    """Refuse a copy that was put in the place of a journal whose write-ahead log is still there.

    SQLite would write that log over the copy, without a word: what was restored would be what was
    there before, or a mixture of both. A file that has written a log of its own says so first.
    """
    log = path.with_name(f"{path.name}-wal")
    with suppress(OSError):  # SQLite says what is wrong
        if log.stat().st_size and _mode(path) == _ONE_FILE:
            why = (
                f"{path} is a copy, and {log.name} beside it is of the journal before: SQLite "
                f"would write it over the copy, so move it and {path.name}-shm away"
            )
            raise ConfigurationError([why])


def _mode(path: Path) -> int:
    """Return how the file is read; 0: it is empty."""
    with path.open("rb") as file:
        return (file.read(_MODE_AT + 1)[_MODE_AT:] or b"\0")[0]


def _postgres(address: URL) -> Engine:
    """Return an engine that also works behind a pooler, which gives a session for a transaction.

    So nothing is asked for at the start but the application's name and UTF-8, nothing is
    prepared, and settings, locks and isolation are a transaction's: see `_begin_postgres`.
    """
    own = {
        "application_name": "slipway",
        "autocommit": True,  # we begin ourselves
        "client_encoding": "UTF8",
        "connect_timeout": _CONNECT,
        "prepare_threshold": None,
    }
    engine = create_engine(
        address,
        connect_args=own,
        execution_options={TURNS: GroupCommit(shares=False)},
        hide_parameters=True,
        max_overflow=10,
        pool_pre_ping=True,
        pool_recycle=1_800,
        pool_size=5,
        pool_timeout=2,
    )
    _require_options(engine, own)
    event.listen(engine, "do_connect", _connect_postgres)
    event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "handle_error", _leave_what_only_reads)
    return engine


def _require_options(engine: Engine, own: Mapping[str, object]) -> None:
    """Refuse an option that no address of PostgreSQL has; *own* is said by us in any case."""
    _, named = engine.dialect.create_connect_args(engine.url)
    asked = engine.url.query.keys() - own.keys()
    try:
        make_conninfo("", **{name: named[name] for name in sorted(asked)})
    except psycopg.ProgrammingError as error:
        raise _refusal(f"{_NO_ADDRESS}: {error}".strip()) from None


def _connect_postgres(
    dialect: Dialect, _: ConnectionPoolEntry, words: list[Any], named: dict[str, Any]
) -> DBAPIConnection:
    """Connect to a database that can hold whatever people write.

    Raises:
        ConfigurationError: it is in another encoding than UTF-8.
    """
    connection = cast("psycopg.Connection[Any]", dialect.connect(*words, **named))
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in {None, "UTF8"}:  # a pooler may not tell
        connection.close()
        why = f"wants a database in UTF8, not {encoding}: createdb -E UTF8 -T template0"
        raise _refusal(why)
    return cast("DBAPIConnection", connection)


def _leave_what_only_reads(context: ExceptionContext) -> None:
    """Close all connections where who may write cannot: it is no primary, or not any more.

    Behind the same address stands another one by now, or will; who stays connected never sees it.
    """
    connection = context.connection
    may_write = connection is None or not connection.get_execution_options().get(_READS)
    if may_write and getattr(context.original_exception, "sqlstate", None) == _ONLY_READS:
        context.is_disconnect = True


def _begin_postgres(connection: Connection) -> None:
    """Begin with the settings of this transaction, in one message.

    Whoever writes waits for others no longer than the answer has left. Whoever reads on a server
    that only reads, reads elsewhere a second later, if somebody else is primary by then. What goes
    wrong here, nobody wraps: the session has ended since it was tried, a moment ago.
    """
    reads = connection.get_execution_options().get(_READS)
    born = connection.info.setdefault(_BORN, time.monotonic())
    left = int(patience(time.monotonic(), _BUSY / 1_000) * 1_000)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(
            f"{_BEGINS[reads]}; SET LOCAL datestyle = ISO; "
            f"SET LOCAL statement_timeout = {_STATEMENT}; "
            f"SET LOCAL lock_timeout = {max(1, left)}; "
            f"SET LOCAL idle_in_transaction_session_timeout = {_IDLE}"
        )
    except psycopg.Error as error:
        connection.invalidate(error)
        raise DisconnectionError(str(error)) from error
    if reads and _only_reads(cursor) and time.monotonic() > born + _YOUNG:
        connection.detach()
    cursor.close()


def _only_reads(cursor: DBAPICursor) -> bool:
    """Return whether the server itself only reads: what is read may be the past of another one."""
    cursor.nextset()
    told = cursor.fetchone()
    return told is not None and told[0] == "on"


def _sqlite(address: URL) -> Engine:
    engine = create_engine(
        address,
        # The driver must not open transactions on its own: it does so too late.
        connect_args={"isolation_level": None, "timeout": _BUSY / 1_000},
        execution_options={TURNS: GroupCommit(shares=True)},
        hide_parameters=True,
        max_overflow=20,
        pool_size=20,  # a connection that is given back is kept: opening one costs five statements
        pool_timeout=2,
    )
    event.listen(engine, "do_connect", _create_private)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_private(_: Dialect, __: ConnectionPoolEntry, words: list[Any], ___: object) -> None:
    """Make the file, where there is none, for its owner alone; what SQLite adds is made like it."""
    with suppress(OSError):  # SQLite says what is wrong
        os.close(os.open(words[0], os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY}")
    cursor.execute("PRAGMA journal_mode = WAL")
    [mode] = cursor.fetchone() or [""]
    if mode != "wal":
        msg = f"write-ahead logging cannot be had here (journal mode is {mode!r})"
        raise sqlite3.OperationalError(msg)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin, unless one statement is read, which sees one state by itself."""
    reads = connection.get_execution_options().get(_READS)
    if reads == "all":
        connection.exec_driver_sql("BEGIN")
    elif reads is None:
        _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    # SQLite's own wait sleeps ever longer, up to 100 ms, while another process' write takes 2.
    now = time.monotonic()
    deadline = now + patience(now, _BUSY / 1_000)
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        while not _has_begun(cursor, deadline):
            _retry_pause()
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY}")
        cursor.close()


def _has_begun(cursor: DBAPICursor, deadline: float) -> bool:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        is_busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
        if not is_busy or time.monotonic() >= deadline:
            raise
        return False
    return True


def _retry_pause() -> None:
    pause = random.uniform(_RETRY / 4, _RETRY)  # noqa: S311 - spreads the attempts
    time.sleep(pause)  # noqa: TID251 - the database has no bell
