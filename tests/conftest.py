"""What holds for every test: how hard properties are tried, and what a session shares.

Continuous integration tries more examples, and the same ones each time.
"""

import os
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import settings

from bot.sandbox.processes import Processes
from bot.sandbox.redis import start_redis
from tests.processes.forks import Preloaded, preloaded

CONTINUOUS_INTEGRATION: Final = "CI"  # the variable that such services set

settings.register_profile("slipway-dev", max_examples=25, deadline=None)
settings.register_profile("slipway-ci", max_examples=200, deadline=None, derandomize=True)
settings.load_profile("slipway-ci" if os.environ.get(CONTINUOUS_INTEGRATION) else "slipway-dev")


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
