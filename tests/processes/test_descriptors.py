"""No descriptor is left: what cannot be done is refused or put off, and nothing is done by half."""

import re
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.content import CHANNEL
from tests.processes.house import ANN, APPROVE, House, Role
from tests.processes.running import until

ROLES: Final[tuple[Role, ...]] = ("doorbell-1", "doorbell-2", "poller", "outbox", "sweeper")
pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux lets a process limit another one"
)

_MISSED: Final = re.compile(
    r"Too many open files|unable to open database file|terminated unexpectedly"
)


@pytest.mark.parametrize("left", [0, 2])
def test_a_bot_without_descriptors_tells_the_truth(home: House, left: int) -> None:
    """A command is recorded and said so, or it is not and says that; then all goes on."""
    target = home.target()
    home.forget_people()

    with scarce([home.bot.pid], left):
        answer = home.workspace.command(f"/deploy {target} 1.4.0", by=ANN, channel=CHANNEL)
        recorded = home.journal.operations.holder(target)

    assert ("Recorded as" in answer.text) == (recorded is not None), answer
    assert recorded or "nothing was recorded" in answer.text.lower(), answer
    until(home.is_ready, "the bot to serve again")
    operation_id = recorded.id if recorded else home.deploy(target)
    home.approve(operation_id)
    home.card_with(operation_id, word="succeeded")
    assert home.executed(target) == 1


@pytest.mark.parametrize("left", [0, 3, 6])
def test_workers_without_descriptors_send_once(home: House, left: int) -> None:
    """What they cannot do waits until they can: one change, and its true end in the thread."""
    target = home.target()
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    before = missed(home)

    with scarce([home.pid(each) for each in ROLES], left):
        home.approve(operation_id)
        until(lambda: missed(home) > before, "a worker to miss a descriptor")

    home.card_with(operation_id, word="succeeded")
    home.until_all_told()
    assert home.executed(target) == 1
    assert sum(" succeeded*" in each for each in home.thread(operation_id)) == 1


@contextmanager
def scarce(pids: list[int], left: int) -> Iterator[None]:
    """Leave these processes, and the children that they start, so many descriptors more."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids}
    for pid, (_, most) in before.items():
        used = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + left, most))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)


def missed(home: House) -> int:
    """Return how often the workers said that they had no descriptor."""
    return len(_MISSED.findall(home.worker.text()))
