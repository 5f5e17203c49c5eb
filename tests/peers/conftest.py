"""One process of the SDK, and one server, for all tests of a test process; worlds as elsewhere."""

from collections.abc import Iterator

import pytest

from tests.conversations.conftest import folder, ground, redis_url, shared_redis
from tests.peers.peer import Peer
from tests.peers.peer import opened as peer_opened
from tests.systems.conversing import Door, opened

__all__ = ["folder", "ground", "redis_url", "shared_redis"]  # fixtures of worlds


@pytest.fixture(scope="session")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Return the vendor's SDK."""
    with peer_opened(tmp_path_factory.mktemp("peer")) as there:
        yield there


@pytest.fixture(scope="session")
def door() -> Iterator[Door]:
    """Return a server that outlives the tests' projects."""
    with opened() as there:
        yield there
