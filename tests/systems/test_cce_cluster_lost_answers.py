"""What `cce-cluster` finds of calls whose answer was lost, over a real socket."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.core.codes import Reason
from bot.core.system import (
    Adopted,
    NothingFound,
    SentStep,
    TaskSucceeded,
)
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.huawei.seeds.cce_clusters import (
    EDGE_ID,
)
from bot.systems.cce_cluster import Cluster
from tests.systems.cce_cluster_world import (
    EDGE,
    FATAL,
    SYSTEM,
    ClusterWorld,
    config,
)
from tests.systems.conversing import JOB_SECONDS, Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """One server for all tests of this module."""
    with opened() as door:
        yield door


@pytest.fixture
def world(door: Door) -> ClusterWorld:
    """A fresh project."""
    return door.world(SYSTEM, config(), ClusterWorld)


STEPS: Final = ("workflow", "precheck", "snapshot", "upgrade", "postcheck")


def lost(world: ClusterWorld, name: str, fault: Fault, target: Cluster = EDGE) -> SentStep:
    """Carry out an upgrade up to a step, whose answer is lost."""
    draft = world.draft(target, "deploy", version="v1.31")
    world.go(target, draft, until=name)
    return world.lose_step(target, fault, draft, world.done)


@pytest.mark.parametrize("go_times", [False, True])
@pytest.mark.parametrize("name", STEPS)
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    door: Door, name: str, *, go_times: bool
) -> None:
    """FM-56, FM-58: found again by time and versions, and nothing is sent twice."""
    world = door.world(SYSTEM, config(go_times=go_times), ClusterWorld)
    sent = lost(world, name, Fault(kind="drop", when="after"))
    found = world.run(SYSTEM.recover(EDGE, sent))
    assert isinstance(found, Adopted), found
    assert isinstance(world.look(EDGE, sent.work, found.task), TaskSucceeded)
    assert len(world.there.executed) == STEPS.index(name) + 1


@pytest.mark.parametrize("name", STEPS)
def test_what_was_not_executed_is_not_found(world: ClusterWorld, name: str) -> None:
    """FM-55, FM-57: however long one reads."""
    sent = lost(world, name, Fault(kind="answer", status=502, when="before"))
    for _ in range(2):
        world.hands.advance(60)
        assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), NothingFound)


def test_what_is_executed_later_is_adopted_then(world: ClusterWorld) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    sent = lost(world, "precheck", Fault(kind="later", status=504, seconds=30))
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), NothingFound)
    world.hands.advance(40)
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), Adopted)


def test_two_that_may_be_ours_are_for_people(world: ClusterWorld) -> None:
    """Somebody took a snapshot in the same minute."""
    sent = lost(world, "snapshot", Fault(kind="drop", when="after"))
    world.hands.advance(JOB_SECONDS + 1)
    world.there.clusters.meddle_with(EDGE_ID, "Snapshot")
    found = world.run(SYSTEM.recover(EDGE, sent))
    assert isinstance(found, NothingFound)
    assert isinstance(found.reason, Reason)
    assert found.reason.key == "no_trace.several"


@pytest.mark.parametrize(("when", "kind"), [("after", Adopted), ("before", NothingFound)])
def test_a_lost_retry(world: ClusterWorld, when: Any, kind: type) -> None:
    """The task that had failed runs, or stands as it did."""
    world.there.clusters.fail_next(EDGE_ID, "Cluster", "once")
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="retry")
    world.hands.advance(600)
    sent = world.lose_step(EDGE, Fault(kind="drop", when=when), draft)
    world.hands.advance(1)
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), kind)


@pytest.mark.parametrize(("when", "kind"), [("after", Adopted), ("before", NothingFound)])
def test_a_lost_cancel(world: ClusterWorld, when: Any, kind: type) -> None:
    """The workflow says whether it is cancelled."""
    world.there.clusters.find(EDGE_ID, FATAL)
    world.broken()
    draft = world.draft(EDGE, "deploy", version="v1.31", way="cancel")
    sent = world.lose_step(EDGE, Fault(kind="drop", when=when), draft)
    assert isinstance(world.run(SYSTEM.recover(EDGE, sent)), kind)
