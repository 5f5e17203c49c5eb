"""What `cce-release` sends, and what it sees of what that began."""

from datetime import timedelta
from typing import Any, Final

import pytest

from bot.core.codes.systems import (
    UnlistedStatus,
)
from bot.core.errors import CloudRefusedError, UnreadableReplyError
from bot.core.flow import Reply
from bot.core.plan import Observation, PlannedStep
from bot.core.records import Json
from bot.core.system import (
    RemoteTask,
    SentStep,
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
    Superseded,
)
from bot.systems.cce_release.codes import Advice, DeletionFailed, DeletionUnderWay
from tests.systems.cce_release_scripts import NOW, PAGE, SEARCH, SYSTEM, row, step
from tests.systems.scripts import Answer, refused, run


def test_a_revision_may_be_written_as_text() -> None:
    """V27: a number in quotes is that number, in every answer that has one."""
    release = row("3")
    older = row("2", status="SUPERSEDED")
    assert run(SYSTEM.status(SEARCH), [release]).result.facts["revision"] == "3"
    entries = run(SYSTEM.history(SEARCH), [[release, older]]).result
    assert [each.revision for each in entries] == ["3", "2"]
    assert run(SYSTEM.submit(SEARCH, Work(step=step())), [row("4")]).result == RemoteTask(id="4")


@pytest.mark.parametrize(
    ("answered", "task"), [(row(3), "4"), (row(4), "4"), (row(6), "6"), (row(1), "4")]
)
def test_the_task_is_the_revision_that_our_call_makes(answered: dict[str, Any], task: str) -> None:
    """The next one, unless the answer already shows a higher one."""
    assert run(SYSTEM.submit(SEARCH, Work(step=step())), [answered]).result == RemoteTask(id=task)


@pytest.mark.parametrize(
    "body",
    [
        None,
        "x",
        [],
        {},
        row(name="other"),
        row(namespace="x"),
        row("three"),
        row("-4"),
        row("4.0"),
        row("٤"),
        row("9" * 400),
        row(0),
        row(version=True),
        row(2.5),
    ],
)
def test_an_acceptance_that_cannot_be_read_is_told(body: Json) -> None:
    """FM-65, FM-67: it was accepted, but names no revision of ours."""
    with pytest.raises(UnreadableReplyError):
        run(SYSTEM.submit(SEARCH, Work(step=step())), [body])


@pytest.mark.parametrize("body", ["", "success", None, {"any": "thing"}, Reply(status=204)])
def test_any_acceptance_of_a_deletion_will_do(body: Answer) -> None:
    """The vendor answers a bare text: that it is gone is seen by looking."""
    sent = run(SYSTEM.submit(SEARCH, Work(step=step("delete", status="DEPLOYED"))), [body])
    assert (sent.calls[0].method, sent.calls[0].path, sent.calls[0].body) == ("DELETE", PAGE, None)
    assert sent.result == RemoteTask(id="deletion-of-3")


def look(name: str, *answers: Answer) -> Any:
    """Drive `watch` of revision 4, or of a deletion of revision 3."""
    task = RemoteTask(id="deletion-of-3" if name == "delete" else "4")
    flow = SYSTEM.watch(SEARCH, Work(step=step(name, status="DEPLOYED")), task)
    return run(flow, answers).result


NEWER: Final = row(5, status="PENDING_UPGRADE")


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([row(4)], TaskSucceeded),
        ([row(4, status="FAILED", status_description="no node")], TaskFailed),
        ([row(4, status="UNKNOWN")], TaskFailed),
        ([row(4, status="PENDING_INSTALL")], TaskRunning),
        ([row(4, status="PENDING_UPGRADE")], TaskRunning),
        ([row(4, status="PENDING_ROLLBACK")], TaskRunning),
        ([row(4, status="DELETING")], TaskRunning),
        ([row(4, status="DELETED")], TaskNotFound),
        ([row(4, status="deployed")], TaskRunning),
        ([row(3)], TaskRunning),
        ([row(3, status="FAILED")], TaskRunning),
        ([refused(404)], TaskNotFound),
        ([NEWER, [NEWER, row(4, status="SUPERSEDED")]], TaskSucceeded),
        ([NEWER, [NEWER, row(4)]], TaskSucceeded),
        ([NEWER, [NEWER, row(4, status="FAILED")]], TaskFailed),
        ([NEWER, [NEWER, row(4, status="WEIRD")]], TaskRunning),
        ([NEWER, [NEWER]], TaskNotFound),
    ],
)
def test_what_a_look_at_a_revision_means(answers: list[Answer], kind: type[object]) -> None:
    """Only the words that CCE lists end it, and only those of our own revision."""
    assert isinstance(look("deploy", *answers), kind)


def test_a_look_tells_what_it_saw() -> None:
    """Done does not claim more than it knows; a failure has the cloud's words."""
    assert look("deploy", row(4)).detail == Deployed(revision="4").reason
    failed = look("deploy", row(4, status="FAILED", status_description="no node"))
    assert failed.reason == RevisionFailed(revision="4", status="FAILED", words="no node").reason
    silent = look("deploy", row(4, status="FAILED", description=""))
    assert silent.reason == RevisionFailed(revision="4", status="FAILED").reason
    still = NoRevisionYet(newest="3", status="DEPLOYED").reason
    assert look("deploy", row(3)) == TaskRunning(detail=still)
    assert look("deploy", row(3, status="ODD")).note == UnlistedStatus(status="ODD").reason
    newer = look("deploy", NEWER, [NEWER, row(4, status="SUPERSEDED")])
    assert newer.detail == Superseded(revision="4", newest="5", status="PENDING_UPGRADE").reason


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([refused(404)], TaskSucceeded),
        ([row(status="DELETED")], TaskSucceeded),
        ([row(1)], TaskSucceeded),
        ([row(status="DELETING")], TaskRunning),
        ([row()], TaskRunning),
        ([row(status="ODD")], TaskRunning),
        ([row(status="FAILED")], TaskFailed),
        ([row(status="UNKNOWN")], TaskFailed),
    ],
)
def test_what_a_look_at_a_deletion_means(answers: list[Answer], kind: type[object]) -> None:
    """Gone is done; so is a new release of the name; what it was before is no failure."""
    assert isinstance(look("delete", *answers), kind)


def test_a_404_of_a_wrong_endpoint_is_no_end() -> None:
    """Only the API's own word that there is no such release ends a deletion, or adopts one."""
    stray = refused(404, "refused", "APIGW.0101")
    with pytest.raises(CloudRefusedError):
        look("delete", stray)
    with pytest.raises(CloudRefusedError):
        run(SYSTEM.recover(SEARCH, sent_step(step("delete"))), [stray])


def test_a_failed_release_that_is_being_deleted_is_no_failed_deletion() -> None:
    """It was FAILED before, and may be shown so until it is gone."""
    work = Work(step=step("delete", status="FAILED"))
    flow = SYSTEM.watch(SEARCH, work, RemoteTask(id="deletion-of-3"))
    assert isinstance(run(flow, [row(status="FAILED")]).result, TaskRunning)


def sent_step(planned: PlannedStep, revision: str | None = "3") -> SentStep:
    """A step whose answer was lost."""
    return SentStep(
        work=Work(step=planned),
        observed=Observation(revision=revision, status="DEPLOYED"),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply(status=403, body={"errorCode": "CCE.01403005",
                                 "errorMessage": "Update release is forbidden"}), "busy"),
        (Reply(status=400, body={"error_code": "CCE.01400001",
                                 "error_msg": "update release is forbidden"}), "busy"),
        (Reply(status=404, body={"errorCode": "CCE.01404001", "errorMessage": "x"}), "not_found"),
        (Reply(status=400, body={"errorCode": "CCE.01400001", "errorMessage": "x"}), "refused"),
        (Reply(status=504, text="<html>"), "unknown"),
        (Reply(status=200, body="deleted"), "accepted"),
        (Reply(status=201, body=row()), "accepted"),
    ],
)  # fmt: skip
def test_what_an_answer_proves(reply: Reply, verdict: str) -> None:
    """Busy waits its turn, whatever the form of the error; a proxy's page proves nothing."""
    assert SYSTEM.verdict(reply) == verdict


SEEN_GOING: Final = DeletionUnderWay(status="DELETING").reason


@pytest.mark.parametrize("before", ["FAILED", "UNKNOWN", "DEPLOYED"])
@pytest.mark.parametrize("after", ["FAILED", "UNKNOWN", "DEPLOYED"])
def test_a_deletion_that_was_seen_and_is_no_more_has_failed(before: str, after: str) -> None:
    """V8: whatever the release was before, it was being deleted and is there still."""
    work = Work(step=step("delete", status=before), seen=SEEN_GOING)
    flow = SYSTEM.watch(SEARCH, work, RemoteTask(id="deletion-of-3"))
    seen = run(flow, [row(status=after, status_description="a hook timed out")]).result
    failed = DeletionFailed(status=after, words="a hook timed out")
    assert seen == TaskFailed(reason=failed.reason)


@pytest.mark.parametrize("status", ["DELETING", "ODD"])
def test_a_deletion_goes_on_while_nothing_says_that_it_ended(status: str) -> None:
    """V8: a status that CCE does not list is no end, although it was being deleted."""
    work = Work(step=step("delete", status="FAILED"), seen=SEEN_GOING)
    flow = SYSTEM.watch(SEARCH, work, RemoteTask(id="deletion-of-3"))
    assert isinstance(run(flow, [row(status=status)]).result, TaskRunning)


def test_an_unknown_release_has_the_pages_advice() -> None:
    """V8: what is to be done about UNKNOWN stands in its status."""
    report = run(SYSTEM.status(SEARCH), [row(status="UNKNOWN")]).result
    assert report.facts["advice"] == Advice().reason
    assert "advice" not in run(SYSTEM.status(SEARCH), [row()]).result.facts
