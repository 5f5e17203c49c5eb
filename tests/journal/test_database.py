"""Engines: durable, patient for a while, and honest about what cannot be done."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import DateTime, Engine, event, literal, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.errors import ConfigurationError, JournalUnavailableError
from bot.core.ports import AuditEntry
from bot.deadline import answering
from bot.journal import Journal, journal_on, migrate, open_engine, ping
from bot.journal.database import writing
from bot.journal.schema import Utc
from bot.journal.turns import take_turn
from tests.journal.builders import ANN, NOON, an_id, an_operation, create
from tests.journal.databases import opened
from tests.processes.forks import Preloaded

FORKING = "from tests.journal.forking import main; main({address!r})"
FILLING = Path(__file__).parent / "filling.py"
ENTRY = AuditEntry(at=NOON, who=ANN, what="denied")


@contextmanager
def preparing(url: str, statement: str) -> Iterator[Engine]:
    """Give an engine each of whose connections begins with *statement*."""

    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
        connection.commit()

    with opened(url) as engine:
        event.listen(engine, "connect", prepare)
        yield engine


@pytest.fixture
def impatient(database: str) -> Iterator[Journal]:
    """The same journal in another process, which on SQLite waits for others 50 ms only."""
    shorter = "PRAGMA busy_timeout = 50" if "sqlite" in database else "SELECT 1"
    with preparing(database, shorter) as engine:
        yield journal_on(engine)


def test_a_held_database_fails_closed(journal: Journal, impatient: Journal, engine: Engine) -> None:
    """While another process keeps writing nothing is recorded, and reading goes on."""
    create(journal, an_operation(1))
    with engine.begin() as connection:
        take_turn(connection)

        with pytest.raises(JournalUnavailableError):
            create(impatient, an_operation(2, target="billing"))

        assert impatient.operations.load(an_id(1)) == an_operation(1)
    assert impatient.operations.find(an_id(2)) is None
    create(impatient, an_operation(2, target="billing"))


def test_an_answer_waits_no_longer_than_it_may(
    journal: Journal, other: Journal, engine: Engine
) -> None:
    """Whoever owes an answer gives up on other writers in time, be it threads or processes."""
    with engine.begin() as connection, answering(time.monotonic() + 0.1):
        take_turn(connection)
        began = time.monotonic()
        with pytest.raises(JournalUnavailableError):
            create(other, an_operation())
    with writing(engine), answering(time.monotonic() + 0.1):
        with pytest.raises(JournalUnavailableError, match="somebody holds it"):
            create(journal, an_operation())
        assert time.monotonic() - began < 1.5
    create(journal, an_operation())


def test_a_full_disk_records_nothing(tmp_path: Path) -> None:
    """Without room nothing is recorded, which is said; what stood there before still stands."""
    url = f"sqlite:///{tmp_path / 'full.db'}"
    with opened(url) as engine:
        migrate(engine)
        create(journal_on(engine), an_operation(1))
    with preparing(url, "PRAGMA max_page_count = 1") as engine:
        journal = journal_on(engine)

        with pytest.raises(JournalUnavailableError, match="full"):
            _fill(journal)

        recorded = journal.operations.recent(99)
        assert journal.audit.verify().unsealed == len(recorded)
        assert an_operation(1) in recorded


def test_a_broken_disk_ends_the_process(tmp_path: Path) -> None:
    """A write that the disk refuses ends the process; a new one finds what was committed."""
    url = f"sqlite:///{tmp_path / 'broken.db'}"

    ended = subprocess.run(
        [sys.executable, str(FILLING), url], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert "the journal's disk is broken" in ended.stderr
    with opened(url) as engine:
        audit = journal_on(engine).audit
        audit.seal()
        report = audit.verify()
    assert report.is_sound
    assert report.count == ended.stdout.count("kept")


def test_a_forked_child_has_connections_of_its_own(
    database: str, journal: Journal, forks: Preloaded, tmp_path: Path
) -> None:
    """Parent and child go on writing after a fork, each on its own connections."""
    forks.told(FORKING.format(address=database), folder=tmp_path)

    journal.audit.seal()
    assert journal.audit.verify().count == 41
    assert journal.audit.verify().is_sound


def test_sqlite_is_opened_to_last(tmp_path: Path) -> None:
    """Every SQLite connection syncs each commit, logs ahead, waits and keeps references."""
    with opened(f"sqlite:///{tmp_path / 'journal.db'}") as engine, engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }

    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "busy_timeout": 2_000,
        "foreign_keys": 1,
    }


@pytest.mark.parametrize(
    "url", ["postgres://a:p%40w@127.0.0.1:1/x", "postgresql://a:p%40w@127.0.0.1:1/x"]
)
def test_an_unreachable_database_is_unavailable(url: str) -> None:
    """Both spellings mean the driver that is there; who does not answer is unavailable."""
    with opened(url) as engine:
        with pytest.raises(JournalUnavailableError) as error:
            ping(engine)
        assert engine.url.drivername == "postgresql+psycopg"
        assert engine.url.password == "p@w"
    assert "p@w" not in str(error.value)


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    """An SQLite file that cannot be opened is named as the journal's trouble."""
    with (
        opened(f"sqlite:///{tmp_path}/nowhere/journal.db") as engine,
        pytest.raises(JournalUnavailableError, match="unable to open"),
    ):
        ping(engine)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://root:hunter2@127.0.0.1/x", "not mysql://"),
        ("nonsense", "is no address of a database$"),
        ("postgresql://a:hunter2@b:c/d@127.0.0.1/x", "is no address of a database: .*/ %2F"),
        ("postgresql://a:hunter2@127.0.0.1:1/x?sslmod=require", 'option "sslmod"'),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "in memory"),
    ],
)
def test_other_databases_are_refused(url: str, why: str) -> None:
    """What cannot keep a journal is refused by name, without its password."""
    with pytest.raises(ConfigurationError, match=why) as error:
        open_engine(url)

    assert "SLIPWAY_DATABASE_URL" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_a_naive_moment_is_refused(engine: Engine) -> None:
    """A moment without its zone never reaches the database."""
    naive = datetime.fromisoformat("2026-11-21T12:00:00")

    with engine.connect() as connection:
        with pytest.raises(StatementError, match="without its zone"):
            connection.execute(select(literal(naive, Utc)))
        aware = connection.execute(select(literal(naive.replace(tzinfo=UTC), Utc))).scalar_one()

    assert aware == NOON


@pytest.mark.parametrize("hours", [0, 8, -3])
@pytest.mark.parametrize("micros", [0, 1, 120_000])
def test_a_moment_is_kept_in_utc_as_others_are(engine: Engine, hours: int, micros: int) -> None:
    """Whatever its zone, it compares with what the database keeps, to the microsecond."""
    moment = NOON.replace(microsecond=micros)
    elsewhere = moment.astimezone(timezone(timedelta(hours=hours)))
    plain = moment if engine.dialect.name != "sqlite" else moment.replace(tzinfo=None)

    with engine.connect() as connection:
        given = literal(elsewhere, Utc)
        kept = connection.execute(select(given)).scalar_one()
        is_alike = connection.execute(
            select(given == literal(plain, DateTime(timezone=True)))
        ).scalar_one()

    assert kept == moment
    assert is_alike


def test_errors_tell_no_contents(engine: Engine) -> None:
    """What a database says about a fault names no bound value."""
    wrong = text("SELECT :secret FROM nowhere")

    with engine.connect() as connection, pytest.raises(DBAPIError) as error:
        connection.execute(wrong, {"secret": "hunter2"})

    assert "hunter2" not in str(error.value)


def _fill(journal: Journal) -> None:
    for number in range(2, 99):
        create(journal, an_operation(number, target=f"t{number}"))
