"""ServiceStage v3: how it is found and read."""

import pytest

from bot.core.codes.systems import NotCreatedYet, StatusOf
from bot.core.errors import UnreadableReplyError
from bot.core.records import Action, Asked, Json, Parameters
from bot.systems.servicestage_v3.examples import COMPONENT
from tests.systems.scripts import run
from tests.systems.servicestage_v3.cases import (
    IDLE,
    LIVE,
    SYSTEM,
    TARGET,
    component,
    denied,
    record,
    records,
)


def test_lists_are_read_to_their_end() -> None:
    """R7: a second page is asked for; a list that never ends is no answer."""
    many: list[Json] = [
        component(id=f"f3f6cb89-831d-4579-8bbc-{n:012d}", name=f"c{n}") for n in range(100)
    ]
    first: Json = {"count": 101, "components": many}
    last: Json = {"count": 101, "components": [component()]}
    question = SYSTEM.prepare(TARGET, Asked(action="create"))
    driven = run(question, [first, last])
    assert denied(driven.result) == "no_change"
    assert [dict(call.query)["offset"] for call in driven.calls] == ["0", "100"]
    with pytest.raises(UnreadableReplyError):
        run(
            SYSTEM.prepare(TARGET, Asked(action="create")),
            [{"components": many}] * 101,
        )


def test_without_an_id_the_name_finds_the_component() -> None:
    """A component that Slipway created needs no id in slipway.yaml."""
    nameless = TARGET.model_copy(update={"component_id": None})
    asked = Asked(action="restart")
    found: Json = {"count": 1, "components": [component()]}
    driven = run(SYSTEM.prepare(nameless, asked), [found, component(), IDLE])
    assert driven.result.steps[0].parameters == {"component_id": COMPONENT}
    none: Json = {"count": 0, "components": []}
    assert denied(run(SYSTEM.prepare(nameless, asked), [none]).result) == "not_found"
    report = run(SYSTEM.status(nameless), [none]).result
    assert report.headline == NotCreatedYet().reason
    assert run(SYSTEM.history(nameless), [none]).result == ()


def test_a_component_that_was_deleted_is_not_there() -> None:
    """Its row may be shown for a while: nothing in it is changed, and another may take its name."""
    gone = component(status_component_status="DELETED")
    listed: Json = {"count": 1, "components": [gone]}
    actions: tuple[Action, ...] = ("deploy", "restart", "rollback", "delete")
    for action in actions:
        question = SYSTEM.prepare(TARGET, asked_for(action))
        assert denied(run(question, [gone]).result) == "not_found"
    assert run(SYSTEM.prepare(TARGET, Asked(action="create")), [listed]).result.steps
    assert run(SYSTEM.status(TARGET), [gone]).result.headline == NotCreatedYet().reason
    assert run(SYSTEM.history(TARGET), [gone]).result == ()


def asked_for(action: Action) -> Asked:
    """A wish for *action*, of a version where it takes one."""
    return Asked(action=action, parameters=Parameters(version="1.4.0"))


def test_status_and_history_for_people() -> None:
    """The headline says how it is; the history says what a rollback may name."""
    broken = component(status_component_status="FAILED", status_fail_detail="create_failed")
    report = run(SYSTEM.status(TARGET), [broken]).result
    assert report.headline == StatusOf(status="failed", version=LIVE).reason
    assert report.facts["fault"] == "create_failed"
    rows = records(record(LIVE, current_used=True), record("1.2", begin_time="soon"))
    entries = run(SYSTEM.history(TARGET), [component(), rows]).result
    assert [entry.can_return for entry in entries] == [False, True]
    assert entries[0].when == "2023-07-12T01:02:00Z"
    assert entries[1].when == "soon"


@pytest.mark.parametrize("count", [1, "1", "", None, "many", 1.5, True, []], ids=repr)
def test_a_count_in_any_form_leads_to_the_rows(count: Json) -> None:
    """V27: a number may be written as text, and one that is none is not needed."""
    page: Json = {"count": count, "records": [record("0.9")]}
    (entry,) = run(SYSTEM.history(TARGET), [component(), page]).result
    assert entry.revision == "0.9"
