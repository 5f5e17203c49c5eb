"""Every test of the journal runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from bot.journal import Journal, journal_on
from tests.journal.builders import NOON, Given
from tests.journal.databases import Server, emptied, migrated, opened
from tests.journal.postgres import excused, postgres


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Where databases can be made, of each kind."""
    if request.param == "sqlite":
        yield Server("sqlite", str(tmp_path_factory.mktemp("journal")))
        return
    with excused(), postgres() as address:
        yield Server("postgres", address)


@pytest.fixture(scope="session")
def database(server: Server) -> Iterator[str]:
    """The address of a database with this version's schema, shared by many tests."""
    with migrated(server) as url:
        yield url


@pytest.fixture(scope="session")
def one_engine(database: str) -> Iterator[Engine]:
    """An engine for many tests: what SQLAlchemy has made of each statement stays."""
    with opened(database) as engine:
        yield engine


@pytest.fixture
def engine(one_engine: Engine) -> Iterator[Engine]:
    """An engine without connections, on a database without rows."""
    emptied(one_engine)
    yield one_engine
    one_engine.dispose()


@pytest.fixture
def clock() -> Given:
    """A clock that stands at noon until it is moved."""
    return Given(NOON)


@pytest.fixture
def journal(engine: Engine) -> Journal:
    """An empty journal."""
    return journal_on(engine)


@pytest.fixture
def blank(server: Server) -> Iterator[Engine]:
    """An engine on a database without tables."""
    with server.empty() as url, opened(url) as engine:
        yield engine


@pytest.fixture
def other(database: str) -> Iterator[Journal]:
    """The same journal as another process has it: with connections and turns of its own."""
    with opened(database) as engine:
        yield journal_on(engine)
