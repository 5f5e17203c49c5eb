"""Rows of the fault matrix that want real processes and are told nowhere else.

FM-20, FM-23, FM-36 to FM-38, FM-40 to FM-42, FM-44 and FM-101.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.content import CHANNEL
from tests.conversations.cards import operation_in
from tests.faults.waves import Standing, standing
from tests.processes.forks import PATIENCE, Preloaded
from tests.processes.house import ANN, APPROVE, House
from tests.processes.running import lives, until
from tests.processes.scenery import component_of

REFUSING = {
    "full": (("CONFIG", "SET", "maxmemory", "1"), ("CONFIG", "SET", "maxmemory", "0")),
    "read-only": (("REPLICAOF", "127.0.0.1", "1"), ("REPLICAOF", "NO", "ONE")),
    "without the right": (
        ("ACL", "SETUSER", "default", "-@write"),
        ("ACL", "SETUSER", "default", "+@write"),
    ),
}


@pytest.fixture(scope="module")
def built(forks: Preloaded) -> Iterator[Standing]:
    """Return a house for all of these tests."""
    with standing(forks) as stand:
        yield stand


@pytest.fixture
def stand(built: Standing) -> Standing:
    """Return the house with everything running."""
    built.line.release()
    built.home.start()
    return built


@pytest.fixture
def home(stand: Standing) -> House:
    """Return the house alone."""
    return stand.home


@pytest.mark.parametrize(("refuse", "allow"), REFUSING.values(), ids=REFUSING)
def test_a_redis_that_refuses_is_a_redis_that_is_away(
    home: House, refuse: tuple[str, ...], allow: tuple[str, ...]
) -> None:
    """FM-38, FM-40, FM-41: the command is recorded, says so, and begins when Redis takes it."""
    target = home.target()
    redis: Any = home.client()
    redis.execute_command(*refuse)
    try:
        answer = home.workspace.command(f"/deploy {target} 1.4.0", by=ANN, channel=CHANNEL)
    finally:
        redis.execute_command(*allow)

    assert answer.ok, answer
    assert "queue" in answer.text.lower(), answer.text
    _begins(home, operation_in(answer.text))


def test_a_redis_that_says_nothing_keeps_nobody_waiting(stand: Standing) -> None:
    """FM-36: behind a line on which nothing passes the answer comes in time, and is true."""
    home, target = stand.home, stand.home.target()
    stand.line.hold()
    try:
        answer = home.workspace.command(f"/deploy {target} 1.4.0", by=ANN, channel=CHANNEL)
    finally:
        stand.line.release()

    assert answer.ok, answer
    assert "queue" in answer.text.lower(), answer.text
    _begins(home, operation_in(answer.text))


def test_a_lost_answer_of_redis_doubles_nothing(stand: Standing) -> None:
    """FM-37: whether or not the doorbell was taken, the operation begins once."""
    target = stand.home.target()
    stand.line.lose_an_answer()
    operation_id = stand.home.deploy(target)

    _ends_well(stand.home, operation_id, target)


def test_jobs_that_vanish_from_the_queue_are_rung_for_again(home: House) -> None:
    """FM-23: what RQ forgot, the sweeper finds in the journal."""
    target = home.target()
    home.worker.kill()
    operation_id = home.deploy(target)
    client = home.client()
    client.delete(*client.scan_iter("rq:job:*"))
    home.start()

    _begins(home, operation_id)


def test_a_flushed_redis_costs_nothing(home: House) -> None:
    """FM-42: whatever a neighbour deletes, what is watched is watched on."""
    target = home.target()
    operation_id = home.deploy(target)
    gate = home.approve_until_watched(operation_id)
    home.client().flushall()
    gate.open()

    _told_well(home, operation_id, target)


def test_a_supervisor_that_is_asked_twice_to_end_doubles_nothing(home: House) -> None:
    """FM-20: impatience ends no call without its being looked for."""
    target = home.target()
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    gate = home.hold_cloud("PUT", component_of(target), "after")
    home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)
    idle = home.pid("poller")
    home.worker.terminate()
    until(lambda: not lives(idle), "the supervisor to end what has nothing to do")
    home.worker.terminate()
    gate.open()
    home.worker.code()
    home.start()

    _told_well(home, operation_id, target)


def test_forged_orders_to_workers_double_nothing(home: House) -> None:
    """FM-44: a worker that is told over Redis to end, or to kill its job, leaves no trace."""
    target = home.target()
    operation_id = home.deploy(target)
    home.card_with(operation_id, APPROVE)
    gate = home.hold_cloud("PUT", component_of(target), "after")
    home.approve(operation_id)
    assert gate.arrived.wait(PATIENCE)
    redis: Any = home.client()
    for key in redis.smembers("rq:workers"):
        name = key.decode().removeprefix("rq:worker:")
        for order in ("kill-horse", "shutdown"):
            redis.publish(f"rq:pubsub:{name}", json.dumps({"command": order}))
    gate.open()

    _told_well(home, operation_id, target)


def test_an_approval_may_come_before_the_card_is_known_to_be_posted(home: House) -> None:
    """FM-101: who presses a button that Slack shows already is not told that it is unknown."""
    target = home.target()
    gate = home.hold_slack("chat.postMessage", target, where="after")
    operation_id = home.deploy(target)
    assert gate.arrived.wait(PATIENCE)
    home.approve(operation_id)
    assert home.operation(operation_id).phase.kind != "awaiting_approval"
    gate.open()

    _told_well(home, operation_id, target)


def _begins(home: House, operation_id: str) -> None:
    until(lambda: home.operation(operation_id).plan.is_made, f"{operation_id} to begin")


def _ends_well(home: House, operation_id: str, target: str) -> None:
    home.approve(operation_id)
    _told_well(home, operation_id, target)


def _told_well(home: House, operation_id: str, target: str) -> None:
    home.card_with(operation_id, word="succeeded")
    home.reply_with(operation_id, " succeeded*")
    assert home.executed(target) == 1
    assert sum(" succeeded*" in each for each in home.thread(operation_id)) == 1
