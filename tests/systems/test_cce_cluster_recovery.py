"""What `cce-cluster` adopts of lost calls."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.core.codes import Reason
from bot.core.codes.systems import Matches
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
)
from bot.systems.cce_cluster import examples
from bot.systems.cce_cluster.task_codes import StepIsOurs
from tests.systems.cce_cluster_scripts import NOW, changed, recover, workflow
from tests.systems.scripts import refused


def made(uid: str, at: str = "2022-02-07T06:44:31Z", after: str = "v1.19.16-r80") -> dict[str, Any]:
    """A task, or a workflow, as a list shows it."""
    return {
        "metadata": {"uid": uid, "creationTimestamp": at, "updateTimestamp": at},
        "spec": {"targetVersion": after},
        "status": {"phase": "Running"},
    }


@pytest.mark.parametrize("name", ["workflow", "precheck", "upgrade"])
def test_the_only_new_one_is_ours(name: str) -> None:
    """E2: new, of the right time, to our version, and alone."""
    old = made(examples.OLD_WORKFLOW["metadata"]["uid"], "2022-01-21T18:06:51Z")
    found = recover(name, [{"items": [old, made("new"), made("other", after="v1.23.1-r0")]}])
    evidence = StepIsOurs(
        step=name,
        task="new",
        made=datetime(2022, 2, 7, 6, 44, 31, tzinfo=UTC),
        permitted=NOW,
        match=Matches(what="version", value="v1.19").reason,
    )
    assert found == Adopted(task=RemoteTask(id="new"), evidence=evidence.reason)


@pytest.mark.parametrize("name", ["workflow", "precheck", "upgrade"])
@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "no_trace.step"),
        ([made("late", "2022-02-07T08:44:31Z")], "no_trace.step"),
        ([made("a"), made("b")], "no_trace.several"),
        ([made("a"), made("b", "")], "no_trace.untimed"),
        ([made("b", "noon")], "no_trace.untimed"),
    ],
)
def test_what_is_no_evidence(name: str, rows: list[Any], why: str) -> None:
    """Nothing, too late, several, or without its time."""
    found = recover(name, [{"items": rows}])
    assert isinstance(found, NothingFound)
    assert isinstance(found.reason, Reason)
    assert found.reason.key == why
    assert found.may_be_ours == (why != "no_trace.step")


def test_a_task_that_was_ours_before_is_not_new() -> None:
    """An earlier step's task does not count for this one."""
    assert isinstance(recover("precheck", [{"items": [made(examples.WORKFLOW_ID)]}]), NothingFound)


def test_a_lost_snapshot_is_found_by_its_time() -> None:
    """It tells no version."""
    found = recover("snapshot", [{"items": [made("s-1")]}])
    assert isinstance(found, Adopted)


def retried(phase: str, updated: str = "2022-02-07T06:44:31Z", **point: str) -> Any:
    """What a lost retry's task, and its point in the workflow, look like now."""
    task = examples.upgrade(phase, updateTimestamp=updated)
    return recover("upgrade", [workflow("Pending", Cluster=point), task], retry=task_id(task))


def task_id(task: dict[str, Any]) -> str:
    """Its id."""
    return str(task["metadata"]["uid"])


def test_a_lost_retry_is_known_by_its_task() -> None:
    """It runs again, or has failed anew; unchanged it was not retried."""
    assert isinstance(retried("Running"), Adopted)
    assert isinstance(retried("Failed"), Adopted)
    assert isinstance(retried("Failed", "2022-02-07T06:00:00Z"), NothingFound)
    assert isinstance(retried("Running", "2022-02-07T09:00:00Z"), NothingFound)
    assert isinstance(retried("Running", ""), NothingFound)
    gone = recover("upgrade", [refused(404)], retry="u-1")
    assert isinstance(gone, NothingFound)
    assert gone.may_be_ours


def test_a_failure_of_before_is_no_retry_although_its_task_was_touched() -> None:
    """V3: when it failed counts, not when somebody looked at it last."""
    touched = retried("Failed", "2022-02-07T06:44:40Z", endTimeStamp="2022-02-07T06:40:00Z")
    assert isinstance(touched, NothingFound)
    anew = retried("Failed", "2022-02-07T06:44:40Z", endTimeStamp="2022-02-07T06:44:35Z")
    assert isinstance(anew, Adopted)


@pytest.mark.parametrize(
    ("at", "kind"), [("2022-02-07T06:44:31Z", Adopted), ("2022-02-07T05:44:31Z", NothingFound)]
)
def test_a_lost_retry_may_have_made_another_task(at: str, kind: type[object]) -> None:
    """V7: the one that the workflow names is ours, if it was made in our call's time."""
    other = changed(made("u-2", at), status__phase="Running")
    there = workflow("Running", Cluster={"status": "Running", "taskID": "u-2"})
    found = recover("upgrade", [there, other], retry=examples.UPGRADE_ID)
    assert isinstance(found, kind)
    assert not isinstance(found, Adopted) or found.task == RemoteTask(id="u-2")


@pytest.mark.parametrize(
    ("point", "kind"),
    [
        ({"status": "Success", "taskID": "p-1", "startTimeStamp": "2022-02-07T06:44:31Z"}, Adopted),
        ({"status": "Success", "taskID": "p-1", "endTimeStamp": "2022-02-07T06:44:31Z"}, Adopted),
        ({"status": "Success", "taskID": "p-1"}, NothingFound),
        ({"status": "Success", "startTimeStamp": "2022-02-07T06:44:31Z"}, NothingFound),
        (
            {"status": "Failed", "taskID": "p-1", "startTimeStamp": "2022-02-06T06:44:31Z"},
            NothingFound,
        ),
    ],
)
def test_a_lost_postcheck_is_known_by_its_point(point: dict[str, str], kind: type) -> None:
    """With its id and its time."""
    assert isinstance(recover("postcheck", [workflow("Running", PostCheck=point)]), kind)


@pytest.mark.parametrize(
    ("phase", "updated", "kind"),
    [
        ("Cancel", "2022-02-07T06:44:40Z", Adopted),
        ("Cancel", "2022-02-07T09:44:40Z", NothingFound),
        ("Cancel", "", NothingFound),
        ("Pending", "2022-02-07T06:44:40Z", NothingFound),
    ],
)
def test_a_lost_cancel_is_known_by_the_workflow(phase: str, updated: str, kind: type) -> None:
    """And by when it was touched last."""
    there = changed(workflow(phase), metadata__updateTimestamp=updated)
    assert isinstance(recover("cancel", [there]), kind)


# For people
