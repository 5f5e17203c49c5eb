"""What of Slack's payloads cannot be read is answered, and told once in the log."""

import json
import logging
from typing import Any, Final

import pytest

from handlers.unread import KINDS_MAX
from tests.handlers.workspace import ANN, APP, BOT, CARD, JSON, OPS, TEAM, Workspace

ODD: Final = "u<@U0ANN> odd"  # no id of Slack's has this shape
ITEM: Final = {"type": "message", "channel": OPS, "ts": CARD}
EVENTS: Final[dict[str, tuple[dict[str, Any], str, str]]] = {
    "a mention by an odd id": (
        {"type": "app_mention", "user": ODD, "text": "<@U0BOT> help", "channel": OPS},
        "app_mention",
        "event.user",
    ),
    "a mention in an odd channel": (
        {"type": "app_mention", "user": ANN, "text": "<@U0BOT> help", "channel": "general"},
        "app_mention",
        "event.channel",
    ),
    "a Home of an odd id": (
        {"type": "app_home_opened", "user": ODD, "channel": "D0ANN", "tab": "home"},
        "app_home_opened",
        "event.user",
    ),
    "a reaction by an odd id": (
        {"type": "reaction_added", "user": ODD, "reaction": "pushpin", "item": ITEM},
        "reaction_added",
        "event.user",
    ),
    "a reaction on a file": (
        {"type": "reaction_removed", "user": ANN, "reaction": "pushpin", "item": {"type": "file"}},
        "reaction_removed",
        "event.item.channel, event.item.ts, event.item.type",
    ),
}


def sent(workspace: Workspace, event: Any, number: int = 1) -> int:
    """Send an event and return the status."""
    envelope = {"type": "event_callback", "team_id": TEAM, "api_app_id": APP}
    body = json.dumps({**envelope, "event_id": f"Ev{number:02}", "event": event})
    return workspace.post(body.encode(), label=JSON).status_code


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Return the kinds and the fields of what was told."""
    found = [vars(each) for each in caplog.records if each.message == "payload.unread"]
    return [(each["kind"], each["fields"]) for each in found]


@pytest.mark.parametrize(("event", "kind", "fields"), EVENTS.values(), ids=EVENTS)
def test_what_cannot_be_read_is_told_once(
    workspace: Workspace,
    caplog: pytest.LogCaptureFixture,
    event: dict[str, Any],
    kind: str,
    fields: str,
) -> None:
    """Its kind and the fields, and nothing that somebody sent; Slack need not send it again."""
    assert {sent(workspace, event, number) for number in range(1, 5)} == {200}
    assert told(caplog) == [(kind, fields)]
    assert ODD not in caplog.text + str([vars(each) for each in caplog.records])


def test_another_field_is_told_as_well(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    """A bot's mention is no news, and hides nothing that is."""
    for number in range(3):
        sent(workspace, {"type": "app_mention", "bot_id": "B0X", "channel": OPS}, number)
    sent(workspace, {"type": "app_mention", "user": ODD, "channel": "general"}, 9)
    wanted = [("app_mention", "event.user"), ("app_mention", "event.channel, event.user")]
    assert told(caplog) == wanted


def test_an_envelope_that_cannot_be_routed_is_told(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    """It is 400, as ever; what is sound is no news."""
    body = {"type": "block_actions", "team": {"id": TEAM}, "api_app_id": APP, "trigger_id": 7}
    assert workspace.post(f"payload={json.dumps(body)}".encode()).status_code == 400
    assert workspace.post(workspace.mention(f"<@{BOT}> help"), label=JSON).status_code == 200
    assert told(caplog) == [("payload", "trigger_id")]


def test_the_log_has_an_end(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    """However many shapes somebody sends, a process tells of so many."""
    caplog.set_level(logging.WARNING)
    fields = ("user", "channel", "text", "thread_ts", "tab", "reaction")
    for number in range(1, KINDS_MAX + 6):
        odd: dict[str, Any] = {name: [] for at, name in enumerate(fields) if number >> at & 1}
        sent(workspace, {"type": "app_mention", **odd}, number)
    assert len(told(caplog)) == KINDS_MAX
