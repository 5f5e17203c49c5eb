"""The same door by Socket Mode: an envelope is read as the request that Slack would have signed."""

import json
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest
from slack_bolt import BoltResponse

from handlers.socket_mode import Envelope, answer_frame, envelope_of, request_of
from tests.handlers.workspace import BOB, CARD, FIRST, OPS, TEAM, Workspace, an_operation

_NUMBERS: Final = count()


def _envelope(payload: dict[str, Any]) -> Envelope:
    kinds = {"command": "slash_commands", "event": "events_api"}
    kind = next((kinds[each] for each in kinds if each in payload), "interactive")
    frame = {
        "envelope_id": f"e{next(_NUMBERS)}",
        "type": kind,
        "payload": payload,
        "accepts_response_payload": kind != "events_api",
    }
    found = envelope_of(frame)
    assert found is not None
    return found


def _dispatch(workspace: Workspace, payload: dict[str, Any]) -> BoltResponse:
    """Answer the envelope that has *payload*."""
    return workspace.reception().answer(request_of(_envelope(payload)))


def _payload(body: bytes) -> dict[str, Any]:
    """Return what is in an envelope of what comes over HTTP as *body*."""
    if body.startswith(b"{"):
        content: dict[str, Any] = json.loads(body)
        return content
    fields: dict[str, Any] = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return json.loads(fields["payload"]) if "payload" in fields else fields


def _click(workspace: Workspace, **changed: object) -> dict[str, Any]:
    return _payload(workspace.click(changed))


def test_a_command_is_answered(workspace: Workspace) -> None:
    """The listeners are the same, and so are the answers."""
    response = _dispatch(workspace, _payload(workspace.typed("/deploy", "checkout 1")))

    assert response.status == 200
    assert FIRST in json.loads(response.body)["text"]


def test_a_foreign_command_is_refused(workspace: Workspace) -> None:
    """BT-7: another workspace's command is refused here as well."""
    payload = _payload(workspace.typed("/deploy", "checkout 1", team_id="T1X"))

    response = _dispatch(workspace, payload)

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


MARKED: Final[dict[str, Any]] = {
    "type": "message_action",
    "callback_id": "slipway.mark",
    "message": {"ts": CARD, "text": "it began at noon", "user": BOB},
}
PICKER: Final[dict[str, Any]] = {"type": "block_suggestion", "action_id": "slipway.pick_target"}
REASON: Final[dict[str, Any]] = {"id": "V1", "type": "modal", "callback_id": "slipway.nothing"}


@pytest.mark.parametrize(
    ("kind", "has"),
    [
        ("command", {"text"}),
        ("press", None),
        ("form", {"response_action"}),
        ("picker", {"options"}),
        ("message", None),
        ("mention", None),
        ("other event", None),
    ],
)
def test_every_kind_is_acknowledged(workspace: Workspace, kind: str, has: set[str] | None) -> None:
    """Slack hears of each envelope by its id, with what it has to show where there is something."""
    action = {"type": "button", "action_id": "slipway.approve", "value": FIRST}
    workspace.service.operations[FIRST] = an_operation(FIRST)
    common = {"value": "", "view": {"id": "V1"}}
    payloads = {
        "command": _payload(workspace.typed("/ops", "help")),
        "press": _click(workspace, actions=[action]),
        "form": _payload(workspace.submission(REASON, "no")),
        "picker": _click(workspace, **PICKER, **common),
        "message": _click(workspace, **MARKED),
        "mention": _payload(workspace.mention(f"<@{BOB}> status")),
        "other event": {
            **_payload(workspace.mention("")),
            "event": {"type": "team_join", "channel": OPS},
        },
    }
    envelope = _envelope(payloads[kind])

    frame = answer_frame(envelope, workspace.reception().answer(request_of(envelope)))

    assert frame is not None
    answer = json.loads(frame)
    assert answer.pop("envelope_id") == envelope.envelope_id
    assert answer.get("payload", {}).keys() >= (has or set())
    assert bool(answer) == bool(has)


def test_a_field_of_a_command_may_be_missing_or_no_text(workspace: Workspace) -> None:
    """By Socket Mode fields come as JSON: null is none, and a number or false is its text."""
    fields = _payload(workspace.typed("/deploy", "checkout 1"))

    response = _dispatch(
        workspace, {**fields, "enterprise_id": None, "is_enterprise_install": False, "x": 7}
    )

    assert FIRST in json.loads(response.body)["text"]


def test_the_other_transport_needs_no_other_app(workspace: Workspace) -> None:
    """Bolt answers when the listener has ended, and asks Slack for nothing."""
    assert workspace.app.process_before_response
    assert workspace.app.client.token is None
    assert workspace.installation.team == TEAM
