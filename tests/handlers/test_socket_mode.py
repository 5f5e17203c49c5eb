"""The same app over Socket Mode: Bolt gets whole payloads, which no pre-filter has seen."""

import json
from urllib.parse import parse_qsl

import pytest
from slack_bolt import BoltRequest, BoltResponse

from tests.handlers.workspace import FIRST, TEAM, Workspace, an_operation


def _dispatch(workspace: Workspace, payload: dict[str, object]) -> BoltResponse:
    """Hand *payload* over as Bolt's Socket Mode handler does."""
    return workspace.app.dispatch(BoltRequest(body=payload, mode="socket_mode"))


def _click(workspace: Workspace, **changed: object) -> dict[str, object]:
    [(_, payload)] = parse_qsl(workspace.click(changed).decode())
    content: dict[str, object] = json.loads(payload)
    return content


def test_a_command_is_answered(workspace: Workspace) -> None:
    """The listeners are the same, and so are the answers."""
    payload = dict(parse_qsl(workspace.typed("/deploy", "checkout 1").decode()))

    response = _dispatch(workspace, {**payload})

    assert response.status == 200
    assert FIRST in json.loads(response.body)["text"]


def test_a_foreign_command_is_refused(workspace: Workspace) -> None:
    """BT-7: another workspace's command is refused here as well."""
    payload = dict(parse_qsl(workspace.typed("/deploy", "checkout 1", team_id="T1X").decode()))

    response = _dispatch(workspace, {**payload})

    assert "[foreign_workspace]" in json.loads(response.body)["text"]
    assert workspace.service.words == []


@pytest.mark.parametrize("team", [{"id": "T0OTHER"}, None, "T0TEAM", {}])
def test_a_foreign_press_does_nothing(workspace: Workspace, team: object) -> None:
    """B8: a press that does not name our workspace in Slack's form reaches nobody."""
    action = {"type": "button", "action_id": "slipway.approve", "value": FIRST}

    response = _dispatch(workspace, _click(workspace, team=team, actions=[action]))

    assert (response.status, response.body) == (200, "")
    assert workspace.service.acts == []


@pytest.mark.parametrize("actions", [[], {}, "x", [7], [[]], [{"action_id": 7}]])
def test_a_malformed_press_is_whispered(workspace: Workspace, actions: object) -> None:
    """B23: Bolt looks into the first action itself, so ours looks before."""
    response = _dispatch(workspace, _click(workspace, actions=actions))

    assert response.status == 200
    [(_, _, text)] = workspace.service.whispers
    assert "[unreadable_request]" in text


def test_a_press_without_the_journal_gets_no_frame(workspace: Workspace) -> None:
    """B19: anything but 200 sends no frame, so Slack shows its warning sign."""
    workspace.service.operations[FIRST] = an_operation(FIRST)
    workspace.service.is_down = True
    action = {"type": "button", "action_id": "slipway.approve", "value": FIRST}

    assert _dispatch(workspace, _click(workspace, actions=[action])).status == 500


def test_the_other_transport_needs_no_other_app(workspace: Workspace) -> None:
    """Bolt answers when the listener has ended, and asks Slack for nothing."""
    assert workspace.app.process_before_response
    assert workspace.app.client.token is None
    assert workspace.installation.team == TEAM
