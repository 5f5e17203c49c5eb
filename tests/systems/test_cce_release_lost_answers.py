"""What `cce-release` finds of calls whose answer was lost, over a real socket."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.core.errors import CloudRefusedError
from bot.core.records import Action
from bot.core.system import (
    Adopted,
    NothingFound,
    TaskNotFound,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault, sandbox_config
from bot.systems._helm.codes import (
    OtherValue,
    RevisionContradicted,
    SeveralRevisions,
)
from tests.systems.cce_release_world import (
    SEARCH,
    SECONDS,
    SYSTEM,
    ReleaseWorld,
    content,
    target,
)
from tests.systems.conversing import Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """One server for all tests of a module."""
    with opened() as door:
        yield door


@pytest.fixture
def world(request: pytest.FixtureRequest, door: Door) -> ReleaseWorld:
    """The sandbox's project, or another where the test says so."""
    releases = getattr(request, "param", content())
    whole = sandbox_config(job_seconds=SECONDS).model_copy(update={"cce_releases": releases})
    return door.world(SYSTEM, whole, ReleaseWorld)


CHANGES: Final[list[tuple[Action, dict[str, Any]]]] = [
    ("deploy", {"version": "1.2.0"}),
    ("deploy", {"values": {"replicas": "5"}}),
    ("rollback", {}),
    ("delete", {}),
]


@pytest.mark.parametrize(("action", "given"), CHANGES)
@pytest.mark.parametrize("pause", [1, SECONDS + 1])
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    world: ReleaseWorld, action: Action, given: dict[str, Any], pause: float
) -> None:
    """FM-56, FM-58: executed, then a reset: found again, and nothing is sent twice."""
    sent = world.lose(SEARCH, Fault(kind="drop", when="after"), action, **given)
    world.hands.advance(pause)
    found = world.run(SYSTEM.recover(SEARCH, sent))
    assert isinstance(found, Adopted), found
    world.hands.advance(SECONDS + 1)
    seen = world.run(SYSTEM.watch(SEARCH, sent.work, found.task))
    assert isinstance(seen, TaskSucceeded)
    assert len(world.there.executed) == 1


@pytest.mark.parametrize(("action", "given"), CHANGES)
def test_what_was_not_executed_is_not_found(
    world: ReleaseWorld, action: Action, given: dict[str, Any]
) -> None:
    """FM-55, FM-57: nothing was executed, so nothing is adopted, however long one reads."""
    sent = world.lose(SEARCH, Fault(kind="answer", status=502, when="before"), action, **given)
    for _ in range(3):
        world.hands.advance(60)
        assert isinstance(world.run(SYSTEM.recover(SEARCH, sent)), NothingFound)
    assert world.there.executed == ()


def test_what_is_executed_later_is_adopted_then(world: ReleaseWorld) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    sent = world.lose(
        SEARCH, Fault(kind="later", status=504, seconds=30), "deploy", version="1.2.0"
    )
    assert isinstance(world.run(SYSTEM.recover(SEARCH, sent)), NothingFound)
    world.hands.advance(40)
    assert isinstance(world.run(SYSTEM.recover(SEARCH, sent)), Adopted)


def test_somebody_elses_change_is_not_adopted(world: ReleaseWorld) -> None:
    """Other values, another chart or a second new revision in the same minutes are not ours."""
    refused = Fault(kind="answer", status=502, when="before")
    sent = world.lose(SEARCH, refused, "deploy", values={"replicas": "5"})
    world.begin(SEARCH, "deploy", values={"replicas": "6"})
    world.hands.advance(SECONDS + 1)
    other = world.run(SYSTEM.recover(SEARCH, sent))
    by = OtherValue(path="replicas").reason
    assert other == NothingFound(reason=RevisionContradicted(revision="3", by=by).reason)
    world.begin(SEARCH, "deploy", values={"replicas": "5"})
    several = world.run(SYSTEM.recover(SEARCH, sent))
    reason = SeveralRevisions(revisions=("3", "4")).reason
    assert several == NothingFound(reason=reason, may_be_ours=True)


def test_a_creation_whose_answer_is_lost_is_found(world: ReleaseWorld) -> None:
    """Absent before, there now, of the right chart and time: it is ours."""
    creatable = target(create_body={"version": "1.2.0"})
    world.finish(SEARCH, "delete")
    sent = world.lose(creatable, Fault(kind="drop", when="after"), "create")
    found = world.run(SYSTEM.recover(creatable, sent))
    assert isinstance(found, Adopted), found
    assert found.task.id == "1"


def test_writes_are_throttled_and_told_so(world: ReleaseWorld) -> None:
    """FM-61: the eleventh write within a minute is declined, and was not executed."""
    draft = world.draft(SEARCH, "deploy", version="1.2.0")
    world.there.faults.add(Fault(kind="throttled"))
    with pytest.raises(CloudRefusedError) as caught:
        world.run(SYSTEM.submit(SEARCH, Work(step=draft.steps[0])))
    assert caught.value.verdict == "throttled"
    assert world.there.executed == ()


def test_a_release_that_vanishes_is_no_failure(world: ReleaseWorld) -> None:
    """Somebody deletes it while we watch: that is said as it is."""
    draft, task = world.begin(SEARCH, "deploy", version="1.2.0")
    world.hands.advance(SECONDS + 1)
    world.begin(SEARCH, "delete")
    world.hands.advance(SECONDS + 1)
    assert isinstance(world.seen(SEARCH, draft, task), TaskNotFound)
