"""What holds for every test: how hard properties are tried, and what a session shares.

Continuous integration tries more examples, and the same ones each time.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from bot.sandbox.processes import Processes
from bot.sandbox.redis import start_redis
from tests.extent import IS_WHOLE
from tests.processes.forks import Preloaded, preloaded

settings.register_profile("slipway-dev", max_examples=25, deadline=None)
settings.register_profile("slipway-ci", max_examples=200, deadline=None, derandomize=True)
settings.load_profile("slipway-ci" if IS_WHOLE else "slipway-dev")


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
