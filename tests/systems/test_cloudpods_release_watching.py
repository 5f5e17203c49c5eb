"""What is sent to Cloudpods, and watched to its end."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.codes import Code, Legacy, Reason
from bot.core.codes.systems import (
    AboutAnother,
    UnlistedStatus,
)
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.flow import Call
from bot.core.records import Json
from bot.core.system import (
    NothingFound,
    RemoteTask,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._helm.codes import (
    Deployed,
    NoRevisionYet,
    RevisionFailed,
    RevisionUnderWay,
    Superseded,
)
from bot.systems.cloudpods_release.codes import NotOursYet, ReleaseFailed, UpdateUnderWay
from bot.systems.cloudpods_release.examples import (
    RELEASE_ID,
)
from tests.systems.cloudpods_scripts import (
    AT,
    ETCD,
    FIRST_FAILED,
    FIRST_PENDING,
    INSTALLED,
    ROW,
    STUCK,
    SYSTEM,
    UPGRADED,
    a_work,
    answers,
    listed,
    newest,
    revision,
    sent,
    wrapped,
)
from tests.systems.scripts import Answer, refused, run_by

ANSWERED: Final[list[tuple[str, Json, str | None]]] = [
    ("deploy", {"release": {"name": "etcd-release", "version": 3}}, "3"),
    ("deploy", {"release": {"name": "etcd-release", "version": 5}}, "5"),
    ("deploy", {"release": {"id": RELEASE_ID, "name": "renamed", "version": 3}}, "3"),
    ("deploy", {"release": {"name": "etcd-release", "version": 2}}, None),
    ("deploy", {"release": {"name": "etcd-release", "version": None}}, None),
    ("deploy", {"release": {"name": "other", "version": 3}}, None),
    ("deploy", {"release": {"id": "other", "name": "etcd-release", "version": 3}}, None),
    ("deploy", {"release": None}, None),
    ("rollback", {"release": {"id": RELEASE_ID, "version": 2}}, "3"),
    ("rollback", {"release": {"id": RELEASE_ID}}, "3"),
    ("rollback", {"release": {}}, None),
    ("delete", {"release": {"id": RELEASE_ID}}, RELEASE_ID),
    ("delete", {"release": {}}, None),
]


@pytest.mark.parametrize(("name", "body", "task"), ANSWERED)
def test_the_remote_task_is_the_new_revision(name: str, body: Json, task: str | None) -> None:
    """The upgrade's answer tells it; else it is foretold. What names nothing is unreadable."""
    answer = answers(list=listed(ROW), history=wrapped(*UPGRADED), act=body)
    flow = SYSTEM.submit(ETCD, a_work(name))
    if task is None:
        with pytest.raises(UnreadableReplyError):
            run_by(flow, answer)
    else:
        assert run_by(flow, answer).result.id == task


@pytest.mark.parametrize("history", [(), (INSTALLED,), STUCK])
def test_nothing_is_sent_on_another_revision_than_planned(
    history: tuple[dict[str, Any], ...],
) -> None:
    """Somebody was faster: what was approved was something else."""
    answer = answers(list=listed(ROW), history=wrapped(*history))
    with pytest.raises(CloudRefusedError) as error:
        run_by(SYSTEM.submit(ETCD, a_work()), answer)
    assert error.value.code == "changed_meanwhile"


def watched(work: Work, answer: Any, task: str = "3") -> Any:
    """What a look says."""
    return run_by(SYSTEM.watch(ETCD, work, RemoteTask(id=task)), answer).result


def failed(words: str) -> RevisionFailed:
    """That the third revision failed."""
    return RevisionFailed(revision="3", words=words)


SEEN: Final[dict[str, tuple[Work, Json, type, Code]]] = {
    "deployed": (
        a_work(),
        newest("deployed"),
        TaskSucceeded,
        Deployed(revision="3", version="8.12.0"),
    ),
    "failed": (
        a_work(),
        newest("failed", 'Upgrade "x" failed: 100%'),
        TaskFailed,
        failed('Upgrade "x" failed: 100%'),
    ),
    "failed, without a word": (a_work(), newest("failed", ""), TaskFailed, failed("failed")),
    "pending": (
        a_work(),
        newest("pending-upgrade", "Preparing upgrade"),
        TaskRunning,
        RevisionUnderWay(revision="3", status="pending-upgrade", words="Preparing upgrade"),
    ),
    "nothing yet": (a_work(), wrapped(*UPGRADED), TaskRunning, NoRevisionYet(newest="2")),
    "superseded": (
        a_work(),
        wrapped(revision(4, "deployed"), revision(3, "superseded", "8.12.0"), *UPGRADED),
        TaskSucceeded,
        Superseded(revision="3", newest="4", status="deployed"),
    ),
    "failed, then superseded": (
        a_work(),
        wrapped(
            revision(4, "failed", description='Rollback "x" failed: y'),
            revision(3, "superseded", "8.12.0", 'Upgrade "x" failed: y'),
            *UPGRADED,
        ),
        TaskFailed,
        failed('Upgrade "x" failed: y'),
    ),
    "no number of ours": (
        a_work(),
        wrapped(revision(4, "deployed"), *UPGRADED),
        TaskRunning,
        NotOursYet(revisions=("4",)),
    ),
    "a rollback": (
        a_work("rollback"),
        newest("deployed", "Rollback to 1", "8.11.1"),
        TaskSucceeded,
        Deployed(revision="3", version="8.11.1"),
    ),
    "a rollback after somebody else's upgrade": (
        a_work("rollback"),
        wrapped(
            revision(4, "deployed", "8.11.1", "Rollback to 1"),
            revision(3, "superseded", "8.12.0"),
            *UPGRADED,
        ),
        TaskSucceeded,
        Deployed(revision="4", version="8.11.1"),
    ),
    "somebody else's upgrade": (
        a_work("rollback"),
        newest("deployed", version="8.11.1"),
        TaskRunning,
        NotOursYet(revisions=("3",)),
    ),
    "somebody else's rollback": (
        a_work("rollback"),
        newest("deployed", "Rollback to 2", "8.11.1"),
        TaskRunning,
        NotOursYet(revisions=("3",)),
    ),
}


@pytest.mark.parametrize("case", SEEN.values(), ids=list(SEEN))
def test_the_history_decides(case: tuple[Work, Json, type, Code]) -> None:
    """Success is a new revision that is deployed, never a 200."""
    work, history, kind, why = case
    seen = watched(work, answers(history=history))
    assert isinstance(seen, kind), seen
    assert (seen.reason if isinstance(seen, TaskFailed) else seen.detail) == why.reason  # type: ignore[attr-defined] # a poll result


@pytest.mark.parametrize("word", ["unknown", "DEPLOYED", "deployed ", "", "部署"])
def test_an_unlisted_status_is_shown_and_warned_about_once(word: str) -> None:
    """FM-75: it counts as running."""
    seen = watched(a_work(), answers(history=newest(word)))
    assert isinstance(seen, TaskRunning)
    assert seen.note == UnlistedStatus(status=word.strip()).reason


def test_an_update_that_ended_badly_is_told_from_one_that_had_before() -> None:
    """Only an end that came after our update is its end."""
    work = a_work().model_copy(update={"declined": ("unsupported",)})
    failed = listed({**ROW, "status": "update_fail"})
    assert isinstance(watched(work, answers(history=wrapped(*UPGRADED), list=failed)), TaskFailed)
    under_way = UpdateUnderWay(newest="2", was="update_fail").reason
    before = RemoteTask(id="3", detail=under_way)
    answer = answers(history=wrapped(*UPGRADED), list=failed)
    seen = run_by(SYSTEM.watch(ETCD, work, before), answer).result
    assert seen == TaskRunning(detail=under_way)
    planned_long_ago = work.model_copy(update={"step": a_work(failure="update_fail").step})
    for row, each in ((listed(ROW), work), (failed, planned_long_ago), (listed(), work)):
        assert isinstance(watched(each, answers(history=wrapped(*UPGRADED), list=row)), TaskRunning)
    done = newest("deployed", "Install complete")
    assert isinstance(watched(work, answers(history=done, list=failed)), TaskSucceeded)


def test_a_release_that_a_sync_dropped_is_looked_for_by_its_place() -> None:
    """7.2: it may be there under another id, or not at all for half an hour."""

    def answer(call: Call) -> Answer:
        if call.path == "/releases":
            return listed({**ROW, "id": "another-id"})
        return newest("deployed") if "another-id" in call.path else refused(404)

    assert isinstance(watched(a_work(), answer), TaskSucceeded)
    for row in (listed(), listed(ROW)):
        seen = watched(a_work(), answers(history=refused(404), list=row))
        assert isinstance(seen, TaskNotFound)


@pytest.mark.parametrize("name", ["deploy", "create", "delete"])
def test_a_refusal_to_look_is_passed_on(name: str) -> None:
    """But for a cluster that is away for a while."""
    no, task = refused(403, "refused"), "3" if name == "deploy" else RELEASE_ID
    with pytest.raises(CloudRefusedError):
        watched(a_work(name), answers(history=no, show=no), task)
    with pytest.raises(CloudRefusedError):
        run_by(SYSTEM.recover(ETCD, sent(name)), answers(history=no, list=no))
    away = refused(500, "refused")
    away.reason = Legacy(words="get release history: Kubernetes cluster unreachable: x").reason
    assert isinstance(watched(a_work(name), answers(history=away, show=away), task), TaskRunning)
    found = run_by(SYSTEM.recover(ETCD, sent(name)), answers(history=away, list=away)).result
    assert isinstance(found, NothingFound)


def ended(status: str, words: str) -> Reason:
    """That a task of Cloudpods' failed."""
    return ReleaseFailed(status=status, words=words).reason


CREATION: Final[list[tuple[dict[str, Any], type, Reason | None]]] = [
    ({"status": "init"}, TaskRunning, None),
    ({"status": "creating"}, TaskRunning, None),
    ({"status": "syncing"}, TaskRunning, None),
    ({"status": "creating", "info": {"status": "failed"}}, TaskRunning, None),
    ({"status": "syncing", "info": {"status": "deployed"}}, TaskSucceeded, Deployed().reason),
    ({"status": "sync_fail", "info": {"status": "deployed"}}, TaskSucceeded, Deployed().reason),
    ({"status": "unknown", "info": {"status": "deployed"}}, TaskSucceeded, Deployed().reason),
    (
        {"status": "create_fail", "info": {"status": "deployed"}},
        TaskFailed,
        ended("create_fail", ""),
    ),
    ({"status": "deployed"}, TaskSucceeded, Deployed().reason),
    ({"status": "failed", "info": {"description": "no"}}, TaskFailed, ended("failed", "no")),
    ({"status": "create_fail"}, TaskFailed, ended("create_fail", "because")),
    ({"status": "sync_fail"}, TaskFailed, ended("sync_fail", "because")),
    ({"status": "unknown"}, TaskRunning, UnlistedStatus(status="unknown").reason),
    ({"status": "Deployed"}, TaskRunning, UnlistedStatus(status="Deployed").reason),
    ({"status": ""}, TaskRunning, UnlistedStatus(status="").reason),
]


@pytest.mark.parametrize(("shown", "kind", "why"), CREATION)
def test_a_creation_is_watched_to_its_end(
    shown: dict[str, Any], kind: type, why: Reason | None
) -> None:
    """7.1: its task's words end it, or Helm's live one; the operation log has the reasons."""
    notes: Answer = {"events": [{"action": "create"}, {"action": "x_fail", "notes": "because"}]}
    if "info" in shown:
        notes = refused(404)
    answer = answers(show={"release": {**ROW, **shown}}, events=notes)
    seen = watched(a_work("create"), answer, RELEASE_ID)
    assert isinstance(seen, kind), seen
    said = {"TaskRunning": "note", "TaskSucceeded": "detail", "TaskFailed": "reason"}
    assert getattr(seen, said[kind.__name__]) == why


def test_a_creation_that_vanished_is_told() -> None:
    """A 404 on the id is no success; another's answer is none of ours."""
    nowhere = answers(show=refused(404), list=listed())
    assert isinstance(watched(a_work("create"), nowhere, RELEASE_ID), TaskNotFound)
    with pytest.raises(UnreadableReplyError) as error:
        watched(a_work("create"), answers(show={**ROW, "id": "other"}), RELEASE_ID)
    assert error.value.reason == AboutAnother(id="other").reason


FIRST: Final = revision(1, "deployed", description="Install complete")
ANEW: Final[list[tuple[tuple[dict[str, Any], ...], int, type]]] = [
    ((FIRST,), 1, TaskSucceeded),
    (FIRST_PENDING, 1, TaskRunning),
    (FIRST_FAILED, 1, TaskFailed),
    (UPGRADED, 1, TaskSucceeded),
    ((FIRST,), 9, TaskNotFound),
    (({**FIRST, "updated": "soon"},), 1, TaskNotFound),
    ((revision(1, "deployed", "8.12.0"),), 1, TaskNotFound),
    (({**FIRST, "chart": "other-8.11.1"},), 1, TaskNotFound),
    ((revision(2, "deployed"),), 1, TaskNotFound),
    ((), 1, TaskNotFound),
]


@pytest.mark.parametrize(("history", "minute", "kind"), ANEW)
def test_a_creation_that_a_sync_gave_another_id_is_watched_on(
    history: tuple[dict[str, Any], ...], minute: int, kind: type
) -> None:
    """7.2: what is pending during a sync is dropped, and found anew; somebody else's is not it."""
    work = a_work("create").model_copy(update={"permitted_at": AT + timedelta(minutes=minute)})
    anew = listed({**ROW, "id": "anew", "repo_id": "", "chart": ""})
    answer = answers(show=refused(404), list=anew, history=wrapped(*history))
    assert isinstance(watched(work, answer, RELEASE_ID), kind)
