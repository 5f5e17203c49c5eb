"""Calls to Cloudpods whose answers are lost, over a real socket: found again, sent once."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.core.codes import Denied, Reason
from bot.core.codes.systems import (
    Differs,
)
from bot.core.errors import CloudRefusedError, OutcomeUnknownError, UnreadableReplyError
from bot.core.plan import PlanDraft
from bot.core.records import Action
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.cloudpods.content import (
    RELEASE,
)
from bot.systems._helm.codes import RevisionContradicted, RevisionUnderWay
from bot.systems.cloudpods_release import Release
from tests.systems.cloudpods_lab import ETCD, PLACE, SYSTEM, Lab, at, lost
from tests.systems.conversing import Door, opened


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server that outlives the tests' installations."""
    with opened() as there:
        yield there


@pytest.fixture
def lab(door: Door) -> Lab:
    """A fresh installation behind a real server on loopback."""
    return Lab(door)


def test_an_upgrade_that_breaks_is_lost_then_found_broken(lab: Lab) -> None:
    """A 500 of Helm's proves nothing; the history shows the failed revision, the way back works."""
    lab.do(ETCD, "deploy", version="8.11.2")
    lab.there.fail_next(RELEASE)
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    sent = lost(lab, ETCD, draft)
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, Adopted)
    seen = lab.run(SYSTEM.watch(ETCD, sent.work, found.task))
    assert isinstance(seen, TaskFailed)
    assert isinstance(seen.reason, Reason)
    assert "BackoffLimitExceeded" in str(seen.reason.params["words"])
    draft, seen = lab.do(ETCD, "rollback")
    assert draft.after == at("8.11.2", 2)
    assert isinstance(seen, TaskSucceeded)


def test_slow_hooks_are_a_504_and_an_upgrade_that_goes_on(lab: Lab) -> None:
    """7.3: after 60 s the caller is told 504; the pending revision is adopted and watched."""
    lab.there.take_seconds(RELEASE, 90)
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    sent = lost(lab, ETCD, draft)
    lab.hands.advance(1)
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, Adopted)
    seen = lab.run(SYSTEM.watch(ETCD, sent.work, found.task))
    assert isinstance(seen, TaskRunning)
    pending = RevisionUnderWay(revision="2", status="pending-upgrade", words="Preparing upgrade")
    assert seen.detail == pending.reason
    lab.hands.advance(100)
    assert isinstance(lab.run(SYSTEM.watch(ETCD, sent.work, found.task)), TaskSucceeded)
    assert len(lab.there.executed) == 1


CHANGES: Final[list[tuple[Action, dict[str, Any]]]] = [
    ("deploy", {"version": "8.12.0"}),
    ("deploy", {"values": {"replicaCount": "3"}}),
    ("rollback", {"revision": "1"}),
    ("delete", {}),
]


@pytest.mark.parametrize(("action", "given"), CHANGES)
@pytest.mark.parametrize("fault", [Fault(kind="drop", when="after"), Fault(kind="html")])
def test_what_was_executed_before_the_answer_was_lost_is_adopted(
    lab: Lab, action: Action, given: dict[str, Any], fault: Fault
) -> None:
    """FM-56, FM-58: executed, then a reset or a stranger's page: found, nothing is sent twice."""
    lab.do(ETCD, "deploy", values={"logLevel": "debug"})
    draft = lab.draft(ETCD, action, past=lab.past, **given)
    lab.there.faults.add(fault)
    sent = lost_or_unreadable(lab, draft)
    lab.hands.advance(5)
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, Adopted), found
    assert isinstance(lab.run(SYSTEM.watch(ETCD, sent.work, found.task)), TaskSucceeded)
    assert len(lab.there.executed) == 2


def lost_or_unreadable(lab: Lab, draft: PlanDraft) -> SentStep:
    """Send a plan's step; what comes is no usable answer, or none at all."""
    work = Work(step=draft.steps[0])
    with pytest.raises((OutcomeUnknownError, UnreadableReplyError)):
        lab.run(SYSTEM.submit(ETCD, work))
    return SentStep(
        work=work,
        observed=draft.observed,
        permitted_at=lab.hands.now,
        settle=SYSTEM.spec.settle,
    )


@pytest.mark.parametrize(("action", "given"), CHANGES)
def test_what_was_not_executed_is_not_found(
    lab: Lab, action: Action, given: dict[str, Any]
) -> None:
    """FM-55, FM-57: nothing was executed, so nothing is adopted, however long one reads."""
    lab.do(ETCD, "deploy", values={"logLevel": "debug"})
    draft = lab.draft(ETCD, action, past=lab.past, **given)
    lab.there.faults.add(Fault(kind="answer", status=502, when="before"))
    sent = lost(lab, ETCD, draft)
    for _ in range(3):
        lab.hands.advance(60)
        assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    assert len(lab.there.executed) == 1


def test_what_is_executed_later_is_adopted_then(lab: Lab) -> None:
    """FM-59: a gateway's 504 now, executed 30 s later: first nothing, then ours."""
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    lab.there.faults.add(Fault(kind="later", status=504, seconds=30))
    sent = lost(lab, ETCD, draft)
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    lab.hands.advance(40)
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), Adopted)


def test_a_lost_creation_is_found(lab: Lab) -> None:
    """There was none before, and one is there now, of the right time and chart."""
    target = Release.model_validate({**PLACE, "release": "other", "create_body": {}})
    draft = lab.draft(target, "create", version="8.11.1")
    lab.there.faults.add(Fault(kind="drop", when="after"))
    sent = lost(lab, target, draft)
    found = lab.run(SYSTEM.recover(target, sent))
    assert isinstance(found, Adopted)
    assert isinstance(lab.look(target, sent.work, found.task), TaskSucceeded)


def test_somebody_elses_upgrade_is_not_adopted(lab: Lab) -> None:
    """Another version in the same minutes is not taken for ours; nor are two new revisions."""
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    lab.there.faults.add(Fault(kind="answer", status=502, when="before"))
    sent = lost(lab, ETCD, draft)
    lab.there.meddle(RELEASE, "8.11.2")
    found = lab.run(SYSTEM.recover(ETCD, sent))
    assert isinstance(found, NothingFound)
    other = Differs(what="version", theirs="8.11.2", ours="8.12.0").reason
    assert found.reason == RevisionContradicted(revision="2", by=other).reason
    lab.there.meddle(RELEASE, "8.12.0")
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)


def test_a_cluster_that_is_away_for_a_while_ends_nothing(lab: Lab) -> None:
    """Its history cannot be read then: the operation waits; a change is refused in clear words."""
    draft = lab.draft(ETCD, "deploy", version="8.12.0")
    work = Work(step=draft.steps[0])
    task = lab.send(ETCD, work)
    lab.there.unreachable("test122")
    assert isinstance(lab.run(SYSTEM.watch(ETCD, work, task)), TaskRunning)
    sent = SentStep(
        work=work,
        observed=draft.observed,
        permitted_at=lab.hands.now,
        settle=SYSTEM.spec.settle,
    )
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    with pytest.raises(CloudRefusedError, match="unreachable"):
        lab.prepare(ETCD, "deploy", version="8.11.2")
    lab.there.unreachable("test122", away=False)
    assert isinstance(lab.run(SYSTEM.watch(ETCD, work, task)), TaskSucceeded)


def test_a_sync_gives_a_release_another_id_while_it_is_watched(lab: Lab) -> None:
    """7.2: a pending one is dropped and comes back as another, which is found by its place."""
    lab.there.take_seconds(RELEASE, 90)
    sent = lost(lab, ETCD, lab.draft(ETCD, "deploy", version="8.12.0"))
    lab.there.sync("test122")
    task = RemoteTask(id="2")
    gone = lab.run(SYSTEM.watch(ETCD, sent.work, task))
    assert isinstance(gone, TaskNotFound)
    assert isinstance(lab.run(SYSTEM.recover(ETCD, sent)), NothingFound)
    lab.hands.advance(100)
    lab.there.sync("test122")
    assert isinstance(lab.run(SYSTEM.watch(ETCD, sent.work, task)), TaskSucceeded)
    refusal = lab.prepare(ETCD, "deploy", version="8.11.2")
    assert isinstance(refusal, Denied)
    assert refusal.code == "no_repository"
    assert isinstance(lab.do(ETCD, "rollback")[1], TaskSucceeded)
