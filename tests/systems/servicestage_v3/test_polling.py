"""ServiceStage v3: what a look at a job shows."""

from typing import Any, Final

import pytest

from bot.core.codes.systems import TaskEnded, TaskProgress, UnlistedStatus, VendorSaid
from bot.core.errors import CloudRefusedError, CloudUnavailableError, UnreadableReplyError
from bot.core.system import (
    RemoteTask,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from tests.systems.scripts import Answer, refused, run
from tests.systems.servicestage_v3.cases import (
    DEPLOY,
    GONE,
    NEW,
    OLD,
    SYSTEM,
    TARGET,
    component,
    job,
    task,
)

OUT: Final = component(version="1.4.0")


def watch(*answers: Answer, task: str = OLD) -> Any:
    """What one look shows."""
    return run(SYSTEM.watch(TARGET, Work(step=DEPLOY), RemoteTask(id=task)), answers).result


SIGHTS: Final[dict[str, type]] = {
    **dict.fromkeys(("SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING", "UNKNOWN"), TaskRunning),
    **dict.fromkeys(("FAILED", "CANCELLED", "PARTIALLY_FAILED", "ROLLBACKED"), TaskFailed),
    "SUCCEEDED": TaskSucceeded,
    "SOMETHING_NEW": TaskRunning,
}


@pytest.mark.parametrize(("word", "kind"), SIGHTS.items())
@pytest.mark.parametrize("upper", [True, False])
def test_what_a_job_status_means(word: str, kind: type, *, upper: bool) -> None:
    """Section 5: two kinds of end, in keys of either case; UNKNOWN is waited for, with a note."""
    answer: dict[str, Any] = job(word)
    if upper:
        answer = {"job": {"JOB_ID": OLD, "EXECUTION_STATUS": word}, "tasks": []}
    seen = watch(answer, OUT)
    assert type(seen) is kind
    listed = {"SUBMITTED", "SCHEDULED", "RUNNING", "ROLLBACKING"}
    assert bool(getattr(seen, "note", "")) == (kind is TaskRunning and word not in listed)


def test_tasks_stand_in_their_order() -> None:
    """Indices have gaps and may be text; rows without one come last."""
    rows = [task("c", "RUNNING", 9), task("z", "RUNNING"), task("b", "SUCCEEDED", "4")]
    seen = watch(job("RUNNING", *rows, task("a", "SUCCEEDED", 1)))
    assert [line.name for line in seen.tasks] == ["a", "b", "c", "z"]
    assert seen.detail == TaskProgress(status="RUNNING", done=2, total=4).reason
    assert [line.state for line in seen.tasks] == ["done", "done", "running", "running"]


MESSAGES: Final[list[tuple[Any, str]]] = [
    ("{}", "FAILED"),
    ("", "FAILED"),
    ('{"message": "no probe"}', "no probe"),
    ('{"error": {"error_msg": "no image"}}', "no image"),
    ('[{"reason": "quota"}]', "quota"),
    ("plain words", "plain words"),
    ('{"message": ', '{"message":'),
    ({"message": "an object"}, "an object"),
    (7, "FAILED"),
    ('"\\u001b[31mred\\u0007"', "[31mred"),
]


@pytest.mark.parametrize(("messages", "words"), MESSAGES)
def test_the_failing_tasks_words_are_the_reason(messages: Any, words: str) -> None:
    """MESSAGES is text that may hold JSON; what it says is shown, else the status."""
    seen = watch(job("FAILED", task("t", "FAILED", 1, messages), id_="x"), task="x")
    assert isinstance(seen, TaskFailed)
    assert seen.reason == TaskEnded(task="x", status="FAILED", row="t", words=words).reason


def test_endless_words_are_cut() -> None:
    """R5: an error text of any length stays readable; its cause, which is told last, is kept."""
    seen = watch(job("FAILED", task("t", "FAILED", 1, "x" * 100_000 + " no quota")))
    assert len(seen.reason.params["words"]) <= 4_000
    assert seen.reason.params["words"].endswith(" no quota")


def test_an_unlisted_task_status_is_noted() -> None:
    """FM-75: the word is shown as it stands, and named once."""
    seen = watch(job("RUNNING", task("t", "PARTIAL_WAITING", 1)))
    assert isinstance(seen, TaskRunning)
    assert seen.note == UnlistedStatus(status="PARTIAL_WAITING", of="t").reason


def test_a_job_is_looked_for_on_both_paths() -> None:
    """The guide polls by v2's path; where that knows no job, v3's is asked."""
    flow = SYSTEM.watch(TARGET, Work(step=DEPLOY), RemoteTask(id=OLD))
    driven = run(flow, [refused(404), job("SUCCEEDED"), OUT])
    assert isinstance(driven.result, TaskSucceeded)
    assert [call.path[:3] for call in driven.calls[:2]] == ["/v2", "/v3"]


def test_a_vanished_job_is_neither_end() -> None:
    """FM-77: a job that neither path knows has vanished; it did not fail."""
    assert isinstance(watch(refused(404), refused(410)), TaskNotFound)
    assert isinstance(watch(GONE, refused(404, "refused", "APIGW.0101")), TaskNotFound)


def test_a_refused_look_is_passed_on() -> None:
    """FM-73: a right that was taken away is the engine's matter."""
    with pytest.raises(CloudRefusedError):
        watch(refused(403, "refused"))
    with pytest.raises(CloudUnavailableError):
        watch(CloudUnavailableError(doing="GET", why=VendorSaid(words="away")))


def test_another_jobs_answer_is_not_believed() -> None:
    """FM-70: an answer about another job is no answer."""
    with pytest.raises(UnreadableReplyError):
        watch(job("SUCCEEDED", id_=NEW))


@pytest.mark.parametrize("bad", ["../jobs", "J" * 65, "JOB 1", "JOB1\r\n", "JOB1?x=1"])
def test_a_foreign_id_never_reaches_a_path(bad: str) -> None:
    """R4: only letters, digits and hyphens stand in a path."""
    with pytest.raises(UnreadableReplyError):
        watch(job("SUCCEEDED"), task=bad)
