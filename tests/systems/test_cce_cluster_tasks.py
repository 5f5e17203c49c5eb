"""What a look at a task of an upgrade shows."""

from typing import Any

import pytest

from bot.core.codes import Denied, Reason
from bot.core.codes.systems import NoUsableId, UnlistedStatus
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.plan import PlannedStep
from bot.core.system import (
    RemoteTask,
    TaskFailed,
    TaskNotFound,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems.cce_cluster import examples
from bot.systems.cce_cluster.codes import CriticalStage, NotCancellable
from bot.systems.cce_cluster.task_codes import SnapshotFailed, StepProgress, WorkflowMade
from tests.systems.cce_cluster_scripts import (
    EARLIER,
    FLOW,
    INIT,
    SYSTEM,
    TARGET,
    There,
    changed,
    prepare,
    submit,
    watch,
    workflow,
)
from tests.systems.scripts import refused, run


def test_words_of_a_workflow() -> None:
    """It is there at once; cancelled by others it fails; an unknown word is shown."""
    seen = watch("workflow", [workflow(None)], examples.WORKFLOW_ID)
    assert isinstance(seen, TaskSucceeded)
    made = WorkflowMade(before="v1.17.17-r0", after="v1.19.16-r80", points=INIT)
    assert seen.detail == made.reason
    assert isinstance(watch("workflow", [workflow("Cancel")], examples.WORKFLOW_ID), TaskFailed)
    strange = watch("workflow", [workflow("Dreaming")], examples.WORKFLOW_ID)
    assert isinstance(strange, TaskRunning)
    assert strange.note == UnlistedStatus(status="Dreaming", of="workflow").reason


def test_words_of_a_cancel() -> None:
    """Only Cancel is its end; the workflow may have ended well before."""
    kinds = {
        word: type(watch("cancel", [workflow(word)], examples.WORKFLOW_ID))
        for word in ("Cancel", "Success", "Pending", "Dreaming")
    }
    assert kinds == {
        "Cancel": TaskSucceeded,
        "Success": TaskFailed,
        "Pending": TaskRunning,
        "Dreaming": TaskRunning,
    }


@pytest.mark.parametrize("word", ["Init", "Queuing", "Running", "Pause"])
@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade", "postcheck"])
def test_words_that_mean_running(name: str, word: str) -> None:
    """Listed words are no warning."""
    seen = watch(name, *looked_at(name, word))
    assert isinstance(seen, TaskRunning)
    assert isinstance(seen.detail, Reason)
    assert (seen.note, seen.detail.params["status"]) == (None, word)
    assert len(seen.tasks) == 4


def test_rows_say_what_their_words_mean() -> None:
    """The vendor's word is shown, and its meaning told beside it."""
    points = {"PreCheck": "Success", "Snapshot": "Failed", "Cluster": "Running"}
    rows = watch("workflow", [workflow("Running", **points)], examples.WORKFLOW_ID).tasks
    assert [(each.status, each.state) for each in rows] == [
        ("Success", "done"),
        ("Failed", "failed"),
        ("Running", "running"),
        ("Init", "pending"),
    ]
    odd = watch("workflow", [workflow("Running", PreCheck="Dreaming")], examples.WORKFLOW_ID)
    assert odd.tasks[0].state == "unknown"


def looked_at(name: str, word: str) -> tuple[list[Any], str]:
    """What is read of a step's task in a state, and the task."""
    task = {
        "precheck": (examples.precheck(word), examples.PRECHECK_ID),
        "snapshot": (examples.snapshot(word), examples.SNAPSHOT_ID),
        "upgrade": (examples.upgrade(word), examples.UPGRADE_ID),
    }.get(name)
    if task is None:
        return [workflow("Running", PostCheck=word)], examples.POSTCHECK_ID
    nodes = [examples.NODES] if name == "upgrade" else []
    return [task[0], workflow("Running"), *nodes], task[1]


@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade", "postcheck"])
def test_a_failure_has_its_ways(name: str) -> None:
    """Each may be gone on with; none is skipped without a finding."""
    seen = watch(name, *looked_at(name, "Failed"))
    assert isinstance(seen, TaskFailed)
    assert seen.ways[0].name == "retry"
    assert ("cancel" in [each.name for each in seen.ways]) == (name != "postcheck")


@pytest.mark.parametrize("name", ["precheck", "snapshot", "upgrade"])
def test_a_task_decides_without_its_workflow(name: str) -> None:
    """A workflow that cannot be read takes nothing from the task's word."""
    answers, task = looked_at(name, "Success")
    seen = watch(name, [answers[0], refused(500, "unknown")], task)
    progress = "100" if name == "upgrade" else ""
    told = StepProgress(status="Success", progress=progress)
    assert seen == TaskSucceeded(detail=told.reason)
    answers, task = looked_at(name, "Failed")
    failed = watch(name, [answers[0], refused(404)], task)
    assert isinstance(failed, TaskFailed)
    assert [each.name for each in failed.ways] == ["retry"]


def test_a_snapshot_without_a_phase_is_judged_by_its_item() -> None:
    """The page lists words for the items only; the newest backup counts."""
    body = changed(examples.snapshot("Success"))
    body["items"][0]["status"] = None
    body["items"][0]["spec"]["items"].insert(
        0, {"type": "master-backup-rollback", "status": "Failed"}
    )
    assert isinstance(watch("snapshot", [body, workflow()], examples.SNAPSHOT_ID), TaskSucceeded)


def test_a_snapshots_message_is_told() -> None:
    """The item says why."""
    body = examples.snapshot("Failed", message="the disk is gone")
    seen = watch("snapshot", [body, workflow()], examples.SNAPSHOT_ID)
    assert seen.reason == SnapshotFailed(words="the disk is gone").reason


def test_what_is_not_there_has_vanished() -> None:
    """FM-77: for every kind of task."""
    assert isinstance(watch("snapshot", [{"items": None}]), TaskNotFound)
    for name in ("workflow", "precheck", "upgrade", "postcheck", "cancel"):
        assert isinstance(watch(name, [refused(404)]), TaskNotFound), name
    with pytest.raises(CloudRefusedError):
        watch("upgrade", [refused(403, "refused")])


def test_an_answer_about_another_task_is_unreadable() -> None:
    """FM-70."""
    for name, body in (("precheck", examples.precheck()), ("upgrade", examples.upgrade())):
        with pytest.raises(UnreadableReplyError):
            watch(name, [body], "another")


def test_ids_that_could_not_be_asked_for_are_unreadable() -> None:
    """FM-67: neither as an answer nor in a path."""
    for uid in ("../w", "", "w" * 65, "w\r\n"):
        with pytest.raises(UnreadableReplyError) as answered:
            submit("workflow", [changed(examples.WORKFLOW, metadata__uid=uid)])
        with pytest.raises(UnreadableReplyError) as asked:
            watch("upgrade", [], uid)
        assert answered.value.reason == asked.value.reason == NoUsableId().reason


def test_a_snapshot_in_a_state_that_nobody_lists_is_under_way() -> None:
    """FM-75: shown, with a warning."""
    seen = watch("snapshot", [examples.snapshot("Dreaming"), workflow()], examples.SNAPSHOT_ID)
    assert isinstance(seen, TaskRunning)
    assert seen.note == UnlistedStatus(status="Dreaming", of="snapshot").reason


@pytest.mark.parametrize("end", ["Cluster", {"taskType": "Cluster"}])
@pytest.mark.parametrize("flag", [True, "true"])
def test_critical_lines_are_read_in_all_their_forms(end: Any, flag: Any) -> None:
    """Texts and objects, texts and booleans: the page and the kit differ."""
    line = {"startPoint": "PreCheck", "endPoint": end, "critical": flag}
    there = changed(workflow("Pending", PreCheck="Failed"), status__lineStatuses=[line])
    seen = watch("precheck", [examples.precheck("Failed"), there], examples.PRECHECK_ID)
    assert [each.name for each in seen.ways] == ["retry"]
    refusal = prepare(There(open=(there,)), way="cancel")
    critical = NotCancellable(workflow=FLOW, because=CriticalStage().reason)
    assert refusal == Denied.of(critical)


def test_a_failed_postcheck_of_before_is_not_ours() -> None:
    """Its point still names the task of the first try."""
    old = workflow("Pending", PostCheck={"status": "Failed", "taskID": "old"})
    assert isinstance(watch("postcheck", [old], "new"), TaskRunning)
    assert isinstance(watch("postcheck", [old], "old"), TaskFailed)
    assert isinstance(watch("postcheck", [workflow("Success")], "new"), TaskSucceeded)


@pytest.mark.parametrize("phase", ["Failed", "Error"])
def test_a_postcheck_ends_as_its_answer_says(phase: str) -> None:
    """No call shows it again, and its point need not: the answer is the vendor's word."""
    silent = workflow("Running", PostCheck="Init")
    for word, kind in (("Success", TaskSucceeded), (phase, TaskFailed)):
        answer = {"metadata": {"uid": examples.POSTCHECK_ID}, "status": {"phase": word}}
        task = submit("postcheck", [workflow("Running"), answer]).result
        assert isinstance(look(task, silent), kind)
        assert isinstance(look(task, refused(500, "unknown")), kind)


@pytest.mark.parametrize("status", [None, {}, {"phase": "Running"}], ids=repr)
def test_a_postcheck_whose_answer_tells_no_end_is_read_of_its_point(status: Any) -> None:
    """The point of the first try is no answer to the second, in no look at it."""
    answer = {"metadata": {"uid": "new"}, "status": status}
    task = submit("postcheck", [workflow("Running"), answer]).result
    old = workflow("Pending", PostCheck={"status": "Failed", "taskID": "old"})
    for _ in range(2):
        seen = look(task, old)
        assert isinstance(seen, TaskRunning)
        task = task.model_copy(update={"detail": seen.detail})
    done = workflow("Success", PostCheck={"status": "Success", "taskID": "new"})
    assert isinstance(look(task, done), TaskSucceeded)


def look(task: RemoteTask, *answers: Any) -> Any:
    """A look at a postcheck."""
    step = PlannedStep(name="postcheck", parameters={"target": "v1.19"})
    return run(SYSTEM.watch(TARGET, Work(step=step, earlier=EARLIER), task), answers).result


def test_a_way_to_cancel_is_offered_where_nothing_else_runs() -> None:
    """The failed task itself may still be shown as running."""
    lagging = workflow("Running", Cluster={"status": "Running", "taskID": examples.UPGRADE_ID})
    busy = workflow("Running", Snapshot="Running")
    offers = [
        [each.name for each in watch("upgrade", [examples.upgrade("Failed"), there], task).ways]
        for there in (lagging, busy, workflow("Dreaming"))
        for task in [examples.UPGRADE_ID]
    ]
    assert offers == [["retry", "cancel"], ["retry"], ["retry"]]


# Findings
