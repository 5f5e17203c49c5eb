"""Threads that write at the same time share a transaction: one commit, one sync for all of them.

Whoever comes while another thread writes waits in line, and goes on in the open transaction, in a
savepoint of its own: it sees what those before it wrote, and takes back nothing but its own.
Whoever finds nobody to go on commits for all. Nobody's block ends before that: then it is on disk,
and whoever was refused because of what another wrote reads it when trying again.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.core.errors import JournalBusyError, JournalUnavailableError
from bot.deadline import patience
from bot.journal.errors import ending_on_a_broken_disk, mapped

MOST: Final = 128  # writes of one transaction
SECONDS: Final = 0.05  # after which it takes in no more: other processes want to write as well
LEFT: Final = 0.1  # seconds before an answer is due in which nobody else is waited for
_PATIENCE: Final = 2.5  # seconds that a thread waits for the others of its process
_WEIGHT: Final = 0.2  # of the newest transaction in what a write is expected to take


class _Shared:
    """A transaction that several write in, one after the other."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.members: list[_Writer] = []
        self._refused: list[_Writer] = []  # what they wrote was taken back; they wait as well
        self.error: Exception | None = None
        self.began = 0.0
        self._until = inf
        self._connection: Connection | None = None

    def enter(self, engine: Engine) -> Connection:
        """Begin, or set a savepoint behind those who were here before."""
        if self._connection is None:
            connection = engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            self._connection, self.began = connection, time.monotonic()
        else:
            _run(self._connection, "SAVEPOINT its_own")
        return self._connection

    def keep(self, writer: "_Writer") -> None:
        """Let what *writer* wrote be committed."""
        if self.members and self._connection is not None:
            _run(self._connection, "RELEASE SAVEPOINT its_own")
        self.members.append(writer)
        self._until = min(self._until, writer.until)

    def take_back(self, writer: "_Writer") -> bool:
        """Undo what was written since `enter`; where that is all there is, end.

        True: *writer* has seen what is not committed yet, and waits for that.
        """
        if self._connection is None:
            return False
        if not self.members:
            self._end(self._connection, is_good=True)
            return False
        self._refused.append(writer)
        self._until = min(self._until, writer.until)
        try:
            _run(self._connection, "ROLLBACK TO SAVEPOINT its_own")
            _run(self._connection, "RELEASE SAVEPOINT its_own")
        except Exception as error:  # noqa: BLE001 - whatever it is, all of it is lost
            self.error = error
            self._end(self._connection, is_good=False)
        return True

    def has_room(self, now: float) -> bool:
        """Whether another may write in it, in time for those who wait for the end."""
        if self.error is not None or len(self.members) >= MOST:
            return False
        return not self.members or now < min(self.began + self._seconds, self._until - LEFT)

    def commit(self) -> None:
        """Commit, or keep why that could not be done; then let everybody go on."""
        connection, failed = self._connection, self.error
        self.error = failed or JournalUnavailableError("the commit was broken off")
        try:
            if connection is not None and failed is None:
                with mapped(), ending_on_a_broken_disk():
                    connection.commit()
            self.error = failed
        except Exception as error:  # noqa: BLE001 - it is theirs whose writes it was
            self.error = error
        finally:
            if connection is not None:
                self._end(connection, is_good=self.error is None)
            for each in (*self.members, *self._refused):
                each.go_on()

    def failure(self) -> Exception:
        """Return why nothing of it was committed, for one of its writers."""
        if len(self.members) == 1 and self.error is not None:
            return self.error
        return JournalUnavailableError(f"the commit of {len(self.members)} writes: {self.error}")

    def _end(self, connection: Connection, *, is_good: bool) -> None:
        """Give the connection back; one that could not commit still has its transaction."""
        self._connection = None
        with suppress(SQLAlchemyError):
            if not is_good:
                connection.invalidate()
            connection.close()


class _Writer:
    """A thread that wants to write, and until when it waits for the others."""

    def __init__(self, until: float, *, joins: bool) -> None:
        self.until = until
        self.joins = joins
        self.shared: _Shared | None = None  # what it was handed
        self._may_go_on = threading.Semaphore(0)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until `go_on`, for so long at most."""
        self._may_go_on.acquire(timeout=seconds)

    def go_on(self) -> None:
        """End a wait, or the next one."""
        self._may_go_on.release()


class GroupCommit:
    """Whose turn it is to write, among the threads of this process.

    Args:
        shares: whether a turn goes on in the transaction of the one before. It may where a
            transaction has the whole database to itself; where it has rows, two of them could
            wait for each other.
        seconds: after which a transaction takes in no more.
    """

    def __init__(self, *, shares: bool, seconds: float = SECONDS) -> None:
        self._shares = shares
        self._seconds = seconds
        self.start_anew()

    def start_anew(self) -> None:
        """Wait for nobody: a forked child has none of its parent's threads."""
        self._lock = threading.Lock()  # held for moments, and never while somebody is waited for
        self._line: deque[_Writer] = deque()
        self._is_taken = False
        self._takes = 0.0  # seconds that one write takes, with its part of the commit
        self._ended = 0  # transactions

    @property
    def waiting(self) -> int:
        """How many threads wait for their turn."""
        with self._lock:
            return len(self._line)

    @contextmanager
    def turn(self, engine: Engine) -> Iterator[Connection]:
        """Give a connection to write on; at the end of the block it is committed.

        Raises:
            JournalBusyError: others of this process write for longer than one may wait.
            JournalUnavailableError: the commit that was shared could not be done, or nobody came
                to an end meanwhile, since somebody else holds the database.
        """
        writer, shared = self._come(joins=True)
        waits = False
        try:
            connection = shared.enter(engine)
            try:
                yield connection
                shared.keep(writer)
            except BaseException:
                waits = shared.take_back(writer)
                raise
        finally:
            self._pass_on(shared)
            if waits:
                writer.wait()
        writer.wait()
        if shared.error is not None:
            raise shared.failure()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Give a turn in which nobody's writes are committed.

        Raises:
            JournalBusyError: as above.
        """
        _, shared = self._come(joins=False)
        try:
            yield
        finally:
            self._pass_on(shared)

    def _come(self, *, joins: bool) -> tuple[_Writer, _Shared]:
        now = time.monotonic()
        writer = _Writer(now + patience(now, _PATIENCE), joins=joins)
        with self._lock:
            ended = self._ended
            if not self._is_taken:
                self._is_taken = True
                return writer, _Shared(self._seconds)
            if now + len(self._line) * self._takes > writer.until:
                raise _busy(now)  # said at once, rather than after all that time
            self._line.append(writer)
        try:
            writer.wait(max(0.0, writer.until - now))
            return writer, self._handed(writer, now, ended)
        except BaseException:
            self._leave(writer)
            raise

    def _handed(self, writer: _Writer, since: float, ended: int) -> _Shared:
        if writer.shared is not None and time.monotonic() <= writer.until:
            return writer.shared
        if self._ended == ended:
            raise _held(since)
        raise _busy(since)

    def _leave(self, writer: _Writer) -> None:
        """Let others write: whoever leaves may have been handed the turn at that moment."""
        with self._lock:
            if writer.shared is None:
                self._line.remove(writer)
                return
        self._pass_on(writer.shared)

    def _pass_on(self, shared: _Shared) -> None:
        """Hand the transaction to who waits, or commit it and let the next one begin."""
        with self._lock:
            heir = self._line[0] if self._line else None
            if heir and self._shares and heir.joins and shared.has_room(time.monotonic()):
                self._hand(self._line.popleft(), shared)
                return
        try:
            shared.commit()
        finally:
            with self._lock:
                self._ended += 1
                self._learn(shared)
                self._is_taken = bool(self._line)
                if self._line:
                    self._hand(self._line.popleft(), _Shared(self._seconds))

    def _hand(self, heir: _Writer, shared: _Shared) -> None:
        heir.shared = shared
        heir.go_on()

    def _learn(self, shared: _Shared) -> None:
        """Learn what a write takes; a single long one, such as of pruning, says little of it."""
        if shared.members:
            took = (time.monotonic() - shared.began) / len(shared.members)
            self._takes += _WEIGHT * (min(took, SECONDS) - self._takes)


def _held(since: float) -> JournalUnavailableError:
    """Return what to say where nobody came to an end meanwhile: they wait for the database."""
    waited = time.monotonic() - since
    return JournalUnavailableError(f"the journal: somebody holds it ({waited:.1f} s waited)")


def _busy(since: float) -> JournalBusyError:
    waited = time.monotonic() - since
    return JournalBusyError(f"the journal: other threads kept writing ({waited:.1f} s waited)")


def _run(connection: Connection, statement: str) -> None:
    """Run a statement on savepoints, beneath SQLAlchemy: it is run for each write."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
    finally:
        cursor.close()
