"""Pickers and forms of changes at the edge: what is read of a payload, and what is answered."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.core.records import Json
from tests.handlers.workspace import ANN, APP, BOB, OPS, TEAM, Workspace

CONTEXT = {"action": "deploy", "opener": ANN, "delivery": "1.2.3", "channel": OPS}


def sent(workspace: Workspace, kind: str, by: str = ANN, **more: Any) -> dict[str, Any]:
    """Send an interaction with the form and return what is answered."""
    view = {
        "type": "modal",
        "id": "V1",
        "hash": "1",
        "callback_id": "slipway.deploy_form",
        "private_metadata": json.dumps(CONTEXT),
        "state": {"values": {}},
        **more.pop("view", {}),
    }
    payload = {
        "type": kind,
        "team": {"id": TEAM},
        "api_app_id": APP,
        "user": {"id": by},
        "trigger_id": "9.9",
        "view": view,
        **more,
    }
    response = workspace.post(urlencode({"payload": json.dumps(payload)}).encode())
    assert response.status_code == 200
    answer: dict[str, Any] = response.json() if response.content else {}
    return answer


def offered(workspace: Workspace, picker: str, typed: str = "", **more: Any) -> list[str]:
    """Return the values that a picker is given."""
    answer = sent(workspace, "block_suggestion", action_id=picker, value=typed, **more)
    return [each["value"] for each in answer["options"]]


def chosen(target: str) -> dict[str, Json]:
    """Return the view in which this target is chosen."""
    option: Json = {"type": "external_select", "selected_option": {"value": target}}
    return {"state": {"values": {"b": {"slipway.pick_target": option}}}}


def test_a_picker_is_told_who_types_what() -> None:
    """The person, the words, and for versions the target that the form has now."""
    workspace = Workspace()
    assert offered(workspace, "slipway.pick_target", "che") == [f"deploy.che.{ANN.lower()}"]
    versions = offered(workspace, "slipway.pick_version", "1.", view=chosen("checkout"))
    assert versions == [f"deploy.checkout.1..{ANN.lower()}"]
    kept = {"private_metadata": json.dumps({**CONTEXT, "target": "billing"})}
    versions = offered(workspace, "slipway.pick_version", "1.", view=kept)
    assert versions == [f"deploy.billing.1..{ANN.lower()}"]


@pytest.mark.parametrize(
    "more",
    [
        {"view": {"private_metadata": "{}"}},
        {"view": {"private_metadata": "x" * 3_001}},
        {"view": {"state": {"values": {"b": {"slipway.pick_target": 7}}}}},
        {"user": {"id": "somebody"}},
        {"value": "x" * 3_001},
    ],
    ids=("empty", "long", "number", "nobody", "novel"),
)
def test_a_picker_that_cannot_be_read_offers_nothing(more: dict[str, Any]) -> None:
    """There is no place to say why."""
    answer = sent(Workspace(), "block_suggestion", **{"action_id": "slipway.pick_version", **more})
    assert answer == {"options": []}


@pytest.mark.parametrize("fault", ["is_down", "is_wrong"])
def test_a_picker_without_a_journal_offers_nothing(fault: str) -> None:
    """Whatever breaks, the form stays usable: what is typed is offered when it is back."""
    workspace = Workspace()
    setattr(workspace.service, fault, True)
    assert offered(workspace, "slipway.pick_target", "che") == []


def test_the_form_fits_what_was_chosen_or_stays() -> None:
    """A choice that leads to nothing leaves the form as it is."""
    workspace = Workspace()
    pick = {"type": "external_select", "action_id": "slipway.pick_target"}
    for option in ({"selected_option": {"value": "checkout"}}, {"selected_option": None}):
        assert sent(workspace, "block_actions", actions=[{**pick, **option}]) == {}
    assert [each["callback_id"] for each in workspace.forms.updated] == ["slipway.deploy_form"]
    workspace.forms.is_down = True
    assert sent(workspace, "block_actions", actions=[{**pick, "selected_option": None}]) == {}


def test_a_command_that_slack_gives_no_form() -> None:
    """It is said where the command was typed."""
    workspace = Workspace()
    assert workspace.forms.opened == []
    assert "[unreadable_request]" in str(sent(workspace, "view_submission", BOB)["view"])
