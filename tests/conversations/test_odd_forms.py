"""Forms of incidents as nobody could fill them: what was not offered, others' forms, twice."""

from typing import Any, Final

import pytest

from bot.sandbox.slack import View
from tests.conversations.places import ANN, BOB, GENERAL
from tests.conversations.world import World

TITLE, SEVERITY = "slipway.title", "slipway.severity"
CHOSEN: Final = {"type": "static_select", "selected_option": {"value": "2"}}
TYPED: Final = {"type": "plain_text_input", "value": "checkout fails"}


def asked_for(world: World) -> View:
    """Return the form that opens an incident."""
    world.command("/incident open", channel=GENERAL)
    return world.workspace.views(ANN)[-1]


def filled(world: World, view: View, by: str = ANN, **given: Any) -> dict[str, Any]:
    """Send the form with a title and what is given besides, and return the answer."""
    entered = {
        TITLE: TYPED,
        SEVERITY: CHOSEN,
        **{f"slipway.{name}": each for name, each in given.items()},
    }
    elements = {
        each["block_id"]: each["element"]["action_id"]
        for each in view.body["blocks"]
        if each["type"] == "input"
    }
    values = {block: {elements[block]: each} for block, each in entered.items()}
    answered = world.filled(view, by, values=values)
    answer: dict[str, Any] = answered.json() if answered.content else {}
    return answer


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        (
            {"severity": {"type": "static_select", "selected_option": {"value": "9"}}},
            "[usage]",
            SEVERITY,
        ),
        (
            {"severity": {"type": "static_select", "selected_option": {"value": "x"}}},
            "[usage]",
            SEVERITY,
        ),
        (
            {"targets": {"type": "multi_external_select", "selected_options": [{"value": "nope"}]}},
            "[unknown_target]",
            "slipway.targets",
        ),
        ({"title": {"type": "plain_text_input", "value": " \n "}}, "[usage]", TITLE),
        (
            {"title": {"type": "plain_text_input", "value": "AKIAIOSFODNN7EXAMPLE"}},
            "[secret_in_reason]",
            TITLE,
        ),
    ],
    ids=["severity", "no-severity", "target", "no-title", "secret"],
)
def test_what_was_not_offered_is_not_taken(
    world: World, given: dict[str, Any], code: str, field: str
) -> None:
    """M4: an option that is none of ours is said at its field; no incident is opened."""
    told = filled(world, asked_for(world), **given)
    assert told["response_action"] == "errors"
    assert [*told["errors"]] == [field]
    assert code in told["errors"][field]
    assert "/incident open" not in told["errors"][field]
    assert "reason" not in told["errors"][field].partition("[")[0]
    assert world.parts.journal.incidents.newest(9) == ()


def test_a_form_is_its_openers_and_counts_once(world: World) -> None:
    """M7, M13: another person's sending opens nothing, and the same one sent twice opens one."""
    view = asked_for(world)
    assert "[unreadable_request]" in str(filled(world, view, by=BOB))
    assert world.parts.journal.incidents.newest(9) == ()
    for _ in range(2):
        filled(world, view)
    assert len(world.parts.journal.incidents.newest(9)) == 1
