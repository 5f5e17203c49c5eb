"""PostgreSQL as administrators set it up: it works, or says in a line what it lacks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import make_url

from bot.core.errors import ConfigurationError, JournalUnavailableError
from bot.core.ports import Limits
from bot.journal import journal_on, migrate, require_current
from tests.journal.builders import NOON, an_id, an_operation, create
from tests.journal.databases import Server, migrated, opened

REASON = "修复支付 — № 5 🚀"
HOSTS = 8
FEW = Limits(per_person=1_000, total=10)
SETTINGS = (
    "client_encoding = 'LATIN1'",
    "datestyle = 'SQL, DMY'",
    "default_transaction_isolation = 'serializable'",
    "intervalstyle = 'sql_standard'",
    "standard_conforming_strings = off",
    "timezone = 'Asia/Kathmandu'",
)

pytestmark = pytest.mark.parametrize("server", ["postgres"], indirect=True)


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_a_database_is_set_to_changes_nothing(server: Server, setting: str) -> None:
    """Moments and foreign words come back as they were written, whatever the defaults are."""
    with server.empty() as url:
        server.run(f"ALTER DATABASE {make_url(url).database} SET {setting}")
        with opened(url) as engine:
            migrate(engine)
            journal = journal_on(engine)
            create(journal, an_operation(1, reason=REASON))

            (listed,) = journal.operations.listed(5, None, open_only=False)

            assert journal.operations.load(an_id(1)).reason == REASON
            assert (listed.id, listed.created_at) == (an_id(1), NOON)


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_several_write_at_once_whatever_isolation_is_the_default(
    server: Server, level: str
) -> None:
    """Who waits for a turn then sees what those before it wrote, and is not sent away."""
    with server.empty() as url:
        setting = f"default_transaction_isolation = '{level}'"
        server.run(f"ALTER DATABASE {make_url(url).database} SET {setting}")
        with opened(url) as one, opened(url) as other, ThreadPoolExecutor(HOSTS) as people:
            migrate(one)
            journals = [journal_on(one), journal_on(other)]

            def told(number: int) -> None:
                operation = an_operation(number, target=f"t{number}")
                create(journals[number % 2], operation, limits=FEW)

            assert [*people.map(told, range(1, 40))]
            assert len(journals[0].operations.listed(99, None, open_only=True)) == FEW.total


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_CN"])
def test_a_database_that_cannot_hold_all_words_is_refused(server: Server, encoding: str) -> None:
    """What people write in any language has to fit: another encoding is named at once."""
    made = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with server.empty(made) as url, opened(url) as engine:
        for does in (migrate, require_current):
            with pytest.raises(ConfigurationError, match=f"UTF8, not {encoding}") as error:
                does(engine)
            assert "SLIPWAY_DATABASE_URL" in str(error.value)


def test_a_role_without_rights_is_told_apart_from_a_fault_of_ours(server: Server) -> None:
    """Who may not read the tables is told so, as of a database that is away."""
    with migrated(server) as url, a_stranger(server, url) as strange, opened(strange) as engine:
        for does in (require_current, migrate):
            with pytest.raises(JournalUnavailableError, match="permission denied"):
                does(engine)


def test_no_schema_to_write_in_is_told(server: Server) -> None:
    """A search path that leads nowhere is what the database says, and no fault of ours."""
    with server.empty() as url:
        server.run(f"ALTER DATABASE {make_url(url).database} SET search_path = nowhere")
        with opened(url) as engine, pytest.raises(JournalUnavailableError, match="no schema"):
            migrate(engine)


@contextmanager
def a_stranger(server: Server, url: str) -> Iterator[str]:
    """Give the address of the same database for a role that may connect, and nothing else."""
    address = make_url(url)
    role = f"stranger_of_{address.database}"
    server.run(f"CREATE ROLE {role} LOGIN PASSWORD 'hunter2'")
    try:
        strange = address.set(username=role, password="hunter2")
        yield strange.render_as_string(hide_password=False)
    finally:
        server.run(f"DROP ROLE {role}")
