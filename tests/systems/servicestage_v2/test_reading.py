"""ServiceStage v2: how it is found and read."""

import pytest

from bot.core.codes.systems import NotCreatedYet, StatusOf
from bot.core.errors import CloudError, UnreadableReplyError
from bot.core.records import Json
from tests.systems.scripts import run
from tests.systems.servicestage_v2.cases import (
    IDLE,
    IDS,
    LIVE,
    NAMELESS,
    SYSTEM,
    TARGET,
    component,
    components,
    denied,
    instance,
    instances,
    prepare,
    snapshot,
    snapshots,
)


def test_names_lead_to_the_instance() -> None:
    """An instance that Slipway created needs no ids in slipway.yaml."""
    found = (components(component()), instances(instance()), instance(), IDLE)
    draft = prepare("restart", *found, target=NAMELESS)
    assert draft.steps[0].parameters == IDS
    assert denied(prepare("restart", components(), target=NAMELESS)) == "not_found"
    nobody = (components(component()), instances())
    assert denied(prepare("restart", *nobody, target=NAMELESS)) == "not_found"
    report = run(SYSTEM.status(NAMELESS), nobody).result
    assert report.headline == NotCreatedYet().reason
    assert report.facts == {"component": "component-a", "instance": "component-instance-name"}
    assert run(SYSTEM.history(NAMELESS), nobody).result == ()
    with pytest.raises(UnreadableReplyError, match="several"):
        prepare("restart", components(component(), component()), target=NAMELESS)


def test_status_and_history_for_people() -> None:
    """The headline says how it is; the history says what a rollback may name."""
    broken = instance(status_="FAILED", status_fail_detail="cluster_deleted", version=7)
    report = run(SYSTEM.status(TARGET), [broken]).result
    assert report.headline == StatusOf(status="failed", version="7").reason
    assert report.facts["fault"] == "cluster_deleted"
    assert report.facts["last_job"] == "SUCCEEDED"
    rows = snapshots(
        snapshot(LIVE, 1689123720000, '{"action":"New Version: 1.0.0"}'),
        snapshot("0.9", "soon", {"action": "New Version: 0.9"}),
        snapshot(None, None, None),
    )
    entries = run(SYSTEM.history(TARGET), [instance(), rows]).result
    assert [entry.is_current for entry in entries] == [True, False, False]
    assert [entry.can_return for entry in entries] == [False, True, False]
    assert [entry.description for entry in entries] == [
        "New Version: 1.0.0", "New Version: 0.9", "",
    ]  # fmt: skip
    assert [entry.when for entry in entries] == ["2023-07-12T01:02:00Z", "soon", ""]


def test_garbled_lists_are_no_answer() -> None:
    """A list without its rows, or with rows that have no id, decides nothing."""
    pages: list[Json] = [
        {}, {"components": [{}]}, {"components": "x"}, {"components": [{"id": "../"}]},
    ]  # fmt: skip
    for page in pages:
        with pytest.raises(CloudError):
            prepare("create", page, version="1")


@pytest.mark.parametrize("count", [1, "1", "", None, "many", 1.5, True, []], ids=repr)
def test_a_count_in_any_form_leads_to_the_rows(count: Json) -> None:
    """V27: a number may be written as text, and one that is none is not needed."""
    page: Json = {"count": count, "snapshots": [snapshot("0.9")]}
    (entry,) = run(SYSTEM.history(TARGET), [instance(), page]).result
    assert entry.revision == "0.9"
