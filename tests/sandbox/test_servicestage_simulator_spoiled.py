"""Answers of the simulated ServiceStage that are spoiled, throttled, late or lost."""

import socket
import threading
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import uvicorn

from bot.sandbox.clouds import Fault, HuaweiCloud, huawei_app, sandbox_config
from bot.sandbox.clouds.huawei.content import FLAKY_ID, TOKEN
from bot.sandbox.ports import NO_TLS
from tests.sandbox.servicestage_client import (
    CHECKOUT,
    COMPONENT,
    FLAKY,
    PROJECT,
    Clock,
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


SPOILED: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "garbage": ({"kind": "garbage"}, "<not json>", "application/json"),
    "html": ({"kind": "html"}, "<title>Log in</title>", "text/html; charset=utf-8"),
    "huge": ({"kind": "huge", "size": 3_000_000}, '{"job_id":"aaa', "application/json"),
    "slow": ({"kind": "slow", "seconds": 0.0}, '{"job_id": "JOB', "application/json"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_body_can_be_spoiled_after_the_order_took_effect(line: Line, what: str) -> None:
    """The status is the true one, the body is garbage, a page, far too much, or slow."""
    fault, begins, content_type = SPOILED[what]
    line.cloud.faults.add(Fault(**fault))

    response = line.restart()

    assert response.status_code == 200
    assert begins in response.text
    assert response.headers["Content-Type"] == content_type
    assert line.executions == 1


def test_a_body_can_be_empty_or_of_any_size(line: Line) -> None:
    """Empty means no bytes, huge means exactly as many as were asked for."""
    line.cloud.faults.add(Fault(kind="empty", when="before"), Fault(kind="huge", size=100_000))

    sizes = [len(line.restart().content), len(line.restart().content)]

    assert sizes == [0, 100_000]
    assert line.executions == 1


@pytest.mark.parametrize("retry_after", [None, "1", "3600", "-1", "soon"])
def test_a_throttled_order_is_not_executed(line: Line, retry_after: str | None) -> None:
    """429 has the gateway's text, and any Retry-After or none."""
    line.cloud.faults.add(Fault(kind="throttled", retry_after=retry_after, limit=7))

    response = line.restart()

    assert (response.status_code, response.json()["error_code"]) == (429, "APIGW.0308")
    assert response.json()["error_msg"] == (
        "The throttling threshold has been reached: policy user over ratelimit,"
        "limit:7,time:1 minute"
    )
    assert response.headers.get("Retry-After") == retry_after
    assert line.executions == 0


def test_an_order_can_be_executed_later(line: Line) -> None:
    """The answer is 504 now; the order takes effect when its time has come, and once."""
    line.cloud.faults.add(Fault(kind="later", status=504, seconds=30))

    response = line.restart()
    early = line.executions
    line.clock.turn(31)
    view = line.client.get(COMPONENT).json()

    assert (response.status_code, early, line.executions) == (504, 0, 1)
    assert view["status"]["component_status"] == "RESTARTING"
    assert line.cloud.executed[0].at == line.clock.now - 1


def test_a_job_can_have_a_status_nobody_lists(line: Line) -> None:
    """Reads of a job show the words of the fault, again and again, then the truth."""
    answer = line.restart()
    line.cloud.faults.add(
        Fault(kind="job_status", words=("PARTIAL_WAITING", "SUCCEEDED", "RUNNING"), times=4)
    )

    seen = [line.status_of(answer) for _ in range(5)]

    assert seen == ["PARTIAL_WAITING", "SUCCEEDED", "RUNNING", "PARTIAL_WAITING", "SUBMITTED"]


def test_a_job_can_vanish(line: Line) -> None:
    """A vanished job is not found, its component is still there."""
    answer = line.restart()
    line.cloud.faults.add(Fault(kind="vanished_job", times=None))

    found = line.client.get(f"/v2/{PROJECT}/cas/jobs/{answer.json()['job_id']}")

    assert (found.status_code, found.json()["error_code"]) == (404, "SVCSTG.00100429")
    assert line.client.get(COMPONENT).status_code == 200


def test_a_fault_befalls_only_what_it_matches_and_as_often_as_it_says(line: Line) -> None:
    """Method, path and number decide; the rest is served as ever."""
    line.cloud.faults.add(Fault(kind="answer", match=f"POST *{FLAKY_ID}/action", times=2))

    statuses = [
        line.client.post(f"{path}/action", json={"action": "stop"}).status_code
        for path in (COMPONENT, FLAKY, FLAKY, FLAKY)
    ]

    assert statuses == [200, 502, 502, 200]
    assert line.cloud.faults.waiting == ()


def test_a_cloud_that_is_down_comes_up_when_faults_are_cleared(line: Line) -> None:
    """A fault without number lasts until it is taken away."""
    line.cloud.faults.add(Fault(kind="answer", match="any", status=503, times=None))

    down = [line.client.get(COMPONENT).status_code for _ in range(3)]
    line.cloud.faults.clear()

    assert (down, line.client.get(COMPONENT).status_code) == ([503] * 3, 200)


def test_faults_come_in_their_order(line: Line) -> None:
    """The first fault that matches is used up first."""
    line.cloud.faults.add(
        Fault(kind="answer", status=500), Fault(kind="answer", status=503), Fault(kind="throttled")
    )

    assert [line.restart().status_code for _ in range(4)] == [500, 503, 429, 200]


def test_a_reader_in_another_thread_sees_whole_states(line: Line) -> None:
    """Looks from outside while requests come in never fail, and miss nothing in the end."""
    looks: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(timeout=0.001):
            looks.append(len(line.cloud.executed) - len(line.cloud.requests))
            line.cloud.component(CHECKOUT)

    watcher = threading.Thread(target=look)
    watcher.start()
    for _ in range(20):
        line.restart()
        line.clock.turn(4)
    done.set()
    watcher.join()

    assert line.executions == len(line.cloud.requests) == 20
    assert looks
