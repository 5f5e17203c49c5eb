"""The simulated kubeserver in real time, behind a real server: answers that take a while."""

import threading
import time
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from bot.sandbox.clouds import CloudpodsCloud, Fault, cloudpods_app, sandbox_cloudpods
from bot.sandbox.clouds.cloudpods.content import TOKEN
from bot.sandbox.ports import NO_TLS
from bot.sandbox.slack import served_app
from tests.sandbox.cloudpods_client import ETCD

LIMIT: Final = 0.3


class Line:
    """An installation that waits, and clients of it."""

    def __init__(self, cloud: CloudpodsCloud, address: str) -> None:
        self.cloud = cloud
        headers = {"X-Auth-Token": TOKEN}
        self.client = httpx.Client(
            base_url=address, headers=headers, trust_env=False, timeout=5, verify=NO_TLS
        )

    def upgrade(self, version: str) -> int:
        """Upgrade, and return the status of the answer."""
        return self.client.post(f"{ETCD}/upgrade", json={"version": version}).status_code

    def statuses(self) -> list[str]:
        """Return the statuses of the history, newest first."""
        rows = self.client.get(f"{ETCD}/history").json()["release"]
        return [row["status"] for row in rows]

    def until(self, *statuses: str) -> None:
        """Wait for these statuses."""
        pause, end = threading.Event(), time.monotonic() + 5
        while self.statuses() != list(statuses):
            assert time.monotonic() < end, self.statuses()
            pause.wait(0.02)


@pytest.fixture
def line() -> Iterator[Line]:
    """Serve an installation with a short time limit."""
    config = sandbox_cloudpods(hook_seconds=0.1, waits=True)
    cloud = CloudpodsCloud(config.model_copy(update={"process_seconds": LIMIT}))
    with served_app(cloudpods_app(cloud)) as address:
        line = Line(cloud, address)
        yield line
        line.client.close()


def test_an_answer_takes_the_time_of_its_hooks(line: Line) -> None:
    """An upgrade answers once it has ended; one without hooks, and one refused, at once."""
    began = time.monotonic()
    assert line.upgrade("8.11.2") == 200
    assert time.monotonic() - began >= 0.1
    assert line.statuses() == ["deployed", "superseded"]
    line.cloud.take_seconds("etcd-release", 0)
    assert line.upgrade("8.12.0") == 200
    assert line.upgrade("9.9.9") == 500


def test_reads_are_not_blocked(line: Line) -> None:
    """7.3: meanwhile the history shows what is pending; the second writer waits its turn."""
    first, second = ([] for _ in range(2))
    one = threading.Thread(target=lambda: first.append(line.upgrade("8.11.2")))
    one.start()
    line.until("pending-upgrade", "deployed")
    other = threading.Thread(target=lambda: second.append(line.upgrade("8.12.0")))
    other.start()
    one.join()
    other.join()
    assert (first, second) == ([200], [200])
    assert line.statuses() == ["deployed", "superseded", "superseded"]


def test_the_limit_is_answered_with_504(line: Line) -> None:
    """7.3: after it, and not before; both writers are executed to the end."""
    line.cloud.take_seconds("etcd-release", 2 * LIMIT)
    began = time.monotonic()
    assert line.upgrade("8.11.2") == 504
    assert time.monotonic() - began >= LIMIT
    line.until("deployed", "superseded")
    line.upgrade("8.12.0")
    line.cloud.take_seconds("etcd-release", 0)
    assert line.upgrade("8.11.1") in {200, 504}
    line.until("deployed", "superseded", "superseded", "superseded")


def test_who_is_far_behind_is_told_504_as_well(line: Line) -> None:
    """7.3: a caller gives up at the limit; the request stays in the queue."""
    line.cloud.take_seconds("etcd-release", 3 * LIMIT)
    answers: list[int] = []
    one = threading.Thread(target=lambda: answers.append(line.upgrade("8.11.2")))
    one.start()
    line.until("pending-upgrade", "deployed")
    assert line.upgrade("8.12.0") == 504
    one.join()
    assert answers == [504]
    line.cloud.take_seconds("etcd-release", 0)
    line.until("deployed", "superseded", "superseded")


def test_a_connection_may_break_after_the_upgrade(line: Line) -> None:
    """A fault of delivery comes when the answer does."""
    line.cloud.faults.add(Fault(kind="drop", when="after"))
    with pytest.raises(httpx.ReadError):
        line.upgrade("8.11.2")
    assert line.statuses() == ["deployed", "superseded"]
