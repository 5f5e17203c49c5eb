"""A house for all tests of a test process."""

from collections.abc import Iterator

import pytest

from tests.processes.forks import Preloaded
from tests.processes.house import House, house


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, forks: Preloaded) -> Iterator[House]:
    """Return a house that stands until the last test of this process."""
    with house(tmp_path_factory.mktemp("house"), forks) as built:
        yield built


@pytest.fixture
def home(shared: House) -> Iterator[House]:
    """Return the house with everything running; what a test starts besides ends with the test."""
    shared.start()
    yield shared
    shared.end_others()
