"""ServiceStage v3: where a rollback leads."""

from typing import Any, Final

import pytest

from bot.core.codes import Denied
from bot.core.codes.systems import NoSuchRevision, RevisionEndedBadly
from bot.core.plan import PlanDraft
from bot.systems.servicestage_v3.examples import RECORDS
from tests.systems.servicestage_v3.cases import (
    IDLE,
    LIVE,
    component,
    denied,
    prepare,
    record,
    records,
)


def test_a_rollback_goes_to_the_version_before() -> None:
    """Without a revision: the newest record before the live one that ended well."""
    draft = prepare("rollback", component(), IDLE, RECORDS)
    assert draft.after == "2023.0711.08100"
    assert draft.steps[0].parameters["action"] == "rollback_current"


ROLLBACKS: Final[dict[str, tuple[list[dict[str, Any]], str | None, str, str]]] = {
    "one before": ([record(LIVE), record("1.2"), record("1.1")], None, "rollback_current", "1.2"),
    "further back": ([record(LIVE), record("1.2"), record("1.1")], "1.1", "rollback", "1.1"),
    "named, one before": ([record(LIVE), record("1.2")], "1.2", "rollback", "1.2"),
    "returned to by a job": (
        [record("1.3"), record(LIVE, jobs=[{"deploy_type": "rollback"}]), record("1.1")],
        None, "rollback", "1.1",
    ),
    "a failed one between": (
        [record(LIVE), record("1.2", status="FAILED"), record("1.1")], None, "rollback", "1.1",
    ),
    "an unfinished one between": (
        [record(LIVE), record("1.2", end_time=None), record("1.1")], None, "rollback", "1.1",
    ),
    "after a rollback": (
        [record(LIVE, deploy_type="rollback"), record("1.3"), record(LIVE), record("1.1")],
        None, "rollback", "1.1",
    ),
    "after a failed deployment": (
        [record(LIVE, status="FAILED"), record("1.2", current_used=True)],
        None, "rollback_current", "1.2",
    ),
    "the same version twice": (
        [record(LIVE), record(LIVE), record("1.2")], None, "rollback_current", "1.2",
    ),
    "listed oldest first": (
        [record("1.2", begin_time=1), record(LIVE, begin_time=2)], None, "rollback_current", "1.2",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "revision", "how", "to"), ROLLBACKS.values(), ids=list(ROLLBACKS))
def test_how_a_rollback_is_asked_for(
    rows: list[dict[str, Any]], revision: str | None, how: str, to: str
) -> None:
    """`rollback_current` only where nothing lies between; a version by its name otherwise."""
    draft = prepare("rollback", component(), IDLE, records(*rows), revision=revision)
    assert isinstance(draft, PlanDraft)
    assert (draft.steps[0].parameters["action"], draft.after) == (how, to)


def test_rollbacks_that_cannot_be() -> None:
    """What the records do not hold, hold as failed, or is live cannot be returned to."""
    rows = records(record(LIVE), record("1.2"), record("1.1", status="FAILED"))
    codes = {
        revision: denied(prepare("rollback", component(), IDLE, rows, revision=revision))
        for revision in ("9.9", "1.1", LIVE)
    }
    assert codes == {"9.9": "no_such_revision", "1.1": "no_such_revision", LIVE: "no_change"}
    nothing = records(record(LIVE))
    assert denied(prepare("rollback", component(), IDLE, nothing)) == "no_previous_revision"
    near = prepare("rollback", component(), IDLE, rows, revision="1.3")
    assert near == Denied.of(NoSuchRevision(thing="component", revision="1.3", near=("1.2",)))


@pytest.mark.parametrize("status", ["FAILED", "PARTIALLY_FAILED"])
def test_a_version_that_failed_is_not_said_to_run(status: str) -> None:
    """Who names the version that has just failed is told so, with where to go instead."""
    rows = records(record(LIVE), record("1.2"))
    live = component(status_component_status=status)
    refused = prepare("rollback", live, IDLE, rows, revision=LIVE)
    bad = RevisionEndedBadly(revision=LIVE, status=status, near=("1.2",))
    assert refused == Denied.of(bad)
