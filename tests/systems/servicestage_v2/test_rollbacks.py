"""ServiceStage v2: where a rollback leads."""

from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import NoSuchRevision, RevisionEndedBadly
from bot.core.plan import PlanDraft
from bot.core.records import Action, Json, PastStep
from tests.systems.servicestage_v2.cases import (
    IDLE,
    LIVE,
    denied,
    instance,
    prepare,
    snapshot,
    snapshots,
)

ROLLBACKS: Final[dict[str, tuple[list[dict[str, Any]], str | None, str]]] = {
    "one before": ([snapshot(LIVE), snapshot("0.9"), snapshot("0.8")], None, "0.9"),
    "named": ([snapshot(LIVE), snapshot("0.9"), snapshot("0.8")], "0.8", "0.8"),
    "without the live one": ([snapshot("0.9"), snapshot("0.8")], None, "0.9"),
    "after a rollback": ([snapshot("1.1"), snapshot(LIVE), snapshot("0.9")], None, "0.9"),
    "forward, named": ([snapshot("1.1"), snapshot(LIVE)], "1.1", "1.1"),
    "a number": ([snapshot(LIVE), snapshot(7)], None, "7"),
    "listed oldest first": ([snapshot("0.9", 1000), snapshot(LIVE, 2000)], None, "0.9"),
    "the live one twice": (
        [snapshot(LIVE), snapshot("1.1"), snapshot(LIVE), snapshot("0.9")], None, "0.9",
    ),
    "one without a version": ([snapshot(LIVE), snapshot(None), snapshot("0.9")], None, "0.9"),
    "times that cannot be read": ([snapshot(LIVE, "?"), snapshot("0.9", None)], None, "0.9"),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "revision", "to"), ROLLBACKS.values(), ids=list(ROLLBACKS))
def test_where_a_rollback_leads(rows: list[dict[str, Any]], revision: str | None, to: str) -> None:
    """To the newest snapshot from before what runs, or to the one that is named."""
    draft = prepare("rollback", instance(), IDLE, snapshots(*rows), revision=revision)
    assert isinstance(draft, PlanDraft)
    assert (draft.steps[0].parameters["version"], draft.after) == (to, to)


def past(action: Action, version: str, before: str) -> tuple[PastStep, ...]:
    """What Slipway did last, before something that replaced nothing."""
    given: dict[str, Json] = {"version": version}
    step = PastStep(action=action, name=action, parameters=given, task="JOB1", before=before)
    return (PastStep(action="restart", name="restart", task="JOB2", before=version), step)


def test_what_slipway_deployed_last_was_no_way_back() -> None:
    """An old version deployed anew has the newer snapshot before it; one returned to has not."""
    rows = snapshots(snapshot("1.1"), snapshot(LIVE), snapshot("0.9"))
    ends = [
        prepare("rollback", instance(), IDLE, rows, past=before).after
        for before in (
            past("deploy", LIVE, "1.1"),
            past("deploy", "1.1", LIVE),
            past("rollback", LIVE, "1.1"),
        )
    ]
    assert ends == ["1.1", "0.9", "0.9"]


def test_rollbacks_that_cannot_be() -> None:
    """What the snapshots do not hold, or what is live, cannot be returned to."""
    rows = snapshots(snapshot(LIVE), snapshot("0.9"))
    wrong = prepare("rollback", instance(), IDLE, rows, revision="0.8")
    assert wrong == Denied.of(NoSuchRevision(thing="instance", revision="0.8", near=("0.9",)))
    assert denied(prepare("rollback", instance(), IDLE, rows, revision=LIVE)) == "no_change"
    none = snapshots(snapshot(LIVE))
    assert denied(prepare("rollback", instance(), IDLE, none)) == "no_previous_revision"
    empty: Json = {"count": 0, "snapshots": None}
    assert denied(prepare("rollback", instance(), IDLE, empty)) == "no_previous_revision"


@pytest.mark.parametrize("status", ["FAILED", "PARTIALLY_FAILED"])
def test_a_version_that_failed_is_not_said_to_run(status: str) -> None:
    """Who names the version that has just failed is told so, with where to go instead."""
    rows = snapshots(snapshot(LIVE), snapshot("0.9"))
    refused = prepare("rollback", instance(status_=status), IDLE, rows, revision=LIVE)
    bad = RevisionEndedBadly(revision=LIVE, status=status, near=("0.9",))
    assert refused == Denied.of(bad)
