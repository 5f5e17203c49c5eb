"""One journal's file for all schedules of a test process."""

import logging
from collections.abc import Iterator

import pytest

from tests.faults.stage import Ledger, ledger


@pytest.fixture(scope="session")
def book() -> Iterator[Ledger]:
    """Return a journal's file; every run begins by emptying it."""
    with ledger() as given:
        yield given


@pytest.fixture
def unlogged() -> Iterator[None]:
    """Let nothing be logged: thousands of deaths would be."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
