"""The one place that builds database engines, and the turns in which they write."""

import os
import random
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from bot.core.errors import ConfigurationError, JournalUnavailableError
from bot.deadline import patience
from bot.journal.errors import ending_on_a_broken_disk, mapped

_BUSY: Final = 2_000  # milliseconds to wait for another process' write
_RETRY: Final = 0.001  # seconds, at most, between two attempts to begin
_TURN: Final = 2.5  # seconds that a thread waits for the others of its process
_CONNECT: Final = 3  # seconds
_STATEMENT: Final = 5_000  # milliseconds that one may take
_IDLE: Final = 10_000  # milliseconds that a transaction may stand still
_BEGINS: Final = {  # by what `_READS` says
    None: "BEGIN",
    "one": "BEGIN READ ONLY",
    "all": "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
}
_POSTGRES_NAMES: Final = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_SQLITE_NAMES: Final = frozenset({"sqlite", "sqlite+pysqlite"})
_NO_ADDRESS: Final = "is no address of a database"
_IN_MEMORY: Final = "names a database in memory: what is journalled must be on disk"
_READS: Final = "slipway_reads"  # "one" statement, or "all" that see one state
_WRITER: Final = "slipway_writer"


class _Writer:
    """Whose turn it is to write, among the threads of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._abandoned: list[Pool] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        seconds = patience(time.monotonic(), _TURN)
        if not self._lock.acquire(timeout=seconds):
            msg = f"the journal: other threads kept writing for {seconds:.1f} s"
            raise JournalUnavailableError(msg)
        try:
            yield
        finally:
            self._lock.release()

    def start_anew(self, engine: Engine) -> None:
        self._lock = threading.Lock()
        # Kept, so that the child never closes what the parent goes on using.
        self._abandoned.append(engine.pool)
        engine.dispose(close=False)


def open_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path`, `postgres://…` or `postgresql://…`.

    A forked child gets connections of its own without being asked to.

    Raises:
        ConfigurationError: the address is neither, or names a database in memory.
    """
    address = _address(url)
    writer = _Writer()
    engine = _sqlite(address, writer) if _is_sqlite(address) else _postgres(address, writer)
    held = weakref.ref(engine)

    def after_fork() -> None:
        child = held()
        if child is not None:
            writer.start_anew(child)

    os.register_at_fork(after_in_child=after_fork)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that may write; it commits at the end, or leaves nothing.

    On SQLite it holds the database from its first moment.
    """
    writer: _Writer = engine.get_execution_options()[_WRITER]
    with mapped(), ending_on_a_broken_disk(), writer.turn(), engine.begin() as connection:
        yield connection


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that writes as `writing` does, and leaves nothing."""
    writer: _Writer = engine.get_execution_options()[_WRITER]
    with mapped(), writer.turn(), engine.connect() as connection, connection.begin() as turn:
        yield connection
        turn.rollback()


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
        raise _refusal(_NO_ADDRESS) from error
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


def _postgres(address: URL, writer: _Writer) -> Engine:
    """Return an engine that also works behind a pooler, which gives a session for a transaction.

    So nothing is asked for at the start but the application's name, nothing is prepared, and
    settings, locks and isolation are a transaction's: see `_begin_postgres`.
    """
    engine = create_engine(
        address,
        connect_args={
            "application_name": "slipway",
            "autocommit": True,  # we begin ourselves
            "connect_timeout": _CONNECT,
            "prepare_threshold": None,
        },
        execution_options={_WRITER: writer},
        hide_parameters=True,
        max_overflow=10,
        pool_pre_ping=True,
        pool_recycle=1_800,
        pool_size=5,
        pool_timeout=2,
    )
    event.listen(engine, "begin", _begin_postgres)
    return engine


def _begin_postgres(connection: Connection) -> None:
    """Begin with the settings of this transaction, in one message.

    Whoever writes waits for others no longer than the answer has left.
    """
    begin = _BEGINS[connection.get_execution_options().get(_READS)]
    left = int(patience(time.monotonic(), _BUSY / 1_000) * 1_000)
    cursor = connection.connection.cursor()
    cursor.execute(
        f"{begin}; SET LOCAL statement_timeout = {_STATEMENT}; "
        f"SET LOCAL lock_timeout = {max(1, left)}; "
        f"SET LOCAL idle_in_transaction_session_timeout = {_IDLE}"
    )
    cursor.close()


def _sqlite(address: URL, writer: _Writer) -> Engine:
    engine = create_engine(
        address,
        # The driver must not open transactions on its own: it does so too late.
        connect_args={"isolation_level": None, "timeout": _BUSY / 1_000},
        execution_options={_WRITER: writer},
        hide_parameters=True,
        max_overflow=20,
        pool_size=5,
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
    if connection.get_execution_options().get(_READS):
        connection.exec_driver_sql("BEGIN")
    else:
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
