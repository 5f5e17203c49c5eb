"""A PostgreSQL with its standby behind one address, as a house on two hosts has it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final, LiteralString
from urllib.parse import urlsplit

import psycopg

from bot.sandbox.ports import free_port
from tests.faults.line import Line
from tests.journal.bouncer import bouncing
from tests.journal.postgres import Kept, served
from tests.processes.running import NotSeenError, until

NAME: Final = "slipway_house"
SESSIONS: Final = 20  # of a pooler, for two hosts
_END_ALL: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_SOON: Final = "SELECT clock_timestamp() + interval '300 ms'"  # until every session knows of it
_WRITERS: Final = """
SELECT pid FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
AND (backend_xid IS NOT NULL OR (xact_start < %(since)s AND state <> 'idle'))
UNION ALL SELECT 0 WHERE clock_timestamp() < %(since)s
"""
_END_OLD: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
AND xact_start < clock_timestamp() - interval '1 second'
"""


class Cluster:
    """What is behind the address, and what may befall it.

    No commit is lost by a fail-over: it was not answered before the standby had it as well. That is
    so until the standby falls behind.
    """

    def __init__(
        self, primary: Kept, standby: Kept, copying: Line, own_line: Line, pooler: int = 0
    ) -> None:
        self._copying = copying  # from the primary to the standby
        self._behind_since: float | None = None  # by the wall clock, as the others
        self.lost: tuple[float, float] | None = None  # between these moments nothing was kept
        self._pooler = pooler  # its port; it uses our own line
        self.line: Final = Line(pooler or primary.port)  # of the product's processes; it is harmed
        self.own_line: Final = own_line  # to whoever judges
        self._primary = primary
        self._standby: Kept | None = standby

    @property
    def url(self) -> str:
        """The address that the product has."""
        return f"postgresql://slipway@127.0.0.1:{self.line.port}/{NAME}"

    @property
    def own_url(self) -> str:
        """The address of the same that nothing befalls."""
        return f"postgresql://slipway@127.0.0.1:{self.own_line.port}/{NAME}"

    def restart(self) -> None:
        """Stop it as an operator does, and start it."""
        self._primary.told("stop", "-m", "fast")
        self._primary.told("start")

    def crash(self) -> None:
        """End it as a power cut would."""
        self._primary.told("stop", "-m", "immediate")

    def start(self) -> None:
        """Start what is behind the address, where it does not run."""
        self._primary.told("start")

    def end_sessions(self) -> None:
        """End every session of the product."""
        with suppress(psycopg.Error):
            self._run(_END_ALL)

    def be_read_only(self, *, read_only: bool) -> None:
        """Refuse all writing, or take it again."""
        with suppress(psycopg.Error):
            value: LiteralString = "on" if read_only else "off"
            self._run(f"ALTER SYSTEM SET default_transaction_read_only = {value}")
            self._run("SELECT pg_reload_conf()")

    def fall_behind(self) -> bool:
        """Let the standby get nothing any more, and nobody wait for it; once."""
        if self._standby is None:
            return False
        self._behind_since = time.time()
        self._copying.hold()
        with suppress(psycopg.Error):
            self._run("ALTER SYSTEM SET synchronous_standby_names = ''")
            self._run("SELECT pg_reload_conf()")
        return True

    def fail_over(self) -> bool:
        """Let the standby take over from a primary that dies; once."""
        if self._standby is None:
            return False
        self.crash()
        self._promote(self._standby)
        return True

    def switch_over(self) -> bool:
        """Let the standby take over from a primary that only reads from now on; once.

        Whoever is connected to the old one stays so.
        """
        if self._standby is None:
            return False
        try:
            self.be_read_only(read_only=True)
            [since] = self._run(_SOON)
            until(lambda: not self._writers(since), "all writing to end", seconds=5)
            [end] = self._run("SELECT pg_current_wal_lsn()::text")
            standby = self._standby
            if self._behind_since is None:
                until(lambda: _has(standby, end), "the standby to have everything", seconds=10)
        except (psycopg.Error, NotSeenError):
            self.crash()
        self._promote(self._standby)
        return True

    def heal(self) -> None:
        """Let everything pass, run and write again."""
        self.line.release()
        self.start()
        self.be_read_only(read_only=False)

    def _writers(self, since: object) -> list[object]:
        found = self._run(_WRITERS, since=since)
        if found:
            self._run(_END_OLD)
        return found

    def _promote(self, standby: Kept) -> None:
        if self._behind_since is not None:
            self.lost = (self._behind_since, time.time())
        self._copying.cut()  # who waits there for a server that is gone would be waited for
        assert standby.told("promote")
        self._primary, self._standby = standby, None
        self.own_line.lead_to(standby.port)
        if not self._pooler:  # else it is let go of the old one, as an operator's RECONNECT does
            self.line.lead_to(standby.port)
        self.own_line.cut()

    def _run(self, statement: LiteralString, **values: object) -> list[object]:
        return run(self._primary, statement, **values)


@contextmanager
def clustered(*, pooled: bool = False) -> Iterator[Cluster]:
    """Run a primary with an empty database, and a standby that has each commit as well.

    Where that is *pooled*, the product comes to it by a PgBouncer in transaction mode.

    Raises:
        NoPostgresError: there are no programs for that.
        NoPgBouncerError: there is none.
    """
    with served(free_port()) as primary, ExitStack() as stack:
        run(primary, f"CREATE DATABASE {NAME}")
        copying, own_line = _opened(Line(primary.port), stack), _opened(Line(primary.port), stack)
        standby = stack.enter_context(served(free_port(), copying.port))
        run(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        run(primary, "SELECT pg_reload_conf()")
        pooler = 0
        if pooled:
            address = stack.enter_context(bouncing(("127.0.0.1", own_line.port), SESSIONS))
            pooler = urlsplit(address).port or 0
        cluster = Cluster(primary, standby, copying, own_line, pooler)
        _opened(cluster.line, stack)
        yield cluster


def _opened(line: Line, stack: ExitStack) -> Line:
    line.open()
    stack.callback(line.close)
    stack.callback(line.release)
    return line


def run(server: Kept, statement: LiteralString, **values: object) -> list[object]:
    """Run a statement as the server's owner, and return the first value of each row."""
    with psycopg.connect(server.url, autocommit=True, connect_timeout=5) as connection:
        cursor = connection.execute(statement, values or None)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def _has(standby: Kept, end: object) -> bool:
    [has] = run(standby, "SELECT pg_last_wal_replay_lsn() >= %(end)s::pg_lsn", end=end)
    return bool(has)
