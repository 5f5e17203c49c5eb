"""What holds for every test: how hard properties are tried, and what a session shares.

Continuous integration tries more examples, and the same ones each time.
"""

import gc
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.collecting import no_collection
from bot.core.rules import RULES
from bot.journal import migrate, open_engine
from bot.sandbox.processes import Processes
from bot.sandbox.redis import start_redis
from tests.extent import IS_WHOLE, folder_of, is_all_asked_for, left_out
from tests.order import PROCESSES, side_by_side
from tests.processes.forks import Preloaded, preloaded

settings.register_profile("slipway-dev", max_examples=25, deadline=None)
settings.register_profile("slipway-ci", max_examples=200, deadline=None, derandomize=True)
settings.load_profile("slipway-ci" if IS_WHOLE else "slipway-dev")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave at a desk a part of the long tables out, and play what waits beside the rest."""
    if not IS_WHOLE and is_all_asked_for(config):
        out = set(left_out(items))
        config.hook.pytest_deselected(items=[each for each in items if each in out])
        items[:] = [each for each in items if each not in out]
    items[:] = side_by_side(items, folder_of, PROCESSES)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the collector of garbage leave alone what stays: thousands of tests, all that they need.

    It would walk them again and again, which took a fifth of all time, and a third of collecting.
    """
    with no_collection():
        collected = yield
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    return collected


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty journal, for whoever copies it."""
    path = tmp_path_factory.mktemp("migrated") / "journal.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server, shared by the session; whoever uses it empties it first."""
    folder = tmp_path_factory.mktemp("valkey")
    processes = Processes(folder)
    try:
        yield start_redis(processes, folder)
    finally:
        processes.stop()


@pytest.fixture(scope="session")
def forks() -> Iterator[Preloaded]:
    """What starts `slipway` in a process of its own, without a second of importing each time."""
    with preloaded() as given:
        yield given


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many rows of the tables of decisions were held against their oracles."""
    rows: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        if report.when == "call":
            table = report.nodeid.partition("[")[0]
            rows[table] += sum(int(n) for name, n in report.user_properties if name == "rows")
    for table, count in sorted((+rows).items()):
        terminalreporter.write_line(f"{table}: {count:,} rows by {len(RULES)} rules")
