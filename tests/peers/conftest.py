"""One process of the SDK, and one server, for all tests of a test process."""

from collections.abc import Iterator

import pytest

from tests.peers.peer import Peer
from tests.peers.peer import opened as peer_opened
from tests.systems.conversing import Door, opened


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
