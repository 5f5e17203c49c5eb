"""Faults of the simulated ServiceStage: connections that break, hang or end early."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from bot.sandbox.clouds import Fault, HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.http.faults import When
from bot.sandbox.clouds.huawei.content import TOKEN
from bot.sandbox.ports import NO_TLS
from tests.sandbox.servicestage_client import (
    COMPONENT,
    Clock,
    a_world,
)
from tests.sandbox.servicestage_line import Line, Switch


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Switch, str]]:
    """Run one server on loopback while this module's tests run."""
    switch = Switch()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(switch, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield switch, f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    listener.close()
    assert not thread.is_alive()


@pytest.fixture
def line(served: tuple[Switch, str]) -> Iterator[Line]:
    """Give each test a cloud of its own behind the server."""
    switch, address = served
    clock = Clock()
    cloud = HuaweiCloud(sandbox_config(), clock)
    switch.app = huawei_app(cloud)
    headers = {"X-Auth-Token": TOKEN}
    with httpx.Client(
        base_url=address, headers=headers, trust_env=False, timeout=5, verify=NO_TLS
    ) as client:
        yield Line(cloud, clock, client)


@pytest.mark.parametrize(("when", "executions"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_is_really_closed(line: Line, when: When, executions: int) -> None:
    """The client reads a reset and no answer, whether the order took effect or not."""
    line.cloud.faults.add(Fault(kind="drop", when=when))

    with pytest.raises(httpx.ReadError):
        line.restart()

    assert line.executions == executions
    assert line.cloud.requests[-1].status is None
    assert line.client.get(COMPONENT).status_code == 200


@pytest.mark.parametrize(("when", "executions"), [("before", 0), ("after", 1)])
def test_a_hanging_answer_does_not_come(line: Line, when: When, executions: int) -> None:
    """The client waits until it has enough."""
    line.cloud.faults.add(Fault(kind="hang", when=when))

    with pytest.raises(httpx.ReadTimeout):
        line.client.post(f"{COMPONENT}/action", json={"action": "stop"}, timeout=0.05)

    assert line.executions == executions


def test_a_hang_ends_in_a_reset(line: Line) -> None:
    """After its seconds a hanging connection is reset."""
    line.cloud.faults.add(Fault(kind="hang", seconds=0.02))

    with pytest.raises(httpx.ReadError):
        line.restart()


@pytest.mark.parametrize(("when", "executions"), [("before", 0), ("after", 1)])
def test_an_answer_can_be_dictated(line: Line, when: When, executions: int) -> None:
    """Status, headers and body are those of the fault, before or after the execution."""
    line.cloud.faults.add(
        Fault(kind="answer", when=when, status=504, body={"odd": 1}, headers={"X-Odd": "yes"})
    )

    response = line.restart()

    assert (response.status_code, response.json()) == (504, {"odd": 1})
    assert response.headers["X-Odd"] == "yes"
    assert response.headers["X-Request-Id"] == line.cloud.requests[-1].request_id
    assert line.executions == executions
    assert line.cloud.strictness == ()


def test_bytes_can_be_dictated(line: Line) -> None:
    """What JSON cannot say is given as bytes, with headers that may lie."""
    line.cloud.faults.add(
        Fault(kind="answer", status=200, raw=b"\xef\xbb\xbfnull", headers={"Content-Type": "a/b"})
    )

    response = line.restart()

    assert (response.content, response.headers["Content-Type"]) == (b"\xef\xbb\xbfnull", "a/b")


def test_in_the_process_a_closed_connection_is_a_reset() -> None:
    """Without a server between, a dropped connection is raised to whoever called."""
    world = a_world()
    world.cloud.faults.add(Fault(kind="drop", when="after"))

    with pytest.raises(ConnectionResetError):
        world.client.delete(COMPONENT)

    assert len(world.cloud.executed) == 1


def test_a_truncated_body_ends_early(line: Line) -> None:
    """The connection closes before Content-Length is reached; the order took effect."""
    line.cloud.faults.add(Fault(kind="truncated", keep=5))

    with pytest.raises(httpx.RemoteProtocolError, match="received 5 bytes, expected"):
        line.restart()

    assert line.executions == 1
