"""Reactions as Slack tells them: an emoji on a message, by its time alone."""

import json
from typing import Any

import pytest

from tests.handlers.workspace import ANN, APP, CARD, JSON, OPS, TEAM, Workspace


def reacted(workspace: Workspace, kind: str, **changed: Any) -> int:
    """Send a reaction and return the status."""
    item = {"type": "message", "channel": OPS, "ts": CARD}
    event = {"type": kind, "user": ANN, "reaction": "pushpin", "item": item, **changed}
    envelope = {"type": "event_callback", "team_id": TEAM, "api_app_id": APP, "event_id": "Ev1"}
    body = json.dumps({**envelope, "event": event})
    return workspace.post(body.encode(), label=JSON).status_code


@pytest.mark.parametrize("kind", ["reaction_added", "reaction_removed"])
@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({}, True),
        ({"reaction": "pushpin::skin-tone-2"}, True),
        ({"reaction": "round_pushpin"}, False),
        ({"reaction": "eyes"}, False),
        ({"item_user": None}, True),
    ],
    ids=["a-pushpin", "of-a-skin", "another-pin", "another", "on-a-message-of-a-webhook"],
)
def test_a_pushpin_is_looked_at(
    workspace: Workspace, kind: str, changed: dict[str, Any], *, counts: bool
) -> None:
    """IT-14, IT-15: whatever skin it has, and whoever wrote the message."""
    assert reacted(workspace, kind, **changed) == 200
    assert ((OPS, CARD, "marked") in workspace.service.whispers) == counts
