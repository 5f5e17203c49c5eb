"""Threads that write at the same time: one commit for all of them, and nobody pays for another."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError

from bot.core.errors import JournalUnavailableError
from bot.core.ports import AuditEntry
from bot.deadline import answering
from bot.journal import Journal
from bot.journal.database import TURNS, reading, turns_of, undone, writing
from bot.journal.group_commit import MOST, GroupCommit
from tests.journal.builders import ANN, NOON
from tests.journal.databases import opened

KEEP: Final = text("INSERT INTO kept VALUES (:word)")
BREAK: Final = "INSERT INTO child VALUES ('nobody')"  # has no parent, as the commit finds
MANY: Final = 5


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Engine]:
    """A database whose writers share transactions, however slow this machine is."""
    with opened(f"sqlite:///{tmp_path / 'shared.db'}") as opened_:
        engine = opened_.execution_options(**{TURNS: GroupCommit(shares=True, seconds=60)})
        with writing(engine) as connection:
            connection.exec_driver_sql("CREATE TABLE kept (word TEXT UNIQUE)")
            connection.exec_driver_sql("CREATE TABLE parent (id TEXT PRIMARY KEY)")
            connection.exec_driver_sql("CREATE TABLE child (of TEXT REFERENCES parent (id))")
        yield engine


def kept(engine: Engine) -> list[str]:
    """Return what is on disk."""
    with reading(engine) as connection:
        return list(connection.execute(text("SELECT word FROM kept ORDER BY 1")).scalars())


def keep(engine: Engine, word: str) -> None:
    """Write *word* in a turn of its own."""
    with writing(engine) as connection:
        connection.execute(KEEP, {"word": word})


@contextmanager
def counted(engine: Engine) -> Iterator[list[Connection]]:
    """Give what grows with each commit."""
    commits: list[Connection] = []
    event.listen(engine, "commit", commits.append)
    yield commits


def await_waiting(engine: Engine, count: int) -> None:
    """Wait until so many threads stand in line."""
    until = time.monotonic() + 10
    while turns_of(engine).waiting < count:
        assert time.monotonic() < until, "nobody came"
        threading.Event().wait(0.001)


def together(engine: Engine, *writes: Callable[[], None]) -> list[Future[None]]:
    """Let all *writes* come, in this order, while another one has the turn; wait for their ends.

    It shares their transaction, and a commit that fails.
    """
    futures: list[Future[None]] = []
    shared = suppress(JournalUnavailableError)
    with ThreadPoolExecutor(len(writes)) as pool, shared, writing(engine):
        for number, each in enumerate(writes):
            futures.append(pool.submit(each))
            await_waiting(engine, number + 1)
    return futures


def test_who_waits_goes_on_in_the_same_transaction(shared: Engine) -> None:
    """All that came while one wrote are one commit with it, and all of it is on disk."""
    words = [str(number) for number in range(MANY)]
    with counted(shared) as commits:
        ends = together(shared, *(lambda word=each: keep(shared, word) for each in words))
    assert [each.exception() for each in ends] == [None] * MANY
    assert len(commits) == 1
    assert kept(shared) == words


def test_each_sees_those_before_it(shared: Engine) -> None:
    """What is decided in a turn is decided on what the turns before it wrote."""
    seen: list[int] = []

    def look() -> None:
        with writing(shared) as connection:
            seen.append(connection.execute(text("SELECT count(*) FROM kept")).scalar_one())
            connection.execute(KEEP, {"word": str(len(seen))})

    together(shared, look, look, look)
    assert seen == [0, 1, 2]


@pytest.mark.parametrize("at", range(3))
def test_who_fails_takes_back_nothing_but_its_own(shared: Engine, at: int) -> None:
    """First, between others, or last: the rest is committed, and nobody else is told."""

    def fail() -> None:
        with writing(shared) as connection:
            connection.execute(KEEP, {"word": "half"})
            connection.execute(KEEP, {"word": "half"})

    writes = [lambda: keep(shared, "one"), lambda: keep(shared, "two")]
    writes.insert(at, fail)
    ends = together(shared, *writes)
    failed = [each.exception() for each in ends]
    assert isinstance(failed.pop(at), IntegrityError)
    assert failed == [None, None]
    assert kept(shared) == ["one", "two"]


def test_who_is_refused_reads_what_refused_it(shared: Engine) -> None:
    """Its block ends when that is on disk: who tries again loses only against who won."""
    read: list[list[str]] = []

    def lose() -> None:
        try:
            keep(shared, "one")
        except IntegrityError:
            read.append(kept(shared))

    together(shared, lambda: keep(shared, "one"), lose, lambda: keep(shared, "two"))
    assert read == [["one", "two"]]


def test_who_begins_and_fails_leaves_the_others_theirs(shared: Engine) -> None:
    """The first of a transaction takes all of it back, and the next one begins anew."""
    with ThreadPoolExecutor(1) as pool:
        with suppress(ZeroDivisionError), writing(shared) as connection:
            connection.execute(KEEP, {"word": "first"})
            after = pool.submit(keep, shared, "second")
            await_waiting(shared, 1)
            _ = 1 / 0
        after.result()
    assert kept(shared) == ["second"]


def test_a_commit_that_fails_is_told_to_all(shared: Engine) -> None:
    """Nobody is told that it is written where the commit could not be done, and nothing is."""

    def wrong() -> None:
        with writing(shared) as connection:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql(BREAK)

    ends = together(shared, lambda: keep(shared, "one"), wrong, lambda: keep(shared, "two"))
    assert [type(each.exception()) for each in ends] == [JournalUnavailableError] * 3
    assert kept(shared) == []
    keep(shared, "later")
    assert kept(shared) == ["later"]


def test_a_transaction_has_an_end(shared: Engine) -> None:
    """After so many writes it is committed, however many wait."""
    words = [f"{number:03}" for number in range(MOST + 2)]
    with counted(shared) as commits:
        together(shared, *(lambda word=each: keep(shared, word) for each in words))
    assert len(commits) >= 2
    assert kept(shared) == words


def test_whose_time_is_up_leaves_the_line(shared: Engine) -> None:
    """It is told so, nothing of it is written, and those behind it go on."""

    def impatient() -> None:
        with answering(time.monotonic() + 0.05):
            keep(shared, "late")

    with ThreadPoolExecutor(2) as pool:
        with writing(shared):
            late = pool.submit(impatient)
            await_waiting(shared, 1)
            behind = pool.submit(keep, shared, "behind")
            await_waiting(shared, 2)
            gone = late.exception()
        behind.result()
    assert type(gone) is JournalUnavailableError  # nobody else wrote: the database is held
    assert kept(shared) == ["behind"]


def test_a_long_write_refuses_nobody_after_it(shared: Engine) -> None:
    """One that took seconds is no reason to tell those in line that they would wait as long."""
    with writing(shared):
        threading.Event().wait(1.0)
    ends = together(shared, *(lambda word=each: keep(shared, word) for each in "abcdefghijklmnop"))
    assert [each.exception() for each in ends] == [None] * 16


def test_what_is_undone_is_of_nobody_else(shared: Engine) -> None:
    """A transaction that leaves nothing is not shared, by whoever waits before or behind it."""

    def leave_nothing() -> None:
        with undone(shared) as connection:
            connection.execute(KEEP, {"word": "undone"})

    ends = together(shared, lambda: keep(shared, "one"), leave_nothing, lambda: keep(shared, "two"))
    assert [each.exception() for each in ends] == [None] * 3
    assert kept(shared) == ["one", "two"]


def test_a_server_commits_for_each(engine: Engine, journal: Journal) -> None:
    """PostgreSQL, where a transaction has rows and not all, is left to do that by itself."""
    entry = AuditEntry(at=NOON, who=ANN, what="denied")
    with counted(engine) as commits:
        together(engine, *([lambda: journal.audit.add(entry)] * MANY))
    assert journal.audit.unsealed() == MANY
    assert engine.dialect.name == "sqlite" or len(commits) == MANY + 1
