"""A fail-over of PostgreSQL behind one address: who was the primary reads on, and never writes."""

from collections.abc import Iterator
from typing import NoReturn

import psycopg
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.pool import ConnectionPoolEntry

from bot.core.errors import JournalUnavailableError
from bot.journal import journal_on
from bot.journal.database import reading, writing
from tests.journal.builders import an_id, an_operation, create
from tests.journal.databases import Server
from tests.processes.running import until

pytestmark = pytest.mark.parametrize("server", ["postgres"], indirect=True)


@pytest.fixture
def demoted(server: Server) -> Iterator["Demotion"]:
    """Whoever may make the server one that only reads; it ends as one that writes."""
    demotion = Demotion(server.place)
    yield demotion
    demotion.end()


class Demotion:
    """Makes a server read alone, for every session from its next transaction on."""

    def __init__(self, place: str) -> None:
        self._place = place

    def begin(self) -> None:
        """Let it read alone."""
        self._run("ALTER SYSTEM SET default_transaction_read_only = on")

    def end(self) -> None:
        """Let it write again."""
        self._run("ALTER SYSTEM RESET default_transaction_read_only")

    def _run(self, change: str) -> None:
        with psycopg.connect(self._place, autocommit=True) as connection:
            connection.execute(change.encode())
            connection.execute("SELECT pg_reload_conf()")


def test_who_cannot_write_leaves_with_all_connections(demoted: Demotion, engine: Engine) -> None:
    """The next transaction goes to whoever is behind the address now, that of a reader too."""
    old = _sessions(engine)
    demoted.begin()
    with pytest.raises(JournalUnavailableError, match="read-only"):
        _write_until_refused(engine)
    demoted.end()

    assert old.isdisjoint(_sessions(engine))
    journal = journal_on(engine)
    create(journal, an_operation())
    assert journal.operations.load(an_id(1)).phase.kind == "awaiting_approval"


def test_who_only_reads_looks_for_another_primary(demoted: Demotion, engine: Engine) -> None:
    """A primary of the past reads on: whoever stayed with it would never hear of anything again.

    A campaign found it: seed 14 on two hosts. It is looked for once a second, while reads go on.
    """
    old = _sessions(engine)
    demoted.begin()
    until(lambda: old.isdisjoint(_sessions(engine)), "other sessions")
    demoted.end()
    fresh = _sessions(engine)
    until(lambda: fresh == _sessions(engine), "sessions that are kept")


def test_a_session_that_ends_before_it_begins_is_an_outage(server: Server, engine: Engine) -> None:
    """It was tried a moment ago; what comes then is said as any other outage, and the next works.

    A campaign found it: seed 3 on two hosts.
    """
    journal = journal_on(engine)

    def end(_: object, record: ConnectionPoolEntry, __: object) -> None:
        pid = record.driver_connection.info.backend_pid  # type: ignore[union-attr] # psycopg's own
        with psycopg.connect(server.place, autocommit=True) as another:
            another.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    event.listen(engine, "checkout", end)
    for attempt in (journal.audit.head, lambda: create(journal, an_operation())):
        with pytest.raises(JournalUnavailableError, match="the journal: "):
            attempt()
    event.remove(engine, "checkout", end)
    create(journal, an_operation())
    assert journal.operations.load(an_id(1)).phase.kind == "awaiting_approval"


def _write_until_refused(engine: Engine) -> NoReturn:
    """Write until the server has read its new setting, and says no."""
    while True:
        with writing(engine) as connection:
            connection.execute(text("UPDATE audit_head SET sequence = sequence"))


def _sessions(engine: Engine) -> set[int]:
    """Return the sessions of two connections of the pool."""
    with reading(engine) as one, reading(engine) as other:
        found = [
            each.execute(text("SELECT pg_backend_pid()")).scalar_one() for each in (one, other)
        ]
    return set(found)
