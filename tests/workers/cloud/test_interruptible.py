"""A worker that is told to end: nothing new begins, reads are broken off, changes are not."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.core.errors import CloudInterruptedError, CloudUnavailableError
from bot.core.flow import Call
from bot.systems.servicestage_v3 import ServiceStageV3
from tests.journal.builders import NOON as NOW
from tests.workers.cloud.direct import TARGET, Room, parts_for
from tests.workers.cloud.wire import connection_to, http, served
from workers.cloud.client import CloudClient, cloud_client
from workers.cloud.limits import CloudLimits
from workers.cloud.rate_limits import RateLimiter
from workers.processes.shutdown import Shutdown

READ = Call(method="GET", service="servicestage", path="/x")
CHANGE = Call(method="PUT", service="servicestage", path="/x", body={})


@pytest.fixture
def shutdown() -> Iterator[Shutdown]:
    """What hears SIGUSR2, and nothing more once the test is over."""
    before = signal.getsignal(signal.SIGUSR2)
    yield Shutdown(signal.SIGUSR2)
    signal.signal(signal.SIGUSR2, before)


def client(url: str, shutdown: Shutdown, room: Room | None = None) -> CloudClient:
    """Return a client of a process that may be told to end."""
    limits = CloudLimits(read_total=20)
    parts = parts_for(connection_to(url), ServiceStageV3(), lambda: NOW, limits=limits)
    return cloud_client(replace(parts, shutdown=shutdown, limiter=RateLimiter(room or Room())))


def tell() -> None:
    """Tell this process to end."""
    os.kill(os.getpid(), signal.SIGUSR2)


def told_while_asked(peer: socket.socket) -> None:
    """Tell the process to end while its request is unanswered; answer it in the end."""
    tell()
    peer.settimeout(0.5)
    try:
        peer.recv(1)
    except TimeoutError:
        peer.sendall(http())


def test_a_read_is_broken_off(shutdown: Shutdown) -> None:
    """Whoever waits for a cloud that does not answer ends at once, not when its time is over."""
    began = time.monotonic()

    def hangs(peer: socket.socket) -> None:
        tell()
        peer.recv(1)

    with served(hangs) as server, pytest.raises(CloudInterruptedError):
        client(server.url, shutdown).send(TARGET, READ)
    assert time.monotonic() - began < 5


def test_a_change_is_not_broken_off(shutdown: Shutdown) -> None:
    """What was sent under a permit gets its answer."""
    with served(told_while_asked) as server:
        assert client(server.url, shutdown).send(TARGET, CHANGE).is_success
    assert shutdown.is_requested()


@pytest.mark.parametrize("call", [READ, CHANGE], ids=["read", "change"])
def test_nothing_new_begins(shutdown: Shutdown, call: Call) -> None:
    """Afterwards no call is made, none is counted, and no permit is granted."""
    permits, room = list[str](), Room()
    tell()
    with served() as server:
        with pytest.raises(CloudInterruptedError):
            client(server.url, shutdown, room).send(
                TARGET, call, on_admission=lambda: permits.append("permit")
            )
        assert server.requests == []
    assert (permits, room.acquired) == ([], [])


def test_a_read_that_ends_by_itself_is_no_interruption(shutdown: Shutdown) -> None:
    """A time-out stays one, and an answer is an answer."""
    with served(http()) as server:
        assert client(server.url, shutdown).send(TARGET, READ).is_success
    limits = CloudLimits(read_silence=0.2, read_total=0.2)
    stopping = threading.Event()

    def hangs(peer: socket.socket) -> None:
        stopping.wait(5)
        peer.close()

    with served(hangs) as server:
        parts = parts_for(connection_to(server.url), ServiceStageV3(), lambda: NOW, limits=limits)
        with pytest.raises(CloudUnavailableError) as caught:
            cloud_client(replace(parts, shutdown=shutdown)).send(TARGET, READ)
        stopping.set()
    assert not isinstance(caught.value, CloudInterruptedError)
