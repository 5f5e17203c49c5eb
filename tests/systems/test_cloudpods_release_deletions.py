"""Deletions of Cloudpods' releases, and what may follow one that failed."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from bot.core.codes import Denied, Reason
from bot.core.codes.systems import BusyByStatus, UnlistedStatus
from bot.core.flow import Flow
from bot.core.plan import PlanDraft
from bot.core.records import Asked, Json, Parameters
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.sandbox.clouds import Fault
from bot.sandbox.clouds.cloudpods.content import RELEASE, RELEASE_ID
from bot.systems._helm.codes import DeletionIsOurs, Gone
from bot.systems._wire.words import verbatim
from bot.systems.cloudpods_release.codes import (
    ClusterAway,
    DeletionUnderWay,
    Forgotten,
    NameTaken,
    Purged,
    ReleaseFailed,
)
from bot.systems.cloudpods_release.examples import RELEASE_ID as ID
from tests.systems.cloudpods_lab import ETCD, SYSTEM, Lab, failed, lost
from tests.systems.cloudpods_scripts import ROW, a_work, answers, listed, sent
from tests.systems.conversing import Door, opened
from tests.systems.scripts import Answer, refused, run_by


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server that outlives the tests' installations."""
    with opened() as there:
        yield there


@pytest.fixture
def lab(door: Door) -> Lab:
    """A fresh installation behind a real server on loopback."""
    return Lab(door)


NOT_SEEN: Final = DeletionUnderWay(status="delete_fail", was="delete_fail", failure="12:00")
AT_WORK: Final = DeletionUnderWay(status="deleting", was="delete_fail", has_begun=True)
ADOPTED: Final = DeletionIsOurs(id=ID, status="deleting")
LATER: Final[Json] = {"events": [{"action": "x_fail", "notes": "why", "ops_time": "12:05"}]}
EARLIER: Final[Json] = {"events": [{"action": "x_fail", "notes": "why", "ops_time": "12:00"}]}
WATCHED: Final[dict[str, tuple[str, Reason | None, Json, type]]] = {
    "at work": ("deleting", None, EARLIER, TaskRunning),
    "not at work yet": ("deployed", None, EARLIER, TaskRunning),
    "failed": ("delete_fail", DeletionUnderWay(was="deployed").reason, EARLIER, TaskFailed),
    "failed before": ("delete_fail", NOT_SEEN.reason, EARLIER, TaskRunning),
    "failed again, between two looks": ("delete_fail", NOT_SEEN.reason, LATER, TaskFailed),
    "failed again": ("delete_fail", AT_WORK.reason, EARLIER, TaskFailed),
    "broke": ("unknown", AT_WORK.reason, EARLIER, TaskFailed),
    "given up": ("deployed", AT_WORK.reason, EARLIER, TaskFailed),
    "at an unlisted status": ("Deleted?", AT_WORK.reason, LATER, TaskRunning),
    "found again, then failed": ("delete_fail", ADOPTED.reason, EARLIER, TaskFailed),
}


@pytest.mark.parametrize("case", WATCHED.values(), ids=list(WATCHED))
def test_a_deletion_has_failed_once_it_was_at_work(
    case: tuple[str, Reason | None, Json, type],
) -> None:
    """The word of an earlier failure stays until the next deletion begins, and is no end of it."""
    status, detail, events, kind = case
    answer = answers(show={**ROW, "status": status}, events=events)
    task = RemoteTask(id=ID, detail=detail)
    seen = run_by(SYSTEM.watch(ETCD, a_work("delete"), task), answer).result
    assert isinstance(seen, kind), seen
    if isinstance(seen, TaskFailed):
        assert seen.reason == ReleaseFailed(status=status, words="why").reason
        assert [way.name for way in seen.ways] == ["purge"]


def test_an_unlisted_status_of_a_deletion_is_told() -> None:
    """It is shown, and decides nothing."""
    answer = answers(show={**ROW, "status": "Deleted?"})
    seen = run_by(SYSTEM.watch(ETCD, a_work("delete"), RemoteTask(id=ID)), answer).result
    assert seen.note == UnlistedStatus(status="Deleted?").reason


def test_a_deletion_is_done_once_neither_id_nor_name_is_there() -> None:
    """A sync may have given the release another id meanwhile."""
    task = RemoteTask(id=ID, detail=AT_WORK.reason)
    for there, result in (
        (listed(), TaskSucceeded(detail=Gone().reason)),
        (listed({**ROW, "id": "other"}), TaskRunning(detail=taken(), note=taken())),
    ):
        answer = answers(show=refused(404), list=there)
        assert run_by(SYSTEM.watch(ETCD, a_work("delete"), task), answer).result == result


def taken() -> Reason:
    """That one of the name is there under another id."""
    return NameTaken(id="other").reason


def test_what_was_seen_of_a_deletion_outlives_a_cluster_that_is_away() -> None:
    """Otherwise a failure after it would not be told from the one before."""
    away = refused(500, "refused")
    away.reason = verbatim("Kubernetes cluster unreachable: x")
    task = RemoteTask(id=ID, detail=AT_WORK.reason)
    seen = run_by(SYSTEM.watch(ETCD, a_work("delete"), task), answers(show=away)).result
    assert seen == TaskRunning(detail=AT_WORK.reason, note=ClusterAway().reason)


DELETED_BY: Final[list[tuple[str, Answer, type]]] = [
    ("delete", listed(), Adopted),
    ("delete", listed({**ROW, "status": "deleting"}), Adopted),
    ("delete", listed({**ROW, "status": "delete_fail"}), Adopted),
    ("delete", listed(ROW), NothingFound),
    ("delete", listed({**ROW, "id": "another-id", "status": "deleting"}), NothingFound),
    ("purge", listed(), Adopted),
    ("purge", listed({**ROW, "id": "another-id"}), Adopted),
    ("purge", listed(ROW), NothingFound),
]


@pytest.mark.parametrize(("name", "there", "kind"), DELETED_BY)
def test_a_lost_deletion_is_adopted_once_it_shows(name: str, there: Answer, kind: type) -> None:
    """What was asked for is so, or begins to be."""
    found = run_by(SYSTEM.recover(ETCD, sent(name)), answers(list=there)).result
    assert isinstance(found, kind), found


def test_a_deletion_that_fails_twice_has_failed_twice(lab: Lab) -> None:
    """The second failure is told from the first, which still stands when it is sent."""
    for why in ("first", "second"):
        lab.there.fail_next(RELEASE, why)
        _, seen = lab.do(ETCD, "delete")
        assert isinstance(seen, TaskFailed)
        assert seen.reason == failed("delete_fail", f"uninstall: {why}")
    assert isinstance(lab.do(ETCD, "delete")[1], TaskSucceeded)


def purged(lab: Lab) -> tuple[PlanDraft, Work]:
    """The plan to purge the release, and its step."""
    draft = lab.draft(ETCD, "delete", way="purge")
    return draft, Work(step=draft.steps[0])


def test_a_release_that_cannot_be_deleted_is_purged(lab: Lab) -> None:
    """Its cluster is gone for good: the record goes all the same."""
    lab.there.unreachable("test122")
    draft, work = purged(lab)
    assert (draft.before, draft.after) == (verbatim("deployed"), Forgotten().reason)
    task = lab.send(ETCD, work)
    assert lab.look(ETCD, work, task) == TaskSucceeded(detail=Purged().reason)
    [executed] = lab.there.executed
    assert executed.path == f"/api/releases/{RELEASE_ID}/purge"


def test_a_purge_whose_answer_is_lost_is_found(lab: Lab) -> None:
    """The record is gone: nothing is sent twice."""
    draft, work = purged(lab)
    lab.there.faults.add(Fault(kind="drop", when="after"))
    found = lab.run(SYSTEM.recover(ETCD, lost(lab, ETCD, draft)))
    assert isinstance(found, Adopted)
    assert lab.look(ETCD, work, found.task) == TaskSucceeded(detail=Purged().reason)


def plan_of(parameters: Parameters) -> Flow[PlanDraft | Denied]:
    """What a deletion would do."""
    return SYSTEM.prepare(ETCD, Asked(action="delete", parameters=parameters))


def test_what_is_being_deleted_can_be_purged_and_nothing_else() -> None:
    """A task of Cloudpods' that died leaves it at `deleting` for ever."""
    answer = answers(list=listed({**ROW, "status": "deleting"}), history=[])
    asked: dict[str, Any] = {"plain": Parameters(), "purge": Parameters(way="purge")}
    results = {name: run_by(plan_of(each), answer).result for name, each in asked.items()}
    assert results["plain"] == Denied.of(BusyByStatus(thing="release", status="deleting"))
    assert results["purge"].steps[0].name == "purge"
