"""The journal behind a pooler in transaction mode, such as PgBouncer's."""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text
from typing_extensions import override

from bot.journal import journal_on, migrate
from bot.journal.database import reading, snapshot, writing
from tests.journal.bouncer import bouncing, excused
from tests.journal.builders import HOUR, NOON, an_id, an_operation, apply, create, to_the_end
from tests.journal.databases import Server, opened
from tests.journal.pooler import Pooler, place_of, pooled

MANY: Final = 8
SETTINGS: Final = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
pytestmark = pytest.mark.parametrize("server", ["postgres"], indirect=True)


@contextmanager
def behind_a_pooler(server: Server) -> Iterator[tuple[Engine, Pooler]]:
    """Give an engine on an empty database, and the strict pooler that it reaches it by."""
    with (
        server.empty() as url,
        tempfile.TemporaryDirectory(prefix="pool-") as folder,
        pooled(server.place, Path(folder)) as pooler,
        opened(pooler.url.format(make_url(url).database)) as engine,
    ):
        yield engine, pooler


@contextmanager
def behind_pgbouncer(server: Server) -> Iterator[tuple[Engine, Pooler]]:
    """Give an engine on an empty database behind a real one, which refuses by itself."""
    with (
        excused(),
        server.empty() as url,
        bouncing(place_of(server.place)) as address,
        opened(address.format(make_url(url).database)) as engine,
    ):
        yield engine, _Real(address)


class _Real(Pooler):
    """A real one counts nothing, and refuses whoever does what it does not take."""

    def __init__(self, address: str) -> None:
        super().__init__(Path())
        self.transactions = MANY + 1
        self._address = address

    @property
    @override
    def url(self) -> str:
        return self._address


EITHER: Final = pytest.mark.parametrize("behind", [behind_a_pooler, behind_pgbouncer])
Behind: TypeAlias = Callable[[Server], AbstractContextManager[tuple[Engine, Pooler]]]


@EITHER
def test_all_that_the_journal_does_works_behind_a_pooler(server: Server, behind: Behind) -> None:
    """V67: from the schema to the audit, with several at once, each transaction elsewhere."""
    with behind(server) as (engine, pooler):
        migrate(engine)
        journal = journal_on(engine)

        def told(number: int) -> str:
            operation = an_operation(number, target=f"t{number}")
            create(journal, operation)
            return apply(journal, operation.id, *to_the_end(operation)).phase.kind

        with ThreadPoolExecutor(max_workers=MANY) as people:
            assert set(people.map(told, range(1, 2 * MANY + 1))) == {"succeeded"}
        assert len(journal.operations.recent(100)) == 2 * MANY
        assert journal.audit.seal() > 2 * MANY
        assert journal.audit.verify().is_sound
        row, *_ = journal.outbox.claim(NOON + HOUR, 1, HOUR)
        journal.outbox.sent(row, "100.1", 6, NOON + HOUR)
        assert pooler.refused == []
        assert pooler.transactions > MANY


@EITHER
def test_nothing_is_kept_in_a_session(server: Server, behind: Behind) -> None:
    """V67: settings hold for a transaction, and no statement is prepared under a name."""
    with behind(server) as (engine, pooler):
        migrate(engine)
        journal = journal_on(engine)
        create(journal, an_operation())
        for _ in range(20):  # more often than a driver waits before it prepares
            journal.operations.load(an_id(1))
        for begun in (reading, snapshot, writing):
            with begun(engine) as connection:
                held = [connection.execute(text(f"SHOW {name}")).scalar() for name in SETTINGS]
                assert held == ["5s", "2s", "10s"]
                count = connection.execute(text("SELECT count(*) FROM pg_prepared_statements"))
                assert count.scalar() == 0
        with psycopg.connect(
            str(pooler.url.format("postgres")), autocommit=True, prepare_threshold=None
        ) as bare:
            held = [bare.execute(f"SHOW {name}".encode()).fetchone() for name in SETTINGS]
        assert held == [("0",)] * len(SETTINGS)


@EITHER
def test_a_read_changes_nothing(server: Server, behind: Behind) -> None:
    """V67: what only reads says so, and several reads of one moment see one state."""
    with behind(server) as (engine, _):
        migrate(engine)
        journal = journal_on(engine)
        with snapshot(engine) as connection:
            count = text("SELECT count(*) FROM operations")
            before = connection.execute(count).scalar()
            create(journal, an_operation())
            assert connection.execute(count).scalar() == before == 0
            level = connection.execute(text("SHOW transaction_isolation")).scalar()
            is_only_read = connection.execute(text("SHOW transaction_read_only")).scalar()
        assert (level, is_only_read) == ("repeatable read", "on")


def test_the_pooler_is_as_strict_as_it_says(server: Server) -> None:
    """What is refused here is what PgBouncer refuses: options, and statements kept by name."""
    with behind_a_pooler(server) as (_, pooler):
        address = pooler.url.format("postgres")
        with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter"):
            psycopg.connect(f"{address}&options=-c%20statement_timeout%3D5")
        with (
            psycopg.connect(address, autocommit=True, prepare_threshold=0) as bare,
            pytest.raises(psycopg.errors.InvalidSqlStatementName),
        ):
            bare.execute("SELECT 1 + %s", (1,))
        assert pooler.refused == ["options"]
