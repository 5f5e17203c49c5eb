"""ServiceStage v3: the end of a component, which no job tells."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from bot.core.codes import Denied, Reason
from bot.core.plan import Observation, PlannedStep
from bot.core.records import Asked, PastStep
from bot.core.system import (
    Adopted,
    NothingFound,
    RemoteTask,
    SentStep,
    TaskFailed,
    TaskRunning,
    TaskSucceeded,
    Work,
)
from bot.systems._huawei.codes import DeletedBefore, GoneForGood, Leaving, NotDeleted
from bot.systems.servicestage_v3.examples import COMPONENT
from tests.systems.scripts import Answer, run
from tests.systems.servicestage_v3.cases import GONE, IDLE, SYSTEM, TARGET, component, prepare

DELETE: Final = PlannedStep(name="delete", parameters={"component_id": COMPONENT})
TASK: Final = RemoteTask(id=COMPONENT)
NOW: Final = datetime(2026, 5, 6, 7, 8, 9, tzinfo=UTC)
NOBODY: Final[dict[str, Any]] = {"count": 0, "components": []}
LEAVING: Final = Leaving(thing="component", status="DELETING").reason


def seen(*answers: Answer, before: Reason | None = None) -> Any:
    """What a look shows, where the one before showed *before*."""
    return run(SYSTEM.watch(TARGET, Work(step=DELETE, seen=before), TASK), answers).result


def listed(word: str) -> dict[str, Any]:
    """A list that still has the component, with this status."""
    return {"count": 1, "components": [component(status_component_status=word)]}


def test_it_is_one_call_that_names_the_component() -> None:
    """A deletion has no body; what is watched is the component."""
    draft = prepare("delete", component(), IDLE)
    assert draft.no_way_back == GoneForGood(thing="component", is_creatable=True).reason
    driven = run(SYSTEM.submit(TARGET, Work(step=draft.steps[0])), [None])
    assert driven.result == TASK
    [call] = driven.calls
    assert (call.method, call.body) == ("DELETE", None)
    assert call.path.endswith(f"/components/{COMPONENT}")


def test_it_is_gone_when_neither_it_nor_its_row_is_there() -> None:
    """An unknown component is answered as a missing right is, so the list is asked, too."""
    assert isinstance(seen(GONE, NOBODY), TaskSucceeded)
    assert seen(GONE, listed("DELETING")).detail == LEAVING
    assert isinstance(seen(component(status_component_status="DELETED")), TaskSucceeded)


def test_it_is_awaited_while_it_is_there() -> None:
    """The status of before may be shown for a while."""
    assert isinstance(seen(component()), TaskRunning)
    assert seen(component(status_component_status="DELETING")).detail == LEAVING


@pytest.mark.parametrize(
    ("fault", "before"), [("delete_failed", None), ("", LEAVING)], ids=["by its word", "by itself"]
)
def test_what_stays_after_all_has_failed(fault: str, before: Reason | None) -> None:
    """The vendor says so, or it was being deleted and is not any more."""
    view = component(status_component_status="FAILED", status_fail_detail=fault)
    failed = seen(view, before=before)
    assert isinstance(failed, TaskFailed)
    wanted = NotDeleted(thing="component", status="FAILED", fault=fault)
    assert failed.reason == wanted.reason


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ((GONE, NOBODY), Adopted),
        ((component(status_component_status="DELETING"),), Adopted),
        ((component(),), NothingFound),
    ],
    ids=["gone", "on its way", "there"],
)
def test_a_lost_deletion_is_what_is_seen_of_it(answers: tuple[Any, ...], kind: type) -> None:
    """What was asked for is so, or nothing was done: nobody else's deletion would differ."""
    sent = SentStep(
        work=Work(step=DELETE),
        observed=Observation(revision="1.3.0"),
        permitted_at=NOW,
        settle=timedelta(minutes=15),
    )
    assert isinstance(run(SYSTEM.recover(TARGET, sent), answers).result, kind)


@pytest.mark.parametrize("has_failed", [False, True])
def test_what_slipway_deleted_is_refused_as_that(has_failed: bool) -> None:  # noqa: FBT001 - a case
    """Whoever deploys to it reads what happened; a deletion that failed proves nothing."""
    past = PastStep(action="delete", name="delete", task=COMPONENT, has_failed=has_failed)
    asked = Asked(action="restart", past=(past,))
    denied = run(SYSTEM.prepare(TARGET, asked), [GONE]).result
    assert isinstance(denied, Denied)
    assert (denied.why.key == DeletedBefore.key) is not has_failed
